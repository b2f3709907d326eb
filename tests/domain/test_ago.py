"""How long ago something was, as people say it."""

from datetime import date, timedelta

import pytest

from therapymail.domain.ago import ago_in_words, reread_in_words

TODAY = date(2025, 3, 31)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        *((-3, "today"), (0, "today"), (1, "yesterday"), (2, "2 days ago"), (13, "13 days ago"), (14, "2 weeks ago")),
        *((76, "10 weeks ago"), (730, "104 weeks ago"), (731, "2 years ago"), (1097, "3 years ago")),
    ],
)
def test_F15_how_long_ago_is_told_in_days_weeks_and_years(days: int, words: str) -> None:
    assert ago_in_words(TODAY - timedelta(days=days), TODAY) == words


def test_F15_how_often_a_letter_was_read_again_and_when_last() -> None:
    days = [TODAY - timedelta(days=ago) for ago in (40, 21, 0)]
    assert [reread_in_words(days[:many], TODAY) for many in range(4)] == [
        "",
        "once, 5 weeks ago",
        "twice, last 3 weeks ago",
        "3 times, last today",
    ]
