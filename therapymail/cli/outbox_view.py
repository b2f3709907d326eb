"""The outbox on the screen: a list, and one letter on its way with its reason and what to do next."""

from collections.abc import Sequence
from datetime import datetime

from therapymail.cli.output import narrate, print_line, print_table
from therapymail.domain.outbox import OutboxEntry
from therapymail.domain.outbox_text import next_step, reason_phrase, state_phrase

_LABEL_WIDTH = 12


def print_outbox(entries: Sequence[OutboxEntry], now: datetime, zone: str) -> None:
    """What is on its way as a table, and below it what to do where something has to be done."""
    if not entries:
        narrate("Nothing is on its way out.")
        return
    rows = [
        (str(entry.draft), entry.code, state_phrase(entry, now, zone), str(entry.letter or ""), reason_phrase(entry))
        for entry in entries
    ]
    headings = ("DRAFT", "CLIENT", "STATE", "LETTER", "REASON")
    kept = [column for column in range(len(headings)) if any(row[column] for row in rows)]
    print_table([headings[column] for column in kept], [[row[column] for column in kept] for row in rows])
    for entry in entries:
        if step := next_step(entry, now):
            narrate(f"{entry.draft}: {step}")


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
