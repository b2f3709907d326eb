"""A moment as typed: the next such time on the therapist's clock, across changes of the clock, or one plain refusal."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.typed_moment import typed_moment
from therapymail.errors import UnusableInput

NOW = datetime(2025, 3, 27, 18, 30, tzinfo=UTC)  # a Thursday; London changes its clocks on Sunday the 30th


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("19:00", "2025-03-27T19:00Z"),
        ("9:00", "2025-03-28T09:00Z"),
        (" Tomorrow 9.15 ", "2025-03-28T09:15Z"),
        ("today 20:00", "2025-03-27T20:00Z"),
        ("mon 09:00", "2025-03-31T08:00Z"),
        ("thursday at 8:00", "2025-04-03T07:00Z"),
        ("2025-04-01 09:00", "2025-04-01T08:00Z"),
        ("2025-04-01T09:00", "2025-04-01T08:00Z"),
        ("2025-04-01T09:00:30", "2025-04-01T08:00:30Z"),
        ("2025-04-01T09:00Z", "2025-04-01T09:00Z"),
        ("2025-04-01t09:00+02:00", "2025-04-01T07:00Z"),
        ("3h", "2025-03-27T21:30Z"),
        ("in 2 days", "2025-03-29T18:30Z"),
    ],
)
def test_a_moment_is_read_on_the_therapists_clock(text: str, moment: str) -> None:
    assert typed_moment(text, NOW, "Europe/London") == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "25:00",
        "9:61",
        "0h",
        "today 9:00",
        "2025-02-30 9:00",
        "2024-01-01 9:00",
        "t 9:00",
        "9999-12-31T23:59-12:00",
        "2025-03-27T18:30Z",  # now itself
    ],
)
def test_what_is_no_moment_ahead_is_refused(text: str) -> None:
    with pytest.raises(UnusableInput):
        typed_moment(text, NOW, "Europe/London")


def test_a_moment_after_the_end_of_the_calendar_is_refused() -> None:
    for text in ("9999-12-31 23:59", "9999-12-31t23:59"):
        with pytest.raises(UnusableInput):
            typed_moment(text, NOW, "America/New_York")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30) | st.from_regex(r"(\d{4}-\d\d-\d\d |[a-z]{3} )?\d?\d:\d\d|\d{1,5}[mhd]", fullmatch=True))
def test_any_text_is_a_moment_ahead_or_refused(text: str) -> None:
    with contextlib.suppress(UnusableInput):
        assert typed_moment(text, NOW, "America/New_York") - NOW > timedelta(0)
