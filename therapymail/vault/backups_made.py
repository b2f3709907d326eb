"""The backups that were made and read again, projected from the journal: files named by their sum, never by place."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from therapymail.domain.journal import Entry
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.journal import Payload
from therapymail.vault.moments import from_microseconds
from therapymail.vault.projection import projects, record

BACKUP_MADE, BACKUP_CHECKED, BACKUP_RESTORED = "backup.made", "backup.verified", "backup.restored"
SOUND = "sound"


@dataclass(frozen=True)
class BackupOnRecord:
    """A backup: when it was made (UTC), the file's SHA-256 (hex) and size, and how much of the record it holds.

    `sealed_to` are fingerprints. `checked` is when it was last read again whole and found sound, None: never since.
    """

    made: datetime
    sha256: str
    bytes: int
    letters: int
    entries: int
    sealed_to: tuple[str, ...]
    checked: datetime | None = None


def note_backup(
    writer: Writer, *, sha256: str, size: int, letters: int, entries: int, sealed_to: Sequence[str], now: datetime
) -> None:
    """Note a backup that was written and read again."""
    payload: Payload = {
        "sha256": sha256,
        "bytes": size,
        "letters": letters,
        "entries": entries,
        "sealed_to": list(sealed_to),
    }
    record(writer, BACKUP_MADE, sha256, payload, now)


def note_check(writer: Writer, sha256: str, outcome: str, now: datetime) -> None:
    """Note that a backup was read again whole, and what came of it."""
    record(writer, BACKUP_CHECKED, sha256, {"outcome": outcome}, now)


def backups(reader: Reader) -> list[BackupOnRecord]:
    """Every backup on the record, newest first."""
    return [_backup(row) for row in reader.rows(f"{_BACKUPS} ORDER BY moment DESC", (SOUND,))]


def latest_backup(reader: Reader, own_key: str) -> BackupOnRecord | None:
    """The newest backup on the record that is sealed to `own_key` (fingerprint); None where there is none."""
    return next((each for each in backups(reader) if own_key in each.sealed_to), None)


_BACKUPS = (
    "SELECT moment, sha256, bytes, letters, entries, sealed_to,"
    " (SELECT max(moment) FROM backup_checked WHERE sha256 = made.sha256 AND outcome = ?) FROM backup_made AS made"
)


def _backup(row: Row) -> BackupOnRecord:
    moment, sha256, size, letters, entries, sealed_to, checked = row
    seen = None if checked is None else from_microseconds(checked)
    made = from_microseconds(moment)
    return BackupOnRecord(made, sha256.hex(), size, letters, entries, tuple(json.loads(sealed_to)), seen)


@projects(BACKUP_MADE)
def _made(writer: Writer, entry: Entry, payload: Payload) -> None:
    writer.run(
        "INSERT INTO backup_made (moment, sha256, bytes, letters, entries, sealed_to) VALUES (?, ?, ?, ?, ?, ?)",
        (
            entry.time,
            bytes.fromhex(payload["sha256"]),
            payload["bytes"],
            payload["letters"],
            payload["entries"],
            json.dumps(payload["sealed_to"], separators=(",", ":")),
        ),
    )


@projects(BACKUP_CHECKED)
def _checked(writer: Writer, entry: Entry, payload: Payload) -> None:
    writer.run(
        "INSERT INTO backup_checked (moment, sha256, outcome) VALUES (?, ?, ?)",
        (entry.time, bytes.fromhex(entry.about), payload["outcome"]),
    )
