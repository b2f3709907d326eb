"""The commands `unlock` and `lock`."""

from pathlib import Path
from typing import Annotated

import typer

from therapymail.cli.surroundings import JsonOption, surroundings


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
    from therapymail.cli.asking import passphrase_from, with_passphrase
    from therapymail.cli.durations import hours_in, hours_words
    from therapymail.cli.output import narrate, print_json
    from therapymail.practice import unlock as verb

    practice = surroundings(context).practice()
    lasting = hours_in(hours) if hours else None
    passphrase = passphrase_from(passphrase_command, passphrase_file)
    if passphrase is None:
        done = with_passphrase(lambda typed: verb.unlock(practice, typed, lasting))
    else:
        done = verb.unlock(practice, passphrase, lasting)
    if as_json:
        print_json({"locked": False, "hours": done.hours})
    else:
        narrate(f"Unlocked for {hours_words(done.hours)}. `therapymail lock` ends it.")


def lock(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Lock the practice at once, everywhere.

    \b
    Example:
      therapymail lock
    """
    from therapymail.cli.output import narrate, print_json
    from therapymail.practice import unlock as verb

    practice = surroundings(context).practice()
    verb.lock(practice)
    if as_json:
        print_json({"locked": True})
    else:
        narrate("Locked.")
        if not verb.needs_passphrase(practice):
            narrate("But your key has no passphrase: the next command unlocks it again.")
