"""When the full-text index is told of a letter: opened, seen otherwise by the therapist, or about to be erased."""

from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.domain.letter import Reading
from therapymail.vault import index, texts
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.index import LetterTokens
from therapymail.vault.journal import Payload


def add_new_letter(writer: Writer, letter_id: int, reading: Reading, filed: Payload) -> None:
    """Make a letter that was just filed as `filed` says searchable; it has no tags yet."""
    tokens = LetterTokens(
        client=filed["client"],
        kind=Kind(filed["kind"]),
        direction=Direction(filed["direction"]),
        standing=Standing(filed["standing"]),
        tags=(),
        has_enclosure=bool(reading.enclosures),
    )
    index.index_letter(writer, letter_id, reading, tokens)


def add_opened_letter(writer: Writer, letter_id: int, reading: Reading) -> None:
    """Make a letter searchable that was filed before it could be opened."""
    index.index_letter(writer, letter_id, reading, _tokens(writer, letter_id))


def bring_index_up_to_date(writer: Writer, letter_id: int) -> None:
    """Let the index know what the letter's row and tags now say; a letter that was never opened is not in it."""
    index.change_tokens(writer, letter_id, _tokens(writer, letter_id))


def take_from_index(writer: Writer, letter_id: int, digest: bytes) -> None:
    """Take every word of a letter that is about to be erased out of the index.

    What is taken out has to be named exactly: an index that another version filled is filled anew first.
    """
    if not index.index_is_current(writer):
        index.reindex(writer)
    reading = texts.reading(writer, digest)
    if reading is not None:
        index.remove_letter(writer, letter_id, reading)


def _tokens(reader: Reader, letter_id: int) -> LetterTokens:
    row = reader.row("SELECT client, kind, direction, standing, enclosures FROM letter WHERE id = ?", (letter_id,))
    assert row, "the index is told of letters that have a row"
    client, kind, direction, standing, enclosures = row
    tags = reader.rows("SELECT tag FROM letter_tag WHERE letter = ? ORDER BY tag", (letter_id,))
    return LetterTokens(
        client=client,
        kind=Kind(kind),
        direction=Direction(direction),
        standing=Standing(standing),
        tags=tuple(tag for (tag,) in tags),
        has_enclosure=enclosures > 0,
    )
