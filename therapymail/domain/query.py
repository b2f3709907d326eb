"""The search language as values: what a query asks for; `query_text` reads it from what a person types."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from therapymail.domain.kinds import Standing


class Field(StrEnum):
    """What a filter looks at; the words before the colon."""

    CLIENT = "client"
    KIND = "kind"
    FROM = "from"
    TAG = "tag"
    FEELING = "feeling"
    CUE = "cue"
    EXCHANGE = "exchange"
    HAS = "has"
    IS = "is"
    IN = "in"


class Has(StrEnum):
    """The values of `has:`; `note` is a progress note about the letter or a passage of it."""

    ENCLOSURE = "enclosure"
    NOTE = "note"


class Is(StrEnum):
    """The values of `is:` beside standings: what a client's letter is in its exchange, or to its reader.

    `overlength`: its letters together are above the agreed length; `unanswered`: no response has come to it; `unread`:
    it came since the client is a client here, and was neither opened here nor answered.
    """

    OVERLENGTH = "overlength"
    UNANSWERED = "unanswered"
    UNREAD = "unread"


class Unit(StrEnum):
    """What `last:` counts in."""

    DAYS = "d"
    WEEKS = "w"
    MONTHS = "m"
    YEARS = "y"


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
class Last:
    """Received since the day so long before today, that day too; what today is, whoever carries it out knows."""

    count: int
    unit: Unit


@dataclass(frozen=True)
class Length:
    """Letters of so many words, both bounds among them; `most` None: of any number from `least` on."""

    least: int
    most: int | None = None


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


Query = Word | Phrase | Prefix | Filter | When | Last | Length | Not | All | Any
_STANDINGS = frozenset(map(str, Standing))


def leaves(query: Query) -> Iterator[Query]:
    """The words and conditions of `query`, those that must not be met too, in their order."""
    match query:
        case Not(part):
            yield from leaves(part)
        case All(parts) | Any(parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield query


def asks_standing(query: Query) -> bool:
    """Whether `query` itself says something about standing, so that set-aside letters are not left out unasked."""
    return any(
        isinstance(each, Filter) and each.field is Field.IS and each.value in _STANDINGS for each in leaves(query)
    )


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
