"""A text without case, accents and look-alike letters, that still knows where each character stood. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from therapymail.domain.telling_names import looks_like

_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]*")
_STEERS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_BREAK = re.compile(r"(?<=[^\W\d_])-?[^\S\n]{0,9}\n[>\s]{0,9}(?=[^\W\d_])")
_SPELT = re.compile(r"(?<![^\W\d_])[^\W\d_](?:[\s>._*-]{1,3}[^\W\d_](?![^\W\d_])){2,}")  # "M a r e n", "M.A.R.E.N."
_APOSTROPHES = frozenset("\u2018\u2019\u02bc\u2032\u00b4")
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")  # invisible, and letters by their category
_BETWEEN = re.compile(r"[\W_]+")
_SPELT_LETTERS = 3
_LONG = 5  # letters: such a word is found when a line breaks it without a hyphen, too


@lru_cache(maxsize=20_000)
def _folded(character: str) -> str:
    if character.isspace():
        return "\n" if character in "\n\r\u2028\u2029\x85\x0b\x0c" else " "
    category = unicodedata.category(character)
    if category in {"Cc", "Cf", "Cs"} or category.startswith("M") or character in _FILLERS:
        return ""
    if character in _APOSTROPHES:
        return "'"
    return "-" if category == "Pd" else looks_like(character)


def fold(text: str) -> str:
    """`text` in the form in which it is compared: nothing invisible, no accents, no case, one sort of blank, dash."""
    return "".join(map(_folded, text))


@dataclass(frozen=True)
class FoldedText:
    """`text` is `original` folded; `origin` says of each of its characters which one of the original it comes from.

    None where they are the same, one by one. `breaks` are the places in `text` where something was left out: a line's
    end, or with `spelt` what stands between the letters of a word that is spelt.
    """

    original: str
    text: str
    origin: tuple[int, ...] | None = None
    breaks: frozenset[int] | None = None
    hyphenated: bool = True
    spelt: bool = False

    @classmethod
    def of(cls, text: str) -> "FoldedText":
        """`text`, folded."""
        if text.isascii() and not _STEERS.search(text):
            lowered = text.lower().translate(_BLANKS)
            return cls(text, lowered)
        forms = [(at, form) for at, form in enumerate(map(_folded, text)) if form]
        folded = "".join(form for _, form in forms)
        return cls(text, folded, tuple(at for at, form in forms for _ in form))

    def joined(self) -> "Iterator[FoldedText]":
        """The same with words joined that a line's end breaks, with a hyphen or without, or that are spelt."""
        found = list(_BREAK.finditer(self.text))
        for hyphenated in (True, False):
            gaps = [each.span() for each in found if each[0].startswith("-") is hyphenated]
            if gaps:
                yield self._without(gaps, hyphenated=hyphenated)
        spelt = [
            each.span() for run in _SPELT.finditer(self.text) for each in _BETWEEN.finditer(self.text, *run.span())
        ]
        if spelt:
            yield self._without(spelt, spelt=True)

    def _without(self, gaps: list[tuple[int, int]], *, hyphenated: bool = True, spelt: bool = False) -> "FoldedText":
        kept: list[int] = []
        breaks, at = set(), 0
        for start, end in gaps:
            kept += range(at, start)
            breaks.add(len(kept))
            at = end
        kept += range(at, len(self.text))
        origin = tuple(self._origin(place) for place in kept)
        text = "".join(self.text[place] for place in kept)
        return FoldedText(self.original, text, origin, frozenset(breaks), hyphenated, spelt)

    def crosses_break(self, start: int, end: int) -> bool | None:
        """Whether a word that may be is broken from `start` to `end`; None where nothing is left out of this."""
        if self.breaks is None:
            return None
        crossed = [place for place in range(start + 1, end) if place in self.breaks]
        if self.spelt:
            return end - start >= _SPELT_LETTERS and len(crossed) == end - start - 1
        if not crossed or self.hyphenated:
            return bool(crossed)
        goes_on = all(self.original[self._origin(place)].islower() for place in crossed)
        return end - start >= _LONG and goes_on and self.original[self._origin(start)].isupper()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of `text[start:end]`, with the accents and invisible marks behind it."""
        last = self._origin(end - 1) + 1
        while last < len(self.original) and not _folded(self.original[last]) and self.original[last] != "\n":
            last += 1
        return self._origin(start), last

    def written(self, start: int, end: int) -> str:
        """`text[start:end]` as it stands in the original."""
        return self.original[self._origin(start) : self._origin(end - 1) + 1]

    def begins_word(self, at: int) -> bool:
        """Whether a word begins at `at`: no letter before it, or the first capital after small ones ("LetterMaren")."""
        if at == 0 or not _LETTER.match(self.text, at - 1) or self._is_break(at):
            return True
        return self.original[self._origin(at - 1)].islower() and self.original[self._origin(at)].isupper()

    def ends_word(self, end: int) -> bool:
        """Whether a word ends before `end`: no letter there, or a capital after small ones ("MarenLetter")."""
        if end >= len(self.text) or not _LETTER.match(self.text, end) or self._is_break(end):
            return True
        return self.original[self._origin(end - 1)].islower() and self.original[self._origin(end)].isupper()

    def end_of_word(self, at: int) -> int:
        """Where the letters from `at` on end."""
        found = _WORD.match(self.text, at)
        return found.end() if found else at

    def _is_break(self, place: int) -> bool:
        return self.breaks is not None and place in self.breaks

    def _origin(self, place: int) -> int:
        return place if self.origin is None else self.origin[place]


_BLANKS = str.maketrans({"\t": " ", "\r": "\n", "\x0b": "\n", "\x0c": "\n"})
