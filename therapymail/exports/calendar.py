"""Due dates as an iCalendar file (RFC 5545): values in, text out, nothing in it that tells who the clients are.

Every moment is UTC, so that no time zone's rules need to travel with it and each calendar shows it on its own clock.
An event's UID is the same in every export, for any machine with the record, and is made from a random identity.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from therapymail.domain.clocks import DueDate, DueDateKind

_SUMMARY = {
    DueDateKind.RESPONSE: "A response is due",
    DueDateKind.LETTER: "A letter is expected",
    DueDateKind.REVIEW: "A review is due",
}
_PRODUCT = "-//therapymail//today//EN"
_UID_DIGITS = 32


def due_dates_calendar(dates: Iterable[DueDate], now: datetime, *, codes: bool = False) -> bytes:
    r"""The calendar of `dates` as it is at `now` (UTC), with `\\r\\n` line ends.

    Neither names nor codes stand in it; with `codes` the client's code begins each event's title. An event has no
    length and takes no time: it is when something is due (RFC 5545 section 3.6.1).
    """
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for each in dates:
        event = Event()
        event.add("uid", f"{_uid(each)}@therapymail.invalid")
        event.add("dtstamp", _whole_second(now))
        event.add("dtstart", _whole_second(each.moment))
        event.add("summary", f"{each.code}: {_SUMMARY[each.kind]}" if codes else _SUMMARY[each.kind])
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _uid(date: DueDate) -> str:
    """One for what is due, not for when: a due date that moves stays the same event."""
    return hashlib.sha256(f"{date.identity}:{date.kind.value}:{date.exchange}".encode()).hexdigest()[:_UID_DIGITS]


def _whole_second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
