"""Durations as a person types them: 8h, 30m, 1h30m, 2d."""

import re

from therapymail.errors import UnusableInput

_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([dhm])")
_HOURS = {"d": 24.0, "h": 1.0, "m": 1 / 60}
LONGEST_HOURS = 7 * 24.0
_VALIDITY = re.compile(r"([0-9]{1,5})([dmy])")
_DAYS = {"d": 1, "m": 30, "y": 365}
LONGEST_DAYS = 3650


def hours_words(hours: float) -> str:
    """A duration as people say it: 8 hours, 30 minutes, 1.5 hours."""
    number, unit = (round(hours * 60), "minute") if hours < 1 else (round(hours, 2), "hour")
    return f"{number:g} {unit}{'' if number == 1 else 's'}"


def days_in(text: str) -> int:
    """A validity as people write it, in days: 2y, 18m, 90d; 0 for `never`. Raises UnusableInput."""
    if text.strip().lower() == "never":
        return 0
    found = _VALIDITY.fullmatch(text.strip().lower())
    days = int(found[1]) * _DAYS[found[2]] if found else 0
    if not 0 < days <= LONGEST_DAYS:
        raise UnusableInput("duration", "it must look like 2y, 18m or 90d, at most 10y, or be `never`")
    return days


def hours_in(text: str) -> float:
    """The duration in hours. Raises UnusableInput unless it is above zero and at most seven days."""
    parts = _PART.findall(text.strip().lower())
    if not parts or "".join(number + unit for number, unit in parts) != text.strip().lower():
        raise UnusableInput("duration", "it must look like 8h, 30m or 1h30m")
    hours = sum(float(number) * _HOURS[unit] for number, unit in parts)
    if not 0 < hours <= LONGEST_HOURS:
        raise UnusableInput("duration", "it must be above zero and at most 7d")
    return hours
