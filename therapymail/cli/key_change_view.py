"""A client's key change on the screen: both fingerprints one below the other, and what to do in either case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from therapymail.cli.output import day_text, narrate, print_line
from therapymail.domain.key_change_text import (
    acceptance_sentence,
    change_sentence,
    channel_sentence,
    consequence_sentence,
    dismissal_sentence,
)
from therapymail.domain.wording import fingerprint_words

if TYPE_CHECKING:
    from therapymail.domain.key_change import KeyChange
    from therapymail.practice.introduce import ClientOverview


def print_changes(overview: ClientOverview) -> None:
    """Every key change of the client that is not decided, those that stop letters first."""
    code = overview.client.code
    undecided = sorted((each for each in overview.changes if each.is_open), key=lambda each: not each.blocks)
    for change in undecided:
        label = "KEY CHANGE" if change.blocks else "Other key"
        said = f"{change_sentence(change)} {consequence_sentence(change, code)}"
        print_line(f"{label:<12}{said}", hang=12)
        print_line(f"{'  pinned':<12}{fingerprint_words(change.pinned)}", hang=12)
        print_line(f"{'  other':<12}{_named(change)}  found {day_text(change.found)}", hang=12)
    if undecided:
        narrate(channel_sentence(code))
    for change in undecided:
        narrate(acceptance_sentence(change, code))
        narrate(dismissal_sentence(change, code))


def _named(change: KeyChange) -> str:
    words = fingerprint_words(change.fingerprint)
    return words if change.is_here else f"{words} (as a signature names it; the key itself did not come)"
