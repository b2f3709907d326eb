"""A query settled for one moment and one list of feelings: what `last:` and `feeling:` mean there."""

import calendar
from datetime import date, timedelta

from therapymail.domain.feelings import Feelings
from therapymail.domain.query import (
    All,
    Any,
    Field,
    Filter,
    Has,
    Is,
    Last,
    Length,
    Not,
    Query,
    Relation,
    Unit,
    When,
    leaves,
)

_EARLIEST = date(1, 1, 2)
_OF_EXCHANGES = frozenset(map(str, Is))


def settled(query: Query, today: date, feelings: Feelings) -> Query:
    """`query` without `last:`, and with a family of feelings as any of its words; `today` is the therapist's day."""
    match query:
        case Last(count, unit):
            first = day_before(today, count, unit)
            return Not(When(Relation.BEFORE, first, first + timedelta(days=1)))
        case Filter(Field.FEELING, value):
            words = [word for word, family in feelings.family_of.items() if family == value]
            named = tuple(Filter(Field.FEELING, word) for word in dict.fromkeys([value, *words]))
            return named[0] if len(named) == 1 else Any(named)
        case Not(part):
            return Not(settled(part, today, feelings))
        case All(parts):
            return All(tuple(settled(part, today, feelings) for part in parts))
        case Any(parts):
            return Any(tuple(settled(part, today, feelings) for part in parts))
        case _:
            return query


def day_before(day: date, count: int, unit: Unit) -> date:
    """The day so many days, weeks, months or years before `day`; in a shorter month its last, never before year 1."""
    if unit in {Unit.DAYS, Unit.WEEKS}:
        days = count * (7 if unit is Unit.WEEKS else 1)
        return max(_EARLIEST, date.fromordinal(max(1, day.toordinal() - days)))
    months = day.year * 12 + day.month - 1 - count * (12 if unit is Unit.YEARS else 1)
    year, month = divmod(months, 12)
    if year < 1:
        return _EARLIEST
    return max(_EARLIEST, date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1])))


def asks_feelings(query: Query) -> bool:
    """Whether the list of feelings is needed."""
    return any(isinstance(each, Filter) and each.field is Field.FEELING for each in leaves(query))


def asks_exchanges(query: Query) -> bool:
    """Whether `query` looks at exchanges, which are found only after letters were filed."""
    return any(
        isinstance(each, Filter) and (each.field is Field.EXCHANGE or _is_of_exchange(each)) for each in leaves(query)
    )


def asks_later_filters(query: Query) -> bool:
    """Whether `query` looks at what the first versions did not keep in the index."""
    return asks_exchanges(query) or any(isinstance(each, Length) or _is_later(each) for each in leaves(query))


def _is_later(query: Query) -> bool:
    match query:
        case Filter(Field.CUE | Field.FEELING):
            return True
        case Filter(Field.HAS, value):
            return value == Has.NOTE
        case _:
            return False


def _is_of_exchange(query: Filter) -> bool:
    return query.field is Field.IS and query.value in _OF_EXCHANGES
