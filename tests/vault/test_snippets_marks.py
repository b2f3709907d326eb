"""Marks in a passage: every form of a word near the first hit, whatever the language's stems begin with."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.query_text import read_query
from therapymail.vault.snippets import Marker


@pytest.mark.parametrize(
    ("query", "text", "language", "marked"),
    [
        ("door", "A door, another doors, indoors and the Door again", "en", ["door", "doors", "Door"]),
        ("loop", "ik loop en hij loopt", "nl", ["loop", "loopt"]),
        ("café", "the cafe and the CAFÉ", "en", ["cafe", "CAFÉ"]),
        ("garden sister", "my sister in the garden", "en", ["sister", "garden"]),
        ('"the garden"', "the sea, the garden", "en", ["the garden"]),
    ],
)
def test_every_form_near_the_first_hit_is_marked(query: str, text: str, language: str, marked: list[str]) -> None:
    snippet = Marker(read_query(query)).snippet("", text, language)
    assert [snippet.text[start:end] for start, end in snippet.marks] == marked


FORMS = ("door", "doors", "indoors", "Door", "café", "CAFE", "don't", "1st", "das", "der", "д", "дом", "дома", "\u2460")
PARTS = st.one_of(st.sampled_from(FORMS), st.text("dor\u2019 -_,\n\u00e9", max_size=4))
ASKED = ("door", "do*", "d*", '"door doors"', "дом", "cafe door", '"don t"', "dont*", "-door das", '"d"')


def marked_by(query: str, text: str, language: str) -> list[tuple[int, int]]:
    return list(Marker(read_query(query)).snippet("", text, language).marks)


@settings(max_examples=60, deadline=None)
@given(st.lists(PARTS, max_size=12), st.sampled_from(ASKED), st.sampled_from(("en", "de", "nl", "")))
def test_a_text_that_is_walked_word_by_word_is_marked_as_one_that_patterns_can_read(
    parts: list[str], query: str, language: str
) -> None:
    text = " ".join(parts) + " so it goes on" * 40
    # A ligature, far behind the passage, makes sure of a walk.
    assert marked_by(query, text, language) == marked_by(query, text + " \ufb01", language)


def test_a_word_longer_than_a_token_is_marked_whole() -> None:
    word = "a" * 70
    for query in (word, f'"{word}"', f'"{word} end"', f"{word[:66]}*"):
        assert marked_by(query, f"the {word} end", "en")[0][:1] == (4,), query


def test_marks_end_where_the_passage_may_end() -> None:
    marks = marked_by("d*", "did " * 100, "en")
    assert marks[0] == (0, 3)
    assert len(marks) == 40


def test_a_circled_digit_is_found_as_the_digit_it_is() -> None:
    assert marked_by("1", "point \u2460 of them", "en") == [(6, 7)]
