"""Putting letters that are in the index into blocks, with the bits of the terms that are common among them.

Done piece by piece after letters came in, and for a vault whose index an older version filled: what is not in a block
yet is found all the same.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from random import Random
from typing import NamedTuple

from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.domain.letter import Reading
from therapymail.vault.blocks import (
    LETTERS,
    Block,
    add_bits,
    add_block,
    blocks_within,
    letters_in_blocks,
    note_filled,
    note_followed,
    open_block,
)
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.index import count_searchable, running_words
from therapymail.vault.lengths import LEVELS, PARTS, terms_of_length
from therapymail.vault.matching import ALL_TIME
from therapymail.vault.terms import Property, filter_term, word_terms
from therapymail.vault.words import is_dense

BLOCKS_AT_ONCE = 8  # in one unit of work: a few seconds
_COMMON = 24  # a term has bits where one letter in so many has it: shorter lists are quickly gone through
_LOOKED_AT = 128  # letters of a piece whose terms tell which are common
_OF_LOOKED_AT = 4
# What changes with what the therapist does has bits from the beginning, however few letters have it yet.
_ALWAYS = (
    *(filter_term(Property.KIND, kind) for kind in Kind),
    *(filter_term(Property.DIRECTION, direction) for direction in Direction),
    *(filter_term(Property.STANDING, standing) for standing in Standing),
    *map(
        filter_term,
        (Property.ENCLOSURE, Property.NOTE, Property.OVERLENGTH, Property.UNANSWERED, Property.UNREAD),
    ),
    # Of lengths without an upper bound, which mean many that no letter has.
    *(terms_of_length(part * PARTS**level)[level] for level in range(3, LEVELS) for part in range(PARTS)),
)
_LENGTH = filter_term(Property.LENGTH)
_IDS = "SELECT letter FROM letter_indexed WHERE letter > ? AND letter < ? ORDER BY letter LIMIT ?"
# All in one row: letter by letter takes three times as long.
_HAVING = "SELECT json_group_array(rowid) FROM letter_index WHERE letter_index MATCH ? AND rowid >= ? AND rowid <= ?"
_LENGTHS = "SELECT DISTINCT words FROM letter WHERE id >= ? AND id <= ?"
_LETTER = """
    SELECT letter_text.subject, letter_text.text, letter_indexed.language, filters
    FROM letter_indexed JOIN letter ON letter.id = letter_indexed.letter
    JOIN letter_text ON letter_text.digest = letter.digest WHERE letter_indexed.letter = ?
"""


def in_no_block(reader: Reader) -> int:
    """How many letters of the index are in no block."""
    return count_searchable(reader) - letters_in_blocks(reader)


def fill_blocks(writer: Writer, most: int) -> int:
    """Put letters that stand side by side into blocks, at most `most` of these; the number of letters, 0 at the end.

    The newest wait until they are a whole block: more will come.
    """
    for gap in _gaps(writer):
        ids = [row[0] for row in writer.rows(_IDS, (gap.above, gap.below, most * LETTERS + 1))]
        if not ids:
            if gap.after is not None:
                note_followed(writer, gap.after, is_followed=False)
            continue
        if gap.next is None:
            ids = ids[: len(ids) // LETTERS * LETTERS]
        elif len(ids) < LETTERS // 2:  # too few for a block: they join the next
            open_block(writer, gap.next.first)
            ids = [row[0] for row in writer.rows(_IDS, (gap.above, gap.next.last + 1, most * LETTERS + 1))]
        if ids:
            _fill(writer, gap, ids, most)
            return min(len(ids), most * LETTERS)
    note_filled(writer)
    return 0


def fill_all_blocks(writer: Writer) -> None:
    """As `fill_blocks` until nothing is left to do: after the index was filled anew."""
    while fill_blocks(writer, BLOCKS_AT_ONCE):
        pass


class _Gap(NamedTuple):
    """Where letters in no block may stand: above and below these row ids; `next` is the block above, if there is one.

    `after` is the first row id of the block below, if there is one.
    """

    above: int
    below: int
    after: int | None
    next: Block | None


def _gaps(reader: Reader) -> Iterator[_Gap]:
    """Oldest first."""
    first, end = ALL_TIME
    below: Block | None = None
    for block in reversed(list(blocks_within(reader, first, end))):
        if below is None or below.is_followed:
            yield _Gap(below.last if below else first, block.first, below.first if below else None, block)
        below = block
    yield _Gap(below.last if below else first, end, below.first if below else None, None)


def _fill(writer: Writer, gap: _Gap, ids: Sequence[int], most: int) -> None:
    more, ids = len(ids) > most * LETTERS, ids[: most * LETTERS]
    number = -(-len(ids) // LETTERS)
    edges = [len(ids) * at // number for at in range(number + 1)]
    blocks = [ids[start:end] for start, end in pairwise(edges)]
    for block in blocks:
        # Above the newest block letters come that are in none.
        add_block(writer, block, is_followed=block is blocks[-1] and (more or gap.next is None))
    if gap.after is not None:
        note_followed(writer, gap.after, is_followed=False)
    places = {letter: place for place, letter in enumerate(ids)}
    for term in _terms(writer, ids):
        (row,) = writer.rows(_HAVING, (f'"{term}"', ids[0], ids[-1]))
        having = json.loads(row[0])
        if len(having) * _COMMON >= len(ids) or term in _ALWAYS or term.startswith(_LENGTH):
            has = bytearray(b"0") * len(ids)
            for letter in having:
                has[places[letter]] = 49
            has.reverse()
            bits = [int(has[len(ids) - end : len(ids) - start], 2) for start, end in pairwise(edges)]
            add_bits(writer, term, zip((block[0] for block in blocks), bits, strict=True))


def _terms(reader: Reader, ids: Sequence[int]) -> list[str]:
    """The terms that are worth looking up: what is common among some of these letters, and what always has bits."""
    counted: Counter[str] = Counter()
    # Not every so-manieth: what comes and goes by turns, as letters and responses do, would be missed or overrated.
    for letter in sorted(Random(ids[0]).sample(ids, min(len(ids), _LOOKED_AT))):  # noqa: S311 - no secret
        row = reader.row(_LETTER, (letter,))
        if row:
            subject, text, language, filters = row
            words = running_words(Reading(subject=subject, text=text))
            counted.update({*word_terms(words, language), *filter(is_dense, words), *filters.split()})
    common = (term for term, times in counted.items() if times >= _OF_LOOKED_AT)
    lengths = (terms_of_length(words)[1:] for (words,) in reader.rows(_LENGTHS, (ids[0], ids[-1])))
    return sorted({*common, *_ALWAYS, *chain.from_iterable(lengths)} - {filter_term(Property.ANY)})
