"""Every text of a value replaced, however deep it lies, so that no form it is written in can say what another does not.

Dataclasses, named tuples, tuples, lists and mappings are made anew; words of ours (StrEnum) and everything that is no
text stay. Time zones, which tell a region, become UTC. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import TypeVar, cast

from therapymail.domain.anonymise import Anonymiser, Replaced
from therapymail.domain.arrangement import Piece
from therapymail.domain.letter import Enclosure
from therapymail.domain.letterbook import Entry, MilestoneMark, PassageTag, Spot
from therapymail.domain.seal import SealFacts

AnyValue = TypeVar("AnyValue")
AnyMark = TypeVar("AnyMark", PassageTag, Spot, MilestoneMark)
UTC_ZONE = "UTC"
_ZONES = frozenset({"zone", "own_zone", "client_zone"})
_REMEMBERED = 4_096  # short texts: codes, tags, kinds


def anonymised_value(value: AnyValue, anonymiser: Anonymiser) -> AnyValue:
    """`value` with every text in it replaced, and every place in such a text moved along."""
    return _Walk(anonymiser).changed(value)


def texts_in(value: object) -> Iterator[str]:
    """Every text in `value` that an export may show: what a person looks over. What a seal is made of it does not."""
    if isinstance(value, SealFacts):
        return
    if isinstance(value, str):
        if not isinstance(value, Enum):
            yield value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from texts_in(key)
            yield from texts_in(each)
    elif isinstance(value, (tuple, list, frozenset, set)):
        for each in value:
            yield from texts_in(each)
    elif is_dataclass(value) and not isinstance(value, type):
        for name in (each.name for each in fields(value)):
            if name not in _ZONES:
                yield from texts_in(getattr(value, name))


class _Walk:
    """Goes through one value; short texts are replaced once."""

    def __init__(self, anonymiser: Anonymiser) -> None:
        self._anonymiser = anonymiser
        self._short = lru_cache(_REMEMBERED)(anonymiser.text)

    def changed(self, value: AnyValue) -> AnyValue:
        """`value`, changed."""
        return cast("AnyValue", self._changed(value))

    def _changed(self, value: object) -> object:
        if isinstance(value, Enum) or value is None or isinstance(value, (int, bytes)):
            return value
        if isinstance(value, str):
            return self._short(value) if len(value) <= _REMEMBERED else self._anonymiser.text(value)
        if isinstance(value, Entry):
            return self._entry(value)
        if isinstance(value, Enclosure):
            return self._enclosure(value)
        return self._held(value)

    def _held(self, value: object) -> object:
        """What holds others."""
        if isinstance(value, Mapping):
            return {self.changed(key): self.changed(each) for key, each in value.items()}
        if isinstance(value, tuple):
            changed = [self.changed(each) for each in value]
            return value._make(changed) if hasattr(value, "_make") else tuple(changed)
        if isinstance(value, (list, frozenset, set)):
            return type(value)(self.changed(each) for each in value)
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{each.name: self._field(each.name, value) for each in fields(value) if each.init})
        return value

    def _field(self, name: str, holder: object) -> object:
        value: object = getattr(holder, name)
        return UTC_ZONE if name in _ZONES and isinstance(value, str) else self.changed(value)

    def _enclosure(self, value: Enclosure) -> Enclosure:
        named = self._anonymiser.text(value.name, is_file_name=True)
        return value._replace(name=named, media_type=self.changed(value.media_type))

    def _entry(self, entry: Entry) -> Entry:
        """A mail of a letterbook: cues, passages, bookmarks and milestones point into its own words."""
        places = _Places()
        pieces = tuple(places.added(piece, self._anonymiser.replaced(piece.text)) for piece in entry.pieces)
        changed = self._held(replace(entry, pieces=(), cues=(), passages=(), bookmarks=(), milestones=()))
        cues = (each._replace(start=places.moved(each.start), end=places.moved(each.end)) for each in entry.cues)
        return replace(
            cast("Entry", changed),
            pieces=pieces,
            cues=tuple(map(self.changed, cues)),
            passages=tuple(self.changed(places.passage(each)) for each in entry.passages),
            bookmarks=tuple(self.changed(places.passage(each)) for each in entry.bookmarks),
            milestones=tuple(self.changed(places.passage(each)) for each in entry.milestones),
        )


class _Places:
    """Where the places of a letter's own words are once its pieces are changed."""

    def __init__(self) -> None:
        self._pieces: list[tuple[int, int, int, Replaced]] = []  # first and end before, first now, and the change
        self._length = {False: 0, True: 0}

    def added(self, piece: Piece, changed: Replaced) -> Piece:
        """The next piece as it is now."""
        first = self._length[piece.quoted]
        self._length[piece.quoted] += len(changed.text)
        if not piece.quoted:
            self._pieces.append((piece.first, piece.first + len(piece.text), first, changed))
        return Piece(changed.text, piece.quoted, first)

    def moved(self, place: int) -> int:
        """Where a place in the own words is now."""
        for first, end, now, changed in self._pieces:
            if first <= place < end:
                return now + changed.moved(place - first)
        return self._length[False]

    def passage(self, marked: AnyMark) -> AnyMark:
        """A mark with its passage, which may have gone: then it is of the whole letter."""
        if marked.first is None or marked.end is None:
            return marked
        first, end = self.moved(marked.first), self.moved(marked.end)
        return marked._replace(first=first, end=end) if first < end else marked._replace(first=None, end=None)
