"""Moments by local days: when a promised window ends and when a letter day does, right where clocks change.

Hours are hours that pass. Days are days of the calendar in one zone, of 23, 24 or 25 hours. A time of day that a
clock skips is reached when it jumps over it; of one that it shows twice, the first counts: a promise is never due
later than somebody with that clock on the wall could think (PRODUCT, dates are trust-critical; F54).
Pure; every moment is UTC, every zone an IANA name.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)
_REMEMBERED = 4096  # many clients share the days of few zones
_LAST_MOMENT = datetime.max.replace(tzinfo=UTC)


def clock_at(moment: datetime, zone: str) -> datetime:
    """What a clock in `zone` shows at `moment`: day and time, naive."""
    return _local(moment, ZoneInfo(zone))


def local_day(moment: datetime, zone: str) -> date:
    """The calendar day of `moment` in `zone`."""
    return clock_at(moment, zone).date()


def local_hour(moment: datetime, zone: str) -> int:
    """The hour of the day (0 to 23) that a clock in `zone` shows at `moment`."""
    return clock_at(moment, zone).hour


@lru_cache(maxsize=_REMEMBERED)
def moment_of(day: date, at: time, zone: str) -> datetime:
    """The first moment at which a clock in `zone` has reached the time `at` of `day`."""
    there = ZoneInfo(zone)
    wanted = datetime.combine(day, at.replace(tzinfo=None, fold=0))
    try:
        latest = wanted.replace(tzinfo=there).astimezone(UTC)
        earliest = wanted.replace(tzinfo=there, fold=1).astimezone(UTC)
    except OverflowError:  # the first and last days of the calendar have no neighbours
        return wanted.replace(tzinfo=UTC)
    if _local(latest, there) == wanted:
        return latest
    return _first_reaching(wanted, there, earliest, latest)  # the clock jumps over it


def end_of_day(day: date, zone: str) -> datetime:
    """The moment at which `day` is over in `zone`: the first of the next day."""
    return _LAST_MOMENT if day == date.max else moment_of(day + timedelta(days=1), time(), zone)


def is_end_of_day(moment: datetime, zone: str) -> bool:
    """Whether `moment` is the one at which a day ends and the next begins in `zone`."""
    day = local_day(moment, zone)
    return day > date.min and end_of_day(day - timedelta(days=1), zone) == moment


def after_hours(moment: datetime, hours: int) -> datetime:
    """The moment so many hours after `moment`, whatever clocks did meanwhile."""
    try:
        return moment + timedelta(hours=hours)
    except OverflowError:
        return _LAST_MOMENT


def after_days(moment: datetime, days: int, by: time | None, zone: str) -> datetime:
    """When the day that comes `days` days after that of `moment` has reached `by` in `zone`; without `by`, is over."""
    last = day_after(local_day(moment, zone), days)
    return end_of_day(last, zone) if by is None else moment_of(last, by, zone)


def day_after(day: date, days: int) -> date:
    """The day so many days after `day`; the last of the calendar where it ends before."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max


def weekday_from(day: date, weekday: int) -> date:
    """The first day from `day` on (itself included) that is a `weekday` (0 is Monday)."""
    return day_after(day, (weekday - day.weekday()) % 7)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """What a clock in `zone` shows at `moment`, without its zone."""
    try:
        return moment.astimezone(zone).replace(tzinfo=None, fold=0)
    except OverflowError:
        return moment.replace(tzinfo=None, fold=0)


def _first_reaching(wanted: datetime, zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first whole second after `before` at which the clock shows `wanted` or later; at `after` it does."""
    low, high = 0, -(-(after - before) // _SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        if _local(before + middle * _SECOND, zone) >= wanted:
            high = middle
        else:
            low = middle
    return before + high * _SECOND
