"""The command `today`."""

from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.surroundings import JsonOption, surroundings

if TYPE_CHECKING:
    from therapymail.practice.today import Today

_MOST_DAYS = 366


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("today")(today)


def today(
    context: typer.Context,
    *,
    days: Annotated[
        int,
        typer.Option("--days", metavar="N", help="Tell of letters expected in the next N days too, 366 at most."),
    ] = 0,
    ics: Annotated[
        str | None,
        typer.Option("--ics", metavar="FILE", help="Write the due dates as a calendar there; - for standard output."),
    ] = None,
    codes: Annotated[bool, typer.Option("--codes", help="With --ics: put client codes into the titles.")] = False,
    as_json: JsonOption = False,
) -> None:
    """See what waits for you today.

    Mail to accept, responses past their time, due within the day and later, letters that have not come, letters of
    yours that have not arrived, keys and reviews: most pressing first, each with its next command. Moments stand on
    your clock and, where it differs, on the client's. Nothing is sent and nobody is asked.

    \b
    Examples:
      therapymail today
      therapymail today --days 7
      therapymail today --ics ~/due.ics
    """
    from therapymail.errors import UnusableInput

    if codes and ics is None:
        raise UnusableInput("--codes", "it belongs to --ics")
    if ics == "-" and as_json:
        raise UnusableInput("--ics", "standard output cannot be both a calendar and JSON")
    from therapymail.practice.today import todays

    if not 0 <= days <= _MOST_DAYS:
        raise UnusableInput("--days", f"from 0 to {_MOST_DAYS}")

    practice = surroundings(context).unlocked()
    found = todays(practice, days)
    if ics is not None:
        _write_calendar(found, ics, codes=codes)
    if as_json:
        from therapymail.cli.output import print_json
        from therapymail.cli.today_view import today_shape

        print_json(today_shape(found, practice.settings.zone))
    elif ics is None:
        from therapymail.cli.today_view import print_today

        print_today(found, practice.settings.zone)


def _write_calendar(found: "Today", target: str, *, codes: bool) -> None:
    """Write the calendar whole or not at all, for its owner alone. Raises FileUnusable."""
    import sys
    from pathlib import Path

    from therapymail.cli.output import narrate
    from therapymail.domain.wording import count_words
    from therapymail.exports.calendar import due_dates_calendar
    from therapymail.paths import write_private_file
    from therapymail.practice.export_file import Target

    written = due_dates_calendar(found.dates, found.now, codes=codes)
    if target == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(written)
        return
    file = Path(target).expanduser()
    Target(file, overwrite=True).require_free()  # a calendar takes the place of the former one, and of nothing else
    write_private_file(file, written)
    narrate(f"{count_words(len(found.dates), 'due date')} written; only you can read the file.")
