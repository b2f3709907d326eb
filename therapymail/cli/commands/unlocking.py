"""The commands `unlock` and `lock`."""

from pathlib import Path
from typing import Annotated

import typer

from therapymail.cli.surroundings import JsonOption, surroundings
from therapymail.errors import PassphraseNeeded


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("unlock")(unlock)
    app.command("lock")(lock)


def unlock(
    context: typer.Context,
    *,
    hours: Annotated[
        str | None, typer.Option("--for", metavar="DURATION", help="How long: 8h, 30m (default from the settings).")
    ] = None,
    passphrase_command: Annotated[
        str | None, typer.Option(metavar="COMMAND", help="A command that prints the passphrase.")
    ] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file whose first line is the passphrase.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Unlock the practice with the passphrase of your own key.

    \b
    Examples:
      therapymail unlock
      therapymail unlock --for 2h
    """
    from therapymail.cli.asking import ask_passphrase, passphrase_from
    from therapymail.cli.durations import hours_in
    from therapymail.cli.output import narrate, print_json
    from therapymail.practice import unlock as verb

    practice = surroundings(context).practice()
    lasting = hours_in(hours) if hours else None
    passphrase = passphrase_from(passphrase_command, passphrase_file)
    try:
        done = verb.unlock(practice, passphrase, lasting)
    except PassphraseNeeded:
        done = verb.unlock(practice, ask_passphrase(), lasting)
    if as_json:
        print_json({"locked": False, "hours": done.hours})
    else:
        narrate(f"Unlocked for {done.hours:g} hours. `therapymail lock` ends it.")


def lock(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Lock the practice at once, everywhere.

    \b
    Example:
      therapymail lock
    """
    from therapymail.cli.output import narrate, print_json
    from therapymail.practice import unlock as verb

    verb.lock(surroundings(context).practice())
    if as_json:
        print_json({"locked": True})
    else:
        narrate("Locked.")
