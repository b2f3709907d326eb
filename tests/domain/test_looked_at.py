"""F58: a word that was looked at in one place of a draft is looked at again in another."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.looked_at import stands_elsewhere

BEFORE = "Dear Ann,\n\na Rose is a flower, and a tulip is one.\n"


@pytest.mark.parametrize(
    ("after", "does"),
    [
        (BEFORE, False),
        ("Dear Ann,\n\n> a Rose is a\n> flower, and a tulip is one, too.\n", False),
        ("Dear Ann,\n", False),
        (f"{BEFORE}Rose rang.", True),
        ("Dear Ann,\n\nRose is a flower, and a tulip is one.\n", True),
        (f"{BEFORE}{BEFORE}", True),
    ],
)
def test_F58_a_word_in_a_new_place_is_noticed(after: str, does: bool) -> None:
    assert stands_elsewhere("rose", BEFORE, after) is does


@settings(max_examples=50)
@given(st.text(max_size=30), st.text(max_size=80))
def test_any_word_and_text_are_compared_and_the_same_is_never_new(word: str, text: str) -> None:
    assert not stands_elsewhere(word, text, text)
    stands_elsewhere(word, "", text)
