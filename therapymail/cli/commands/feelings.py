"""The command `feelings`."""

from pathlib import Path
from typing import Annotated

import typer

from therapymail.cli.surroundings import JsonOption, surroundings


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("feelings")(feelings)


def feelings(
    context: typer.Context,
    *,
    edit: Annotated[bool, typer.Option("--edit", help="Edit the list in your editor.")] = False,
    body_file: Annotated[
        Path | None,
        typer.Option("--body-file", metavar="F", help="Take the list in this file (UTF-8); - for standard input."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the list of feelings, by family, or edit it.

    It says which words in brackets, emoji and tags are feelings: for `feeling:` in searches and for the timeline. Yours
    is the file feelings.txt in the practice directory; without one, the list that comes with therapymail counts.

    \b
    Examples:
      therapymail feelings
      therapymail feelings --edit
      therapymail feelings --body-file my-feelings.txt
    """
    from therapymail.cli.commands.writing import editor_is_wanted
    from therapymail.cli.feelings_view import edit_feelings, feelings_shape, print_feelings
    from therapymail.cli.note_writing import body_of
    from therapymail.cli.output import print_json
    from therapymail.errors import UnusableInput
    from therapymail.practice.feelings import feelings_of, keep_feelings

    if edit and body_file is not None:
        raise UnusableInput("--edit", "the list comes from the file; say one or the other")
    body = body_of(body_file)
    practice = surroundings(context).practice()
    if body is not None:
        keep_feelings(practice, body)
    elif edit and editor_is_wanted(edit=True, body_file=None):
        edit_feelings(practice)
    found = feelings_of(practice)
    own = practice.paths.feelings
    if as_json:
        print_json(feelings_shape(found, own))
    else:
        print_feelings(found, own)
