"""The recovery kits that were made and tested, projected from the journal."""

from datetime import datetime
from typing import NamedTuple

from therapymail.domain.journal import Entry
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.journal import Payload
from therapymail.vault.moments import from_microseconds
from therapymail.vault.projection import projects, record

KIT_MADE, KIT_TESTED = "kit.made", "kit.tested"


class RecoveryKit(NamedTuple):
    """A kit of the key `fingerprint`: when it was made, and when it was last shown to bring the key back (UTC)."""

    fingerprint: str
    made: datetime
    tested: datetime


def note_kit_made(writer: Writer, fingerprint: str, now: datetime) -> None:
    """Note that a kit of the own key was written, read back and found to work."""
    record(writer, KIT_MADE, fingerprint, {}, now)


def note_kit_tested(writer: Writer, fingerprint: str, now: datetime) -> None:
    """Note that a kit of the own key was found to work."""
    record(writer, KIT_TESTED, fingerprint, {}, now)


def latest_kit(reader: Reader, fingerprint: str) -> RecoveryKit | None:
    """The newest kit that opens with the key's present passphrase; None where there is none."""
    row = reader.row(
        "SELECT moment, tested FROM recovery_kit WHERE fingerprint = ? ORDER BY moment DESC LIMIT 1", (fingerprint,)
    )
    return RecoveryKit(fingerprint, from_microseconds(row[0]), from_microseconds(row[1])) if row else None


@projects(KIT_MADE)
def _made(writer: Writer, entry: Entry, _payload: Payload) -> None:
    moment = entry.time
    writer.run("INSERT INTO recovery_kit (moment, fingerprint, tested) VALUES (?, ?, ?)", (moment, entry.about, moment))


@projects(KIT_TESTED)
def _tested(writer: Writer, entry: Entry, _payload: Payload) -> None:
    """A kit that works is one, whoever made it: the newest is the one that was tested."""
    moment = entry.time
    newest = "(SELECT max(moment) FROM recovery_kit WHERE fingerprint = ?)"
    changed = writer.run(f"UPDATE recovery_kit SET tested = ? WHERE moment = {newest}", (moment, entry.about))  # noqa: S608
    if not changed:
        writer.run(
            "INSERT INTO recovery_kit (moment, fingerprint, tested) VALUES (?, ?, ?)", (moment, entry.about, moment)
        )
