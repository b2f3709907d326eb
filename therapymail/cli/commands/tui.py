"""The command `tui`: the terminal interface, which `therapymail` alone opens too."""

import sys

import typer

from therapymail.cli.surroundings import surroundings
from therapymail.errors import UnusableInput


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("tui")(tui)


def tui(context: typer.Context) -> None:
    """Open the room: the terminal interface.

    Clients, their letters and what each seal proved; writing, the outbox, search, tags and the timeline.
    `therapymail` without a command opens it too. F1 in it says what can be done.

    \b
    Example:
      therapymail tui
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UnusableInput("tui", "it needs a terminal; see `therapymail --help` for the commands")
    practice = surroundings(context).practice()
    from therapymail.tui.start import run_room

    run_room(practice)
