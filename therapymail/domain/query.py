"""The search language as values: what a query asks for; `query_text` reads it from what a person types."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Field(StrEnum):
    """What a filter looks at; the words before the colon."""

    CLIENT = "client"
    KIND = "kind"
    FROM = "from"
    TAG = "tag"
    IS = "is"
    IN = "in"


class Searched(StrEnum):
    """The values of `in:`: what is searched. Without it, letters; process notes never unless they are named."""

    LETTERS = "letters"
    NOTES = "notes"
    PROCESS = "process"


class Relation(StrEnum):
    """How a letter's day stands to a period. For any period each letter is exactly one of the three."""

    BEFORE = "before"
    ON = "on"
    AFTER = "after"


class Author(StrEnum):
    """The values of `from:`."""

    ME = "me"
    CLIENT = "client"


@dataclass(frozen=True)
class Word:
    """A word in any of its forms (`anxious` also finds `anxiously`), whatever its case and accents."""

    text: str


@dataclass(frozen=True)
class Phrase:
    """These words, exactly so and side by side; a single word in quotes means just this form."""

    text: str


@dataclass(frozen=True)
class Prefix:
    """Words that begin like this, `anx*`; where `text` is several words, the last may go on."""

    text: str


@dataclass(frozen=True)
class Filter:
    """A property of the letter. `value` is spelled as the domain spells it: HERON, response, me, grief/father."""

    field: Field
    value: str


@dataclass(frozen=True)
class When:
    """Received before, on or after a period of whole days: from `first` up to and without `end`.

    Days are those of the therapist's own time zone, which whoever carries the query out knows.
    """

    relation: Relation
    first: date
    end: date


@dataclass(frozen=True)
class Not:
    """Letters that do not meet `part`."""

    part: "Query"


@dataclass(frozen=True)
class All:
    """Letters that meet every one of `parts`; without parts, every letter."""

    parts: tuple["Query", ...]


@dataclass(frozen=True)
class Any:
    """Letters that meet at least one of `parts`; without parts, none."""

    parts: tuple["Query", ...]


Query = Word | Phrase | Prefix | Filter | When | Not | All | Any


def asks_standing(query: Query) -> bool:
    """Whether `query` itself says something about standing, so that set-aside letters are not left out unasked."""
    match query:
        case Filter(Field.IS):
            return True
        case Not(part):
            return asks_standing(part)
        case All(parts) | Any(parts):
            return any(asks_standing(part) for part in parts)
        case _:
            return False


def searched_in(query: Query) -> frozenset[Searched]:
    """What `query` asks to be searched: what it names by `in:` (leaving something out names nothing), else letters."""
    return frozenset(_named(query)) or frozenset({Searched.LETTERS})


def _named(query: Query) -> Iterator[Searched]:
    match query:
        case Filter(Field.IN, value):
            yield Searched(value)
        case All(parts) | Any(parts):
            for part in parts:
                yield from _named(part)
