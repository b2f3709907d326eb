"""What the status line says on the right, as much of it as there is room for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from therapymail.domain.clocks import DueDate, DueDateKind
from therapymail.domain.day_words import span_in_words

if TYPE_CHECKING:
    from therapymail.domain.found import Coverage

_BETWEEN = "  ·  "
_NAMED = {DueDateKind.RESPONSE: "response", DueDateKind.LETTER: "letter", DueDateKind.REVIEW: "review"}


class Said(NamedTuple):
    """Something to say, in our own words; where there is no room for all, what matters least goes first."""

    words: str
    matters: int


def fitting(parts: Sequence[Said], room: int) -> str:
    """The parts in their order, without as many of those that matter least as it takes to fit `room` columns."""
    left = [part for part in parts if part.words]
    while left and len(_BETWEEN.join(part.words for part in left)) > room:
        left.remove(min(left, key=lambda part: part.matters))
    return _BETWEEN.join(part.words for part in left)


def due_phrase(due: DueDate | None, now: datetime) -> str:
    """What is due next: "HERON: response in 3 hours"; empty where nothing is."""
    if due is None:
        return ""
    span = span_in_words(abs(due.moment - now))
    return f"{due.code}: {_NAMED[due.kind]} {f'in {span}' if due.moment >= now else f'{span} late'}"


def coverage_phrase(coverage: Coverage | None) -> str:
    """How many letters a search looks through: "412 of 415 searchable"."""
    if coverage is None or not coverage.total:
        return ""
    if coverage.searchable == coverage.total:
        return f"{coverage.total} searchable"
    return f"{coverage.searchable} of {coverage.total} searchable"
