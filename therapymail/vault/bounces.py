"""Delivery reports, linked to the mail of ours that failed, and what was sent again because of them (F23)."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from therapymail.domain.journal import Entry
from therapymail.domain.kinds import Direction, Standing
from therapymail.domain.letter import Filing
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.journal import Payload
from therapymail.vault.moments import SECOND, from_microseconds, to_microseconds
from therapymail.vault.projection import projects, record
from therapymail.vault.stale import mark_stale_of
from therapymail.vault.storable import storable

# Two programs that each keep a copy of one sending do so within a minute.
_A_MERE_COPY = 60 * SECOND


class Bounced(NamedTuple):
    """A delivery report: the mail of ours that it is about (None: it names none we know), and when it came (UTC).

    `is_settled` once something reached the other side after it, as far as can be known: a mail of ours was sent to
    the client later, or they wrote later.
    """

    digest: bytes
    failed: bytes | None
    received: datetime
    is_settled: bool


def bounces_found(reader: Reader, client: str) -> list[Bounced]:
    """The accepted delivery reports about mail to a client (identity), oldest first, as the letters say it now."""
    reports = reader.rows(
        "SELECT id, digest, received FROM letter WHERE client = ? AND kind = 'bounce' AND standing = 'accepted'"
        " ORDER BY received, digest",
        (client,),
    )
    if not reports:
        return []
    latest = reader.rows(
        "SELECT digest, max(received, coalesce((SELECT max(again.received) FROM letter_sent_again again"
        " WHERE again.digest = letter.digest), received)) AS last FROM letter"
        " WHERE client = ? AND kind <> 'bounce' AND standing = 'accepted' ORDER BY last DESC, digest LIMIT 2",
        (client,),
    )
    named = [(digest, received, _failed(reader, client, letter_id)) for letter_id, digest, received in reports]
    return [
        Bounced(
            digest,
            failed,
            from_microseconds(received),
            any(_comes_after(last, received, is_it=other == failed) for other, last in latest),
        )
        for digest, received, failed in named
    ]


def _comes_after(moment: int, report: int, *, is_it: bool) -> bool:
    """Whether a mail of that moment is one after the report; `is_it`: the very mail that failed, perhaps sent again.

    A mail host tells seconds only, and a report can come in the second in which its mail left.
    """
    return moment - report >= (_A_MERE_COPY if is_it else SECOND)


def _failed(reader: Reader, client: str, report: int) -> bytes | None:
    """The mail to this client that a report names: by the Message-ID of any of its copies."""
    row = reader.row(
        # The plus signs keep SQLite from walking through all letters of the client, once for each report.
        "SELECT letter.digest FROM letter_reference named JOIN letter ON letter.message_id = named.message_id"
        " WHERE named.letter = ?1 AND named.message_id <> '' AND +letter.client = ?2 AND +letter.direction = 'out'"
        " UNION SELECT again.digest FROM letter_reference named"
        " JOIN letter_sent_again again ON again.message_id = named.message_id JOIN letter USING (digest)"
        " WHERE named.letter = ?1 AND +letter.client = ?2 ORDER BY 1",
        (report, client),
    )
    return None if row is None else row[0]


def resent(reader: Reader, client: str, bounces: Iterable[Bounced]) -> dict[bytes, bytes]:
    """Mails of ours that say the same as one that failed, sent after it: each with the first one it is again.

    Every text is read once, however many reports came: a mail host can make thousands.
    """
    failed = {each.failed for each in bounces if each.failed is not None}
    if not failed:
        return {}
    first: dict[bytes, tuple[int, bytes]] = {}
    found: dict[bytes, bytes] = {}
    for digest, received, text in reader.rows(
        "SELECT digest, received, text FROM letter JOIN letter_text USING (digest)"
        " WHERE client = ? AND direction = 'out' AND text <> '' ORDER BY received, digest",
        (client,),
    ):
        said = sha256(text.encode("utf-8", "surrogatepass")).digest()
        since, original = first.get(said, (received, digest))
        if said in first and since < received:
            found[digest] = original
        elif said not in first and digest in failed:
            first[said] = received, digest
    return found


# --- the same ciphertext again -------------------------------------------------------------------------


def note_sent_again(writer: Writer, filings: Iterable[Filing], now: datetime) -> None:
    """Note copies of mail of ours that were sent again: they bear another Message-ID, or came at quite another time.

    The letter stays one. That it left twice, and when first, is known whichever of the two was filed first.
    """
    for each in filings:
        if each.direction is not Direction.OUT or each.standing is not Standing.ACCEPTED:
            continue
        message_id, received = storable(each.message_id), to_microseconds(each.received)
        row = writer.row(
            "SELECT letter.message_id, letter.received, again.received FROM letter LEFT JOIN letter_sent_again again"
            " ON again.digest = letter.digest AND again.message_id = ?2"
            " WHERE letter.digest = ?1 AND direction = 'out' AND standing = 'accepted'",
            (each.digest, message_id),
        )
        if row is None:
            continue
        filed_id, filed, known = row
        is_another = message_id != filed_id or abs(received - filed) > _A_MERE_COPY
        if (is_another and known is None) or (known is not None and received < known):
            payload: Payload = {"message_id": message_id, "received": received}
            record(writer, "letter.sent-again", each.digest.hex(), payload, now)


def sent_again(reader: Reader, client: str) -> list[tuple[bytes, datetime]]:
    """The mails (digests) to a client (identity) that left more than once.

    Each with the latest moment known of its leaving, or of a report that it had failed: after that it left again.
    """
    rows = reader.rows(
        "SELECT digest, max(letter.received, again.received, coalesce((SELECT max(bounce.received) FROM bounce"
        " WHERE bounce.failed = letter.digest), letter.received)) AS moment FROM letter"
        " JOIN letter_sent_again again USING (digest) WHERE letter.client = ? ORDER BY moment, digest",
        (client,),
    )
    return [(digest, from_microseconds(received)) for digest, received in rows]


@projects("letter.sent-again")
def _sent_again(writer: Writer, entry: Entry, payload: Payload) -> None:
    digest = bytes.fromhex(entry.about)
    writer.run(
        "INSERT INTO letter_sent_again (digest, message_id, received) SELECT digest, ?2, ?3 FROM letter"
        " WHERE digest = ?1"
        " ON CONFLICT (digest, message_id) DO UPDATE SET received = min(received, excluded.received)",
        (digest, payload["message_id"], payload["received"]),
    )
    mark_stale_of(writer, digest)
