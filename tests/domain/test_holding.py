"""F16: a hold lasts until the next morning; office hours are what the practice says."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.holding import (
    SHORTEST_NIGHT,
    OfficeSpan,
    hold_ends,
    next_morning,
    next_office_moment,
    office_spans,
)
from therapymail.errors import UnusableInput

ZONES = st.sampled_from(["Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"])
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
EIGHT = time(8)


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2025-01-07T18:00", "2025-01-08T08:00"),
        ("2025-01-07T09:00", "2025-01-08T08:00"),
        ("2025-01-08T01:00", "2025-01-08T08:00"),
        ("2025-01-08T06:30", "2025-01-09T08:00"),
        ("2025-03-29T18:00", "2025-03-30T08:00"),
        ("2025-10-25T18:00", "2025-10-26T08:00"),
    ],
)
def test_F16_a_hold_ends_on_the_next_morning(now: str, morning: str) -> None:
    assert hold_ends(london(now), None, "08:00", "Europe/London") == london(morning)


def test_F16_hours_that_are_set_are_hours() -> None:
    assert hold_ends(london("2025-01-07T18:00"), 1.5, "08:00", "UTC") == london("2025-01-07T19:30")


@settings(max_examples=60)
@given(MOMENTS, ZONES, st.times())
def test_F16_the_next_morning_is_at_its_hour_and_never_sooner_than_a_short_night(
    now: datetime, zone: str, at: time
) -> None:
    morning = next_morning(now, at, zone)
    assert SHORTEST_NIGHT <= morning - now <= SHORTEST_NIGHT + timedelta(hours=25)


def test_office_hours_are_read() -> None:
    assert office_spans("sat 10:00-12:00, mon-tue 9:00-17:30") == (
        OfficeSpan(0, time(9), time(17, 30)),
        OfficeSpan(1, time(9), time(17, 30)),
        OfficeSpan(5, time(10), time(12)),
    )
    assert [span.weekday for span in office_spans("fri-mon 09:00-10:00")] == [0, 4, 5, 6]


@pytest.mark.parametrize("text", ["", "mon", "mon 9-17", "mon 17:00-09:00", "xyz 09:00-17:00", "mon 09:00-24:00", ","])
def test_office_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(UnusableInput):
        office_spans(text)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2025-01-07T10:00", "2025-01-07T10:00"),
        ("2025-01-07T08:00", "2025-01-07T09:00"),
        ("2025-01-10T17:00", "2025-01-13T09:00"),
        ("2025-03-29T12:00", "2025-03-31T09:00"),
    ],
)
def test_a_letter_leaves_in_office_hours(now: str, leaves: str) -> None:
    spans = office_spans("mon-fri 09:00-17:00")
    assert next_office_moment(london(now), spans, "Europe/London") == london(leaves)


@settings(max_examples=60)
@given(MOMENTS, ZONES)
def test_the_next_office_moment_lies_within_a_week_and_on_an_office_day(now: datetime, zone: str) -> None:
    moment = next_office_moment(now, office_spans("wed 09:00-17:00"), zone)
    assert timedelta(0) <= moment - now <= timedelta(days=7, hours=1)
    assert moment.astimezone(ZoneInfo(zone)).weekday() == 2


@settings(max_examples=60)
@given(st.text(max_size=40))
def test_any_text_is_office_hours_or_refused_in_a_sentence(text: str) -> None:
    try:
        spans = office_spans(text)
    except UnusableInput:
        return
    assert spans
