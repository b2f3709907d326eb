"""The outbox on the screen: a list, and one letter on its way with its reason and what to do next."""

import sys
from collections.abc import Sequence
from datetime import datetime

from therapymail.cli.output import narrate, print_line, print_table
from therapymail.domain.outbox import OutboxEntry
from therapymail.domain.outbox_text import next_step, reason_phrase, state_phrase

_LABEL_WIDTH = 12
_HEADINGS = ("DRAFT", "CLIENT", "STATE", "LETTER", "REASON")


def print_outbox(entries: Sequence[OutboxEntry], now: datetime, zone: str) -> None:
    """What is on its way as a table, and below it what to do where something has to be done."""
    if not entries:
        narrate("Nothing is on its way out.")
        return
    rows = [
        (str(entry.draft), entry.code, state_phrase(entry, now, zone), str(entry.letter or ""), reason_phrase(entry))
        for entry in entries
    ]
    # On a terminal the reasons have no room in the table; they stand below, whole, with the next steps.
    apart = sys.stdout.isatty() and sys.stderr.isatty()
    kept = [column for column in range(4 if apart else 5) if any(row[column] for row in rows)]
    print_table([_HEADINGS[column] for column in kept], [[row[column] for column in kept] for row in rows])
    for entry, row in zip(entries, rows, strict=True):
        step, reason = next_step(entry, now), row[-1]
        if step or (apart and reason):
            narrate(f"{entry.draft}: {_sentence(reason) if apart else ''}{step}")


def print_entry(entry: OutboxEntry, now: datetime, zone: str) -> None:
    """One letter on its way, whole."""
    print_line(f"{entry.draft} to {entry.code}  ({state_phrase(entry, now, zone)})")
    for label, value in (
        ("Letter", str(entry.letter or "")),
        ("Reason", reason_phrase(entry)),
        ("Tried", f"{entry.attempts} times" if entry.attempts > 1 else ""),
        ("To", entry.agreed.address if entry.agreed else ""),
        ("Sealed to", entry.agreed.fingerprint if entry.agreed else ""),
    ):
        if value:
            print_line(f"{label:<{_LABEL_WIDTH}}{value}", hang=_LABEL_WIDTH)
    if step := next_step(entry, now):
        narrate(step)


def _sentence(phrase: str) -> str:
    return f"{phrase[:1].upper()}{phrase[1:]}. " if phrase else ""
