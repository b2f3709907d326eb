"""Blocks of letters that stand side by side in time, and for each common term a bit for each letter of a block.

The index tells quickly which letters have a term, and slowly that two terms which half of all letters have never
meet. Of a block the bits of both are two numbers: whether any letter has both is one AND. They say the same as the
index (`tests/vault/test_blocks.py`), are changed with it in one unit of work, and hold for whole blocks only: a letter
that comes into a block, or goes from it, opens it, and its letters are looked up in the index until it is filled anew.
A term without bits in a block may be in any of its letters: the index is asked.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from therapymail.vault.connection import Reader, Writer

LETTERS = 3840  # of a block at most; a multiple of 8
PART = 480  # letters whose row ids, 8 bytes each, are a row that fits into one page of the file
BLOCK_TABLES = ("index_bits", "index_block_part", "index_block")
_ROW_ID = "q"
_BEHIND = "index_blocks_behind"

_BLOCKS = """
    SELECT first, last, letters, followed FROM index_block WHERE first >= ? AND last < ? ORDER BY first DESC
"""
_BITS = "SELECT block, bits FROM index_bits WHERE term = ? AND block BETWEEN ? AND ?"
_BELOW = "SELECT first, last, followed FROM index_block WHERE first <= ? ORDER BY first DESC LIMIT 1"
# Each term that any block has bits for is found by one look for the next; going through all rows would be long.
_FORGET_BITS = """
    WITH RECURSIVE known (term) AS (
        SELECT min(term) FROM index_bits
        UNION ALL
        SELECT (SELECT min(term) FROM index_bits WHERE term > known.term) FROM known WHERE known.term IS NOT NULL
    )
    DELETE FROM index_bits WHERE block = ? AND term IN (SELECT term FROM known WHERE term IS NOT NULL)
