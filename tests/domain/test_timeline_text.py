"""The timeline as text fits its width, and in plain ASCII says the same."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_timeline import LONDON, mail, mails, timeline_of_letters
from therapymail.domain.kinds import Kind
from therapymail.domain.letter import Letter
from therapymail.domain.periods import Step
from therapymail.domain.text_width import columns_of
from therapymail.domain.timeline_text import MIN_WIDTH, timeline_text


def correspondence(weeks: int) -> list[Letter]:
    """A letter on each Tuesday but the fourth, a response after 26 hours; the second response is late."""
    letters = []
    for week in range(weeks):
        tuesday = datetime(2025, 1, 7, 20, tzinfo=UTC) + timedelta(weeks=week)
        if week != 3:
            tags = ("grief",) if week % 2 else ("grief", "sister")
            letters.append(mail(2 * week + 1, tuesday, words=400 + 30 * week, tags=tags))
            wait = timedelta(hours=68 if week == 1 else 26)
            letters.append(mail(2 * week + 2, tuesday + wait, kind=Kind.RESPONSE, words=300))
    letters.append(mail(900, datetime(2025, 1, 8, tzinfo=UTC), kind=Kind.ADMIN))
    return letters


PICTURE = """\
HERON  5 letters, 5 responses, 1 other mail             2025-01-06 .. 2025-02-16

week    1    2    3    4    5    6
client  ▆    ▇    ▇    ·    █    █
reply   ▅    ▅    ▅    ·    ▅    ▅
other   1    ·    ·    ·    ·    ·
hours   26   68   26   ·    26   26
grief   ■    ■    ■    ·    ■    ■
sister  ■    ·    ■    ·    ■    ·

height: words, at most 550; hours: from letter to response (d: days)
no letter      week 4"""

IN_WORDS = """\
HERON  5 letters, 5 responses, 1 other mail             2025-01-06 .. 2025-02-16

Week 1 begins on Monday 2025-01-06.
client         week 1: 400 words; week 2: 430 words; week 3: 460 words; week 5:
               520 words; week 6: 550 words
reply          week 1: 300 words; week 2: 300 words; week 3: 300 words; week 5:
               300 words; week 6: 300 words
other          week 1: 1 mail
hours          week 1: 26 hours; week 2: 68 hours; week 3: 26 hours; week 5: 26
               hours; week 6: 26 hours
grief          weeks 1-3; weeks 5-6
sister         week 1; week 3; week 5

no letter      week 4"""


@pytest.mark.parametrize(("plain", "picture"), [(False, PICTURE), (True, IN_WORDS)], ids=["glyphs", "plain"])
def test_F14_F56_six_weeks_as_a_picture_and_in_words(plain: bool, picture: str) -> None:
    timeline = replace(timeline_of_letters("HERON", correspondence(6), LONDON), off=())
    assert timeline_text(timeline, plain=plain) == picture


def test_more_weeks_than_columns_go_on_in_further_rows() -> None:
    text = timeline_text(timeline_of_letters("HERON", correspondence(60), LONDON))
    numbers = [int(number) for line in text.splitlines() if line.startswith("week ") for number in line.split()[1:]]
    assert numbers == list(range(1, 61))
    assert "from 2025-01-06" in text


@pytest.mark.parametrize("step", list(Step))
def test_months_and_years_are_named(step: Step) -> None:
    text = timeline_text(timeline_of_letters("HERON", correspondence(60), LONDON, step=step))
    wanted = {Step.WEEK: " 10 11 ", Step.MONTH: "2025 Feb  Mar", Step.YEAR: "2025  2026"}[step]
    assert any(wanted in line for line in text.splitlines())


def test_a_client_without_letters_has_a_line() -> None:
    assert timeline_text(timeline_of_letters("HERON", [], UTC)) == "HERON  no letters yet"


@given(
    st.lists(mails, max_size=10, unique_by=lambda letter: letter.name),
    st.integers(0, 200),
    st.booleans(),
    st.none() | st.sampled_from([Step.MONTH, Step.YEAR]),
)
def test_no_line_is_wider_than_asked_and_nothing_raises(
    letters: list[Letter], width: int, plain: bool, step: Step | None
) -> None:
    near = [letter for letter in letters if 1900 < letter.received.year < 2200]
    text = timeline_text(timeline_of_letters("HERON", near, LONDON, step=step), width=width, plain=plain)
    lines = text.splitlines()
    assert all(columns_of(line) <= max(width, MIN_WIDTH) for line in lines)
    assert all(one or following for one, following in pairwise(lines))
    assert text.replace("睡眠", "").isascii() or not plain


def test_until_today_shows_the_weeks_that_stayed_empty() -> None:
    timeline = timeline_of_letters("HERON", correspondence(2), LONDON, until=date(2025, 2, 10))
    assert "no letter      weeks 3-6" in timeline_text(timeline)
