"""Words that begin alike are read off the index, and what they are found by does not depend on how many they are."""

import pytest

from tests.vault.searchable import Sample, digest_of, vault_of
from therapymail.domain.query_text import read_query
from therapymail.vault import beginnings
from therapymail.vault.beginnings import words_beginning
from therapymail.vault.connection import Reader
from therapymail.vault.decisions import erase_letter
from therapymail.vault.search import search

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
        assert words_beginning(reader, "over") == tuple(sorted([*OVER, "over", "overcome", "overcast"]))
        assert words_beginning(reader, "uber") == ("uberall", "uberfluss")
        assert words_beginning(reader, "overc") == ("overcast", "overcome")
        assert words_beginning(reader, "zzyz") == ()


@pytest.mark.parametrize("most", [beginnings.MOST_WORDS, 3])
def test_a_beginning_finds_the_same_whether_it_is_the_words_or_the_index_that_goes_through(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(beginnings, "MOST_WORDS", most)
    with vault_of(SAMPLES) as vault, vault.reading() as reader:
        assert (words_beginning(reader, "over") is None) == (most == 3)
        assert found(reader, "over*") == [2, 1, 0]
        assert found(reader, "-over*") == [4, 3]
        assert found(reader, "over* -over1* -dream") == [1]
        assert found(reader, "zzyz* OR uber*") == [0]
        assert found(reader, "-zzyz*") == [4, 3, 2, 1, 0]
        assert found(reader, '"the dre"* overc*') == [0]


def test_H14_a_word_that_is_in_no_letter_any_more_is_not_told() -> None:
    with vault_of(SAMPLES) as vault, vault.writing() as writer:
        erase_letter(writer, digest_of(0), SAMPLES[0].received)
        assert words_beginning(writer, "overc") == ()
        assert words_beginning(writer, "uber") == ()
