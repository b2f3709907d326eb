"""Process notes that come from a backup and were locked then: their journal begins its new chain when they open."""

import json
from datetime import datetime

from therapymail.errors import FileUnusable
from therapymail.paths import PracticePaths, error_phrase, write_private_file
from therapymail.vault import journal, restored
from therapymail.vault.backups_made import BACKUP_RESTORED
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.notes_store import NotesStore

_ENDING = ".restored"


def remember_restoring(paths: PracticePaths, sha256: str, made: datetime) -> None:
    """Leave word that the process notes come from the backup with this sum, `made` then. Raises FileUnusable."""
    told = {"sha256": sha256, "made": to_microseconds(made)}
    write_private_file(paths.notes.with_name(paths.notes.name + _ENDING), json.dumps(told).encode("ascii"))


def finish_restoring(paths: PracticePaths, store: NotesStore, now: datetime) -> None:
    """Begin the new chain, where that is still to be done; costs one look at the disk where it is not.

    Raises FileUnusable, VaultDamaged.
    """
    word = paths.notes.with_name(paths.notes.name + _ENDING)
    try:
        told = json.loads(word.read_bytes())
        with store.writing() as writer:
            entries = journal.entries_of(writer, [""], [BACKUP_RESTORED])
            device = journal.this_device(writer)
            # Whoever was killed between the two has done the first.
            if (device, told["sha256"]) not in {(entry.device, (said or {}).get("sha256")) for entry, said in entries}:
                restored.begin_as_restored(writer, told["sha256"], from_microseconds(told["made"]), now)
        word.unlink(missing_ok=True)
    except FileNotFoundError:
        return
    except OSError as error:
        raise FileUnusable(str(word), error_phrase(error)) from None
