"""The passage of a letter that shows why it was found, computed from its text for the hits alone."""

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from therapymail.domain.found import Snippet
from therapymail.domain.query import All, Any, Field, Filter, Phrase, Prefix, Query, Word
from therapymail.vault.cue_marks import CueMarker
from therapymail.vault.stems import stem
from therapymail.vault.words import (
    MAX_TOKEN_CHARACTERS,
    composed,
    is_certain,
    is_dense,
    is_plain,
    shadow_of,
    sought,
    spans,
)

SNIPPET_CHARACTERS = 160
_LEAD_CHARACTERS = 50
_BLANKS = re.compile(r"\s+")
_LETTER, _GAP = r"[^\W_]", r"[\W_]+"  # of words in a plain shadow, and between them
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
        self._cues = CueMarker()
        self._take(query)
        self._known: dict[str, dict[str, bool]] = {}
        self._stems: dict[str, set[str]] = {}
        self._heads: dict[str, tuple[str, ...]] = {}
        self._candidates: dict[str, re.Pattern[str]] = {}
        self._run_patterns = [_pattern_of(run) for run in self._runs]

    def snippet(self, subject: str, text: str, language: str) -> Snippet:
        """A passage around the first hit in `text`, or in `subject`, or else the letter's beginning.

        A cue that was asked for is marked whole, wherever it stands.
        """
        for source in (composed(text), composed(subject)):
            if marks := self._near_first(source, language):
                return _cut_out(source, marks)
        return _cut_out(composed(text) or composed(subject), [])

    def _near_first(self, text: str, language: str) -> list[tuple[int, int]]:
        words = self._marks(text, language) if self._words or self._runs else []
        return _merged([*words, *self._cues.marks(text, language)])

    def _take(self, query: Query) -> None:
        match query:
            case All(parts) | Any(parts):
                for part in parts:
                    self._take(part)
            case Filter(Field.CUE, text):
                self._cues.look_for_cue(text)
            case Filter(Field.FEELING, text):
                self._cues.look_for_feeling(text)
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

    def _marks(self, text: str, language: str) -> list[tuple[int, int]]:
        """The ranges of everything sought that lies near the first hit.

        Most letters are looked through in a shadow of the same length, folded character by character: by patterns
        where it shows every word as its token is, else word by word from where the first may stand.
        """
        shadow = shadow_of(text)
        if shadow is None:
            return self._walk(text, 0, language)
        first = self._earliest(shadow, language)
        if is_plain(shadow):
            return self._match(shadow, first, language)
        return self._walk(text, first, language) or ([] if is_certain(shadow) else self._walk(text, 0, language))

    def _earliest(self, shadow: str, language: str) -> int:
        """Where the first word stands that begins as something sought does; the end if there is none."""
        first = len(shadow)
        for head in self._heads_in(language):
            at = shadow.find(head, 0, first + len(head))
            while at >= 0 and _is_amid_word(shadow, at):
                at = shadow.find(head, at + 1, first + len(head))
            if at >= 0:
                first = at
        return first

    def _match(self, shadow: str, first: int, language: str) -> list[tuple[int, int]]:
        """The ranges of everything sought from `first` on, as far as a passage reaches, in a plain shadow."""
        marks: list[tuple[int, int]] = []
        for found in self._candidates_in(language).finditer(shadow, first):
            start = found.start()
            if marks and start > marks[0][0] + SNIPPET_CHARACTERS:
                break
            if _is_amid_word(shadow, start):
                continue
            if self._is_known_word(found[0][:MAX_TOKEN_CHARACTERS], language):
                marks.append(found.span())
            marks.extend(run.span() for pattern in self._run_patterns if (run := pattern.match(shadow, start)))
        return _merged(marks)

    def _candidates_in(self, language: str) -> re.Pattern[str]:
        """Words, or ends of words, of a plain shadow that begin as something sought does."""
        if language not in self._candidates:
            heads = self._heads_in(language)
            pattern = f"(?:{'|'.join(map(re.escape, heads))}){_LETTER}*" if all(heads) else f"{_LETTER}+"
            self._candidates[language] = re.compile(pattern)
        return self._candidates[language]

    def _heads_in(self, language: str) -> tuple[str, ...]:
        """What every word, or first word, sought begins with in letters of `language`, folded."""
        if language not in self._heads:
            of_words = [_common_beginning(word, stem(word, language), language) for word in self._words]
            self._heads[language] = tuple(dict.fromkeys([*of_words, *(run.tokens[0] for run in self._runs)]))
        return self._heads[language]

    def _walk(self, text: str, start: int, language: str) -> list[tuple[int, int]]:
        """As `_match`, word by word through any text."""
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


def _pattern_of(run: _Run) -> re.Pattern[str]:
    """Where `run` begins in a plain shadow, it matches this; a token of full length may have been cut."""
    words = [re.escape(token) + (f"{_LETTER}*" if len(token) == MAX_TOKEN_CHARACTERS else "") for token in run.tokens]
    return re.compile(_GAP.join(words) + (f"{_LETTER}*" if run.last_goes_on else f"(?!{_LETTER})"))


def _is_amid_word(shadow: str, at: int) -> bool:
    before = shadow[at - 1 : at]
    return before.isalnum() and not is_dense(before) and not is_dense(shadow[at : at + 1])


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
