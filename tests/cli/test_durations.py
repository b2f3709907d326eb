import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.cli.durations import days_in, hours_in, hours_words
from therapymail.errors import UnusableInput


@pytest.mark.parametrize(
    ("text", "hours"), [("8h", 8), ("30m", 0.5), ("1h30m", 1.5), ("2d", 48), ("1.5h", 1.5), (" 8H ", 8)]
)
def test_durations_as_people_type_them(text: str, hours: float) -> None:
    assert hours_in(text) == pytest.approx(hours)


@settings(max_examples=100)
@given(text=st.text(max_size=12))
def test_any_other_text_is_refused_with_a_reason(text: str) -> None:
    with contextlib.suppress(UnusableInput):
        assert 0 < hours_in(text) <= 168


@pytest.mark.parametrize("text", ["", "8", "h", "0h", "-3h", "8d", "1h 30m x", "٣h", "3" * 10_000])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(UnusableInput):
        hours_in(text)


@pytest.mark.parametrize(
    ("hours", "words"), [(8, "8 hours"), (1, "1 hour"), (0.5, "30 minutes"), (1 / 60, "1 minute"), (1.5, "1.5 hours")]
)
def test_a_duration_is_said_as_people_do(hours: float, words: str) -> None:
    assert hours_words(hours) == words


@pytest.mark.parametrize(("text", "days"), [("2y", 730), ("18m", 540), ("90d", 90), ("never", 0), (" 1Y ", 365)])
def test_a_validity_is_read_as_people_write_it(text: str, days: int) -> None:
    assert days_in(text) == days


@pytest.mark.parametrize("text", ["", "0d", "2", "2h", "-1y", "11y", "99999y", "ever"])
def test_anything_else_is_no_validity(text: str) -> None:
    with pytest.raises(UnusableInput):
        days_in(text)
