"""What came from outside and is kept: each letter's original bytes, and its text once it was opened."""

import json
from collections.abc import Iterable
from typing import Any

from therapymail.domain.arrangement import arrangement_of
from therapymail.domain.letter import Enclosure, Reading
from therapymail.domain.seal import Protection, SealFacts, facts_as_json, facts_from_json
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.storable import storable

_READING = "subject, text, quoted, unsealed_text, enclosures, language, arrangement"
_MANY = 500  # parameters of one IN list


def original(reader: Reader, digest: bytes) -> bytes | None:
    """The mail with this digest exactly as it was fetched, or None (too large, or no such letter)."""
    row = reader.row("SELECT raw FROM letter_original WHERE digest = ?", (digest,))
    return row[0] if row else None


def has_original(reader: Reader, digest: bytes) -> bool:
    """Whether the mail with this digest is here as it was fetched."""
    return reader.row("SELECT 1 FROM letter_original WHERE digest = ?", (digest,)) is not None


def reading(reader: Reader, digest: bytes) -> Reading | None:
    """What a person reads of the letter with this digest, or None where it was never opened."""
    row = reader.row(f"SELECT {_READING} FROM letter_text WHERE digest = ?", (digest,))  # noqa: S608 - fixed columns
    return _reading(row) if row else None


def readings(reader: Reader, digests: Iterable[bytes]) -> dict[bytes, Reading]:
    """By digest, what a person reads of these letters; one that was never opened is left out."""
    wanted, found = list(digests), {}
    for some in (wanted[start : start + _MANY] for start in range(0, len(wanted), _MANY)):
        marks = ",".join("?" * len(some))
        for digest, *row in reader.rows(f"SELECT digest, {_READING} FROM letter_text WHERE digest IN ({marks})", some):  # noqa: S608 - marks only
            found[digest] = _reading(tuple(row))
    return found


def _reading(row: Row) -> Reading:
    subject, text, quoted, unsealed_text, enclosures, language, arrangement = row
    listed = () if enclosures == "[]" else tuple(_enclosure(*each) for each in json.loads(enclosures))
    order = tuple(json.loads(arrangement)) if arrangement else ()
    return Reading(subject, text, quoted, unsealed_text, listed, language, order)


def _enclosure(
    name: str, media_type: str, size: int, outside: int = 0, facts: dict[str, Any] | None = None
) -> Enclosure:
    return Enclosure(name, media_type, size, bool(outside), facts_from_json(facts).signatures if facts else ())


def keep_originals(writer: Writer, originals: Iterable[tuple[bytes, bytes]]) -> None:
    """Keep (digest, raw mail) pairs; one that is kept already stays as it is."""
    writer.run_many("INSERT INTO letter_original (digest, raw) VALUES (?, ?) ON CONFLICT DO NOTHING", originals)


def keep_readings(writer: Writer, readings: Iterable[tuple[bytes, Reading]]) -> None:
    """Keep what was read of letters whose original is kept; a letter is opened once: an earlier reading stays."""
    writer.run_many(
        "INSERT INTO letter_text (digest, subject, language, enclosures, text, quoted, unsealed_text, arrangement)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            (
                digest,
                storable(read.subject),
                storable(read.language),
                _enclosures_json(read.enclosures),
                storable(read.text),
                storable(read.quoted),
                storable(read.unsealed_text),
                _arrangement_json(read),
            )
            for digest, read in readings
        ),
    )


def _arrangement_json(read: Reading) -> str:
    """The order of own and quoted words, of the texts as they are stored: a broken character may be shorter there."""
    if not read.quoted or not read.is_ordered:
        return ""
    stored = arrangement_of((piece.quoted, storable(piece.text)) for piece in read.pieces)
    return json.dumps(stored, separators=(",", ":"))


def _enclosures_json(enclosures: tuple[Enclosure, ...]) -> str:
    if not enclosures:
        return "[]"
    return json.dumps([_row(each) for each in enclosures], separators=(",", ":"))


def _row(each: Enclosure) -> list[Any]:
    """One enclosure; what only few have is left out where it is not."""
    row = [storable(each.name), storable(each.media_type), each.size]
    if each.signatures:
        return [*row, int(each.outside), facts_as_json(SealFacts(Protection.NO, each.signatures))]
    return [*row, 1] if each.outside else row


def forget(writer: Writer, digest: bytes) -> None:
    """Remove original and text for good (erasure)."""
    writer.run("DELETE FROM letter_text WHERE digest = ?", (digest,))
    writer.run("DELETE FROM letter_original WHERE digest = ?", (digest,))
