"""Exchanges as they are read: what is kept of them, or where that is stale, what is found in memory."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from therapymail.domain.course import Course, CourseStanding, standing_of
from therapymail.domain.exchange import Exchange
from therapymail.domain.letter import Letter
from therapymail.vault.agreements import agreements, agreements_with
from therapymail.vault.bounces import Bounced
from therapymail.vault.connection import Reader, Row
from therapymail.vault.courses import AFTER_CLOSING, EXCHANGE, LETTER, find_course, letters_of
from therapymail.vault.moments import from_microseconds
from therapymail.vault.stale import is_stale, stale_clients
from therapymail.vault.statuses import statuses, statuses_of

_MANY = 500  # parameters of one IN list


class InCourse(NamedTuple):
    """Where a mail stands in the work: the number of its exchange, that it came after closing, what failed with it."""

    exchange: int | None = None
    after_closing: bool = False
    failed: bytes | None = None


# --- single mails --------------------------------------------------------------------------------------


def in_course(reader: Reader, letters: Sequence[Letter]) -> dict[bytes, InCourse]:
    """By digest, where each of these mails stands; one that is in no exchange, and no delivery report, is left out."""
    stale = set(stale_clients(reader)).intersection(each.client for each in letters if each.client)
    digests = [each.digest for each in letters if each.client and each.client not in stale]
    found: dict[bytes, InCourse] = {}
    for some in (digests[start : start + _MANY] for start in range(0, len(digests), _MANY)):
        marks = ",".join("?" * len(some))
        rows = reader.rows(f"SELECT digest, number, role FROM exchange_letter WHERE digest IN ({marks})", some)  # noqa: S608 - marks only
        found.update((digest, InCourse(number, role == AFTER_CLOSING)) for digest, number, role in rows)
        rows = reader.rows(f"SELECT digest, failed FROM bounce WHERE digest IN ({marks})", some)  # noqa: S608 - marks only
        found.update((digest, InCourse(failed=failed)) for digest, failed in rows)
    for client in sorted(stale):
        again = find_course(reader, client)
        found.update(
            (digest, InCourse(number, role == AFTER_CLOSING)) for digest, number, _, role in letters_of(again.course)
        )
        found.update((each.digest, InCourse(failed=each.failed)) for each in again.bounces)
    return found


# --- one client ----------------------------------------------------------------------------------------


def course_of(reader: Reader, client: str) -> Course:
    """The course with one client (identity)."""
    if is_stale(reader, client):
        return find_course(reader, client).course
    rows = reader.rows(f"SELECT client, {EXCHANGE} FROM exchange WHERE client = ? ORDER BY number", (client,))  # noqa: S608 - fixed columns
    members = _grouped(
        reader.rows(f"{_MEMBERS} exchange_letter WHERE client = ? AND number IS NOT NULL {_IN_ORDER}", (client,))
    )
    after = reader.rows(
        "SELECT digest FROM exchange_letter WHERE client = ? AND role = ? ORDER BY position", (client, AFTER_CLOSING)
    )
    row = reader.row("SELECT client, used, next_day, missed FROM course WHERE client = ?", (client,))
    return _course(row, _exchanges(rows, members).get(client, []), tuple(digest for (digest,) in after))


def standing(reader: Reader, client: str, now: datetime) -> CourseStanding:
    """How the work with one client (identity) stands at `now`."""
    return standing_of(course_of(reader, client), agreements_with(reader, client), statuses_of(reader, client), now)


# --- all clients ---------------------------------------------------------------------------------------

# Of a client's exchanges these alone say how things stand: those that wait, and the last two.
_TELLING = (
    "WITH telling AS (SELECT client, number FROM exchange WHERE answered IS NULL UNION"
    " SELECT client, number FROM course CROSS JOIN exchange USING (client) WHERE number > exchanges - 2)"
)


def standings(reader: Reader, now: datetime) -> dict[str, CourseStanding]:
    """How the work with each client (by identity) stands at `now`; no letter is looked at but of stale clients."""
    stale = set(stale_clients(reader))
    rows = reader.rows(f"{_TELLING} SELECT client, {EXCHANGE} FROM {_TOLD}")  # noqa: S608 - fixed
    exchanges = _exchanges(sorted(rows), _grouped(reader.rows(f"{_TELLING} {_MEMBERS} {_OF_TELLING}")))
    # The days that were missed before the last letter are no part of it, and their reading took the longest.
    ends = {row[0]: row for row in reader.rows("SELECT client, used, next_day, '[]' FROM course")}
    agreed, said = agreements(reader), statuses(reader)
    found = {}
    for (client,) in reader.rows("SELECT identity FROM client"):
        course = (
            find_course(reader, client).course
            if client in stale
            else _course(ends.get(client), exchanges.get(client, []), ())
        )
        found[client] = standing_of(course, agreed.get(client, []), said.get(client, []), now)
    return found


def open_exchanges(reader: Reader) -> dict[str, int]:
    """By client (identity), the number of the first exchange that no response has come to."""
    stale = stale_clients(reader)
    rows = reader.rows("SELECT client, min(number) FROM exchange WHERE answered IS NULL GROUP BY client")
    found = {client: number for client, number in rows if client not in stale}
    for client in stale:
        waiting = [each.number for each in find_course(reader, client).course.exchanges if each.is_open]
        if waiting:
            found[client] = waiting[0]
    return found


def unsettled_bounces(reader: Reader) -> dict[str, list[Bounced]]:
    """By client (identity), the delivery reports since which nothing went between them and us, oldest first."""
    stale = stale_clients(reader)
    found: dict[str, list[Bounced]] = {}
    for client, digest, failed, received in reader.rows(
        "SELECT client, digest, failed, received FROM bounce WHERE settled = 0 ORDER BY client, received, digest"
    ):
        if client not in stale:
            found.setdefault(client, []).append(Bounced(digest, failed, from_microseconds(received), is_settled=False))
    for client in stale:
        if waiting := [each for each in find_course(reader, client).bounces if not each.is_settled]:
            found[client] = waiting
    return found


# --- rows ----------------------------------------------------------------------------------------------


_MEMBERS = "SELECT client, number, digest, role FROM"
_TOLD = "telling CROSS JOIN exchange USING (client, number)"
_IN_ORDER = "ORDER BY client, number, role, position"
_OF_TELLING = f"telling CROSS JOIN exchange_letter USING (client, number) {_IN_ORDER}"


def _grouped(rows: Iterable[Row]) -> dict[tuple[str, int], list[tuple[bytes, str]]]:
    """By client and number, the mails of each exchange with what they are in it, in order."""
    found: dict[tuple[str, int], list[tuple[bytes, str]]] = {}
    for client, number, digest, role in rows:
        found.setdefault((client, number), []).append((digest, role))
    return found


def _exchanges(
    rows: Iterable[Row], members: dict[tuple[str, int], list[tuple[bytes, str]]]
) -> dict[str, list[Exchange]]:
    found: dict[str, list[Exchange]] = {}
    for row in rows:
        mails = members.get((row[0], row[1]), [])
        found.setdefault(row[0], []).append(_exchange(row[1:], mails))
    return found


def _exchange(row: Row, mails: Sequence[tuple[bytes, str]]) -> Exchange:
    (number, opened, completed, answered, due, words, agreement, block, place, block_of,
     counts, over_length, is_review, expected, client_due, client_days_late) = row  # fmt: skip
    return Exchange(  # by place: names take as long again as all the rest
        number,
        tuple([digest for digest, role in mails if role == LETTER]),
        tuple([digest for digest, role in mails if role != LETTER]),
        words,
        from_microseconds(opened),
        from_microseconds(completed),
        _moment(answered),
        _moment(due),
        agreement,
        block,
        place,
        block_of,
        counts,
        bool(over_length),
        bool(is_review),
        None if expected is None else date.fromisoformat(expected),
        _moment(client_due),
        client_days_late,
    )


def _course(row: Row | None, exchanges: Sequence[Exchange], after_closing: tuple[bytes, ...]) -> Course:
    if row is None:
        return Course(tuple(exchanges), after_closing=after_closing)
    _, used, next_day, missed = row
    return Course(
        exchanges=tuple(exchanges),
        missed=tuple(date.fromisoformat(day) for day in json.loads(missed)),
        after_closing=after_closing,
        next_day=None if next_day is None else date.fromisoformat(next_day),
        used=used,
    )


def _moment(stored: int | None) -> datetime | None:
    return None if stored is None else from_microseconds(stored)
