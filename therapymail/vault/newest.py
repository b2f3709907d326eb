"""The newest letters that meet a formula: from the index, or by the bits of common terms where lists are long.

The newest letters are asked of the index alone, which soon has enough of what is frequent. What is not goes on by
blocks: bits say at once that none of thousands of letters has this and that and not the third. What has no bits is
unknown to them: between all letters that certainly meet the formula and all that may, the index decides.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from therapymail.vault.blocks import LETTERS, Block, bits_of, blocks_within, has_bits, ids_at, places_of
from therapymail.vault.connection import Reader
from therapymail.vault.formula import Both, Either, Formula, Term, Told, Without, as_fts5, leaves
from therapymail.vault.matching import Stretch
from therapymail.vault.terms import Property, filter_term

_ALL_FOUND = """
    SELECT json_group_array(rowid) FROM letter_index WHERE letter_index MATCH ? AND rowid >= ? AND rowid < ?
"""
_ANY_LETTER = "SELECT 1 FROM letter_indexed WHERE letter >= ? AND letter < ? LIMIT 1"
_FOUND = """
    SELECT rowid FROM letter_index WHERE letter_index MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC
"""
_FIRST_RUN, _LONGER = 1, 4  # blocks looked at together: a few for what is soon found, then more and more
_LONGEST_RUN = 256
_RARE = 32  # one letter in so many
_FEW_TERMS = 2  # in a formula: the index does no more than go through the list of one
_FEW_LETTERS = 1000  # of a run: the index soon tells what else they have
_MOST_UNKNOWN = 8  # lists looked up to decide; beyond, the index does it all
_AT_ONCE = 120
_EVERY_LETTER = filter_term(Property.ANY)


def newest(reader: Reader, where: Sequence[Stretch]) -> Iterator[int]:
    """The row ids of all letters in these stretches of time, newest first; one takes as many as one needs."""
    for stretch in where:
        yield from _of_stretch(reader, stretch)


def _of_stretch(reader: Reader, stretch: Stretch) -> Iterator[int]:
    end, is_rare = stretch.end, False
    told = _Told(reader, stretch)
    if _is_for_bits(reader, stretch):
        for blocks in _runs(blocks_within(reader, stretch.first, stretch.end)):
            run = _Run(reader, stretch.formula, blocks)
            is_rare = run.is_rare()
            if blocks[0].is_followed or end == stretch.end:
                beside = Stretch(blocks[0].last + 1, end, stretch.formula)
                yield from _beside(reader, beside, is_rare=is_rare)
            yield from run.letters(told)
            end = blocks[-1].first
    yield from _beside(reader, stretch._replace(end=end), is_rare=is_rare)


def _beside(reader: Reader, stretch: Stretch, *, is_rare: bool) -> Iterator[int]:
    """Those beside the blocks. The index looks for what is rare far beyond a stretch: it is asked term by term."""
    first, end, formula = stretch
    if not is_rare:
        yield from _Told(reader, stretch).between(first, end - 1)
    elif reader.row(_ANY_LETTER, (first, end)):
        yield from sorted(_having(reader, formula, first, end), reverse=True)


def _having(reader: Reader, formula: Formula, first: int, end: int) -> set[int]:
    match formula:
        case Term() | Told():
            row = reader.row(_ALL_FOUND, (as_fts5(formula), first, end))
            assert row, "an aggregate gives a row"
            return set(json.loads(row[0]))
        case Both(parts):
            found = _having(reader, parts[0], first, end)
            for part in parts[1:]:
                found = found and found & _having(reader, part, first, end)
            return found
        case Either(parts):
            return set().union(*(_having(reader, part, first, end) for part in parts))
        case Without(wanted, unwanted):
            found = _having(reader, wanted, first, end)
            for part in unwanted:
                found = found and found - _having(reader, part, first, end)
            return found


def _is_for_bits(reader: Reader, stretch: Stretch) -> bool:
    """Whether more is known than that letters have a rare term: of these the index has a short list."""

    def is_known(formula: Formula) -> bool:
        match formula:
            case Term(text):
                return text == _EVERY_LETTER or has_bits(reader, text, stretch.first, stretch.end)
            case Told(_, _, within):
                return within is not None and is_known(within)
            case Both(parts):
                return all(map(is_known, parts))
            case Either(parts):
                return any(map(is_known, parts))
            case Without(wanted, _):
                return is_known(wanted)

    return len(set(leaves(stretch.formula))) > _FEW_TERMS or is_known(stretch.formula)


def _runs(within: Iterator[Block]) -> Iterator[list[Block]]:
    """Blocks side by side, newest first, between which no letters stand: few at first, then more."""
    longest, run = _FIRST_RUN, list[Block]()
    for block in within:
        if run and (block.is_followed or len(run) == longest):
            yield run
            longest, run = min(_LONGEST_RUN, longest * _LONGER), []
        run.append(block)
    if run:
        yield run


class _Bits(NamedTuple):
    """Letters that certainly have something, and all that may."""

    certain: int
    possible: int

    @property
    def is_settled(self) -> bool:
        """Whether nothing is unknown."""
        return self.certain == self.possible


_NONE = _Bits(0, 0)
_OfLeaf = Callable[[Term | Told], _Bits]


def _value(formula: Formula, of_leaf: _OfLeaf) -> _Bits:
    match formula:
        case Term() | Told():
            return of_leaf(formula)
        case Both(parts):
            found = _value(parts[0], of_leaf)
            for part in parts[1:]:
                if not found.possible:
                    break
                other = _value(part, of_leaf)
                found = _Bits(found.certain & other.certain, found.possible & other.possible)
            return found
        case Either(parts):
            found = _NONE
            for part in parts:
                other = _value(part, of_leaf)
                found = _Bits(found.certain | other.certain, found.possible | other.possible)
            return found
        case Without(wanted, unwanted):
            found = _value(wanted, of_leaf)
            for part in unwanted:
                if not found.possible:
                    break
                other = _value(part, of_leaf)
                found = _Bits(found.certain & ~other.possible, found.possible & ~other.certain)
            return found


class _Run:
    """Blocks side by side, the bits of all as one number, of which the lowest is the oldest letter's."""

    def __init__(self, reader: Reader, formula: Formula, run: Sequence[Block]) -> None:
        self._reader = reader
        self._formula = formula
        self._blocks = run[::-1]
        every = self._joined({block.first: _ones(block) for block in run})
        self._known: dict[Term | Told, _Bits] = {Term(_EVERY_LETTER): _Bits(every, every)}
        self._found = _value(formula, self._bounds)

    def is_rare(self) -> bool:
        """Whether so few letters meet the formula, or even may, that the index looks long from one to the next."""
        return self._found.possible.bit_count() * _RARE < sum(block.letters for block in self._blocks)

    def letters(self, told: "_Told") -> Iterator[int]:
        """The row ids of those that meet the formula, newest first."""
        found = self._found
        if not found.possible:
            return
        if found.is_settled:
            for block, bits in self._newest_first(found.certain):
                yield from _letters(self._reader, block, bits)
            return
        unknown, first, last = self._unknown(), self._blocks[0].first, self._blocks[-1].last
        if len(unknown) <= _MOST_UNKNOWN and all(isinstance(leaf, Term) for leaf in unknown):
            lists = {leaf: sorted(_having(self._reader, leaf, first, last + 1)) for leaf in unknown}
            are_few = sum(map(len, lists.values())) <= _FEW_LETTERS
            if not are_few or _value(self._formula, self._bare).possible:
                yield from self._decided(lists)
                return
        yield from told.between(first, last)

    def _decided(self, lists: Mapping[Term | Told, Sequence[int]]) -> Iterator[int]:
        """By placing the letters that have what is unknown, block for block."""
        for at in range(len(self._blocks) - 1, -1, -1):
            block = self._blocks[at]
            here = _Bits(*(_of_block(bits, at) for bits in self._found))
            if not here.is_settled:
                exact = {leaf: self._looked_up(block, letters) for leaf, letters in lists.items()}

                def of_leaf(leaf: Term | Told, at: int = at, exact: dict[Term | Told, _Bits] = exact) -> _Bits:
                    return exact.get(leaf) or _Bits(*(_of_block(bits, at) for bits in self._bounds(leaf)))

                here = _value(self._formula, of_leaf)
            yield from _letters(self._reader, block, here.certain)

    def _looked_up(self, block: Block, letters: Sequence[int]) -> _Bits:
        here = letters[bisect_left(letters, block.first) : bisect_right(letters, block.last)]
        bits = sum(1 << place for place in places_of(self._reader, block.first, here)) if here else 0
        return _Bits(bits, bits)

    def _bounds(self, leaf: Term | Told) -> _Bits:
        if leaf not in self._known:
            if isinstance(leaf, Term):
                self._known[leaf] = self._of_term(leaf.text)
            else:
                everything = self._known[Term(_EVERY_LETTER)]
                within = _value(leaf.within, self._bounds) if leaf.within else everything
                self._known[leaf] = _Bits(0, within.possible)
        return self._known[leaf]

    def _of_term(self, term: str) -> _Bits:
        known = bits_of(self._reader, term, self._blocks[0], self._blocks[-1])
        certain = self._joined(known)
        if len(known) == len(self._blocks):
            return _Bits(certain, certain)
        unknown = self._joined({each.first: _ones(each) for each in self._blocks if each.first not in known})
        return _Bits(certain, certain | unknown)

    def _bare(self, leaf: Term | Told) -> _Bits:
        """As if no letter had what is unknown."""
        certain = self._bounds(leaf).certain
        return _Bits(certain, certain)

    def _unknown(self) -> list[Term | Told]:
        return [leaf for leaf in dict.fromkeys(leaves(self._formula)) if not self._bounds(leaf).is_settled]

    def _joined(self, bits: Mapping[int, bytes]) -> int:
        whole = (bits.get(block.first, b"").ljust(LETTERS // 8, b"\0") for block in self._blocks)
        return int.from_bytes(b"".join(whole), "little")

    def _newest_first(self, bits: int) -> Iterator[tuple[Block, int]]:
        """The blocks that have some of `bits`, and which."""
        whole = bits.to_bytes(len(self._blocks) * LETTERS // 8, "little")
        for at in range(len(self._blocks) - 1, -1, -1):
            of_block = int.from_bytes(whole[at * LETTERS // 8 : (at + 1) * LETTERS // 8], "little")
            if of_block:
                yield self._blocks[at], of_block


class _Told:
    """What the index tells of a stretch of time, newest first, taken range by range; nothing before the first."""

    def __init__(self, reader: Reader, stretch: Stretch) -> None:
        self._reader = reader
        self._stretch = stretch
        self._letters: Iterator[int] | None = None
        self._next: int | None = None

    def between(self, first: int, last: int) -> Iterator[int]:
        """The row ids from `first` to `last`, below all that were taken before; what lies between is passed over."""
        if self._letters is None:
            stretch = self._stretch
            found = self._reader.each(_FOUND, (stretch.expression, stretch.first, min(stretch.end, last + 1)))
            self._letters = (row[0] for row in found)
            self._next = next(self._letters, None)
        while self._next is not None and self._next >= first:
            if self._next <= last:
                yield self._next
            self._next = next(self._letters, None)


def _ones(block: Block) -> bytes:
    return ((1 << block.letters) - 1).to_bytes(LETTERS // 8, "little")


def _of_block(bits: int, at: int) -> int:
    return bits >> at * LETTERS & (1 << LETTERS) - 1


def _letters(reader: Reader, block: Block, bits: int) -> Iterator[int]:
    """The row ids of the letters with these bits, newest first; some at a time, for often few are wanted."""
    while bits:
        some: list[int] = []
        while bits and len(some) < _AT_ONCE:
            some.append(bits.bit_length() - 1)
            bits ^= 1 << some[-1]
        yield from ids_at(reader, block.first, some)
