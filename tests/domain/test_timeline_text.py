"""The timeline as text fits its width, and in plain ASCII says the same."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_timeline import LONDON, mail, mails, timeline_of_letters
from therapymail.domain.kinds import Kind
from therapymail.domain.letter import Letter
from therapymail.domain.periods import Step
from therapymail.domain.timeline_text import MIN_WIDTH, _columns, timeline_text


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
hours   26   68   26   ·    26   26
other   1    ·    ·    ·    ·    ·
grief   ■    ■    ■    ·    ■    ■
sister  ■    ·    ■    ·    ■    ·

height: words, at most 550; hours: from letter to response (d: days)
longest wait: 68 hours, from HERON-3 to HERON-4
weeks without a letter: 4"""

PLAIN_PICTURE = """\
HERON  5 letters, 5 responses, 1 other mail             2025-01-06 .. 2025-02-16

week    1    2    3    4    5    6
client  4    4    5    .    5    6
reply   3    3    3    .    3    3
hours   26   68   26   .    26   26
other   1    .    .    .    .    .
grief   #    #    #    .    #    #
sister  #    .    #    .    #    .

numbers: hundreds of words; hours: from letter to response (d: days)
longest wait: 68 hours, from HERON-3 to HERON-4
weeks without a letter: 4"""


@pytest.mark.parametrize(("plain", "picture"), [(False, PICTURE), (True, PLAIN_PICTURE)], ids=["glyphs", "plain"])
def test_six_weeks_as_a_picture(plain: bool, picture: str) -> None:
    assert timeline_text(timeline_of_letters("HERON", correspondence(6), LONDON), plain=plain) == picture


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
    assert all(_columns(line) <= max(width, MIN_WIDTH) for line in lines)
    assert all(one or following for one, following in pairwise(lines))
    assert text.replace("睡眠", "").isascii() or not plain


def test_until_today_shows_the_weeks_that_stayed_empty() -> None:
    timeline = timeline_of_letters("HERON", correspondence(2), LONDON, until=date(2025, 2, 10))
    assert "weeks without a letter: 3-6" in timeline_text(timeline)
