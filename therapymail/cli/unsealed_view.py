"""What leaves unsealed, shown as it would leave, asked for, and then sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from therapymail.cli.asking import ask_yes, somebody_answers
from therapymail.cli.output import day_text, narrate, print_line, utc_text
from therapymail.errors import UnusableInput

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from therapymail.cli.shapes import Shape
    from therapymail.domain.mail_program import Invited
    from therapymail.practice.notify import KitWanted, Preview, Told


def narrate_preview(preview: Preview, gutter: str) -> None:
    """The mail for the person: to whom, its subject, its text behind `gutter`, and what goes with it."""
    narrate(f"To {preview.code}, {preview.recipient}; subject: {preview.subject}")
    for line in preview.text.rstrip("\n").split("\n"):
        narrate(gutter + line)
    if preview.enclosure:
        narrate(f"With it: {preview.enclosure}, your public key.")
    narrate("It leaves unsealed: mail hosts on the way can read it.")


def agreed_and_sent(preview: Preview, send: Callable[[], Told], *, gutter: str, yes: bool) -> Told | None:
    """Show the mail, ask, send it, say so; None for a no. Raises UnusableInput where nobody can be asked."""
    narrate_preview(preview, gutter)
    if not yes:
        if not somebody_answers():
            raise UnusableInput("--yes", "it is needed where nobody can be asked; nothing was sent")
        if not ask_yes("Send it?"):
            narrate("Nothing was sent.")
            return None
    told = send()
    narrate(f"Sent; it is {told.letter} on the record.")
    return told


def told_shape(told: Told) -> Shape:
    """A mail that left; `letter` is its name on the record."""
    name = str(told.letter) if told.letter else None
    return {"client": told.code, "kind": told.kind, "letter": name, "sent": utc_text(told.sent_at)}


def invited_shape(preview: Preview, wanted: KitWanted, page: Path | None, told: Told | None) -> Shape:
    """An onboarding kit: what the mail says, where the page is, and, once it was sent, its name on the record."""
    shown = {"subject": preview.subject, "text": preview.text, "enclosure": preview.enclosure}
    left = told_shape(told) if told else {"client": preview.code, "kind": preview.kind, "letter": None, "sent": None}
    return {
        **left,
        "program": wanted.program.value,
        "language": wanted.language,
        "page": str(page.absolute()) if page else None,
        **shown,
    }


def print_invitation(invited: Invited | None) -> None:
    """Which onboarding kit a client got last; nothing where there was none."""
    if invited:
        doubt = "" if invited.certain else "; nobody knows whether it arrived"
        print_line(f"{'Invited':<12}{day_text(invited.at)}, with steps for {invited.program.value}{doubt}", hang=12)


def invitation_shape(invited: Invited | None) -> Shape | None:
    """The onboarding kit a client got last; null where there was none."""
    if invited is None:
        return None
    at = utc_text(invited.at)
    return {"at": at, "program": invited.program.value, "language": invited.language, "certain": invited.certain}
