"""The passage of a letter that shows why it was found, computed from its text for the hits alone."""

import re
from collections.abc import Iterator
from itertools import islice, takewhile
from typing import NamedTuple

from therapymail.domain.found import Snippet
from therapymail.domain.query import All, Any, Phrase, Prefix, Query, Word
from therapymail.vault.stems import stem
from therapymail.vault.words import (
    MAX_TOKEN_CHARACTERS,
    composed,
    is_certain,
    is_dense,
    shadow_of,
    sought,
    spans,
)

SNIPPET_CHARACTERS = 160
_LEAD_CHARACTERS = 50
_BLANKS = re.compile(r"\s+")
_STEMS_LOSE_BEGINNINGS = {"nl"}  # gelopen, lopen


class _Run(NamedTuple):
    """Tokens that must stand side by side; with `last_goes_on` the last is only a beginning."""

    tokens: tuple[str, ...]
    last_goes_on: bool


class _Place(NamedTuple):
    """A token and where it stands in the text."""

    token: str
    start: int
    end: int


class Marker:
    """Finds in letters what `query` asks for; what it must not hold is not looked for."""

    def __init__(self, query: Query) -> None:
        self._words: set[str] = set()
        self._runs: list[_Run] = []
        self._take(query)
        self._known: dict[str, dict[str, bool]] = {}
        self._stems: dict[str, set[str]] = {}
        self._heads: dict[str, tuple[str, ...]] = {}

    def snippet(self, subject: str, text: str, language: str) -> Snippet:
        """A passage around the first hit in `text`, or in `subject`, or else the letter's beginning."""
        if self._words or self._runs:
            for source in (composed(text), composed(subject)):
                marks = self._marks_of_first_passage(source, language)
                if marks:
                    return _cut_out(source, marks)
        return _cut_out(composed(text) or composed(subject), [])

    def _take(self, query: Query) -> None:
        match query:
            case All(parts) | Any(parts):
                for part in parts:
                    self._take(part)
            case Word(text):
                tokens, goes_on = sought(text)
                if len(tokens) == 1 and not is_dense(tokens[0]):
                    self._words.add(tokens[0])
                elif tokens:
                    self._runs.append(_Run(tokens, goes_on))
            case Phrase(text) | Prefix(text):
                tokens, goes_on = sought(text)
                is_prefix = isinstance(query, Prefix) and bool(tokens) and not is_dense(tokens[-1])
                if tokens:
                    self._runs.append(_Run(tokens, goes_on or is_prefix))

    def _marks_of_first_passage(self, text: str, language: str) -> list[tuple[int, int]]:
        """The ranges of everything sought that lies near the first hit.

        Most letters are looked through in a shadow of the same length, folded character by character; where that
        finds nothing and cannot be sure, word by word.
        """
        shadow = shadow_of(text)
        if shadow is None:
            return self._marks(text, 0, language)
        first = len(text)
        for head in self._heads_in(language):
            at = shadow.find(head, 0, first + len(head))
            while 0 <= at < first and not self._begins_here(text, shadow, at, language):
                at = shadow.find(head, at + 1, first + len(head))
            if 0 <= at < first:
                first = at
        if first < len(text):
            if not self._runs and all(self._heads_in(language)) and is_certain(shadow):
                return self._marks_of_words(text, shadow, first, language)
            return self._marks(text, first, language)
        return [] if is_certain(shadow) else self._marks(text, 0, language)

    def _marks_of_words(self, text: str, shadow: str, first: int, language: str) -> list[tuple[int, int]]:
        """As `_marks`, for words alone: only where one of their beginnings stands is a word looked at."""
        end = first + SNIPPET_CHARACTERS
        marks: list[tuple[int, int]] = []
        for head in self._heads_in(language):
            at = shadow.find(head, first)
            while 0 <= at <= end:
                if self._begins_here(text, shadow, at, language):
                    place = next(_places(text[at : at + MAX_TOKEN_CHARACTERS + 1]))
                    marks.append((at + place.start, at + place.end))
                at = shadow.find(head, at + 1)
        return _merged(marks)

    def _heads_in(self, language: str) -> tuple[str, ...]:
        """What every word, or first word, sought begins with in letters of `language`, folded."""
        if language not in self._heads:
            of_words = [_common_beginning(word, stem(word, language), language) for word in self._words]
            self._heads[language] = tuple(dict.fromkeys([*of_words, *(run.tokens[0] for run in self._runs)]))
        return self._heads[language]

    def _begins_here(self, text: str, shadow: str, at: int, language: str) -> bool:
        """Whether something sought begins at `at`, where at least its first letters stand."""
        if at and shadow[at - 1].isalnum() and not is_dense(shadow[at]) and not is_dense(shadow[at - 1]):
            return False
        reach = text[at : at + MAX_TOKEN_CHARACTERS * self._longest() + 1]
        places = list(islice(_places(reach), self._longest()))
        if not places or places[0].start:
            return False
        return self._is_known_word(places[0].token, language) or any(
            len(run.tokens) <= len(places) and _ends_here(run, places[: len(run.tokens)]) for run in self._runs
        )

    def _longest(self) -> int:
        return max((len(run.tokens) for run in self._runs), default=1)

    def _marks(self, text: str, start: int, language: str) -> list[tuple[int, int]]:
        """The ranges of everything sought from `start` on, as far as a passage reaches from the first."""
        marks: list[tuple[int, int]] = []
        seen: list[_Place] = []
        for place in _places(text, start):
            if marks and place.start > marks[0][0] + SNIPPET_CHARACTERS:
                break
            seen.append(place)
            if self._is_known_word(place.token, language):
                marks.append((place.start, place.end))
            marks.extend(_extent(run, seen) for run in self._runs if _ends_here(run, seen))
        return _merged(marks)

    def _is_known_word(self, token: str, language: str) -> bool:
        known = self._known.setdefault(language, {})
        if token not in known:
            if language not in self._stems:
                self._stems[language] = {stem(word, language) for word in self._words}
            may_be = bool(self._words) and token.startswith(self._heads_in(language)) and not is_dense(token)
            known[token] = may_be and stem(token, language) in self._stems[language]
        return known[token]


