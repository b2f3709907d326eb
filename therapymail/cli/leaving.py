"""What `send` and `outbox release` do at the end: seconds in which it can be taken back, then the departure."""

import math
import sys
import time
from typing import TYPE_CHECKING

from therapymail.cli.output import narrate
from therapymail.domain.outbox import OutboxEntry, OutboxState
from therapymail.domain.outbox_text import departure_error, state_phrase
from therapymail.errors import TakenBack

if TYPE_CHECKING:
    from therapymail.practice.practice import Practice


def let_leave(practice: "Practice", entry: OutboxEntry, *, quiet: bool, plain: bool = False) -> OutboxEntry:
    """Count the undo seconds down, let the letter depart, and say what became of it; `quiet` says nothing.

    Raises TakenBack, NotTaken, WaitsForHost, Unsettled, and what a connection raises.
    """
    from therapymail.practice.depart import depart
    from therapymail.practice.outbox import show

    _count_down(practice, entry, plain=plain)
    departed = depart(practice, only=entry.draft)
    after = show(practice, entry.draft)
    if after.state is OutboxState.SENT:
        if not quiet:
            narrate(f"{after.draft} has left for {after.code} as {after.letter}: {SEALED_WORDS}.")
        return after
    error = departure_error(after, practice.clock(), practice.settings.zone) or departed.trouble
    if error is not None:
        raise error
    if not quiet:
        narrate(f"{after.draft} to {after.code}: {state_phrase(after, practice.clock(), practice.settings.zone)}.")
    return after


SEALED_WORDS = "sealed to their key and yours, proven before sending"


def _count_down(practice: "Practice", entry: OutboxEntry, *, plain: bool) -> None:
    """Wait until the letter may leave; Ctrl-C takes it back meanwhile (HAZARDS C9)."""
    from therapymail.practice.outbox import cancel

    end = time.monotonic() + (entry.leaves_at - practice.clock()).total_seconds()
    try:
        while (left := math.ceil(end - time.monotonic())) > 0:
            _show(f"Leaves in {left} s; Ctrl-C takes it back. ", plain=plain)
            time.sleep(max(end - time.monotonic(), 0.0) if plain else min(1.0, max(end - time.monotonic(), 0.0)))
    except KeyboardInterrupt:
        _show("", plain=plain)
        cancel(practice, entry.draft)
        raise TakenBack(str(entry.draft)) from None
    _show("", plain=plain)


def _show(line: str, *, plain: bool) -> None:
    """One line of the terminal, written over; a line of its own where plain words are wanted."""
    if not sys.stderr.isatty():
        return
    if not plain:
        sys.stderr.write(f"\r\x1b[K{line}")
    elif line:
        sys.stderr.write(line.rstrip() + "\n")
    sys.stderr.flush()
