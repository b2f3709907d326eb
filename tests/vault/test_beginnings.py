"""Words that begin alike find the same however many they are, and whether or not texts were read for it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vault.searchable import Sample, digest_of, vault_of
from therapymail.domain.query import All, Any, Not, Prefix, Query, Word
from therapymail.domain.query_text import read_query
from therapymail.vault import beginnings, shared_beginnings
from therapymail.vault import search as searching
from therapymail.vault.beginnings import words_beginning
from therapymail.vault.connection import Reader
from therapymail.vault.decisions import erase_letter
from therapymail.vault.search import find_ids, search
from therapymail.vault.shared_beginnings import Shortened, shortened
from therapymail.vault.words import tokens

OVER = [f"over{number:03d}" for number in range(250)]
SAMPLES = [
    Sample("overcome by the dream, überall Überfluss", subject="Overcast"),
    Sample("over", day=1),
    Sample(" ".join(OVER), day=2),
    Sample("nothing of the sort, ove r ovest", day=3),
    Sample("\u4e0d\u8db3 \u4e0d\u8db3\u3058", day=4),
]


def found(reader: Reader, text: str) -> list[int]:
    hits = search(reader, read_query(text)).hits
    digests = [digest_of(at) for at in range(len(SAMPLES))]
    return [digests.index(hit.letter.digest) for hit in hits]


def test_the_words_of_the_index_that_begin_so_are_told_each_once_in_order() -> None:
    with vault_of(SAMPLES) as vault, vault.reading() as reader:
        assert words_beginning(reader, "over", 300) == tuple(sorted([*OVER, "over", "overcome", "overcast"]))
        assert words_beginning(reader, "uber", 2) == ("uberall", "uberfluss")
        assert words_beginning(reader, "uber", 1) is None
        assert words_beginning(reader, "overc", 300) == ("overcast", "overcome")
        assert words_beginning(reader, "zzyz", 300) == ()


@pytest.mark.parametrize(("most", "few"), [(300, 300), (3, 300), (300, 1), (3, 1)])
def test_a_beginning_finds_the_same_whether_it_is_the_words_the_index_or_the_texts_that_are_gone_through(
    monkeypatch: pytest.MonkeyPatch, most: int, few: int
) -> None:
    monkeypatch.setattr(beginnings, "MOST_WORDS", most)
    monkeypatch.setattr(beginnings, "FEW_WORDS", few)
    with vault_of(SAMPLES) as vault, vault.reading() as reader:
        assert found(reader, "over*") == [2, 1, 0]
        assert found(reader, "-over*") == [4, 3]
        assert found(reader, "over* -over1* -dream") == [1]
        assert found(reader, "zzyz* OR uber*") == [0]
        assert found(reader, "-zzyz*") == [4, 3, 2, 1, 0]
        assert found(reader, '"the dre"* overc*') == [0]


def test_H14_a_word_that_is_in_no_letter_any_more_is_not_told() -> None:
    with vault_of(SAMPLES) as vault, vault.writing() as writer:
        erase_letter(writer, digest_of(0), SAMPLES[0].received)
        assert words_beginning(writer, "overc", 300) == ()
        assert words_beginning(writer, "uber", 300) == ()


# --- looked for in texts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "asked_instead"),
    [
        ("over*", ("ove*", ("over",))),
        ("Über* -dream morn* mo*", ("ube* -dream mor* mo*", ("uber", "morn"))),
        ("(over* OR dream) -morn*", None),
        ("ove*", None),
        ('"the dre"*', None),
        ("不足*", None),
    ],
)
def test_what_is_demanded_is_cut_short_and_nothing_else(
    typed: str, asked_instead: tuple[str, tuple[str, ...]] | None
) -> None:
    found = shortened(read_query(typed), lambda _: True)
    if asked_instead is None:
        assert found is None
    else:
        shorter = read_query(asked_instead[0])
        assert found is not None
        assert found == Shortened(All(_folded(shorter)), asked_instead[1])
    assert shortened(read_query(typed), lambda _: False) is None


def _folded(query: Query) -> tuple[Query, ...]:
    return query.parts if isinstance(query, All) else (query,)


odd = st.text(st.sampled_from("oOöœver rRßsS_'-\u00ad\u0308\u200d\u00b2足不\u0e01\ufb01ﬀ9\n \u017f\uff4f"), max_size=14)
PLACED = ("over", "oœver", "ve9r", "ress", "ssov")


@given(odd, odd, st.sampled_from(PLACED))
def test_a_text_holds_a_beginning_exactly_where_one_of_its_tokens_does(before: str, after: str, beginning: str) -> None:
    (folded,) = tokens(beginning)
    for text in (before + after, before + beginning + after, f"{before} {beginning}{after}"):
        expected = any(token.startswith(folded) for token in tokens(text))
        assert shared_beginnings._holds(text, folded) == expected, text


LETTERS = [
    Sample(f"{'overcast' if at % 2 else 'Ove over'} {'ressort' if at % 3 else 'Straße reST'} dream{at % 4}", day=at)
    for at in range(24)
]
parts = st.sampled_from(
    [Prefix("over"), Prefix("overc"), Prefix("ress"), Prefix("drea"), Prefix("stras"), Word("dream1")]
)
demanding = st.lists(parts | st.builds(Not, parts) | st.builds(Any, st.tuples(parts, parts)), min_size=1)


@pytest.fixture(scope="module")
def letters() -> Iterator[Reader]:
    with vault_of(LETTERS) as vault, vault.reading() as reader:
        yield reader


@contextmanager
def limits(few: int, most_read: int, at_once: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beginnings, "FEW_WORDS", few)
        patch.setattr(searching, "MOST_READ", most_read)
        patch.setattr(searching, "_READ_AT_ONCE", at_once)
        yield


@given(demanding, st.integers(1, 30), st.integers(1, 30), st.integers(1, 9))
def test_texts_give_the_same_letters_as_the_index_does(
    letters: Reader, wanted: list[Query], limit: int, most_read: int, at_once: int
) -> None:
    query = All(tuple(wanted))
    with limits(beginnings.MOST_WORDS, most_read, at_once):
        expected = find_ids(letters, query, limit)
    with limits(0, most_read, at_once):
        assert find_ids(letters, query, limit) == expected
