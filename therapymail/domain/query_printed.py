"""A query as text again, in one form: what is printed is read as the same query."""

import re
from datetime import date, timedelta

from therapymail.domain.query import All, Any, Filter, Last, Length, Not, Phrase, Prefix, Query, When, Word

_NEEDS_QUOTES = re.compile(r"[\s()]")


def as_text(query: Query) -> str:
    """`query` as a person could have typed it; `read_query` gives it back where it came from there."""
    match query:
        case Word(text):
            return text
        case Phrase(text):
            return f'"{text}"'
        case Prefix(text):
            return f"{text}*" if text.isalnum() else f'"{text}"*'
        case Filter(field, value):
            return f'{field}:"{value}"' if _NEEDS_QUOTES.search(value) else f"{field}:{value}"
        case When(relation, first, end):
            return f"{relation}:{_period(first, end)}"
        case Last(count, unit):
            return f"last:{count}{unit}"
        case Length(least, most):
            return f"words:{_length(least, most)}"
        case Not(part):
            return f"-{_bracketed(part)}"
        case All(parts):
            return " ".join(_bracketed(part) for part in parts)
        case Any(parts):
            return " OR ".join(f"({as_text(part)})" if isinstance(part, Any) else as_text(part) for part in parts)


def _bracketed(query: Query) -> str:
    return f"({as_text(query)})" if isinstance(query, All | Any) else as_text(query)


def _period(first: date, end: date) -> str:
    if end - first == timedelta(days=1):
        return first.isoformat()
    is_year = (first.month, first.day) == (end.month, end.day)
    return f"{first.year:04d}" if is_year else f"{first.year:04d}-{first.month:02d}"


def _length(least: int, most: int | None) -> str:
    if most is None:
        return f">{least - 1}" if least else ">=0"
    if least == most:
        return f"{least}"
    return f"{least}..{most}" if least else f"<={most}"
