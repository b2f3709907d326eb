"""A clock that was set: what it shows, and that its text says all of it."""

import contextlib
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.errors import UnusableInput
from therapymail.practice.clock import SetClock

NINE = datetime(2025, 3, 31, 9, tzinfo=UTC)
moments = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def test_a_fixed_clock_stands_still() -> None:
    clock = SetClock.parse("2025-03-31T10:00+01:00")
    assert (clock(), clock()) == (NINE, NINE)


def test_a_clock_that_goes_on_counts_true_seconds() -> None:
    clock = SetClock.going_on_from(NINE)
    time.sleep(0.02)
    assert timedelta(seconds=0.02) <= clock() - NINE < timedelta(seconds=10)
    same = SetClock.parse(str(clock))
    assert abs(same() - clock()) < timedelta(seconds=1)


@given(moments, st.none() | moments)
@settings(max_examples=60)
def test_its_text_says_all_of_it(moment: datetime, since: datetime | None) -> None:
    assert SetClock.parse(str(SetClock(moment, since))) == SetClock(moment, since)


@given(st.text(max_size=40) | st.from_regex(r"2025-03-31T09:00Z@[0-9a-z.+-]{0,20}", fullmatch=True))
@settings(max_examples=60)
def test_any_text_is_a_clock_or_unusable(text: str) -> None:
    with contextlib.suppress(UnusableInput):
        SetClock.parse(text)()


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "09:00",
        "2025-03-31T09:00Z@",
        "2025-03-31T09:00Z@nan",
        "@1",
        "2025-03-31T09:00Z@1e300",
        "9999-12-31T23:59Z@0",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UnusableInput):
        SetClock.parse(text)
