"""The passage of a letter that shows why it was found, computed from its text for the hits alone."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from therapymail.domain.found import Snippet
from therapymail.domain.query import All, Any, Phrase, Prefix, Query, Word
from therapymail.vault.stems import stem
from therapymail.vault.words import composed, is_dense, sought, spans

SNIPPET_CHARACTERS = 160
_LEAD_CHARACTERS = 50
_BLANKS = re.compile(r"\s+")


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
        """The ranges of everything sought that lies near the first hit."""
        marks: list[tuple[int, int]] = []
        seen: list[_Place] = []
        known = self._known.setdefault(language, {})
        for place in _places(text):
            if marks and place.start > marks[0][0] + SNIPPET_CHARACTERS:
                break
            seen.append(place)
            is_word = known.get(place.token)
            if is_word is None:
                is_word = known[place.token] = self._is_word(place.token, language)
            if is_word:
                marks.append((place.start, place.end))
            marks.extend(_extent(run, seen) for run in self._runs if _ends_here(run, seen))
        return _merged(marks)

    def _is_word(self, token: str, language: str) -> bool:
        stems = self._stems.get(language)
        if stems is None:
            stems = self._stems[language] = {stem(word, language) for word in self._words}
        return not is_dense(token) and stem(token, language) in stems


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


def _places(text: str) -> Iterator[_Place]:
    for start, end, tokens in spans(text):
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
