"""The commands `tag` and `tags`."""

from typing import Annotated

import typer

from therapymail.cli.completing import complete_letter, complete_tag_change
from therapymail.cli.surroundings import JsonOption, surroundings


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    # `-work` takes a tag away: what begins with a hyphen is a tag here, not an option.
    app.command("tag", context_settings={"ignore_unknown_options": True})(tag)
    app.command("tags")(tags)


def tag(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="ID", help="A letter's name, like HERON-12.", autocompletion=complete_letter)
    ],
    changes: Annotated[
        list[str],
        typer.Argument(metavar="+TAG|-TAG", help="Tags to give and to take away.", autocompletion=complete_tag_change),
    ],
    *,
    as_json: JsonOption = False,
) -> None:
    """Give tags to a letter, or take them away.

    \b
    Examples:
      therapymail tag HERON-12 +grief
      therapymail tag HERON-12 +grief/father -work
    """
    from therapymail.cli.output import narrate, print_json
    from therapymail.practice.tag import tag_letter

    judged = tag_letter(surroundings(context).unlocked(), name, changes)
    if as_json:
        from therapymail.cli.shapes import letter_shape

        print_json({"letters": [letter_shape(judged)]})
    else:
        narrate(f"{judged.letter.name}: {', '.join(judged.letter.tags) or 'no tags'}")


def tags(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """List the tags in use and how many letters bear each.

    \b
    Example:
      therapymail tags
    """
    from therapymail.cli.output import narrate, print_json, print_table
    from therapymail.practice.tag import list_tags

    counted = list_tags(surroundings(context).unlocked())
    if as_json:
        print_json({"tags": [{"tag": item.tag, "count": item.count} for item in counted]})
    elif not counted:
        narrate("No tags yet. See `therapymail tag --help`.")
    else:
        print_table(("TAG", "LETTERS"), [(item.tag, str(item.count)) for item in counted])