"""


class Block(NamedTuple):
    """The letters with row ids from `first` to `last`, so many; where `is_followed`, others may stand above `last`."""

    first: int
    last: int
    letters: int
    is_followed: bool


def blocks_within(reader: Reader, first: int, end: int) -> Iterator[Block]:
    """The blocks that lie whole from row id `first` up to and without `end`, newest first."""
    for lowest, highest, letters, followed in reader.each(_BLOCKS, (first, end)):
        yield Block(lowest, highest, letters, bool(followed))


def letters_in_blocks(reader: Reader) -> int:
    """How many letters are in blocks."""
    row = reader.row("SELECT coalesce(sum(letters), 0) FROM index_block")
    assert row, "an aggregate gives a row"
    number: int = row[0]
    return number


def bits_of(reader: Reader, term: str, oldest: Block, newest: Block) -> dict[int, bytes]:
    """The bits of `term` in the blocks from `oldest` to `newest` that have some, by their first row ids.

    The lowest bit of the first byte is the oldest letter's; zeros at the end are left out.
    """
    return dict(reader.rows(_BITS, (term, oldest.first, newest.first)))


def has_bits(reader: Reader, term: str, first: int, end: int) -> bool:
    """Whether a block that begins in this range of row ids has bits for `term`."""
    found = reader.row(
        "SELECT 1 FROM index_bits WHERE term = ? AND block >= ? AND block < ? LIMIT 1", (term, first, end)
    )
    return found is not None


def are_behind(reader: Reader) -> bool:
    """Whether an older version filled the index with many letters, of which not all are in blocks yet."""
    return reader.row("SELECT 1 FROM meta WHERE name = ?", (_BEHIND,)) is not None


# --- which letter has which bit ------------------------------------------------------------------------


def ids_at(reader: Reader, block: int, places: Sequence[int]) -> Iterator[int]:
    """The row ids of the letters at these places of the block that begins so, in the order of the places."""
    firsts = _parts(reader, block)
    for part, some in groupby(places, key=lambda place: place // PART):
        ids = _ids(reader, firsts[part])
        for place in some:
            yield ids[place % PART]


def places_of(reader: Reader, block: int, letters: Sequence[int]) -> Iterator[int]:
    """The places of these letters (row ids) in the block that begins so, where they are."""
    firsts = _parts(reader, block)
    if len(letters) > len(firsts) // 2:
        rows = reader.rows(
            "SELECT ids FROM index_block_part WHERE first BETWEEN ? AND ? ORDER BY first", (block, firsts[-1])
        )
        whole = array(_ROW_ID, b"".join(ids for (ids,) in rows))
        yield from (bisect_left(whole, letter) for letter in letters)
        return
    for letter in letters:
        part = bisect_right(firsts, letter) - 1
        yield part * PART + bisect_left(_ids(reader, firsts[part]), letter)


def _parts(reader: Reader, block: int) -> "array[int]":
    row = reader.row("SELECT parts FROM index_block WHERE first = ?", (block,))
    assert row, "a block has a row"
    return array(_ROW_ID, row[0])


def _ids(reader: Reader, first: int) -> "array[int]":
    row = reader.row("SELECT ids FROM index_block_part WHERE first = ?", (first,))
    assert row, "a part has a row"
    return array(_ROW_ID, row[0])


# --- kept in step with the index -----------------------------------------------------------------------


def add_block(writer: Writer, ids: Sequence[int], *, is_followed: bool) -> None:
    """A new block of these letters (row ids, ascending, at most LETTERS), without bits."""
    parts = [ids[start : start + PART] for start in range(0, len(ids), PART)]
    firsts = array(_ROW_ID, [part[0] for part in parts]).tobytes()
    writer.run("INSERT INTO index_block VALUES (?, ?, ?, ?, ?)", (ids[0], ids[-1], len(ids), firsts, is_followed))
    writer.run_many(
        "INSERT INTO index_block_part VALUES (?, ?)", [(part[0], array(_ROW_ID, part).tobytes()) for part in parts]
    )


def add_bits(writer: Writer, term: str, of_blocks: Iterable[tuple[int, int]]) -> None:
    """What letters of these blocks (first row id, bits) have `term`."""
    writer.run_many(
        "INSERT INTO index_bits VALUES (?, ?, ?)", [(term, block, _as_bytes(bits)) for block, bits in of_blocks]
    )


def open_around(writer: Writer, letter: int) -> None:
    """Note that a letter (row id) came into the index, or goes from it: a block that it lies in is one no longer."""
    row = writer.row(_BELOW, (letter,))
    if row is None:
        return
    first, last, followed = row
    if letter > last:
        if not followed:
            note_followed(writer, first, is_followed=True)
        return
    open_block(writer, first)


def open_block(writer: Writer, first: int) -> None:
    """Forget the block with this first row id, and every bit of it."""
    writer.run(_FORGET_BITS, (first,))
    writer.run_many("DELETE FROM index_block_part WHERE first = ?", [(part,) for part in _parts(writer, first)])
    writer.run("DELETE FROM index_block WHERE first = ?", (first,))
    below = writer.row(_BELOW, (first,))
    if below:
        note_followed(writer, below[0], is_followed=True)


def note_followed(writer: Writer, first: int, *, is_followed: bool) -> None:
    """Whether letters that are in no block may stand between the block with this first row id and the next."""
    writer.run("UPDATE index_block SET followed = ? WHERE first = ?", (is_followed, first))


def change_terms(writer: Writer, letter: int, gone: Collection[str], new: Collection[str]) -> None:
    """Note that a letter (row id) has terms no more, and others instead."""
    row = writer.row(_BELOW, (letter,))
    if row is None or letter > row[1]:
        return
    first = row[0]
    (place,) = places_of(writer, first, [letter])
    for terms, is_there in ((gone, False), (new, True)):
        for term in terms:
            known = writer.row("SELECT bits FROM index_bits WHERE term = ? AND block = ?", (term, first))
            if known:
                bits = int.from_bytes(known[0], "little") & ~(1 << place) | is_there << place
                writer.run(
                    "UPDATE index_bits SET bits = ? WHERE term = ? AND block = ?", (_as_bytes(bits), term, first)
                )


def note_filled(writer: Writer) -> None:
    """Note that whatever an older version left is done."""
    writer.run("DELETE FROM meta WHERE name = ?", (_BEHIND,))


def forget_blocks(writer: Writer) -> None:
    """Every block and bit."""
    for table in BLOCK_TABLES:
        writer.run(f"DELETE FROM {table}")  # noqa: S608 - names of our own


def _as_bytes(bits: int) -> bytes:
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")
