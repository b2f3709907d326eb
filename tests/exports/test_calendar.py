"""F05: due dates for a calendar, read again by the library that wrote them and by a reader of our own."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from therapymail.domain.clocks import DueDate, DueDateKind
from therapymail.exports.calendar import due_dates_calendar

NOW = datetime(2025, 3, 31, 9, tzinfo=UTC)
_SUMMARIES = {"A response is due", "A letter is expected", "A review is due"}
IDENTITY = "5f" * 16


def _due(kind: DueDateKind = DueDateKind.RESPONSE, moment: datetime = NOW, exchange: int = 13) -> DueDate:
    return DueDate(kind, IDENTITY, "LINDEN", exchange, moment)


@dataclass
class _Component:
    """A component as RFC 5545 section 3.1 and 3.4 have it: its name, properties in order, and components inside."""

    name: str
    properties: list[tuple[str, str]] = field(default_factory=list)
    inside: list["_Component"] = field(default_factory=list)

    def one(self, name: str) -> str:
        [value] = [value for found, value in self.properties if found == name]
        return value


def _read(raw: bytes) -> _Component:
    """The second reader, made from the RFC alone: unfolds lines, nests BEGIN and END, and refuses what is neither."""
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    stack = [_Component("")]
    for line in raw.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n"):
        matched = re.fullmatch(r"([A-Z-]+)((?:;[A-Z-]+=[^;:]*)*):(.*)", line)
        assert matched, line
        name, value = matched[1] + matched[2], matched[3]
        if name == "BEGIN":
            stack.append(_Component(value))
        elif name == "END":
            ended = stack.pop()
            assert ended.name == value
            stack[-1].inside.append(ended)
        else:
            stack[-1].properties.append((name, value))
    [root] = stack
    [calendar] = root.inside
    return calendar


def _by_the_library(raw: bytes) -> list[tuple[str, datetime]]:
    """UID and beginning of each event as icalendar reads them."""
    return [(str(event.decoded("UID")), event.decoded("DTSTART")) for event in Calendar.from_ical(raw).walk("VEVENT")]


def _moment(value: str) -> datetime:
    assert re.fullmatch(r"\d{8}T\d{6}Z", value), "UTC, so that no time zone has to be described"
    return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def test_F05_a_calendar_holds_each_due_date_once_at_its_moment() -> None:
    dates = [_due(kind, NOW + timedelta(hours=hours)) for hours, kind in enumerate(DueDateKind)]
    read = _read(due_dates_calendar(dates, NOW))
    assert (read.name, read.one("VERSION")) == ("VCALENDAR", "2.0")
    assert [event.name for event in read.inside] == ["VEVENT"] * 3
    assert [_moment(event.one("DTSTART")) for event in read.inside] == [each.moment for each in dates]
    assert {event.one("SUMMARY") for event in read.inside} == _SUMMARIES
    assert all(_moment(event.one("DTSTAMP")) == NOW for event in read.inside)


def test_F05_a_calendar_names_nobody_unless_codes_are_asked_for() -> None:
    without = due_dates_calendar([_due()], NOW)
    assert b"LINDEN" not in without
    assert IDENTITY.encode() not in without
    assert {name for name, _ in _read(without).inside[0].properties} == {
        *("UID", "DTSTAMP", "DTSTART", "SUMMARY", "CLASS", "TRANSP")
    }
    assert _read(due_dates_calendar([_due()], NOW, codes=True)).inside[0].one("SUMMARY") == "LINDEN: A response is due"


def test_F05_an_event_keeps_its_uid_when_its_date_moves() -> None:
    def uid(date: DueDate) -> str:
        return _read(due_dates_calendar([date], NOW)).inside[0].one("UID")

    assert uid(_due()) == uid(_due(moment=NOW + timedelta(days=3)))
    others = [_due(exchange=14), _due(DueDateKind.LETTER), _due()._replace(identity="60" * 16)]
    assert len({uid(each) for each in (_due(), *others)}) == 4


def test_F54_a_due_date_shows_the_right_hour_on_both_clocks_in_the_weeks_between_the_changes() -> None:
    # New York changed on 9 March 2025 and London on 30 March: four hours apart in between, five on either side.
    for due, london, new_york in (
        (datetime(2025, 3, 8, 23, tzinfo=UTC), "23:00", "18:00"),
        (datetime(2025, 3, 10, 22, tzinfo=UTC), "22:00", "18:00"),
        (datetime(2025, 3, 30, 22, tzinfo=UTC), "23:00", "18:00"),
    ):
        [(_, start)] = _by_the_library(due_dates_calendar([_due(moment=due)], NOW))
        assert f"{start.astimezone(ZoneInfo('Europe/London')):%H:%M}" == london
        assert f"{start.astimezone(ZoneInfo('America/New_York')):%H:%M}" == new_york


dates = st.builds(
    DueDate,
    st.sampled_from(DueDateKind),
    st.binary(min_size=16, max_size=16).map(bytes.hex),
    st.from_regex(r"[A-Z][A-Z0-9]{1,15}", fullmatch=True),
    st.integers(1, 500),
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)


@given(st.lists(dates, max_size=12), st.booleans())
@settings(max_examples=40, deadline=None)
def test_F05_what_is_written_reads_again_in_two_readers(found: list[DueDate], codes: bool) -> None:
    raw = due_dates_calendar(found, NOW, codes=codes)
    ours = [(event.one("UID"), _moment(event.one("DTSTART"))) for event in _read(raw).inside]
    assert ours == _by_the_library(raw)
    assert [moment for _, moment in ours] == [each.moment.replace(microsecond=0) for each in found]
    assert Calendar.from_ical(raw).to_ical() == raw
