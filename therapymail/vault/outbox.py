"""The outbox as rows: every move is made by one unit of work on exactly the row that was read, or not at all.

Working state of this vault; what the record keeps of it is journalled: that a letter was released, and how it was sent.
"""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime

from therapymail.domain.checklist import read_answers, stored_answers
from therapymail.domain.draft import DraftName
from therapymail.domain.journal import Entry
from therapymail.domain.names import LetterName
from therapymail.domain.outbox import (
    MOVES,
    Agreed,
    Move,
    Obstacle,
    OutboxEntry,
    OutboxState,
    Released,
    ReleasedHow,
)
from therapymail.errors import DraftInOutbox, NotInOutbox, OutboxMoved
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.drafts import draft
from therapymail.vault.journal import Payload
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.projection import projects, record
from therapymail.vault.storable import storable

_ENTRIES = (
    "SELECT outbox.draft, draft.identity, draft.client, code, outbox.state, turn, leaves_at, hold_ends, address,"
    " fingerprint, released, released_how, released_why, released_answers, attempts, tries_from, obstacle, hindrances,"
    " outbox.message_id, outbox.changed, sent, number_of.number, number_of.suffix"
    " FROM outbox JOIN draft ON draft.number = outbox.draft JOIN client ON client.identity = draft.client"
    " LEFT JOIN letter AS number_of ON number_of.digest = outbox.letter"
)
_LEAVES = "max(leaves_at, coalesce(tries_from, leaves_at))"
_TURN_BITS = 62  # what an INTEGER holds, drawn at random: never the same twice, also after a cancel and a new `put`
# Here the letter is surely not with the mail host, and departing again seals it anew.
_WITHOUT_BYTES = (OutboxState.RELEASED, OutboxState.REFUSED, OutboxState.FAILED)


# --- reading -------------------------------------------------------------------------------------------


def entry(reader: Reader, name: DraftName) -> OutboxEntry:
    """Where the draft is in the outbox. Raises NotInOutbox."""
    found = entry_or_none(reader, name)
    if found is None:
        raise NotInOutbox(str(name))
    return found


def entry_or_none(reader: Reader, name: DraftName) -> OutboxEntry | None:
    """Where the draft is in the outbox, None where it is not."""
    row = reader.row(f"{_ENTRIES} WHERE outbox.draft = ?", (name.number,))
    return _entry(row) if row else None


def entries(reader: Reader, *, sent_since: datetime | None = None) -> list[OutboxEntry]:
    """What is in the outbox, by the time it leaves; letters already sent only from `sent_since` on, if given."""
    wanted, since = "outbox.state <> 'sent'", []
    if sent_since is not None:
        wanted, since = f"{wanted} OR sent >= ?", [to_microseconds(sent_since)]
    rows = reader.rows(f"{_ENTRIES} WHERE {wanted} ORDER BY {_LEAVES}, outbox.draft", since)
    return [_entry(row) for row in rows]


def due(reader: Reader, now: datetime) -> list[OutboxEntry]:
    """The letters that are to leave now (as `OutboxEntry.is_due`), the earliest first."""
    rows = reader.rows(
        f"{_ENTRIES} WHERE outbox.state <> 'sent' AND outbox.state = ? AND {_LEAVES} <= ?"
        f" ORDER BY {_LEAVES}, outbox.draft",
        (OutboxState.RELEASED.value, to_microseconds(now)),
    )
    return [_entry(row) for row in rows]


def next_due(reader: Reader) -> datetime | None:
    """When the next released letter is to leave (it may be past), None where none waits."""
    row = reader.row(
        f"SELECT min({_LEAVES}) FROM outbox WHERE state <> 'sent' AND state = ?",  # noqa: S608 - fixed
        (OutboxState.RELEASED.value,),
    )
    return _moment(row[0]) if row else None


def _entry(row: Row) -> OutboxEntry:
    (number, identity, client, code, state, turn, leaves_at, hold_ends, address, fingerprint, *rest) = row
    (released, how, why, answers, attempts, tries_from, obstacle, hindrances, message_id, changed, sent, *letter) = rest
    return OutboxEntry(
        draft=DraftName(number),
        identity=identity,
        client=client,
        code=code,
        state=OutboxState(state),
        leaves_at=from_microseconds(leaves_at),
        hold_ends=_moment(hold_ends),
        agreed=None if address is None else Agreed(address, fingerprint),
        attempts=attempts,
        tries_from=_moment(tries_from),
        obstacle=None if obstacle is None else Obstacle(obstacle),
        hindrances=tuple(json.loads(hindrances)),
        message_id=message_id,
        changed=from_microseconds(changed),
        sent_at=_moment(sent),
        letter=None if letter[0] is None else LetterName(code, *letter),
        released=None if released is None else released_from(how, why, released, answers),
        turn=turn,
    )


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else from_microseconds(microseconds)


# --- moving --------------------------------------------------------------------------------------------


def put(
    writer: Writer,
    name: DraftName,
    *,
    state: OutboxState,
    leaves_at: datetime,
    hold_ends: datetime | None,
    agreed: Agreed | None,
    now: datetime,
    released: Released | None = None,
) -> OutboxEntry:
    """Put a draft into the outbox, `held`, or `released` in the way that `released` says, which is journalled.

    Raises DraftUnknown, DraftInOutbox, ValueError for another state or where `released` does not fit it.
    """
    if state not in {OutboxState.HELD, OutboxState.RELEASED} or (state is OutboxState.RELEASED) != bool(released):
        raise ValueError("a letter enters the outbox held, or released in a way that is said")
    found = draft(writer, name)
    present = entry_or_none(writer, name)
    if present is not None:
        raise DraftInOutbox(str(name), present.state.value)
    writer.run(
        "INSERT INTO outbox (draft, state, turn, leaves_at, hold_ends, address, fingerprint, released_how,"
        " released_why, attempts, hindrances, message_id, changed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, '', '', 0, '[]', '', ?)",
        (
            name.number,
            state.value,
            _new_turn(),
            to_microseconds(leaves_at),
            None if hold_ends is None else to_microseconds(hold_ends),
            agreed.address if agreed else None,
            agreed.fingerprint if agreed else None,
            to_microseconds(now),
        ),
    )
    if released:
        _note_release(writer, name, (found.identity, found.client), released, leaves_at, now)
    return entry(writer, name)


