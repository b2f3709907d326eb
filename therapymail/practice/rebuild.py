"""Deriving everything that can be derived again, from the journals and the letters."""

import time
from dataclasses import dataclass

from therapymail.errors import ProcessNotesLocked
from therapymail.practice import process_notes
from therapymail.practice.practice import Practice
from therapymail.practice.single_run import only_run
from therapymail.vault import letters
from therapymail.vault.notes_store import rebuild_notes
from therapymail.vault.rebuild import rebuild


@dataclass(frozen=True)
class Rebuilt:
    """How much was derived again: letters, journal entries carried out, and in how many seconds.

    `process_notes`: whether those of the process notes too; False where they are locked apart, None without any.
    """

    letters: int
    entries: int
    seconds: float
    process_notes: bool | None = None


def rebuild_record(practice: Practice) -> Rebuilt:
    """Derive every projection and the index again, all or nothing in each store.

    Raises AnotherRun, VaultLocked, VaultDamaged.
    """
    began = time.monotonic()
    with only_run(practice.paths), practice.vault() as vault, vault.writing() as writer:
        entries = rebuild(writer)
        counted = sum(letters.count_letters(writer).values())
    derived, more = _process_notes(practice)
    return Rebuilt(counted, entries + more, time.monotonic() - began, derived)


def _process_notes(practice: Practice) -> tuple[bool | None, int]:
    if not process_notes.exist(practice):
        return None, 0
    try:
        with process_notes.open_store(practice) as store, store.writing() as writer:
            return True, rebuild_notes(writer)
    except ProcessNotesLocked:
        return False, 0
