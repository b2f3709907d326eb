"""A look over a response before it is sent (F58): what may be missing or ill-toned, said once, stopping nothing.

Pure, and descriptive: every remark names the words it rests on. No language is known but the words for days and months.
"""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from therapymail.domain.agreement import Terms
from therapymail.domain.draft import DraftContent, own_lines
from therapymail.domain.letter_template import BLANK
from therapymail.domain.written_days import WRITTEN_DAYS

_SHORT_LINE = 8  # words: a greeting or a closing, not yet a sentence of the letter
_LINES_OF_CLOSING = 2
_WORDS_OF_A_WISH = 3  # Take good care.
_MOST_SHOWN = 5
_LONGEST_SHOWN = 80  # characters of a question
_WORD = re.compile(r"[^\W_]+")
_QUESTION_MARKS = "?\uff1f\u061f"
# Matches at every character, so that a text without any full stop is walked through once.
_SENTENCE = re.compile(rf"([^.!…{_QUESTION_MARKS}]+)([.!…{_QUESTION_MARKS}]*)")
_BRACKETED = re.compile(r"\[[^\[\]]{1,300}\]")  # a cue asks nobody: "[nervous, but like before a show?]"
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_SHOUTED = re.compile(r"\b[^\W\d_a-z]{2,}\b")
_SHORTEST_SHOUT = 5  # letters; shorter ones in capitals are mostly abbreviations
_SHORTEST_TELLING = 4  # letters of a word that tells what a question is about
_DAY_NUMBER = re.compile(r"\b\d{1,2}[./-]\d{1,2}\b|\b\d{1,2}(?:st|nd|rd|th|\.)?\s+[^\W\d_]{3,}|\b\d{4}-\d{2}-\d{2}\b")


class Remark(StrEnum):
    """What a look over a response may find."""

    NO_GREETING = "no-greeting"
    NO_CLOSING = "no-closing"
    OPEN_QUESTIONS = "open-questions"
    CAPITALS = "capitals"
    OVER_LENGTH = "over-length"
    NO_NEXT_DATE = "no-next-date"
    UNFILLED = "unfilled"  # a blank of a template


class Remarked(NamedTuple):
    """One remark: `number` of what was found (of words for the length), and the `words` it rests on, for screens."""

    remark: Remark
    number: int = 0
    words: tuple[str, ...] = ()


def looked_over(
    content: DraftContent, *, answered: str = "", terms: Terms | None = None, codes: Sequence[str] = ()
) -> tuple[Remarked, ...]:
    """Everything to say of a response to a letter whose own text is `answered`.

    `terms` are those in force or None, `codes` are words written in capitals rightly.
    """
    own = [line.strip() for line in own_lines(content.text) if line.strip()]
    return tuple(
        remark
        for remark in (
            *_of_its_ends(own),
            *_of_questions(content.text, own, answered),
            *_of_capitals(own, codes),
            *_of_length(content.words, terms),
            *_of_dates(own),
            *_of_blanks(own),
        )
        if own
    )


def blanks_left(content: DraftContent) -> tuple[Remarked, ...]:
    """What is to be said of any kind of mail: that blanks of a template are left in it."""
    return tuple(_of_blanks(own_lines(content.text)))


def questions_in(text: str) -> tuple[str, ...]:
    """The questions of a letter, each as one line, without cues; what asks within a cue is none."""
    return tuple(
        " ".join(f"{said}{marks}".split())
        for paragraph in _BLANK_LINE.split(
            _BRACKETED.sub(" ", text)
        )  # a sentence without a full stop before it ends with its paragraph
        for said, marks in _SENTENCE.findall(paragraph)
        if marks.startswith(tuple(_QUESTION_MARKS)) and _WORD.search(said)
    )


def questions_left(answered: str, quoted: str, said: str) -> tuple[str, ...]:
    """Questions of a letter that are neither `quoted` nor taken up by what was `said`.

    Taken up is one where at least half of the words that tell what it is about come again.
    """
    shown, telling = _flat(_BRACKETED.sub(" ", quoted)), _telling(said)
    return tuple(
        question
        for question in questions_in(answered)
        if _flat(question) not in shown and not _is_taken_up(_telling(question), telling)
    )


def ends_of(text: str) -> tuple[str, str]:
    """Greeting and closing of a letter: its first line and its last lines where these are short; else empty."""
    own = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
    greeting = own[0] if own and len(own[0].split()) <= _SHORT_LINE else ""
    closing: list[str] = []
    for line in reversed(own[1:]):
        is_sentence = line.endswith((".", "!", *_QUESTION_MARKS)) and len(line.split()) > _WORDS_OF_A_WISH
        if line.startswith("--") or is_sentence or len(line.split()) > _SHORT_LINE or len(closing) == _LINES_OF_CLOSING:
            break
        closing.insert(0, line)
    return greeting, " / ".join(closing)


def _of_its_ends(own: Sequence[str]) -> Iterator[Remarked]:
    if own and len(own[0].split()) > _SHORT_LINE:
        yield Remarked(Remark.NO_GREETING)
    if own and len(own[-1].split()) > _SHORT_LINE:
        yield Remarked(Remark.NO_CLOSING)


def _of_questions(text: str, own: Sequence[str], answered: str) -> Iterator[Remarked]:
    """Questions of theirs that are left."""
    quoted = "\n".join(line.lstrip("> ") for line in text.split("\n") if line.startswith(">"))
    left = questions_left(answered, quoted, "\n".join(own))
    if left:
        shown = tuple(_shortened(question) for question in left[:_MOST_SHOWN])
        yield Remarked(Remark.OPEN_QUESTIONS, len(left), shown)


def _of_capitals(own: Sequence[str], codes: Sequence[str]) -> Iterator[Remarked]:
    shouted = [word for line in own for word in _shouted(line) if word not in codes]
    if shouted:
        yield Remarked(Remark.CAPITALS, len(shouted), tuple(dict.fromkeys(shouted))[:_MOST_SHOWN])


def _of_length(words: int, terms: Terms | None) -> Iterator[Remarked]:
    if terms is not None and terms.limits(words):
        yield Remarked(Remark.OVER_LENGTH, words, (str(terms.word_limit),))


def _of_dates(own: Sequence[str]) -> Iterator[Remarked]:
    text = "\n".join(own)
    named = {word.casefold() for word in _WORD.findall(text)}
    if not named & WRITTEN_DAYS and not _DAY_NUMBER.search(text):
        yield Remarked(Remark.NO_NEXT_DATE)


def _of_blanks(own: Sequence[str]) -> Iterator[Remarked]:
    blanks = sum(line.count(BLANK) for line in own)
    if blanks:
        yield Remarked(Remark.UNFILLED, blanks)


def _shouted(line: str) -> Iterator[str]:
    """Words in capitals: long ones, and short ones in a row."""
    former_end = -2
    former = ""
    for found in _SHOUTED.finditer(line):
        word = found[0]
        if not word.isupper():
            continue
        in_a_row = found.start() - former_end == 1
        if in_a_row and len(former) < _SHORTEST_SHOUT:
            yield former
        if in_a_row or len(word) >= _SHORTEST_SHOUT:
            yield word
        former, former_end = word, found.end()


def _telling(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text) if len(word) >= _SHORTEST_TELLING}


def _is_taken_up(asked: set[str], said: set[str]) -> bool:
    return bool(asked) and len(asked & said) * 2 >= len(asked)


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()


def _shortened(question: str) -> str:
    return question if len(question) <= _LONGEST_SHOWN else f"{question[: _LONGEST_SHOWN - 1].rstrip()}…"
