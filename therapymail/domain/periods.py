"""Periods: the weeks, months or years that the columns of a timeline stand for, in the client's own days. Pure."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

MOST_WEEKS = 104
MOST_MONTHS = 240
_WEEK = timedelta(days=7)


class Step(StrEnum):
    """How long one column of the timeline is."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Span(NamedTuple):
    """One period: its first day, and the first day after it."""

    first: date
    end: date


def day_of(moment: datetime, zone: tzinfo) -> date:
    """The calendar day of `moment` where the client lives."""
    try:
        return moment.astimezone(zone).date()
    except OverflowError:  # the first and last days of the calendar have no neighbours
        return moment.date()


def fitting_step(first: date, last: date, most: Mapping[Step, int] | None = None) -> Step:
    """Weeks; months beyond MOST_WEEKS of them, years beyond MOST_MONTHS; `most` may want fewer of either."""
    wanted = most or {}
    if last - first < min(MOST_WEEKS, wanted.get(Step.WEEK, MOST_WEEKS)) * _WEEK:
        return Step.WEEK
    months = (last.year - first.year) * 12 + last.month - first.month
    return Step.MONTH if months < min(MOST_MONTHS, wanted.get(Step.MONTH, MOST_MONTHS)) else Step.YEAR


def spans(step: Step, first: date, last: date) -> list[Span]:
    """Every period from the one of `first` to the one of `last`, each beginning where the one before ends."""
    found = []
    start = _start(step, first)
    while True:
        end = _next_start(step, start)
        found.append(Span(start, end))
        if end > last or end == date.max:
            return found
        start = end


def number_of(day: date, starts: Sequence[date]) -> int:
    """The number, from 1, of the period that `day` lies in; `starts` are the first days of all periods, in order."""
    return max(1, bisect_right(starts, day))


def _start(step: Step, day: date) -> date:
    match step:
        case Step.WEEK:  # begins on Monday (ISO 8601)
            return day - timedelta(days=min(day.weekday(), day.toordinal() - 1))
        case Step.MONTH:
            return day.replace(day=1)
        case Step.YEAR:
            return day.replace(month=1, day=1)


def _next_start(step: Step, start: date) -> date:
    try:
        match step:
            case Step.WEEK:
                return start + timedelta(days=7 - start.weekday())
            case Step.MONTH:
                return (start.replace(day=28) + timedelta(days=4)).replace(day=1)
            case Step.YEAR:
                return start.replace(year=start.year + 1)
    except (OverflowError, ValueError):
        return date.max
