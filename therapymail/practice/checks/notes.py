"""The process notes: key and store there together, private, the file sound and the journal whole."""

import stat
from collections.abc import Iterator

from therapymail.domain.note import NoteKind
from therapymail.domain.wording import count_words
from therapymail.errors import ProcessNotesLocked
from therapymail.practice import process_notes
from therapymail.practice.checks.check import Check
from therapymail.practice.checks.vault import UNLOCK
from therapymail.practice.practice import Practice
from therapymail.vault import journal, notes

NAME = "process notes"
_UNLOCK = "Run `therapymail note unlock`, then `therapymail doctor` again."


def look_at_process_notes(practice: Practice) -> Iterator[Check]:
    """Whether they open and are sound; nothing where there are none. Raises VaultDamaged, VaultNewer, FileUnusable.

    ProcessNotesMissing too, locked or not.
    """
    if not process_notes.exist(practice):
        return
    process_notes.refuse_lost_store(practice)
    yield from _reachable(practice)
    if not practice.session.is_open():
        yield Check(NAME, ok=True, says="Locked, so not examined.", next_step=UNLOCK)
        return
    try:
        store = process_notes.open_store(practice)
    except ProcessNotesLocked:
        says = "Locked by a passphrase of their own, so not examined."
        yield Check(NAME, ok=True, says=says, next_step=_UNLOCK)
        return
    with store:
        damage = store.damage()
        with store.reading() as reader:
            report = journal.verify(reader)
            held = len(notes.notes(reader, NoteKind.PROCESS))
    if damage:
        says = f"The file is damaged ({len(damage)} findings)."
        yield Check(NAME, ok=False, says=says, next_step="Restore notes.db from a backup.")
    elif report.problems:
        says = f"Their journal is not what was written ({len(report.problems)} places)."
        yield Check(NAME, ok=False, says=says, next_step="Restore notes.db from a backup and compare.")
    else:
        yield Check(NAME, ok=True, says=f"They open and are sound; {count_words(held, 'process note')}.")


def _reachable(practice: Practice) -> Iterator[Check]:
    """A warning for a file of theirs that other users can reach; one that is missing, opening says."""
    for file in (practice.paths.notes, practice.paths.notes_key):
        if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
            says = f"{file} can be reached by other users."
            yield Check(NAME, ok=True, says=says, next_step=f"Run `chmod 600 {file}`.")
