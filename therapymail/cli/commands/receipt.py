"""The command `receipt`."""

from typing import TYPE_CHECKING

import typer

from therapymail.cli.commands.letters import Name
from therapymail.cli.surroundings import JsonOption, Surroundings, YesOption, surroundings

if TYPE_CHECKING:
    from therapymail.domain.outbox import OutboxEntry
    from therapymail.practice.practice import Practice
    from therapymail.practice.receipt import ReceiptPreview


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("receipt")(receipt)


def receipt(context: typer.Context, name: Name, *, yes: YesOption = False, as_json: JsonOption = False) -> None:
    """Say that a letter has come, and by when they will hear.

    One line with the day that is agreed, in the client's own time; nothing of their letter stands in it. It is shown,
    sealed like every letter and sent without a hold, never twice for one letter, and never by itself.

    \b
    Examples:
      therapymail receipt HERON-12
      therapymail receipt HERON-12 --yes
    """
    from therapymail.cli.asking import ask_yes, somebody_answers
    from therapymail.cli.output import narrate
    from therapymail.errors import UnusableInput
    from therapymail.practice.receipt import preview_receipt

    around = surroundings(context)
    practice = around.unlocked()
    shown = preview_receipt(practice, name)
    if not as_json:
        _show(shown, around)
    if not yes:
        if not somebody_answers():
            raise UnusableInput("--yes", "it is needed where nobody can be asked; nothing was sent")
        if not ask_yes("Send it?"):
            narrate("Nothing was sent.")
            return
    entry = _sent(practice, shown, around, as_json=as_json, undo=not yes)
    if as_json:
        from therapymail.cli.output import print_json
        from therapymail.cli.shapes import entry_shape

        print_json({"outbox": [entry_shape(entry)]})


def _show(shown: "ReceiptPreview", around: Surroundings) -> None:
    from therapymail.cli.output import narrate

    narrate(f"To {shown.client.code}, for {shown.letter}; sealed.")
    narrate(around.gutter + shown.content.text.rstrip("\n"))


def _sent(
    practice: "Practice", shown: "ReceiptPreview", around: Surroundings, *, as_json: bool, undo: bool
) -> "OutboxEntry":
    """Release it, let it leave, and keep nothing of it where it is taken back meanwhile."""
    from therapymail.cli.leaving import let_leave
    from therapymail.errors import TakenBack
    from therapymail.practice.receipt import give_receipt
    from therapymail.practice.write import discard

    entry = give_receipt(practice, shown, undo=undo).entry
    try:
        return let_leave(practice, entry, quiet=as_json, plain=around.plain)
    except TakenBack:
        discard(practice, entry.draft)
        raise
