"""What `key import` asks before it takes a key, and says of it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from therapymail.cli.output import day_text, narrate
from therapymail.domain.key_fault import KeyFault, sentence_for_client

if TYPE_CHECKING:
    from therapymail.practice.keys import HeldKey


def question_for(before: HeldKey | None, client: str | None) -> str:
    """What the person agrees to; `before` is the pinned key of which this is another copy."""
    if before is not None and (client is None or client.upper() == before.pinned_to):
        return f"Bring the key of {before.pinned_to} up to date?"
    return f"Take it as the key of {client.upper()}?" if client else "Keep it?"


def say_taken(before: HeldKey | None, taken: HeldKey, fault: KeyFault | None, client: str | None) -> None:
    """What is new about a client's key, and what to do next; of a candidate of no use, what to write to its owner.

    `client` is the code of whom it was taken for.
    """
    whose = taken.pinned_to
    if whose is None and client is not None:
        code = client.upper()
        narrate(
            f"{code} has another key pinned: this one waits beside it, and no letter leaves until you decide. "
            f"`therapymail client show {code}` shows both."
        )
        return
    if whose is None:
        if fault is not None:
            narrate(f"You could write to them: “{sentence_for_client(fault)}”")
        return
    if before is not None and before.pinned_to == whose:
        narrate(_news(before, taken))
    if taken.fault is KeyFault.REVOKED:
        narrate(f"No letter is sealed to it any more. You could write to {whose}: “{sentence_for_client(taken.fault)}”")
    elif taken.confirmed is None:
        narrate(f"Next: confirm the fingerprint by another channel, then `therapymail client verify {whose}`.")


def _news(before: HeldKey, taken: HeldKey) -> str:
    kept = "; it stays verified" if taken.confirmed else ""
    if taken.fault is KeyFault.REVOKED:
        return f"The key of {taken.pinned_to} is revoked."
    if before.expires != taken.expires:
        return f"Brought up to date: it expires {day_text(taken.expires)}{kept}."
    return f"Brought up to date{kept}."
