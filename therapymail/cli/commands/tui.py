"""The command `tui`: the terminal interface, which `therapymail` alone opens too."""

import sys

import typer

from therapymail.cli.surroundings import surroundings
from therapymail.errors import NoPractice, UnusableInput


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("tui")(tui)


def tui(context: typer.Context) -> None:
    """Open the room: the terminal interface.

    What waits today, clients, their letters and what each seal proved; writing, the outbox, search and the timeline.
    `therapymail` without a command opens it too. F1 in it says what can be done. With --plain it asks for one
    command a line and answers in plain words, as screen readers like it.

    \b
    Examples:
      therapymail tui
      therapymail --plain
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UnusableInput("tui", "it needs a terminal; see `therapymail --help` for the commands")
    around = surroundings(context)
    if around.plain:
        from therapymail.cli.plain_room import plain_room

        raise typer.Exit(plain_room(around))
    try:
        practice = around.practice()
    except NoPractice as nothing:
        from therapymail.cli.first_run import first_run

        raise typer.Exit(first_run(nothing, around.home)) from None
    from therapymail.tui.start import run_room

    run_room(practice)
