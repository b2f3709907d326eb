"""The newest letters that meet a formula: from the index, or by the bits of common terms where lists are long.

The newest letters are asked of the index alone, which soon has enough of what is frequent. What is not goes on by
blocks: bits say at once that none of thousands of letters has this and that and not the third. What has no bits is
unknown to them: between all letters that certainly meet the formula and all that may, the index decides.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from therapymail.domain.kinds import Standing
from therapymail.vault.blocks import (
    LETTERS,
    PART,
    Block,
    are_behind,
    bits_of,
    blocks_within,
    has_bits,
    ids_at,
    places_of,
)
from therapymail.vault.connection import Reader
from therapymail.vault.formula import Both, Either, Formula, Term, Told, Without, as_fts5, leaves
from therapymail.vault.index_lists import TermLists, ToldLetters, letters_having
from therapymail.vault.known_bits import Bits, value_of
from therapymail.vault.matching import Stretch
from therapymail.vault.terms import Property, filter_term

_ANY_LETTER = "SELECT 1 FROM letter_indexed WHERE letter >= ? AND letter < ? LIMIT 1"
_FIRST_RUN, _LONGER = 1, 4  # blocks looked at together: a few for what is soon found, then more and more
_LONGEST_RUN = 256
_MANY = 20  # found in a run: the next is no longer
_RARE, _FEW = 32, 256  # one letter in so many
_LONG_LISTS = 2  # the index goes through one of them in little time
_MOST_UNKNOWN = 8  # lists looked up to decide; beyond, the index does it all
_LONG_RUN = 64  # blocks
_PASSED_IN_A_PAGE = 600  # letters of a list that the index passes while a page is read and opened
_AT_ONCE = 120
_EVERY_LETTER = filter_term(Property.ANY)
_SET_ASIDE = Term(filter_term(Property.STANDING, Standing.SET_ASIDE))  # are few; nearly every query leaves them out


def newest(reader: Reader, where: Sequence[Stretch]) -> Iterator[int]:
    """The row ids of all letters in these stretches of time, newest first; one takes as many as one needs."""
    for stretch in where:
        yield from _of_stretch(reader, stretch)


def _of_stretch(reader: Reader, stretch: Stretch) -> Iterator[int]:
    end, by_terms = stretch.end, False
    told, lists = ToldLetters(reader, stretch), TermLists(reader, stretch)
    if _is_for_bits(reader, stretch):
        is_behind = are_behind(reader)
        runs = _Runs(blocks_within(reader, stretch.first, stretch.end))
        for blocks in runs:
            run = _Run(reader, stretch.formula, blocks, lists)
            if end == stretch.end and run.is_for_index_alone():
                yield from told.between(stretch.first, end - 1)
                return
            by_terms = run.is_rare() or not is_behind
            if blocks[0].is_followed or end == stretch.end:
                beside = Stretch(blocks[0].last + 1, end, stretch.formula)
                yield from _beside(reader, beside, by_terms=by_terms)
            yield from runs.counted(run.letters(told))
            end = blocks[-1].first
    yield from _beside(reader, stretch._replace(end=end), by_terms=by_terms)


def _beside(reader: Reader, stretch: Stretch, *, by_terms: bool) -> Iterator[int]:
    """Those beside the blocks. The index looks for what is rare far beyond a stretch: few are looked up by terms."""
    first, end, formula = stretch
    if not by_terms:
        yield from ToldLetters(reader, stretch).between(first, end - 1)
    elif reader.row(_ANY_LETTER, (first, end)):
        yield from sorted(letters_having(reader, formula, first, end), reverse=True)


def _is_for_bits(reader: Reader, stretch: Stretch) -> bool:
    """Whether more is known than that letters have a rare term, of which the index has a short list, and one more."""

    def has(leaf: Term | Told) -> bool:
        return isinstance(leaf, Term) and has_bits(reader, leaf.text, stretch.first, stretch.end)

    def is_known(formula: Formula) -> bool:
        match formula:
            case Term(text):
                return text == _EVERY_LETTER or has(formula)
            case Told(_, _, within):
                return within is not None and is_known(within)
            case Both(parts):
                return all(map(is_known, parts))
            case Either(parts):
                return any(map(is_known, parts))
            case Without(wanted, _):
                return is_known(wanted)

    if is_known(stretch.formula):
        return True
    long = (leaf for leaf in dict.fromkeys(leaves(stretch.formula)) if leaf != _SET_ASIDE and has(leaf))
    return len(list(islice(long, _LONG_LISTS))) == _LONG_LISTS


class _Runs:
    """Blocks side by side, newest first, between which no letters stand: few at first, more after few were found."""

    def __init__(self, within: Iterator[Block]) -> None:
        self._within = within
        self._found = 0

    def __iter__(self) -> Iterator[list[Block]]:
        longest, run = _FIRST_RUN, list[Block]()
        for block in self._within:
            if run and (block.is_followed or len(run) == longest):
                yield run
                run = []
                if self._found < _MANY:
                    longest = min(_LONGEST_RUN, longest * _LONGER)
            run.append(block)
        if run:
            yield run

    def counted(self, letters: Iterator[int]) -> Iterator[int]:
        """`letters` as they are, which the last run gave."""
        self._found = 0
        for letter in letters:
            self._found += 1
            yield letter


class _Run:
    """Blocks side by side, the bits of all as one number, of which the lowest is the oldest letter's."""

    def __init__(self, reader: Reader, formula: Formula, run: Sequence[Block], lists: TermLists) -> None:
        self._reader = reader
        self._lists = lists
        self._formula = formula
        self._blocks = run[::-1]
        every = self._joined({block.first: _ones(block) for block in run})
        self._known: dict[Term | Told, Bits] = {Term(_EVERY_LETTER): Bits(every, every)}
        self._found = value_of(formula, self._bounds)

    def is_rare(self) -> bool:
        """Whether so few letters meet the formula, or even may, that the index looks long from one to the next."""
        return self._found.possible.bit_count() * _RARE < sum(block.letters for block in self._blocks)

    def is_for_index_alone(self) -> bool:
        """Whether more than a few letters may meet the formula, and what has no bits is demanded: the index is led."""
        may_be_many = self._found.possible.bit_count() * _FEW >= sum(block.letters for block in self._blocks)
        return may_be_many and any(not self._bounds(leaf).is_settled for leaf in _demanded(self._formula))

    def letters(self, told: ToldLetters) -> Iterator[int]:
        """The row ids of those that meet the formula, newest first."""
        if self._found.is_settled:
            for block, bits in self._newest_first(self._found.certain):
                yield from _letters(self._reader, block, bits)
            return
        first, last = self._blocks[0].first, self._blocks[-1].last
        formula = self._reduced(self._formula)
        unknown = [leaf for leaf in dict.fromkeys(leaves(formula)) if not self._bounds(leaf).is_settled]
        if len(unknown) > _MOST_UNKNOWN or any(isinstance(leaf, Told) for leaf in unknown):
            yield from told.between(first, last)
        else:
            lists = {leaf: self._lists.of(leaf, first, last) for leaf in unknown}
            if self._is_for_index(sum(map(len, lists.values()))):
                yield from told.between(first, last)
            else:
                yield from self._decided(formula, lists)

    def _is_for_index(self, listed: int) -> bool:
        """Whether the index goes through the long lists in less time than the row ids of so many letters are read."""
        if len(self._blocks) < _LONG_RUN:  # what the index finds last may be far below
            return False
        unsettled = (self._found.possible ^ self._found.certain).bit_count()
        pages = len(self._blocks) + min(unsettled, listed, sum(block.letters for block in self._blocks) // PART)
        long = sum(self._bounds(leaf).certain.bit_count() for leaf in set(leaves(self._formula)))
        return long < pages * _PASSED_IN_A_PAGE

    def _reduced(self, formula: Formula) -> Formula:
        """`formula` with every part that is settled as one leaf: little is left to look at in each block."""
        if isinstance(formula, Term | Told):
            return formula
        bits = value_of(formula, self._bounds)
        if bits.is_settled:
            leaf = Told(as_fts5(formula))
            self._known[leaf] = bits
            return leaf
        match formula:
            case Both(parts):
                return Both(tuple(map(self._reduced, parts)))
            case Either(parts):
                return Either(tuple(map(self._reduced, parts)))
            case Without(wanted, unwanted):
                return Without(self._reduced(wanted), tuple(map(self._reduced, unwanted)))

    def _decided(self, formula: Formula, lists: Mapping[Term | Told, Sequence[int]]) -> Iterator[int]:
        """By looking up the letters that have what is unknown, block for block."""
        bounds = {leaf: self._whole(self._bounds(leaf)) for leaf in leaves(formula)}
        found = self._whole(self._found)
        for at in range(len(self._blocks) - 1, -1, -1):
            block, here = self._blocks[at], _of_block(found, at)
            if not here.is_settled:
                exact = self._exact(block, here.possible ^ here.certain, lists)

                def of_leaf(leaf: Term | Told, at: int = at, exact: dict[Term | Told, Bits] = exact) -> Bits:
                    bits = _of_block(bounds[leaf], at)
                    return bits if bits.is_settled else exact[leaf]

                here = value_of(formula, of_leaf)
            yield from _letters(self._reader, block, here.certain)

    def _exact(
        self, block: Block, unsettled: int, lists: Mapping[Term | Told, Sequence[int]]
    ) -> dict[Term | Told, Bits]:
        """Which of the `unsettled` letters of a block, at least, are in these lists."""
        here = {
            leaf: letters[bisect_left(letters, block.first) : bisect_right(letters, block.last)]
            for leaf, letters in lists.items()
        }
        if unsettled.bit_count() < sum(map(len, here.values())):
            places = list(_places(unsettled))
            place_of = dict(zip(ids_at(self._reader, block.first, places), places, strict=True))
            bits = {leaf: sum(1 << place_of[each] for each in some if each in place_of) for leaf, some in here.items()}
        else:
            bits = {
                leaf: sum(1 << place for place in places_of(self._reader, block.first, some)) if some else 0
                for leaf, some in here.items()
            }
        return {leaf: Bits(each, each) for leaf, each in bits.items()}

    def _bounds(self, leaf: Term | Told) -> Bits:
        if leaf not in self._known:
            if isinstance(leaf, Term):
                self._known[leaf] = self._of_term(leaf.text)
            else:
                everything = self._known[Term(_EVERY_LETTER)]
                within = value_of(leaf.within, self._bounds) if leaf.within else everything
                self._known[leaf] = Bits(0, within.possible)
        return self._known[leaf]

    def _of_term(self, term: str) -> Bits:
        known = bits_of(self._reader, term, self._blocks[0], self._blocks[-1])
        certain = self._joined(known)
        if len(known) == len(self._blocks) or self._lists.has_none(Term(term)):
            return Bits(certain, certain)
        unknown = self._joined({each.first: _ones(each) for each in self._blocks if each.first not in known})
        return Bits(certain, certain | unknown)

    def _joined(self, bits: Mapping[int, bytes]) -> int:
        whole = (bits.get(block.first, b"").ljust(LETTERS // 8, b"\0") for block in self._blocks)
        return int.from_bytes(b"".join(whole), "little")

    def _newest_first(self, bits: int) -> Iterator[tuple[Block, int]]:
        """The blocks that have some of `bits`, and which."""
        whole = self._whole(Bits(bits, bits))
        for at in range(len(self._blocks) - 1, -1, -1):
            of_block = _of_block(whole, at)
            if of_block.certain:
                yield self._blocks[at], of_block.certain

    def _whole(self, bits: Bits) -> tuple[bytes, bytes]:
        """`bits` of which those of one block are soon taken; see `_of_block`."""
        length = len(self._blocks) * LETTERS // 8
        return bits.certain.to_bytes(length, "little"), bits.possible.to_bytes(length, "little")


def _demanded(formula: Formula) -> Iterator[Term | Told]:
    """What every letter that meets `formula` has, or of which it has one beside something else."""
    match formula:
        case Term() | Told():
            yield formula
        case Both(parts):
            for part in parts:
                yield from leaves(part) if isinstance(part, Either) else _demanded(part)
        case Without(wanted, _):
            yield from _demanded(wanted)


def _ones(block: Block) -> bytes:
    return ((1 << block.letters) - 1).to_bytes(LETTERS // 8, "little")


def _of_block(whole: tuple[bytes, bytes], at: int) -> Bits:
    certain, possible = (each[at * LETTERS // 8 : (at + 1) * LETTERS // 8] for each in whole)
    return Bits(int.from_bytes(certain, "little"), int.from_bytes(possible, "little"))


def _places(bits: int) -> Iterator[int]:
    """Where `bits` are, the highest first."""
    while bits:
        place = bits.bit_length() - 1
        yield place
        bits ^= 1 << place


def _letters(reader: Reader, block: Block, bits: int) -> Iterator[int]:
    """The row ids of the letters with these bits, newest first; some at a time, for often few are wanted."""
    places = _places(bits)
    while some := list(islice(places, _AT_ONCE)):
        yield from ids_at(reader, block.first, some)
