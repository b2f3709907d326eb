"""What the index tells of a stretch of time: which letters have one term, or meet a whole formula."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from therapymail.vault.connection import Reader
from therapymail.vault.formula import Both, Either, Formula, Term, Told, Without, as_fts5
from therapymail.vault.matching import Stretch

_ALL_FOUND = """
    SELECT json_group_array(rowid) FROM letter_index WHERE letter_index MATCH ? AND rowid >= ? AND rowid < ?
"""
_SHORT_LIST = """
    SELECT json_group_array(rowid) FROM (
        SELECT rowid FROM letter_index WHERE letter_index MATCH ? AND rowid >= ? AND rowid < ? LIMIT ?
    )
"""
_FOUND = """
    SELECT rowid FROM letter_index WHERE letter_index MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC
"""
_SHORT = 200  # letters of a list that is read whole


def letters_having(reader: Reader, formula: Formula, first: int, end: int) -> set[int]:
    """The row ids from `first` up to and without `end` that meet `formula`, each term looked up alone."""
    match formula:
        case Term() | Told():
            return set(_listed(reader, formula, first, end))
        case Both(parts):
            found = letters_having(reader, parts[0], first, end)
            for part in parts[1:]:
                found = found and found & letters_having(reader, part, first, end)
            return found
        case Either(parts):
            return set().union(*(letters_having(reader, part, first, end) for part in parts))
        case Without(wanted, unwanted):
            found = letters_having(reader, wanted, first, end)
            for part in unwanted:
                found = found and found - letters_having(reader, part, first, end)
            return found


def _listed(reader: Reader, leaf: Term | Told, first: int, end: int) -> list[int]:
    """Oldest first."""
    row = reader.row(_ALL_FOUND, (as_fts5(leaf), first, end))
    assert row, "an aggregate gives a row"
    found: list[int] = json.loads(row[0])
    return found


class TermLists:
    """Which letters of a stretch of time have a term, as the index tells."""

    def __init__(self, reader: Reader, stretch: Stretch) -> None:
        self._reader = reader
        self._stretch = stretch
        self._short: dict[Term | Told, list[int]] = {}

    def has_none(self, leaf: Term | Told) -> bool:
        """Whether none has it."""
        return not self._beginning(leaf)

    def of(self, leaf: Term | Told, first: int, last: int) -> Sequence[int]:
        """The row ids from `first` to `last`, oldest first, of those that have it."""
        beginning = self._beginning(leaf)
        if len(beginning) < _SHORT:
            return beginning[bisect_left(beginning, first) : bisect_right(beginning, last)]
        return _listed(self._reader, leaf, first, last + 1)

    def _beginning(self, leaf: Term | Told) -> list[int]:
        if leaf not in self._short:
            first, end, _ = self._stretch
            row = self._reader.row(_SHORT_LIST, (as_fts5(leaf), first, end, _SHORT))
            assert row, "an aggregate gives a row"
            self._short[leaf] = json.loads(row[0])
        return self._short[leaf]


class ToldLetters:
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
