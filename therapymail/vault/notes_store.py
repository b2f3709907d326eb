"""The store of process notes: notes.db, a file with a key, a journal and an index of its own, apart from the record."""

from datetime import datetime
from typing import ClassVar

# Imported so that it registers how the entries of this store are carried out.
from therapymail.domain.journal import Entry
from therapymail.vault import erased_notes, note_index, notes, restored, schema
from therapymail.vault.connection import Vault, Writer
from therapymail.vault.journal import Payload
from therapymail.vault.projection import derive_again, projects, record
from therapymail.vault.storable import storable

__all__ = [
    "NOTE_INDEX_TABLES",
    "NOTE_PROJECTIONS",
    "NotesStore",
    "empty_note_index",
    "erased_notes",
    "note_passphrase",
    "notes",
    "notes_exported",
    "rebuild_notes",
    "restored",
]

# In the order in which they can be emptied.
NOTE_PROJECTIONS = ("note_amendment", "note", "erased_note")
NOTE_INDEX_TABLES = ("note_index", "note_indexed")


class NotesStore(Vault):
    """The process notes while they are unlocked: as the vault in everything but what it holds."""

    migrations: ClassVar[schema.Migrations] = schema.PROCESS_NOTES


def empty_note_index(writer: Writer) -> None:
    """Take every note out of the index of this store, record or process notes."""
    note_index.empty(writer)


def rebuild_notes(writer: Writer) -> int:
    """Empty the projections and the index of notes.db and derive them again; the number of entries carried out."""
    note_index.empty(writer)
    return derive_again(writer, NOTE_PROJECTIONS)


def note_passphrase(writer: Writer, *, own: bool, now: datetime) -> None:
    """Journal that the process notes were given a passphrase of their own, another one, or that it was taken away."""
    payload: Payload = {"own": own}
    record(writer, "notes.passphrase", "", payload, now)


@projects("notes.passphrase")
def _passphrase(_writer: Writer, _entry: Entry, _payload: Payload) -> None:
    """Nothing to derive: the passphrase is in notes.key."""


def notes_exported(writer: Writer, client: str, reason: str, count: int, now: datetime) -> None:
    """Journal that `count` process notes about a client (identity) were given out, and why."""
    record(writer, "notes.exported", client, {"reason": storable(reason), "notes": count}, now)


@projects("notes.exported")
def _exported(_writer: Writer, _entry: Entry, _payload: Payload) -> None:
    """Nothing to derive: the entry is the record of it."""