def move(
    writer: Writer,
    seen: OutboxEntry,
    move: Move,
    now: datetime,
    *,
    obstacle: Obstacle | None = None,
    hindrances: Sequence[str] = (),
    tries_from: datetime | None = None,
    leaves_at: datetime | None = None,
    agreed: Agreed | None = None,
    attempts: int | None = None,
    released: Released | None = None,
) -> OutboxEntry | None:
    """Make one move from the row as it was `seen`; the row afterwards, None where it has left the outbox.

    `obstacle`, `hindrances` and `tries_from` say how it is from now on; `leaves_at`, `agreed` and `attempts`
    stay as they are where they are None. `released` belongs to RELEASE, and is journalled. To SENT leads
    `sent.mark_sent` alone. Belongs in a durable unit of work (HAZARDS C9).
    Raises OutboxMoved where the row is not as it was seen or the move does not exist, ValueError.
    """
    if (move is Move.RELEASE) != bool(released):
        raise ValueError("a letter is released in a way that is said, and nothing else is")
    target = target_of(seen, move)
    if target is OutboxState.SENT:
        raise ValueError("a letter is marked as sent together with its filing")
    if target is None:
        if not writer.run("DELETE FROM outbox WHERE draft = ? AND state = ? AND turn = ?", _as_seen(seen)):
            raise OutboxMoved(str(seen.draft))
        return None
    step(writer, seen, target, now)
    if target is OutboxState.OFFERED and not _has_bytes(writer, seen.draft):
        raise ValueError("what leaves is kept before the first byte of it does")
    writer.run(
        "UPDATE outbox SET obstacle = ?, hindrances = ?, tries_from = ?, leaves_at = coalesce(?, leaves_at),"
        " address = coalesce(?, address), fingerprint = coalesce(?, fingerprint), attempts = coalesce(?, attempts)"
        " WHERE draft = ?",
        (
            obstacle.value if obstacle else None,
            json.dumps(list(hindrances), separators=(",", ":")),
            None if tries_from is None else to_microseconds(tries_from),
            None if leaves_at is None else to_microseconds(leaves_at),
            agreed.address if agreed else None,
            agreed.fingerprint if agreed else None,
            attempts,
            seen.draft.number,
        ),
    )
    if target in _WITHOUT_BYTES:
        writer.run("DELETE FROM outbox_sealed WHERE draft = ?", (seen.draft.number,))
    if released:
        _note_release(writer, seen.draft, (seen.identity, seen.client), released, leaves_at or seen.leaves_at, now)
    return entry(writer, seen.draft)


def target_of(seen: OutboxEntry, move: Move) -> OutboxState | None:
    """Where `move` leads from the state that was seen. Raises OutboxMoved where it leads nowhere."""
    if (seen.state, move) not in MOVES:
        raise OutboxMoved(str(seen.draft))
    return MOVES[seen.state, move]


def step(writer: Writer, seen: OutboxEntry, target: OutboxState, now: datetime, **also: object) -> None:
    """Set the state of the row as it was seen, and the columns `also` with it. Raises OutboxMoved where it is not."""
    columns = "".join(f", {column} = ?" for column in also)
    changed = writer.run(
        f"UPDATE outbox SET changed = ?, turn = ?, state = ?{columns} WHERE draft = ? AND state = ? AND turn = ?",  # noqa: S608 - our columns
        (to_microseconds(now), _new_turn(), target.value, *also.values(), *_as_seen(seen)),
    )
    if not changed:
        raise OutboxMoved(str(seen.draft))


def _has_bytes(reader: Reader, name: DraftName) -> bool:
    return reader.row("SELECT 1 FROM outbox_sealed WHERE draft = ?", (name.number,)) is not None


def _as_seen(seen: OutboxEntry) -> tuple[int, str, int]:
    return seen.draft.number, seen.state.value, seen.turn


def _new_turn() -> int:
    return secrets.randbits(_TURN_BITS)


# --- releasing -----------------------------------------------------------------------------------------


def _note_release(
    writer: Writer, name: DraftName, whose: tuple[str, str], released: Released, leaves_at: datetime, now: datetime
) -> None:
    """Note it of a draft (identity) to a client (identity), who `whose` are."""
    identity, client = whose
    payload: Payload = {
        "client": client,
        "how": released.how.value,
        "why": storable(released.why),
        "at": to_microseconds(now),
        "leaves_at": to_microseconds(leaves_at),
        "answers": stored_answers(released.answers),
    }
    record(writer, "draft.released", identity, payload, now)
    writer.run(
        "UPDATE outbox SET released = ?, released_how = ?, released_why = ?, released_answers = ? WHERE draft = ?",
        (payload["at"], payload["how"], payload["why"], json.dumps(payload["answers"]), name.number),
    )


def released_from(how: str, why: str, at: int, answers: str) -> Released:
    """How a letter was released, from its columns."""
    return Released(ReleasedHow(how), why, from_microseconds(at), read_answers(json.loads(answers)))


@projects("draft.released")
def _released(_writer: Writer, _entry: Entry, _payload: Payload) -> None:
    """Nothing to carry out: a draft is working state, and `letter.sent` says again how its letter was released."""
