"""A query printed is read as the same query, whatever it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapymail.domain.query_printed import as_text
from therapymail.domain.query_text import read_query
from therapymail.domain.query_values import MOST_WORDS
from therapymail.errors import QueryUnreadable

words = st.sampled_from(
    [
        *("grief", "café", "愛", "don't", "e-mail", "10:30", "anx*", '"unlit room"', '"OR"', '"-a" ', '"a b c d"'),
        '"in the roo"*',
    ]
)
filters = st.sampled_from(
    [
        *("client:heron", "kind:letter", "from:me", "tag:grief/father", "feeling:sadness", 'feeling:"worn out"'),
        *("cue:sigh", 'cue:"deep (slow) breath"', "exchange:12", "has:note", "has:enclosure", "is:overlength"),
        *("is:unanswered", "is:set-aside", "in:notes", "before:2025", "on:2025-03", "after:2025-03-31", "on:2025-12"),
        *("on:2025-12-31", "before:0001", "last:3m", "last:9999y", "words:>800", "words:<=3", "words:3..9", "words:0"),
        *(f"words:>{MOST_WORDS}", f"words:<={MOST_WORDS}", "words:>=0", "words:<1"),
    ]
)
queries = st.recursive(
    words | filters,
    lambda part: st.one_of(
        part.map(lambda text: f"-({text})"),
        part.map(lambda text: f"NOT ({text})"),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: "(" + ") (".join(parts) + ")"),
        st.lists(part, min_size=2, max_size=3).map(" OR ".join),
        st.lists(part, min_size=2, max_size=3).map(" AND ".join),
    ),
    max_leaves=12,
)


@given(queries)
def test_a_query_of_the_language_is_printed_and_read_again(text: str) -> None:
    query = read_query(text)
    assert read_query(as_text(query)) == query


pieces = st.sampled_from(['"', "(", ")", "-", "*", " ", "OR", "tag:", "cue:", "feeling:", "a", "é", "3", "\u0130"])


@given(st.text(max_size=200) | st.lists(pieces, max_size=40).map("".join))
def test_whatever_can_be_read_is_printed_and_read_again(text: str) -> None:
    try:
        query = read_query(text)
    except QueryUnreadable:
        return
    assert read_query(as_text(query)) == query


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("a AND (b OR NOT c)", "a (b OR -c)"),
        ("words:>=801 on:2025-3", "words:>800 on:2025-03"),
        ("CUE:'deep' last:03M", "cue:'deep' last:3m"),
    ],
)
def test_there_is_one_form(typed: str, printed: str) -> None:
    assert as_text(read_query(typed)) == printed
