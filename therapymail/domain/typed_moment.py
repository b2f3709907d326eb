"""A moment ahead as a person types it: 9:00, tomorrow 9:00, tue 14:30, 2025-04-01 09:00, 3h, or ISO 8601. Pure."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from therapymail.errors import UnusableInput

_WAIT = re.compile(r"(?:in )?(\d{1,4})\s?(m|min|minutes?|h|hours?|d|days?)")
_CLOCK = re.compile(r"(?:(?P<day>[a-z]+|\d{4}-\d{2}-\d{2})[ t,]+(?:at )?)?(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHAPES = "it must look like 9:00, tomorrow 9:00, tue 14:30, 2025-04-01 09:00 or 3h"


def typed_moment(text: str, now: datetime, zone: str) -> datetime:
    """The moment after `now` (UTC) that `text` means on the clock of `zone`. Raises UnusableInput.

    A time alone is the next such time; a weekday is the next such day, never today.
    """
    written = text.strip().lower()
    if wait := _WAIT.fullmatch(written):
        unit = {"m": "minutes", "h": "hours", "d": "days"}[wait[2][0]]
        if not int(wait[1]):
            raise UnusableInput("time", "it must lie ahead")
        return now + timedelta(**{unit: int(wait[1])})
    if found := _CLOCK.fullmatch(written):
        moment = _on_the_clock(found["day"], _time(int(found["hour"]), int(found["minute"])), now, ZoneInfo(zone))
    else:
        moment = _of_iso(written, ZoneInfo(zone))
    if moment <= now:
        raise UnusableInput("time", "it must lie ahead")
    return moment


def _of_iso(written: str, zone: ZoneInfo) -> datetime:
    """A moment in ISO 8601; on the clock of `zone` where it names none."""
    try:
        moment = datetime.fromisoformat(written.upper())
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnusableInput("time", _SHAPES) from None


def _time(hour: int, minute: int) -> time:
    try:
        return time(hour, minute)
    except ValueError:
        raise UnusableInput("time", _SHAPES) from None


def _on_the_clock(day: str | None, at: time, now: datetime, zone: ZoneInfo) -> datetime:
    today = now.astimezone(zone).date()
    if day is None:
        moment = _utc(today, at, zone)
        return moment if moment > now else _utc(today + timedelta(days=1), at, zone)
    return _utc(_date(day, today), at, zone)


def _date(day: str, today: date) -> date:
    if day in {"today", "tomorrow"}:
        return today + timedelta(days=1 if day == "tomorrow" else 0)
    named = [number for number, name in enumerate(_DAYS) if len(day) > 1 and name.startswith(day)]
    if named:
        return today + timedelta(days=(named[0] - today.weekday() - 1) % 7 + 1)
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise UnusableInput("time", _SHAPES) from None


def _utc(day: date, at: time, zone: ZoneInfo) -> datetime:
    try:
        return datetime.combine(day, at, zone).astimezone(UTC)
    except OverflowError:
        raise UnusableInput("time", _SHAPES) from None
