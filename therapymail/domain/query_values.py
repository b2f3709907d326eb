"""What may stand after each `filter:` of a query, and what it means."""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from therapymail.domain.feelings import words_of
from therapymail.domain.kinds import Kind, Standing
from therapymail.domain.names import client_code
from therapymail.domain.query import (
    Author,
    Field,
    Filter,
    Has,
    Is,
    Last,
    Length,
    Query,
    Relation,
    Searched,
    Unit,
    When,
)
from therapymail.domain.tags import tag_name
from therapymail.errors import UnusableInput

LAST, WORDS = "last", "words"
MOST_WORDS = 1_000_000
MOST_EXCHANGES = 99_999
_MOST_IN_FEELING = 3
_PERIOD = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_SINCE = re.compile(r"([0-9]{1,4})([dwmy])", re.IGNORECASE)
_BOUND = re.compile(r"([<>]=?|=)?([0-9]{1,7})")
_RANGE = re.compile(r"([0-9]{1,7})\.\.([0-9]{1,7})")


def _one_of(field: str, allowed: Iterable[str]) -> Callable[[str], Query]:
    listed = list(allowed)

    def read(value: str) -> Query:
        if value.lower() not in listed:
            raise UnusableInput(f"{field}:", f"one of {', '.join(listed)}")
        return Filter(Field(field), value.lower())

    return read


def _exchange(value: str) -> Query:
    if not re.fullmatch("[0-9]{1,5}", value) or not int(value):
        raise UnusableInput("exchange:", "the number of an exchange, for example exchange:12")
    return Filter(Field.EXCHANGE, str(int(value)))


def _feeling(value: str) -> Query:
    """A feeling as lists of feelings spell it, or a family of them."""
    words = words_of(value)
    if not 1 <= len(words) <= _MOST_IN_FEELING:
        raise UnusableInput("feeling:", 'one to three words, for example feeling:sadness or feeling:"worn out"')
    return Filter(Field.FEELING, " ".join(words))


def _cue(value: str) -> Query:
    if not any(character.isalnum() for character in value):
        raise UnusableInput("cue:", "there is no letter or digit here to search for")
    return Filter(Field.CUE, value)


def _length(value: str) -> Query:
    """`>800`, `>=800`, `<300`, `<=300`, `300..800`, `800`: in words."""
    bound, between = _BOUND.fullmatch(value), _RANGE.fullmatch(value)
    if bound:
        number = _words(bound[2])
        least, most = {
            ">": (number + 1, None),
            ">=": (number, None),
            "<": (0, number - 1),
            "<=": (0, number),
        }.get(bound[1], (number, number))
    elif between:
        least, most = _words(between[1]), _words(between[2])
    else:
        raise UnusableInput("words:", "write >800, <300, 300..800 or 800")
    if most is not None and most < least:
        raise UnusableInput("words:", "no number of words is so small" if bound else "the smaller number comes first")
    return Length(least, most)


def _words(digits: str) -> int:
    if int(digits) > MOST_WORDS:
        raise UnusableInput("words:", f"at most {MOST_WORDS}")
    return int(digits)


def _last(value: str) -> Query:
    found = _SINCE.fullmatch(value)
    if not found or not int(found[1]):
        raise UnusableInput("last:", "write 10d, 6w, 3m or 2y: days, weeks, months or years")
    return Last(int(found[1]), Unit(found[2].lower()))


def _when(relation: Relation) -> Callable[[str], Query]:
    def read(value: str) -> Query:
        first, end = _period(value)
        return When(relation, first, end)

    return read


def _period(value: str) -> tuple[date, date]:
    """The days from and without that `2025`, `2025-03` or `2025-03-31` means. Raises UnusableInput."""
    found = _PERIOD.fullmatch(value)
    fault = UnusableInput("date", "write 2025, 2025-03 or 2025-03-31")
    if not found or found[1] == "9999":  # there must be a day after it
        raise fault
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    try:
        first = date(year, month, day)
    except ValueError:
        raise fault from None
    if found[3]:
        return first, first + timedelta(days=1)
    if found[2] and month < 12:
        return first, date(year, month + 1, 1)
    return first, date(year + 1, 1, 1)


# What may follow a filter where it is one of a few words.
CHOICES: dict[str, tuple[str, ...]] = {
    Field.KIND: tuple(Kind),
    Field.FROM: tuple(Author),
    Field.HAS: tuple(Has),
    Field.IS: (*Standing, *Is),
    Field.IN: tuple(Searched),
}
# By the word before the colon. Each reads a value, stripped and not empty, and raises UnusableInput alone.
VALUES: dict[str, Callable[[str], Query]] = {
    Field.CLIENT: lambda value: Filter(Field.CLIENT, client_code(value)),
    Field.TAG: lambda value: Filter(Field.TAG, tag_name(value)),
    Field.FEELING: _feeling,
    Field.CUE: _cue,
    Field.EXCHANGE: _exchange,
    **{field: _one_of(field, allowed) for field, allowed in CHOICES.items()},
    **{relation: _when(relation) for relation in Relation},
    LAST: _last,
    WORDS: _length,
}
FILTERS = tuple(VALUES)
