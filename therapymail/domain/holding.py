"""When a hold ends by the practice's settings (until the next morning, or hours), and when office hours are. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from therapymail.domain.local_days import clock_at, day_after, local_day, moment_of
from therapymail.errors import UnusableInput

SHORTEST_NIGHT = timedelta(hours=4)
"""A morning that comes sooner is not the next one: a hold is for letting first feelings settle (DOMAIN, the craft)."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK = 7
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_SPAN = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? +(\d{1,2}:\d{2})-(\d{1,2}:\d{2})")
_HOURS_SHAPE = "it must look like mon-fri 09:00-17:00, sat 10:00-12:00"


class OfficeSpan(NamedTuple):
    """Hours of one day of the week (0 is Monday), local times; `until` is later than `since`."""

    weekday: int
    since: time
    until: time


def typed_time(text: str) -> time:
    """The time of day that `08:00` names. Raises UnusableInput."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise UnusableInput("time", "it must look like 08:00")
    return time(int(found[1]), int(found[2]))


def office_spans(text: str) -> tuple[OfficeSpan, ...]:
    """The hours that `mon-fri 09:00-17:00, sat 10:00-12:00` names, in the order of the week. Raises UnusableInput."""
    spans: list[OfficeSpan] = []
    for part in filter(None, (part.strip() for part in text.lower().split(","))):
        found = _SPAN.fullmatch(part)
        if not found or found[1] not in _DAYS or (found[2] or found[1]) not in _DAYS:
            raise UnusableInput("office hours", _HOURS_SHAPE)
        first, last = _DAYS.index(found[1]), _DAYS.index(found[2] or found[1])
        since, until = typed_time(found[3]), typed_time(found[4])
        if since >= until:
            raise UnusableInput("office hours", "they end after they begin, on the same day")
        spans += [OfficeSpan((first + step) % _WEEK, since, until) for step in range((last - first) % _WEEK + 1)]
    if not spans:
        raise UnusableInput("office hours", _HOURS_SHAPE)
    return tuple(sorted(spans))


def hold_ends(now: datetime, hold_hours: float | None, hold_until: str, zone: str) -> datetime:
    """When a hold that begins at `now` (UTC) is over: after `hold_hours`, or where that is None the next morning.

    Raises UnusableInput for a time that is none.
    """
    if hold_hours is not None:
        return now + timedelta(hours=hold_hours)
    return next_morning(now, typed_time(hold_until), zone)


def next_morning(now: datetime, at: time, zone: str) -> datetime:
    """The first time after `now` that a clock in `zone` shows `at`, no sooner than four hours from now."""
    today = local_day(now, zone)
    mornings = (moment_of(day_after(today, days), at, zone) for days in range(3))
    return next(morning for morning in mornings if morning - now >= SHORTEST_NIGHT)


def next_office_moment(now: datetime, spans: Sequence[OfficeSpan], zone: str) -> datetime:
    """`now` where it is within office hours, else when they begin next; `spans` are not empty."""
    today = local_day(now, zone)
    clock = clock_at(now, zone)
    for days in range(_WEEK + 2):
        day = day_after(today, days)
        for span in spans:
            if span.weekday != day.weekday():
                continue
            begins = moment_of(day, span.since, zone)
            if begins > now:
                return begins
            if days == 0 and clock.time() < span.until:
                return now
    raise AssertionError("a week has a day with office hours")
