"""What a query asks of one letter, as terms of the index joined by AND, OR and NOT: written for FTS5, or for bits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """One term that a letter has or has not."""

    text: str


@dataclass(frozen=True)
class Told:
    """What the index alone tells: terms side by side; with `goes_on` the last of them is a beginning.

    Every letter that has it meets `within`, which is more easily said; None where nothing is known.
    """

    text: str
    goes_on: bool = False
    within: "Formula | None" = None


@dataclass(frozen=True)
class Both:
    """All of these, at least one."""

    parts: "tuple[Formula, ...]"


@dataclass(frozen=True)
class Either:
    """One of these, of which there is at least one."""

    parts: "tuple[Formula, ...]"


@dataclass(frozen=True)
class Without:
    """`wanted`, and none of `unwanted`, of which there is at least one."""

    wanted: "Formula"
    unwanted: "tuple[Formula, ...]"


Formula = Term | Told | Both | Either | Without


def both(parts: "Iterable[Formula]") -> "Formula":
    """All of `parts`, said once each."""
    distinct = tuple(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else Both(distinct)


def either(parts: "Iterable[Formula]") -> "Formula":
    """One of `parts`, said once each."""
    distinct = tuple(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else Either(distinct)


def without(wanted: "Formula", unwanted: "Iterable[Formula]") -> "Formula":
    """`wanted` and none of `unwanted`, which may be nothing."""
    distinct = tuple(dict.fromkeys(unwanted))
    return Without(wanted, distinct) if distinct else wanted


def side_by_side(terms: "Iterable[str]", *, goes_on: bool = False, within: "Formula | None" = None) -> "Formula":
    """These terms in this order; see Told."""
    text = " ".join(terms)
    return Told(text, goes_on, within) if goes_on or " " in text else Term(text)


def leaves(formula: "Formula") -> Iterator[Term | Told]:
    """What `formula` joins."""
    match formula:
        case Term() | Told():
            yield formula
        case Both(parts) | Either(parts):
            for part in parts:
                yield from leaves(part)
        case Without(wanted, unwanted):
            for part in (wanted, *unwanted):
                yield from leaves(part)


def as_fts5(formula: "Formula") -> str:
    """The FTS5 expression of `formula` (https://www.sqlite.org/fts5.html, section 3).

    What is unwanted is taken away one by one (NOT binds to the left), which costs less than NOT their OR.
    """
    match formula:
        case Term(text):
            return f'"{text}"'
        case Told(text, goes_on):
            return f'"{text}"' + (" *" if goes_on else "")
        case Both(parts):
            return f"({' AND '.join(map(as_fts5, parts))})"
        case Either(parts):
            return f"({' OR '.join(map(as_fts5, parts))})"
        case Without(wanted, unwanted):
            return f"({' NOT '.join(map(as_fts5, (wanted, *unwanted)))})"
