"""Deriving everything that can be derived again, from the journal and the letters."""

import time
from dataclasses import dataclass

from therapymail.practice.practice import Practice
from therapymail.practice.single_run import only_run
from therapymail.vault import letters
from therapymail.vault.rebuild import rebuild


@dataclass(frozen=True)
class Rebuilt:
    """How much was derived again: letters, journal entries carried out, and in how many seconds."""

    letters: int
    entries: int
    seconds: float


def rebuild_record(practice: Practice) -> Rebuilt:
    """Derive every projection and the index again, all or nothing. Raises AnotherRun, VaultLocked, VaultDamaged."""
    began = time.monotonic()
    with only_run(practice.paths), practice.vault() as vault, vault.writing() as writer:
        entries = rebuild(writer)
        counted = sum(letters.count_letters(writer).values())
    return Rebuilt(counted, entries, time.monotonic() - began)
