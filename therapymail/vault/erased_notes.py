"""Notes that went with their client, whose numbers are not given again; in the process notes an entry says so."""

from collections.abc import Iterable
from datetime import datetime

from therapymail.domain.journal import Entry
from therapymail.vault.connection import Writer
from therapymail.vault.journal import Payload
from therapymail.vault.projection import projects, record

NOTES_ERASED = "notes.client-erased"


def note_erased_notes(writer: Writer, client: str, notes: Iterable[tuple[str, int]], now: datetime) -> None:
    """Journal that the process notes about a client (identity) were erased: identities and numbers."""
    payload: Payload = {"notes": sorted([identity, number] for identity, number in notes)}
    record(writer, NOTES_ERASED, client, payload, now)


def keep_numbers(writer: Writer, notes: Iterable[tuple[str, int]]) -> None:
    """Carry out that these notes (identity, number) are gone; for projections."""
    writer.run_many("INSERT INTO erased_note (identity, number) VALUES (?, ?) ON CONFLICT DO NOTHING", notes)


@projects(NOTES_ERASED)
def _notes_erased(writer: Writer, _entry: Entry, payload: Payload) -> None:
    keep_numbers(writer, payload["notes"])
