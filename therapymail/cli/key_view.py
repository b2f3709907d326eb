"""A key on the screen: whole, in a list, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from therapymail.cli.client_view import confirmation_words
from therapymail.cli.found_keys_view import place_phrase, whose_candidate
from therapymail.cli.output import day_text, narrate, print_json, print_line
from therapymail.cli.shapes import key_shape
from therapymail.domain.wording import fingerprint_words

if TYPE_CHECKING:
    from therapymail.practice.keys import HeldKey


def print_key(key: HeldKey, *, err: bool = False) -> None:
    """One key: names, times, whose it is, its parts, and the letters it came with."""
    say = narrate if err else print_line
    say(fingerprint_words(key.fingerprint))
    for uid in key.uids:
        say(f"  {uid}")
    say(f"  made {day_text(key.created)}, expires {day_text(key.expires)}, {'secret' if key.secret else 'public'}")
    say("  can be sealed to" if key.can_encrypt else "  CANNOT be sealed to: no valid encryption key in it")
    old = ", for the letters sealed to it before" if key.is_old else ""
    say(f"  whose: {key.pinned_to or 'candidate, nobody yet'}{old}")
    if key.pinned_to and not key.secret:
        say(f"  {confirmation_words(key.confirmed)}")
    for part in key.parts if len(key.parts) > 1 or key.part else ():
        chosen = part.fingerprint == (key.part or key.parts[0].fingerprint)
        say(f"  part {part.fingerprint}, made {day_text(part.created)}{', letters go to it' if chosen else ''}")
    for place in key.found:
        say(f"  {place_phrase(place)}")
    for problem in key.problems:
        say(f"  note: {problem}")


def whose_words(key: HeldKey) -> str:
    """Whose a key is, for a list."""
    if key.is_old:
        return "yours, for old letters"
    return key.pinned_to or whose_candidate(key.found, key.sent_by)


def print_keys_json(found: list[HeldKey] | tuple[HeldKey, ...]) -> None:
    """Keys as one JSON object."""
    print_json({"keys": [key_shape(key) for key in found]})
