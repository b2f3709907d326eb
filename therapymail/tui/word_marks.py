"""Words of a letter selected by keys: where they stand in the lines shown, and how a selection goes on. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from re import finditer
from typing import NamedTuple

from therapymail.tui.page import Line, Part


class Word(NamedTuple):
    """A word of the author's own: the number of its line, its first character there, and the one after its last."""

    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Marked:
    """Words from the one where somebody began (`anchor`) to the one where they are now (`at`), either way round."""

    words: tuple[Word, ...]
    anchor: int
    at: int

    @classmethod
    def begun(cls, lines: Sequence[Line], first_line: int) -> Marked | None:
        """At the first word from that line on, else at the last before it; None where the letter has no words."""
        words = tuple(
            Word(number, found.start(), found.end())
            for number, line in enumerate(lines)
            if line.part is Part.TEXT
            for found in finditer(r"\S+", line.content.plain)
        )
        if not words:
            return None
        at = min(bisect_left(words, Word(first_line, 0, 0)), len(words) - 1)
        return cls(words, at, at)

    @property
    def first(self) -> Word:
        """The first word that is selected."""
        return self.words[min(self.anchor, self.at)]

    @property
    def last(self) -> Word:
        """The last word that is selected."""
        return self.words[max(self.anchor, self.at)]

    @property
    def here(self) -> Word:
        """The word where somebody is."""
        return self.words[self.at]

    def by_words(self, number: int) -> Marked:
        """So many words further on, or back."""
        return replace(self, at=max(0, min(self.at + number, len(self.words) - 1)))

    def by_lines(self, number: int) -> Marked:
        """To the word above or below, so many lines with words away."""
        lines = sorted({word.line for word in self.words})
        line = lines[max(0, min(lines.index(self.here.line) + number, len(lines) - 1))]
        there = [at for at, word in enumerate(self.words) if word.line == line]
        return replace(self, at=min(there, key=lambda at: abs(self.words[at].start - self.here.start)))
