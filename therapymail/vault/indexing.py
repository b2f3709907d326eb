"""When the full-text index is told of a letter: opened, seen otherwise by the therapist, or about to be erased."""

from collections.abc import Iterable

from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.domain.letter import Reading
from therapymail.vault import index, later_filters, texts
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.filters import LetterTokens
from therapymail.vault.journal import Payload


def add_new_letter(writer: Writer, letter_id: int, reading: Reading, filed: Payload) -> None:
    """Make a letter that was just filed as `filed` says searchable; it has no tags, no notes and no exchange yet."""
    tokens = LetterTokens(
        client=filed["client"],
        kind=Kind(filed["kind"]),
        direction=Direction(filed["direction"]),
        standing=Standing(filed["standing"]),
        tags=(),
        has_enclosure=bool(reading.enclosures),
        words=reading.words,
        is_unread=_is_unread(filed, _added(writer, filed["client"]), has_been_seen=False),
    )
    index.index_letter(writer, letter_id, reading, tokens)


def add_opened_letter(writer: Writer, letter_id: int, reading: Reading) -> None:
    """Make a letter searchable that was filed before it could be opened."""
    index.index_letter(writer, letter_id, reading, tokens_of_letter(writer, letter_id))


def bring_index_up_to_date(writer: Writer, letter_id: int) -> None:
    """Let the index know what the letter's row and tags now say; a letter that was never opened is not in it."""
    index.change_tokens(writer, letter_id, tokens_of_letter(writer, letter_id))


def bring_index_up_to_date_of(writer: Writer, digests: Iterable[bytes]) -> None:
    """As `bring_index_up_to_date`, for the letters with these digests; one that is not filed is passed over."""
    rows = (writer.row("SELECT id FROM letter WHERE digest = ?", (digest,)) for digest in digests)
    for letter_id in sorted(row[0] for row in rows if row):
        bring_index_up_to_date(writer, letter_id)


def bring_older_filters_up_to_date(writer: Writer, most: int) -> bool:
    """Let the index know what an older version did not tell it of its next `most` letters; whether more are left."""
    since = later_filters.up_to(writer)
    if since is None:
        return False
    rows = writer.rows(later_filters.NEXT, (since, most))
    for letter_id, text in rows:
        index.bring_up_to_date(writer, letter_id, text, tokens_of_letter(writer, letter_id))
    if len(rows) < most:
        later_filters.forget(writer)
        return False
    later_filters.note_up_to(writer, rows[-1][0])
    return True


def take_from_index(writer: Writer, letter_id: int, digest: bytes) -> None:
    """Take every word of a letter that is about to be erased out of the index.

    What is taken out has to be named exactly: an index that another version filled is filled anew first.
    """
    if not index.index_is_current(writer):
        index.reindex(writer)
    reading = texts.reading(writer, digest)
    if reading is not None:
        index.remove_letter(writer, letter_id, reading)


_PROPERTIES = """
    SELECT letter.client, letter.kind, letter.direction, letter.standing, letter.enclosures, letter.words,
        exchange_letter.number, exchange_letter.role, exchange.over_length, exchange.answered,
        EXISTS (SELECT 1 FROM note WHERE note.letter = letter.digest), letter.received,
        EXISTS (SELECT 1 FROM letter_read WHERE letter_read.digest = letter.digest), letter.digest, client.added
    FROM letter LEFT JOIN client ON identity = letter.client
    LEFT JOIN exchange_letter ON exchange_letter.digest = letter.digest
    LEFT JOIN exchange ON exchange.client = exchange_letter.client AND exchange.number = exchange_letter.number
    WHERE letter.id = ?
"""
# A letter is found by its own tags, and by those of its passages and of the exchange it is in: of the few mails there,
# some bear its tags. Where no exchange has any, as in a first sync, there is nothing to look for.
_TAGS = """
    SELECT tag FROM letter_tag WHERE letter = ?1
    UNION ALL SELECT tag FROM passage_tag WHERE letter = ?2
    UNION ALL SELECT tag FROM exchange_letter CROSS JOIN exchange_tag ON letter = digest
        WHERE client = ?3 AND number = ?4 AND EXISTS (SELECT 1 FROM exchange_tag)
"""
_LETTER = "letter"  # the role of a client's letter in its exchange


def tokens_of_letter(reader: Reader, letter_id: int) -> LetterTokens:
    """What filters find the letter in this row by, as the record has it now."""
    row = reader.row(_PROPERTIES, (letter_id,))
    assert row, "the index is told of letters that have a row"
    client, kind, direction, standing, enclosures, words, *in_course, has_note, received, was_read, digest, added = row
    exchange, role, over_length, answered = in_course
    filed = {"kind": kind, "direction": direction, "standing": standing, "received": received}
    is_answered = role == _LETTER and answered is not None
    return LetterTokens(
        client=client,
        kind=Kind(kind),
        direction=Direction(direction),
        standing=Standing(standing),
        tags=tuple(tag for (tag,) in reader.rows(_TAGS, (letter_id, digest, client, exchange))),
        has_enclosure=enclosures > 0,
        has_note=bool(has_note),
        words=words,
        exchange=exchange,
        is_overlength=role == _LETTER and bool(over_length),
        is_unanswered=role == _LETTER and exchange is not None and answered is None,
        is_unread=_is_unread(filed, added, has_been_seen=bool(was_read) or is_answered),
    )


def _is_unread(filed: Payload, added: int | None, *, has_been_seen: bool) -> bool:
    """Whether a mail waits to be read; `added` is since when its client is one here, None where it is nobody's.

    What a client wrote before that, to another program, was read there.
    """
    return (
        added is not None
        and filed["received"] >= added
        and filed["direction"] == Direction.IN
        and filed["standing"] == Standing.ACCEPTED
        and filed["kind"] != Kind.BOUNCE
        and not has_been_seen
    )


def _added(reader: Reader, client: str | None) -> int | None:
    row = reader.row("SELECT added FROM client WHERE identity = ?", (client,)) if client else None
    return row[0] if row else None
