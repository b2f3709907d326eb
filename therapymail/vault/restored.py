"""What a store that comes from a backup does otherwise: a device of its own, and nothing leaves that may have left.

The machine that the backup was made on may have gone on: it wrote more entries, and it sent letters. So the restored
store begins a chain of its own, every letter that was on its way out is stopped, and no draft leaves until the mailbox
has been read and shows that it has not left already (HAZARDS C9).
"""

import secrets
from datetime import datetime, timedelta

from therapymail.domain.draft import DraftName
from therapymail.domain.journal import Entry
from therapymail.domain.kinds import Direction
from therapymail.domain.outbox import Obstacle, OutboxState
from therapymail.vault import journal
from therapymail.vault.backups_made import BACKUP_RESTORED
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.journal import Payload
from therapymail.vault.moments import to_microseconds
from therapymail.vault.projection import projects, record
from therapymail.vault.schema import DEVICE_BYTES

_UNREAD, _DRAFTS, _MADE = "restored_unread", "restored_drafts", "restored_made"
_S = OutboxState
_STOPPED = (_S.RELEASED, _S.OFFERING, _S.REFUSED, _S.FAILED)  # here DATA had surely not begun
_TURN_BITS = 62
_CLOCKS_DIFFER = timedelta(days=1)  # between the machine that made the backup and the mail host that dates what left


def begin_as_restored(writer: Writer, sha256: str, made: datetime, now: datetime) -> None:
    """Make this store one that was restored `now` from the backup with this sum, which was `made` then.

    It gets a new device id; the chain of the one before stays as it was and ends there.
    """
    before = journal.this_device(writer)
    has_chain = writer.row("SELECT 1 FROM journal_head WHERE device = ?", (before,)) is not None
    device = secrets.token_hex(DEVICE_BYTES)
    writer.run("UPDATE meta SET value = ? WHERE name = 'device'", (device,))
    payload: Payload = {"sha256": sha256, "made": to_microseconds(made), "device": before.hex() if has_chain else ""}
    record(writer, BACKUP_RESTORED, "", payload, now)


def stop_what_was_to_leave(writer: Writer, made: datetime, now: datetime) -> int:
    """Stop every letter in the outbox that may have left since the backup was `made`; how many those are.

    What was held still waits for its second reading. Every draft is remembered as one that may have left.
    """
    moment = to_microseconds(now)
    marks = ", ".join("?" * len(_STOPPED))
    states = [state.value for state in _STOPPED]
    writer.run(
        f"DELETE FROM outbox_sealed WHERE draft IN (SELECT draft FROM outbox WHERE state IN ({marks}))",  # noqa: S608
        states,
    )
    stopped = _set(writer, states, OutboxState.FAILED, Obstacle.RESTORED, moment)
    stopped += _set(writer, [OutboxState.OFFERED.value], OutboxState.UNCERTAIN, Obstacle.ANSWER_LOST, moment)
    row = writer.row("SELECT max(number) FROM draft")
    _remember(writer, _DRAFTS, str(row[0] or 0) if row else "0")
    _remember(writer, _MADE, str(to_microseconds(made)))
    _remember(writer, _UNREAD, "1")
    return stopped


def mailbox_was_read(writer: Writer) -> None:
    """Note that all mail up to now is on the record, letters among it that left after the backup was made."""
    writer.run("DELETE FROM meta WHERE name = ?", (_UNREAD,))


def waits_for_mailbox(reader: Reader, name: DraftName) -> bool:
    """Whether the draft comes from a backup, and nobody has looked yet whether it has left since."""
    return _is_restored(reader, name) and _remembered(reader, _UNREAD) is not None


def letters_since(reader: Reader, name: DraftName, client: str) -> list[str]:
    """What the own letters to the client (identity) say that were sent since the backup that the draft comes from.

    Those of the day before are among them: the two clocks that are compared here may differ.
    """
    if not _is_restored(reader, name):
        return []
    since = int(_remembered(reader, _MADE) or 0) - _CLOCKS_DIFFER // timedelta(microseconds=1)
    rows = reader.rows(
        "SELECT letter_text.text FROM letter JOIN letter_text USING (digest)"
        " WHERE letter.client = ? AND letter.direction = ? AND letter.received >= ?",
        (client, Direction.OUT.value, since),
    )
    return [text for (text,) in rows]


def _is_restored(reader: Reader, name: DraftName) -> bool:
    return name.number <= int(_remembered(reader, _DRAFTS) or 0)


def _set(writer: Writer, states: list[str], state: OutboxState, obstacle: Obstacle, moment: int) -> int:
    found = writer.rows(f"SELECT draft FROM outbox WHERE state IN ({', '.join('?' * len(states))})", states)  # noqa: S608
    for (draft,) in found:
        writer.run(
            "UPDATE outbox SET state = ?, obstacle = ?, hindrances = '[]', tries_from = NULL, turn = ?, changed = ?"
            " WHERE draft = ?",
            (state.value, obstacle.value, secrets.randbits(_TURN_BITS), moment, draft),
        )
    return len(found)


def _remember(writer: Writer, name: str, value: str) -> None:
    writer.run(
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def _remembered(reader: Reader, name: str) -> str | None:
    row = reader.row("SELECT value FROM meta WHERE name = ?", (name,))
    return row[0] if row else None


@projects(BACKUP_RESTORED)
def _restored(_writer: Writer, _entry: Entry, _payload: Payload) -> None:
    """Nothing is derived from it: where one device's chain ends and another begins."""
