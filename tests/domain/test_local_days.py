"""Windows and letter days by local days, held against a slow reference that looks at the clock minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.local_days import (
    after_days,
    after_hours,
    day_after,
    end_of_day,
    local_day,
    local_hour,
    moment_of,
    weekday_from,
)

LONDON, NEW_YORK = "Europe/London", "America/New_York"
# With and without changes; half hours and quarters; a change of half an hour, changes at midnight, a day left out.
ZONES = (
    LONDON,
    NEW_YORK,
    "UTC",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "America/Havana",
    "America/Santiago",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Pacific/Chatham",
)
_MINUTE = timedelta(minutes=1)
zones = st.sampled_from(ZONES)
moments = st.integers(0, 24 * 365 * 24 * 60).map(lambda minutes: datetime(2008, 1, 1, tzinfo=UTC) + minutes * _MINUTE)
times = st.builds(time, st.integers(0, 23), st.integers(0, 59))


def _clock(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _stepped(day: date, at: time, zone: str) -> datetime:
    """The reference: look at the clock every minute from the day before on, until it shows the time or later."""
    wanted = datetime.combine(day, at)
    moment = wanted.replace(tzinfo=UTC) - timedelta(hours=16)
    while _clock(moment, zone) < wanted:
        moment += _MINUTE
    return moment


@given(st.dates(date(2008, 1, 1), date(2032, 1, 1)), times, zones)
@settings(max_examples=40, deadline=None)
def test_F54_a_time_of_day_is_the_first_minute_at_which_the_clock_has_reached_it(
    day: date, at: time, zone: str
) -> None:
    assert moment_of(day, at, zone) == _stepped(day, at, zone)


@pytest.mark.parametrize(
    ("day", "zone"),
    [
        (date(2025, 3, 30), LONDON),
        (date(2025, 10, 26), LONDON),
        (date(2025, 3, 9), NEW_YORK),
        (date(2025, 11, 2), NEW_YORK),
        (date(2025, 10, 5), "Australia/Lord_Howe"),
        (date(2025, 4, 6), "Australia/Lord_Howe"),
        (date(2025, 3, 30), "Asia/Beirut"),
        (date(2025, 10, 25), "Asia/Beirut"),
        (date(2025, 9, 7), "America/Santiago"),
        (date(2025, 11, 2), "America/Havana"),
        (date(2011, 12, 30), "Pacific/Apia"),
    ],
)
def test_F54_every_quarter_of_an_hour_of_a_day_on_which_clocks_change(day: date, zone: str) -> None:
    for quarter in range(24 * 4 + 1):
        at = datetime.combine(day, time()) + quarter * timedelta(minutes=15)
        assert moment_of(at.date(), at.time(), zone) == _stepped(at.date(), at.time(), zone), at


@given(moments, st.integers(0, 15), st.none() | times, zones)
@settings(max_examples=25, deadline=None)
def test_F54_a_window_of_days_ends_on_that_day_of_the_clock(
    received: datetime, days: int, by: time | None, zone: str
) -> None:
    last = local_day(received, zone) + timedelta(days=days)
    expected = _stepped(last, by, zone) if by else _stepped(last + timedelta(days=1), time(), zone)
    assert after_days(received, days, by, zone) == expected


@given(moments, st.integers(0, 15), zones)
def test_F54_without_an_hour_the_whole_last_day_is_left(received: datetime, days: int, zone: str) -> None:
    due = after_days(received, days, None, zone)
    assert due > received
    assert _clock(due, zone).date() > local_day(received, zone) + timedelta(days=days)


@given(moments, st.integers(1, 15), times, zones)
def test_F54_a_later_letter_is_never_due_earlier(received: datetime, days: int, by: time, zone: str) -> None:
    later = received + timedelta(hours=7)
    assert after_days(later, days, by, zone) >= after_days(received, days, by, zone)


def test_F54_two_days_to_six_o_clock_over_the_change_in_london() -> None:
    received = datetime(2025, 3, 28, 19, 30, tzinfo=UTC)  # a Friday evening; clocks go forward on Sunday
    assert after_days(received, 2, time(18), LONDON) == datetime(2025, 3, 30, 17, tzinfo=UTC)
    assert after_days(received, 1, time(18), LONDON) == datetime(2025, 3, 29, 18, tzinfo=UTC)
    assert after_hours(received, 48) == datetime(2025, 3, 30, 19, 30, tzinfo=UTC)  # 20:30 there: 48 hours pass
    assert local_hour(after_hours(received, 48), LONDON) == 20


def test_F54_two_days_to_six_o_clock_over_the_change_in_new_york() -> None:
    received = datetime(2025, 3, 7, 23, 30, tzinfo=UTC)  # Friday 18:30; clocks go forward on Sunday
    assert after_days(received, 1, time(18), NEW_YORK) == datetime(2025, 3, 8, 23, tzinfo=UTC)
    assert after_days(received, 2, time(18), NEW_YORK) == datetime(2025, 3, 9, 22, tzinfo=UTC)
    assert after_days(received, 2, None, NEW_YORK) == datetime(2025, 3, 10, 4, tzinfo=UTC)


def test_F54_a_skipped_hour_is_reached_when_the_clock_jumps_over_it() -> None:
    assert moment_of(date(2025, 3, 30), time(1, 30), LONDON) == datetime(2025, 3, 30, 1, tzinfo=UTC)
    assert moment_of(date(2025, 3, 9), time(2, 30), NEW_YORK) == datetime(2025, 3, 9, 7, tzinfo=UTC)


def test_F54_of_an_hour_that_comes_twice_the_first_counts() -> None:
    assert moment_of(date(2025, 10, 26), time(1, 30), LONDON) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert moment_of(date(2025, 11, 2), time(1, 30), NEW_YORK) == datetime(2025, 11, 2, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2025, 3, 30), LONDON, 23),
        (date(2025, 10, 26), LONDON, 25),
        (date(2025, 3, 9), NEW_YORK, 23),
        (date(2025, 11, 2), NEW_YORK, 25),
        (date(2025, 3, 30), NEW_YORK, 24),
        (date(2025, 3, 30), "Asia/Kolkata", 24),
    ],
)
def test_F54_a_day_has_as_many_hours_as_it_has(day: date, zone: str, hours: int) -> None:
    assert end_of_day(day, zone) - end_of_day(day - timedelta(days=1), zone) == timedelta(hours=hours)


def test_F54_a_day_that_a_calendar_left_out_is_over_when_it_would_begin() -> None:
    left_out = date(2011, 12, 30)
    assert end_of_day(left_out, "Pacific/Apia") == end_of_day(left_out - timedelta(days=1), "Pacific/Apia")


def test_F54_half_past_eleven_on_tuesday_in_new_york_is_tuesday_for_the_client() -> None:
    sent = datetime(2025, 3, 19, 3, 30, tzinfo=UTC)
    assert local_day(sent, NEW_YORK) == date(2025, 3, 18)
    assert local_day(sent, LONDON) == date(2025, 3, 19)
    assert weekday_from(local_day(sent, NEW_YORK), 1) == date(2025, 3, 18)


@given(st.dates(max_value=date(9999, 12, 1)), st.integers(0, 6))
def test_a_letter_day_is_the_next_such_weekday_or_the_day_itself(day: date, weekday: int) -> None:
    found = weekday_from(day, weekday)
    assert found.weekday() == weekday
    assert 0 <= (found - day).days < 7


@given(st.dates(date(2008, 1, 1), date(2032, 1, 1)), zones)
def test_days_follow_each_other_without_a_hole(day: date, zone: str) -> None:
    ends = [end_of_day(day + timedelta(days=each), zone) for each in range(4)]
    assert all(before <= after for before, after in pairwise(ends))
    assert all(
        local_day(end - timedelta(microseconds=1), zone) <= day + timedelta(days=each) for each, end in enumerate(ends)
    )


def test_the_ends_of_the_calendar_are_no_error() -> None:
    last, first = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    for zone in ZONES:
        for moment in (last, first, last - timedelta(hours=3), first + timedelta(hours=3)):
            assert after_hours(moment, 10_000) >= moment
            assert after_days(moment, 400, None, zone).tzinfo is UTC
            assert after_days(moment, 400, time(18), zone).tzinfo is UTC
    assert end_of_day(date.max, LONDON) == last
    assert day_after(date.max, 1) == date.max
    assert weekday_from(date.max, 0) <= date.max
