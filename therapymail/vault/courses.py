"""Finding a client's exchanges from their letters, and keeping what was found: a projection brought up to date late.

Filing marks a client as stale. What is kept is found again at the end of a sync, and by whoever changes something;
where it is stale, readers find it for themselves, in memory.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from therapymail.domain.course import Course, course
from therapymail.domain.exchange import Correction, CountedMail, Exchange
from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.vault.agreements import agreements_with
from therapymail.vault.bounces import Bounced, bounces_found, resent
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.corrections import corrections_of, in_effect
from therapymail.vault.indexing import bring_index_up_to_date_of
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.stale import no_longer_stale, stale_clients
from therapymail.vault.statuses import statuses_of

LETTER, RESPONSE, AFTER_CLOSING = "letter", "response", "after-closing"
EXCHANGE = (
    "number, opened, completed, answered, due, words, agreement, block, place, block_of, counts, over_length,"
    " is_review, expected, client_due, client_days_late"
)


class Found(NamedTuple):
    """What a client's letters make: their course, and the delivery reports with what failed."""

    course: Course
    bounces: tuple[Bounced, ...]


# --- finding -------------------------------------------------------------------------------------------


def find_course(reader: Reader, client: str) -> Found:
    """The exchanges of a client (identity), from letters, agreements, statuses and corrections as they are now."""
    bounces, corrections = bounces_found(reader, client), in_effect(corrections_of(reader, client))
    resends = resent(reader, client, bounces)
    answers = _answers(reader, client) if Correction.SPLIT in corrections.values() else {}
    mails = [
        CountedMail(
            digest,
            Direction(direction),
            Kind(kind),
            Standing.ACCEPTED,
            from_microseconds(received),
            words,
            answers.get(digest, frozenset()),
            resends.get(digest),
        )
        for digest, direction, kind, received, words in reader.rows(_COUNTED, (client,))
    ]
    found = course(mails, agreements_with(reader, client), corrections, statuses_of(reader, client))
    return Found(found, tuple(bounces))


# A letter of ours that was sent again counts from the first time, whichever copy was filed.
_COUNTED = (
    "SELECT digest, direction, kind, min(received, coalesce((SELECT min(again.received) FROM letter_sent_again again"
    " WHERE again.digest = letter.digest), received)), words FROM letter WHERE client = ? AND standing = 'accepted'"
    " AND (kind IN ('letter', 'response') OR direction = 'in') AND kind <> 'bounce'"
)


def _answers(reader: Reader, client: str) -> dict[bytes, frozenset[bytes]]:
    """Which of a client's letters each response says it answers: needed only where several exchanges can wait."""
    found: dict[bytes, set[bytes]] = {}
    for response, letter in reader.rows(
        "SELECT ours.digest, theirs.digest FROM letter ours JOIN letter_reference ON letter_reference.letter = ours.id"
        " JOIN letter theirs ON theirs.message_id = letter_reference.message_id AND theirs.client = ours.client"
        " WHERE ours.client = ? AND ours.direction = 'out' AND theirs.direction = 'in'"
        " AND letter_reference.message_id <> ''",
        (client,),
    ):
        found.setdefault(response, set()).add(letter)
    return {response: frozenset(letters) for response, letters in found.items()}


# --- keeping -------------------------------------------------------------------------------------------


def bring_courses_up_to_date(writer: Writer, most: int | None = None) -> int:
    """Find and keep the exchanges of every client, or of `most`, where they are stale; how many clients these were."""
    stale = stale_clients(writer)[:most]
    for client in stale:
        _keep(writer, client, find_course(writer, client))
        no_longer_stale(writer, client)
    return len(stale)


