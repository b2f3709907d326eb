"""Days and moments as our own letters, notices and lists write them, in English on every machine: 3 March 2026."""

from datetime import date, datetime, timedelta

from therapymail.domain.local_days import clock_at, is_end_of_day

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS_FROM = timedelta(days=2)  # shorter spans are told in hours


def day_in_words(day: date) -> str:
    """`day` in English, whatever the locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def days_in_words(first: date, last: date) -> str:
    """The days from `first` to `last`: 3 to 9 March 2026, 28 February to 6 March 2026."""
    if first == last:
        return day_in_words(first)
    begins = day_in_words(first)
    if first.year == last.year:
        begins = str(first.day) if first.month == last.month else begins.rsplit(" ", 1)[0]
    return f"{begins} to {day_in_words(last)}"


def weekday_in_words(day: date, *, year: bool = False) -> str:
    """`day` with its weekday: Tuesday 3 March; with its `year` where it may be long ago."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")


def moment_in_words(moment: datetime, zone: str, *, year: bool = False) -> str:
    """`moment` on the clock of `zone`: Tuesday 3 March, 18:00; where a day ends: the end of Tuesday 3 March."""
    there = clock_at(moment, zone)
    if is_end_of_day(moment, zone):
        return f"the end of {weekday_in_words(there.date() - timedelta(days=1), year=year)}"
    return f"{weekday_in_words(there.date(), year=year)}, {there:%H:%M}"


def moment_for_both(moment: datetime, own_zone: str, client_zone: str, *, year: bool = False) -> str:
    """`moment` on the therapist's clock and, where it shows another time, on the client's (F54).

    "Saturday 29 March, 01:12 (Friday 28 March, 21:12 in New York)"; of the same day the hour alone is repeated.
    """
    zone = client_zone or own_zone
    here, there, said = clock_at(moment, own_zone), clock_at(moment, zone), moment_in_words(moment, own_zone, year=year)
    if here == there:
        return said
    is_end = is_end_of_day(moment, own_zone) or is_end_of_day(moment, zone)
    theirs = moment_in_words(moment, zone) if is_end or here.date() != there.date() else f"{there:%H:%M}"
    return f"{said} ({theirs} in {place_of_zone(zone)})"


def place_of_zone(zone: str) -> str:
    """The place that names a time zone: New York."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def span_in_words(span: timedelta) -> str:
    """How long `span` is, told calmly and rounded down: 40 minutes, 9 hours, 3 days; never less than a minute."""
    length = abs(span)
    if length >= _DAYS_FROM:
        return _counted(length.days, "day")
    hours = length // timedelta(hours=1)
    return _counted(hours, "hour") if hours else _counted(max(1, length // timedelta(minutes=1)), "minute")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
