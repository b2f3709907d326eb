"""Terms as they are written down: read from flags, a form or JSON, and given back the same way. Pure, and forgiving."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import time
from typing import Any

from therapymail.domain.agreement import OverLength, Terms, Window, problems

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NONE = frozenset({"", "none", "no", "-", "any"})
_YES = frozenset({"yes", "true", "on"})
_LONGEST = 600  # characters of one value; the fallback's own limit is lower and says so itself
_DAYS_LONG = re.compile(r"([0-9]{1,6})\s*(?:d|days?)?")
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_WINDOW = re.compile(r"([0-9]{1,6})\s*(h|hours?|d|days?)(?:\s*@\s*([0-9]{1,2})[:.]([0-9]{2}))?")


class _NotSo(Exception):
    """A value that cannot be read, and how it would have to look."""


def read_terms(given: Mapping[str, object], base: Terms) -> tuple[Terms, tuple[str, ...]]:
    """`base` with what is `given` by the names of the fields of Terms, and everything that is wrong with it.

    A value may be text, as a person types it, or what JSON holds. Nothing raises; where something is wrong the
    terms are not to be used.
    """
    changes, wrong = _changes(given)
    terms = replace(base, **changes)
    return terms, (*dict.fromkeys(wrong), *problems(terms))


def _changes(given: Mapping[str, object]) -> tuple[dict[str, Any], list[str]]:
    wrong: list[str] = []
    changes: dict[str, Any] = {}
    for name, value in given.items():
        reader = _READERS.get(name)
        if reader is None:
            wrong.append("it has a term of a name that does not exist")
            continue
        try:
            changes[name] = reader(_plain(value))
        except _NotSo as shape:
            wrong.append(f"the {LABELS[name].removeprefix('the ')} {str(shape).removeprefix('it ')}")
    return changes, wrong


def terms_as_json(terms: Terms) -> dict[str, Any]:
    """`terms` as JSON holds them, by the names of their fields; `read_terms` reads it back."""
    return {
        "client_zone": terms.client_zone,
        "own_zone": terms.own_zone,
        "rhythm_days": terms.rhythm_days,
        "letter_day": None if terms.letter_day is None else DAYS[terms.letter_day],
        "window": window_text(terms.window),
        "word_limit": terms.word_limit,
        "over_length": terms.over_length.value,
        "block_size": terms.block_size,
        "block_carried": terms.block_carried,
        "blocks": terms.blocks,
        "review_at": list(terms.review_at),
        "updates_a_week": terms.updates_a_week,
        "check_in_days": terms.check_in_days,
        "pause_days": terms.pause_days,
        "fallback": terms.fallback,
        "fallback_after_days": terms.fallback_after_days,
        "count_in_footer": terms.count_in_footer,
    }


def terms_from_json(stored: Mapping[str, Any]) -> Terms:
    """The terms that `terms_as_json` gave; what it does not say is as in the defaults."""
    return Terms(**_changes(stored)[0])


def window_text(window: Window) -> str:
    """A window as it is typed: 48h, 2d, 2d@18:00."""
    if window.hours is not None:
        return f"{window.hours}h"
    at = "" if window.by is None else f"@{window.by:%H:%M}"
    return f"{window.local_days}d{at}"


# --- single values -------------------------------------------------------------------------------------


def _plain(value: object) -> object:
    """Text without blanks around it; anything else as it is."""
    if isinstance(value, str):
        if len(value) > _LONGEST:
            raise _NotSo("it is too long")
        return value.strip()
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool):
        raise _NotSo("it must be a whole number")
    if isinstance(value, int) and abs(value) < 10**9:
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    raise _NotSo("it must be a whole number")


def _days(value: object) -> int:
    if isinstance(value, str) and (found := _DAYS_LONG.fullmatch(value.lower())):
        return int(found[1])
    if isinstance(value, str):
        raise _NotSo("it must be days, like 7d")
    return _whole(value)


def _or_none(read: Callable[[object], int]) -> Callable[[object], int | None]:
    def reader(value: object) -> int | None:
        return None if value is None or (isinstance(value, str) and value.lower() in NONE) else read(value)

    return reader


def _weekday(value: object) -> int:
    written = value.lower() if isinstance(value, str) else ""
    named = [number for number, name in enumerate(DAYS) if len(written) > 1 and name.startswith(written)]
    if len(named) != 1:
        raise _NotSo("it must be a day of the week, like tue, or none")
    return named[0]


def _window(value: object) -> Window:
    found = _WINDOW.fullmatch(value.lower()) if isinstance(value, str) else None
    if found is None:
        raise _NotSo("it must look like 48h, 2d or 2d@18:00")
    length, in_hours = int(found[1]), found[2].startswith("h")
    if found[3] is None:
        return Window(hours=length) if in_hours else Window(local_days=length)
    try:
        by = time(int(found[3]), int(found[4]))
    except ValueError:
        raise _NotSo("it must end in a time of day like 18:00") from None
    return Window(hours=length, by=by) if in_hours else Window(local_days=length, by=by)


def _over_length(value: object) -> OverLength:
    try:
        return OverLength(value.lower() if isinstance(value, str) else "")
    except ValueError:
        raise _NotSo("it must be flag or double") from None


def _places(value: object) -> tuple[int, ...]:
    if isinstance(value, str):
        value = [] if value.lower() in NONE else value.replace(",", " ").split()
    if not isinstance(value, list | tuple) or len(value) > 200:
        raise _NotSo("it must be places in the block, like 3,6, or none")
    return tuple(sorted(_whole(each) for each in value))


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _YES | NONE | {"false", "off"}:
        return value.lower() in _YES
    raise _NotSo("it must be yes or no")


def _text(value: object) -> str:
    if value is None or (isinstance(value, str) and value.lower() == "none"):
        return ""
    if not isinstance(value, str):
        raise _NotSo("it must be text")
    return " ".join(value.split())


def _zone(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise _NotSo("it must be a time zone name like Europe/London")
    return value


_READERS: dict[str, Callable[[object], Any]] = {
    "rhythm_days": _days,
    "letter_day": _or_none(_weekday),
    "window": _window,
    "word_limit": _or_none(_whole),
    "over_length": _over_length,
    "block_size": _whole,
    "block_carried": _whole,
    "blocks": _whole,
    "review_at": _places,
    "updates_a_week": _or_none(_whole),
    "check_in_days": _days,
    "pause_days": _days,
    "fallback": _text,
    "fallback_after_days": _or_none(_days),
    "client_zone": _zone,
    "own_zone": _zone,
    "count_in_footer": _yes_or_no,
}
# How a person calls each term, in the order in which they are shown.
LABELS = {
    "rhythm_days": "rhythm",
    "letter_day": "letter day",
    "window": "window",
    "word_limit": "words",
    "over_length": "over length",
    "block_size": "block",
    "block_carried": "carried",
    "blocks": "blocks",
    "review_at": "review at",
    "updates_a_week": "updates a week",
    "check_in_days": "check-in after",
    "pause_days": "pause after",
    "fallback": "fallback",
    "fallback_after_days": "fallback after",
    "client_zone": "client's zone",
    "own_zone": "own zone",
    "count_in_footer": "count in footer",
}
assert LABELS.keys() == _READERS.keys() == {each.name for each in fields(Terms)}
