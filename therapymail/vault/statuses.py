"""Where the work with each client stood and stands, as rows; every change is a journal entry."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from therapymail.domain.client import ClientStatus
from therapymail.domain.journal import Entry
from therapymail.domain.kinds import Direction, Kind
from therapymail.domain.letter import Filing
from therapymail.domain.statuses import OVER, Ending, StatusChange, Statuses
from therapymail.errors import UnusableInput
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.journal import Payload
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.projection import projects, record
from therapymail.vault.stale import mark_stale

# A clock that was set stands still: what is said twice in a moment is still said one after the other.
_JUST_AFTER = timedelta(microseconds=1)
_ALL = "SELECT client, since, status, ending FROM client_status"


def statuses(reader: Reader) -> dict[str, list[StatusChange]]:
    """By identity, every change of where the work with a client stood, in order; none said: active."""
    found: dict[str, list[StatusChange]] = {}
    for client, since, status, ending in reader.rows(f"{_ALL} ORDER BY client, since"):
        found.setdefault(client, []).append(_change(since, status, ending))
    return found


def statuses_of(reader: Reader, identity: str) -> list[StatusChange]:
    """The changes of one client, in order."""
    rows = reader.rows(f"{_ALL} WHERE client = ? ORDER BY since", (identity,))
    return [_change(since, status, ending) for _, since, status, ending in rows]


def _change(since: int, status: str, ending: str | None) -> StatusChange:
    return StatusChange(from_microseconds(since), ClientStatus(status), Ending(ending) if ending else None)


def set_status(
    writer: Writer,
    identity: str,
    status: ClientStatus,
    now: datetime,
    *,
    since: datetime | None = None,
    ending: Ending | None = None,
) -> None:
    """Say from when on (None: now) the work with a client stands so, and how it ends, where it does.

    Nothing happens where that is said already. Raises UnusableInput for a time that is still to come, or lies before
    what was said last.
    """
    said = statuses_of(writer, identity)
    last = said[-1] if said else StatusChange(now, ClientStatus.ACTIVE)
    if since is None:
        since = max(now, last.since + _JUST_AFTER) if said else now
    elif since > now:
        raise UnusableInput("date", "what will be is said when it is so")
    elif said and since <= last.since:
        raise UnusableInput("date", "something else was said of that time, or a later one, already")
    if (last.status, last.ending) == (status, ending):
        return
    payload: Payload = {
        "status": status.value,
        "since": to_microseconds(since),
        "ending": ending.value if ending else None,
    }
    record(writer, "client.status-set", identity, payload, now)


def note_status(writer: Writer, identity: str, status: str, since: int, ending: str | None) -> None:
    """Carry out that the work stands so `since` (microseconds); the client's row shows what holds last."""
    writer.run(
        "INSERT INTO client_status (client, since, status, ending) VALUES (?, ?, ?, ?) ON CONFLICT (client, since)"
        " DO UPDATE SET status = excluded.status, ending = excluded.ending",
        (identity, since, status, ending),
    )
    writer.run(
        "UPDATE client SET status = (SELECT status FROM client_status WHERE client = ?1 ORDER BY since DESC LIMIT 1)"
        " WHERE identity = ?1",
        (identity,),
    )
    mark_stale(writer, identity)


@projects("client.status-set")
def _status_set(writer: Writer, entry: Entry, payload: Payload) -> None:
    note_status(writer, entry.about, payload["status"], payload["since"], payload["ending"])


def kinds_after_closing(reader: Reader, filings: Sequence[Filing]) -> list[Filing]:
    """`filings`, a client's mail that came after the closing as news, which is owed no response (F38)."""
    clients = {each.client for each in filings if each.client and each.kind is Kind.LETTER}
    over = {identity for identity in sorted(clients) if _was_ever_over(reader, identity)}
    changes = {identity: Statuses(statuses_of(reader, identity)) for identity in over}
    return [
        replace(each, kind=Kind.UPDATE)
        if each.client in changes
        and (each.kind, each.direction) == (Kind.LETTER, Direction.IN)
        and changes[each.client].is_over(each.received)
        else each
        for each in filings
    ]


def _was_ever_over(reader: Reader, identity: str) -> bool:
    return any(change.status in OVER for change in statuses_of(reader, identity))
