"""The command `letterbook`."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.completing import complete_client, complete_letter
from therapymail.cli.surroundings import JsonOption, Surroundings, surroundings

if TYPE_CHECKING:
    from therapymail.domain.letterbook import Letterbook
    from therapymail.domain.letterbook_pages import Page
    from therapymail.practice.practice import Practice


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("letterbook")(letterbook)


def letterbook(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The client's code.", autocompletion=complete_client)],
    *,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="ID", help="Begin with this letter.", autocompletion=complete_letter),
    ] = None,
    exchange: Annotated[
        int | None, typer.Option("--exchange", "-e", min=1, metavar="N", help="This one alone.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=1, metavar="N", help="At most so many mails.")
    ] = None,
    not_reread: Annotated[
        bool, typer.Option("--not-reread", help="List the past letters not re-read since the last review.")
    ] = False,
    day: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="With --not-reread: since this day instead.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read the correspondence with one client in order, by exchange.

    On a terminal it stops after each mail; Enter goes on. What was shown there counts as read, and what came more
    than a week ago as re-read, once a day.

    \b
    Examples:
      therapymail letterbook HERON
      therapymail letterbook HERON --exchange 3
      therapymail letterbook HERON --from HERON-12 --limit 4
      therapymail letterbook HERON --not-reread --since 2025-02-11
    """
    from therapymail.errors import UnusableInput

    around = surroundings(context)
    practice = around.unlocked()
    if day is not None and not not_reread:
        raise UnusableInput("--since", "it goes with --not-reread; --from ID says with which letter to begin")
    if not_reread:
        if (since, exchange, limit) != (None, None, None):
            raise UnusableInput("--not-reread", "it lists all past letters; of the other options --since goes with it")
        _list_not_reread(practice, code, day, as_json=as_json)
        return
    from therapymail.cli.cue_view import feelings_or_none
    from therapymail.cli.output import print_json
    from therapymail.practice.letterbook import Part
    from therapymail.practice.letterbook import letterbook as put_together

    book = put_together(practice, code, Part(since, exchange, limit), feelings=feelings_or_none(practice))
    if as_json:
        from therapymail.cli.letterbook_shapes import letterbook_shape

        print_json(letterbook_shape(book))
    else:
        _show(practice, book, around)


def _list_not_reread(practice: "Practice", code: str, day: str | None, *, as_json: bool) -> None:
    from therapymail.cli.output import print_json
    from therapymail.domain.typed_day import typed_day
    from therapymail.practice.rereading import not_reread

    found = not_reread(practice, code, typed_day(day) if day is not None else None)
    if as_json:
        from therapymail.cli.letterbook_shapes import not_reread_shape

        print_json(not_reread_shape(found))
    else:
        from therapymail.cli.letterbook_view import print_not_reread

        print_not_reread(found, practice.settings.zone)


def _show(practice: "Practice", book: "Letterbook", around: Surroundings) -> None:
    """A mail at a time, as long as the person goes on; all of it where it is piped or nobody can be asked."""
    from therapymail.cli.asking import somebody_answers
    from therapymail.cli.letterbook_view import print_ahead, print_outline, print_page
    from therapymail.domain.letterbook_pages import pages
    from therapymail.practice.rereading import note_opened

    print_outline(book)
    is_read = sys.stdout.isatty() and somebody_answers()
    for number, page in enumerate(pages(book)):
        if number:
            if is_read and not _goes_on(page):
                return
            sys.stdout.write("\n")
        print_page(book, page, around.gutter, plain=around.plain)
        sys.stdout.flush()
        if is_read:  # what is shown whole, and stays until a person goes on
            note_opened(practice, [page.entry.letter.digest])
    print_ahead(book)


def _goes_on(page: "Page") -> bool:
    """Whether the person wants to see the next mail too."""
    from therapymail.cli.asking import ask_line
    from therapymail.domain.letterbook_pages import page_title

    try:
        return not ask_line(f"Next: {page_title(page)}. Enter goes on, q stops").lower().startswith(("q", "n"))
    except EOFError:
        return False