def _common_beginning(word: str, stemmed: str, language: str) -> str:
    """What all forms of `word` begin with: Snowball takes endings away and may change the letter before."""
    if language in _STEMS_LOSE_BEGINNINGS:
        return ""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, stemmed, strict=False)))
    return word[: max(1, same - 1)]


def _ends_here(run: _Run, seen: list[_Place]) -> bool:
    last, wanted = seen[-1].token, run.tokens[-1]
    if last != wanted and not (run.last_goes_on and last.startswith(wanted)):
        return False
    count = len(run.tokens)
    return count <= len(seen) and all(seen[at - count].token == run.tokens[at] for at in range(count - 1))


def _extent(run: _Run, seen: list[_Place]) -> tuple[int, int]:
    """From where to where `run` stands, which ends with the last token seen; of a pair perhaps only the first half."""
    start, last = seen[-len(run.tokens)].start, seen[-1]
    is_half = is_dense(last.token) and len(last.token) == last.end - last.start
    return start, last.start + len(run.tokens[-1]) if is_half else last.end


def _places(text: str, since: int = 0) -> Iterator[_Place]:
    for start, end, tokens in spans(text, since):
        if len(tokens) == end - start and is_dense(tokens[0]):
            for at, token in enumerate(tokens, start):
                yield _Place(token, at, at + len(token))
        else:
            for token in tokens:
                yield _Place(token, start, end)


def _merged(marks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """`marks` in order, those that overlap as one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _cut_out(text: str, marks: list[tuple[int, int]]) -> Snippet:
    """About SNIPPET_CHARACTERS of `text` around the first of `marks`, blanks made single, marks moved along."""
    first = _start_near(text, marks[0][0]) if marks else 0
    end = min(
        len(text), max(first + SNIPPET_CHARACTERS, min(marks[0][1], first + 2 * SNIPPET_CHARACTERS) if marks else 0)
    )
    if end < len(text):
        blank = max(text.rfind(" ", first, end), text.rfind("\n", first, end))
        end = blank if blank > first + SNIPPET_CHARACTERS // 2 and (not marks or blank >= marks[0][1]) else end
    passage, moved, at = "", [], first
    for start, stop in marks:
        if start >= end:
            break
        passage = (passage + _single_blanks(text[at:start])).lstrip()
        begins = len(passage)
        passage += _single_blanks(text[start : min(stop, end)])
        moved.append((begins, len(passage)))
        at = min(stop, end)
    passage = (passage + _single_blanks(text[at:end])).lstrip().rstrip()
    return Snippet(passage, tuple(moved), cut_before=bool(text[:first].strip()), cut_after=bool(text[end:].strip()))


def _start_near(text: str, mark: int) -> int:
    """Where a passage with a hit at `mark` begins: a little before it, after a blank if there is one."""
    wanted = mark - _LEAD_CHARACTERS
    if wanted <= 0:
        return 0
    blank = _BLANKS.search(text, wanted, mark)
    return blank.end() if blank else wanted


def _single_blanks(text: str) -> str:
    return _BLANKS.sub(" ", text)