def _keep(writer: Writer, client: str, found: Found) -> None:
    """Write what differs from what is kept."""
    exchanges = {each.number: _row(each) for each in found.course.exchanges}
    kept = {row[0]: row for row in writer.rows(f"SELECT {EXCHANGE} FROM exchange WHERE client = ?", (client,))}  # noqa: S608 - fixed columns
    changed = [number for number in {*exchanges, *kept} if exchanges.get(number) != kept.get(number)]
    writer.run_many("DELETE FROM exchange WHERE client = ? AND number = ?", [(client, number) for number in changed])
    writer.run_many(
        f"INSERT INTO exchange (client, {EXCHANGE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - fixed columns
        [(client, *exchanges[number]) for number in sorted(changed) if number in exchanges],
    )
    told_otherwise = _keep_letters(writer, client, found.course, frozenset(changed))
    bring_index_up_to_date_of(writer, told_otherwise)
    _keep_bounces(writer, client, found.bounces)
    last = found.course
    writer.run(
        "INSERT INTO course (client, exchanges, used, next_day, missed) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (client) DO UPDATE SET exchanges = excluded.exchanges, used = excluded.used,"
        " next_day = excluded.next_day, missed = excluded.missed",
        (
            client,
            len(last.exchanges),
            last.used,
            last.next_day.isoformat() if last.next_day else None,
            json.dumps([day.isoformat() for day in last.missed]),
        ),
    )


def _keep_letters(writer: Writer, client: str, found: Course, changed: frozenset[int]) -> set[bytes]:
    """Write what differs; the mails of which the index has to hear, those of `changed` exchanges too."""
    wanted = {row[0]: row for row in letters_of(found)}
    rows = writer.rows("SELECT digest, number, position, role FROM exchange_letter WHERE client = ?", (client,))
    kept = {row[0]: row for row in rows}
    gone = [digest for digest, row in kept.items() if wanted.get(digest) != row]
    writer.run_many("DELETE FROM exchange_letter WHERE digest = ?", [(digest,) for digest in gone])
    writer.run_many(
        "INSERT INTO exchange_letter (digest, number, position, role, client) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (digest) DO UPDATE SET number = excluded.number, position = excluded.position,"
        " role = excluded.role, client = excluded.client",
        [(*row, client) for digest, row in wanted.items() if kept.get(digest) != row],
    )
    moved = {digest for digest in {*wanted, *kept} if wanted.get(digest) != kept.get(digest)}
    # Whoever leaves an exchange, or comes to one, takes its tags along or brings them.
    touched = {row[1] for digest in moved for row in (wanted.get(digest), kept.get(digest)) if row}
    return moved | {digest for digest, row in wanted.items() if row[1] in changed | touched}


def letters_of(found: Course) -> Iterable[tuple[bytes, int | None, int, str]]:
    """Each mail of a course: its digest, the number of its exchange, its place there, and what it is in it."""
    for exchange in found.exchanges:
        for role, digests in ((LETTER, exchange.letters), (RESPONSE, exchange.responses)):
            yield from ((digest, exchange.number, position, role) for position, digest in enumerate(digests))
    yield from ((digest, None, position, AFTER_CLOSING) for position, digest in enumerate(found.after_closing))


def _keep_bounces(writer: Writer, client: str, bounces: Sequence[Bounced]) -> None:
    writer.run("DELETE FROM bounce WHERE client = ?", (client,))
    writer.run_many(
        "INSERT INTO bounce (digest, client, failed, received, settled) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (digest) DO UPDATE SET client = excluded.client, failed = excluded.failed,"
        " received = excluded.received, settled = excluded.settled",
        [(each.digest, client, each.failed, to_microseconds(each.received), int(each.is_settled)) for each in bounces],
    )


def _row(exchange: Exchange) -> Row:
    return (
        exchange.number,
        to_microseconds(exchange.opened),
        to_microseconds(exchange.completed),
        _stored(exchange.answered),
        _stored(exchange.due),
        exchange.words,
        exchange.agreement,
        exchange.block,
        exchange.place,
        exchange.block_of,
        exchange.counts,
        int(exchange.over_length),
        int(exchange.is_review),
        exchange.expected.isoformat() if exchange.expected else None,
        _stored(exchange.client_due),
        exchange.client_days_late,
    )


def _stored(moment: datetime | None) -> int | None:
    return None if moment is None else to_microseconds(moment)
