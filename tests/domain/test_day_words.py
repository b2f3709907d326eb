"""F54: days and moments in words, on one clock and on both."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapymail.domain.day_words import (
    days_in_words,
    moment_for_both,
    moment_in_words,
    place_of_zone,
    span_in_words,
    weekday_in_words,
)

LONDON, NEW_YORK = "Europe/London", "America/New_York"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 3, 3), date(2026, 3, 3), "3 March 2026"),
        (date(2026, 3, 3), date(2026, 3, 9), "3 to 9 March 2026"),
        (date(2026, 2, 28), date(2026, 3, 6), "28 February to 6 March 2026"),
        (date(2025, 12, 29), date(2026, 1, 4), "29 December 2025 to 4 January 2026"),
    ],
)
def test_days_are_told_without_saying_anything_twice(first: date, last: date, words: str) -> None:
    assert days_in_words(first, last) == words


def test_a_weekday_stands_without_its_year() -> None:
    assert weekday_in_words(date(2025, 1, 9)) == "Thursday 9 January"


@pytest.mark.parametrize(
    ("moment", "zone", "words"),
    [
        (datetime(2025, 3, 30, 17, tzinfo=UTC), LONDON, "Sunday 30 March, 18:00"),
        (datetime(2025, 3, 30, 0, tzinfo=UTC), LONDON, "the end of Saturday 29 March"),
        (datetime(2025, 3, 30, 23, tzinfo=UTC), LONDON, "the end of Sunday 30 March"),  # a day of 23 hours
        (datetime(2025, 3, 31, 0, tzinfo=UTC), LONDON, "Monday 31 March, 01:00"),
        (datetime(2025, 3, 12, 4, tzinfo=UTC), NEW_YORK, "the end of Tuesday 11 March"),
        (datetime(2025, 3, 29, 22, tzinfo=UTC), "Asia/Beirut", "the end of Saturday 29 March"),  # midnight is skipped
        (datetime(2025, 3, 29, 18, 30, tzinfo=UTC), "Asia/Kolkata", "the end of Saturday 29 March"),
    ],
)
def test_F54_a_moment_on_one_clock(moment: datetime, zone: str, words: str) -> None:
    assert moment_in_words(moment, zone) == words


@pytest.mark.parametrize(
    ("moment", "client_zone", "words"),
    [
        (datetime(2025, 1, 9, 18, tzinfo=UTC), LONDON, "Thursday 9 January, 18:00"),
        (datetime(2025, 1, 9, 18, tzinfo=UTC), "Europe/Lisbon", "Thursday 9 January, 18:00"),  # another name, one clock
        (datetime(2025, 1, 9, 18, tzinfo=UTC), NEW_YORK, "Thursday 9 January, 18:00 (13:00 in New York)"),
        (datetime(2025, 3, 20, 18, tzinfo=UTC), NEW_YORK, "Thursday 20 March, 18:00 (14:00 in New York)"),
        (
            datetime(2025, 3, 29, 1, 12, tzinfo=UTC),
            NEW_YORK,
            "Saturday 29 March, 01:12 (Friday 28 March, 21:12 in New York)",
        ),
        (
            datetime(2025, 3, 12, 4, tzinfo=UTC),
            NEW_YORK,
            "Wednesday 12 March, 04:00 (the end of Tuesday 11 March in New York)",
        ),
        (datetime(2025, 1, 9, 18, tzinfo=UTC), "", "Thursday 9 January, 18:00"),
    ],
)
def test_F54_a_moment_on_both_clocks(moment: datetime, client_zone: str, words: str) -> None:
    assert moment_for_both(moment, LONDON, client_zone) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(), "1 minute"),
        (timedelta(seconds=59), "1 minute"),
        (timedelta(minutes=59, seconds=59), "59 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=47, minutes=59), "47 hours"),
        (timedelta(hours=48), "2 days"),
        (timedelta(days=-9), "9 days"),
    ],
)
def test_a_span_is_told_rounded_down(span: timedelta, words: str) -> None:
    assert span_in_words(span) == words


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from((LONDON, NEW_YORK, "Asia/Kathmandu", "Pacific/Apia", "UTC")),
)
def test_every_moment_of_the_calendar_has_its_words(moment: datetime, zone: str) -> None:
    assert moment_for_both(moment, zone, LONDON).startswith(moment_in_words(moment, zone))
    assert place_of_zone(zone) in {"London", "New York", "Kathmandu", "Apia", "UTC"}
