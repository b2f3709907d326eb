"""The commands of `bookmark`."""

from typing import Annotated

import typer

from therapymail.cli.completing import complete_bookmark, complete_client, complete_letter
from therapymail.cli.surroundings import JsonOption, surroundings


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(help="Bookmarks: places in the letters to come back to.", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(list_)
    group.command("remove")(remove)
    app.add_typer(group, name="bookmark")


def add(
    context: typer.Context,
    place: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="A letter (HERON-12) or a passage of it (HERON-12:120-180).",
            autocompletion=complete_letter,
        ),
    ],
    said: Annotated[str, typer.Argument(metavar="TEXT", help="Why, in your own words.")] = "",
    *,
    words: Annotated[
        str | None,
        typer.Option("--words", metavar="TEXT", help="The passage of the letter with these words: 'first ... last'."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Set a bookmark at a letter or at a passage of it; one that is there already says TEXT instead.

    \b
    Examples:
      therapymail bookmark add HERON-2 "begin the review here"
      therapymail bookmark add HERON-2 --words "an unlit room"
    """
    from therapymail.cli.mark_view import bookmark_line, bookmark_shape
    from therapymail.cli.output import narrate, print_json
    from therapymail.practice.bookmark import set_bookmark

    made = set_bookmark(surroundings(context).unlocked(), place, said, words)
    if as_json:
        print_json({"bookmarks": [bookmark_shape(made)]})
    else:
        narrate(bookmark_line(made))


def list_(
    context: typer.Context,
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help="Only with this client.", autocompletion=complete_client)
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List bookmarks, those at the oldest letters first.

    \b
    Example:
      therapymail bookmark list HERON
    """
    from therapymail.cli.mark_view import bookmark_shape, print_bookmarks
    from therapymail.cli.output import print_json
    from therapymail.practice.bookmark import list_bookmarks

    found = list_bookmarks(surroundings(context).unlocked(), code)
    if as_json:
        print_json({"bookmarks": [bookmark_shape(each) for each in found]})
    else:
        print_bookmarks(found)


def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name, like B-2.", autocompletion=complete_bookmark)],
    *,
    as_json: JsonOption = False,
) -> None:
    """Take a bookmark away.

    \b
    Example:
      therapymail bookmark remove B-2
    """
    from therapymail.cli.mark_view import bookmark_line, bookmark_shape
    from therapymail.cli.output import narrate, print_json
    from therapymail.practice.bookmark import remove_bookmark

    gone = remove_bookmark(surroundings(context).unlocked(), name)
    if as_json:
        print_json({"bookmarks": [bookmark_shape(gone)]})
    else:
        narrate(f"Gone: {bookmark_line(gone)}")
