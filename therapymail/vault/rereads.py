"""When letters were read here first, and on which days old ones were read again; every one is a journal entry."""

from datetime import date, datetime

from therapymail.domain.journal import Entry
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.exchanges import course_of
from therapymail.vault.indexing import bring_index_up_to_date_of, tokens_of_letter
from therapymail.vault.journal import Payload
from therapymail.vault.letters import row_id
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.projection import projects, record
from therapymail.vault.stale import is_stale
from therapymail.vault.terms import Property, filter_term


def first_read(reader: Reader, digest: bytes) -> datetime | None:
    """When a letter was opened here first (UTC); None where it was not."""
    row = reader.row("SELECT first_read FROM letter_read WHERE digest = ?", (digest,))
    return from_microseconds(row[0]) if row else None


def is_unread(reader: Reader, digest: bytes) -> bool:
    """Whether a letter waits to be read, as `is:unread` finds it once exchanges are found. Raises LetterUnknown."""
    tokens = tokens_of_letter(reader, row_id(reader, digest))
    if not tokens.is_unread or tokens.client is None or not is_stale(reader, tokens.client):
        return tokens.is_unread
    found = course_of(reader, tokens.client).exchanges  # what is kept of them is of an earlier state
    return not any(digest in each.letters and each.answered is not None for each in found)


def unread_counts(reader: Reader) -> dict[str, int]:
    """By client (identity), how many letters `is:unread` finds; clients without any are left out."""
    rows = reader.rows(
        "SELECT client, count(*) FROM letter_index JOIN letter ON letter.id = letter_index.rowid"
        " WHERE letter_index MATCH ? GROUP BY client",
        (filter_term(Property.UNREAD),),
    )
    return dict(rows)


def note_read(writer: Writer, digest: bytes, now: datetime) -> bool:
    """Keep that a letter was opened here; whether it was the first time. Raises LetterUnknown."""
    row_id(writer, digest)
    if first_read(writer, digest) is not None:
        return False
    record(writer, "letter.read", digest.hex(), {"at": to_microseconds(now)}, now)
    return True


def note_reread(writer: Writer, digest: bytes, day: date, now: datetime) -> bool:
    """Keep that a letter was read again on `day`, the therapist's; whether it was the first time that day.

    Which letters are old enough to be read again is for the caller to know. Raises LetterUnknown.
    """
    row_id(writer, digest)
    if day in rereads_of(writer, digest):
        return False
    record(writer, "letter.reread", digest.hex(), {"day": day.isoformat(), "at": to_microseconds(now)}, now)
    return True


def rereads_of(reader: Reader, digest: bytes) -> tuple[date, ...]:
    """The days on which a letter was read again, oldest first."""
    rows = reader.rows("SELECT day FROM letter_reread WHERE digest = ? ORDER BY day", (digest,))
    return tuple(date.fromisoformat(day) for (day,) in rows)


def rereads_of_client(reader: Reader, client: str) -> dict[bytes, tuple[date, ...]]:
    """By letter of a client (identity), the days on which it was read again, oldest first."""
    found: dict[bytes, list[date]] = {}
    for digest, day in reader.rows(
        "SELECT digest, day FROM letter JOIN letter_reread USING (digest) WHERE client = ? ORDER BY letter.id, day",
        (client,),
    ):
        found.setdefault(digest, []).append(date.fromisoformat(day))
    return {digest: tuple(days) for digest, days in found.items()}


def first_reads_of_client(reader: Reader, client: str) -> dict[bytes, datetime]:
    """By letter of a client (identity), when it was opened here first (UTC); one that was not is left out."""
    rows = reader.rows(
        "SELECT digest, first_read FROM letter JOIN letter_read USING (digest) WHERE client = ?", (client,)
    )
    return {digest: from_microseconds(moment) for digest, moment in rows}


@projects("letter.read")
def _read(writer: Writer, entry: Entry, payload: Payload) -> None:
    digest = bytes.fromhex(entry.about)
    writer.run(
        "INSERT INTO letter_read (digest, first_read) SELECT digest, ?2 FROM letter WHERE digest = ?1"
        " ON CONFLICT (digest) DO UPDATE SET first_read = min(first_read, excluded.first_read)",
        (digest, payload["at"]),
    )
    bring_index_up_to_date_of(writer, [digest])


@projects("letter.reread")
def _reread(writer: Writer, entry: Entry, payload: Payload) -> None:
    writer.run(
        "INSERT INTO letter_reread (digest, day, moment) SELECT digest, ?2, ?3 FROM letter WHERE digest = ?1"
        " ON CONFLICT (digest, day) DO UPDATE SET moment = min(moment, excluded.moment)",
        (bytes.fromhex(entry.about), payload["day"], payload["at"]),
    )
