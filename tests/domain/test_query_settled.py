"""What `last:` and `feeling:` mean on a day and with a list of feelings."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapymail.domain.feelings import NO_FEELINGS, read_feelings
from therapymail.domain.query import Any, Field, Filter, Not, Query, Relation, Unit, When, leaves
from therapymail.domain.query_settled import asks_exchanges, asks_later_filters, day_before, settled
from therapymail.domain.query_text import read_query

TODAY = date(2024, 3, 31)
FEELINGS = read_feelings("[sadness]\nsad\nworn out\n[fear]\nafraid\n")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("last:1d", date(2024, 3, 30)),
        ("last:2w", date(2024, 3, 17)),
        ("last:1m", date(2024, 2, 29)),
        ("last:13m", date(2023, 2, 28)),
        ("last:1y", date(2023, 3, 31)),
        ("last:9999y", date(1, 1, 2)),
        ("last:9999w", date(1832, 8, 12)),
    ],
)
def test_last_begins_with_the_same_day_so_long_ago(typed: str, first: date) -> None:
    query = settled(read_query(typed), TODAY, NO_FEELINGS)
    assert query == Not(When(Relation.BEFORE, first, date.fromordinal(first.toordinal() + 1)))


@given(st.dates(), st.integers(1, 9999), st.sampled_from(Unit))
def test_there_is_always_such_a_day(day: date, count: int, unit: Unit) -> None:
    assert day_before(day, count, unit) <= max(day, date(1, 1, 2))


def feeling(*words: str) -> tuple[Query, ...]:
    return tuple(Filter(Field.FEELING, word) for word in words)


def test_a_family_is_any_of_its_words_and_a_word_is_itself() -> None:
    assert settled(read_query("feeling:sadness"), TODAY, FEELINGS) == Any(feeling("sadness", "sad", "worn out"))
    assert settled(read_query("-(feeling:sad OR a)"), TODAY, FEELINGS) == read_query("-(feeling:sad OR a)")
    assert settled(read_query("feeling:unheard"), TODAY, FEELINGS) == feeling("unheard")[0]


@pytest.mark.parametrize("typed", ["exchange:1", "a -is:overlength", "(a OR is:unanswered)"])
def test_exchanges_are_asked_for_wherever_the_filter_stands(typed: str) -> None:
    assert asks_exchanges(read_query(typed))
    assert asks_later_filters(read_query(typed))


def test_what_the_index_always_held_needs_nothing_brought_up_to_date() -> None:
    old = read_query('a "b c" d* client:heron kind:letter from:me tag:note is:proposed on:2025 has:enclosure')
    assert not asks_later_filters(old)
    assert all(asks_later_filters(read_query(each)) for each in ("cue:a", "feeling:sad", "words:3", "has:note"))
    assert len(list(leaves(old))) == 10
