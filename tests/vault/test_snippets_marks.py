"""Marks in a passage: every form of a word near the first hit, whatever the language's stems begin with."""

import pytest

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
