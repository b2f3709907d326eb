"""How long ago something was, told as people do: today, 5 days ago, 9 weeks ago; by days of the calendar."""

from collections.abc import Sequence
from datetime import date

_DAYS_UNTIL = 14  # from so many days on it is told in weeks
_WEEK, _YEAR = 7, 365.25
_YEARS_FROM = 2  # from so many years on it is told in years


def ago_in_words(day: date, today: date) -> str:
    """How long before `today` a `day` was, rounded down; a day to come is "today": clocks differ."""
    days = (today - day).days
    if days < 1:
        return "today"
    if days == 1:
        return "yesterday"
    if days < _DAYS_UNTIL:
        return f"{days} days ago"
    years = int(days / _YEAR)
    return f"{days // _WEEK} weeks ago" if years < _YEARS_FROM else f"{years} years ago"


def reread_in_words(days: Sequence[date], today: date) -> str:
    """How often a letter was read again, and when last: "twice, last 3 weeks ago"; empty for never."""
    if not days:
        return ""
    if len(days) == 1:
        return f"once, {ago_in_words(days[-1], today)}"
    times = "twice" if len(days) == 2 else f"{len(days)} times"
    return f"{times}, last {ago_in_words(days[-1], today)}"
