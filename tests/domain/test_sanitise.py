"""The one filter before a person's eyes (HAZARDS S9, H10): nothing steers, nothing hides, honest text stays."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapymail.domain.sanitise import sanitise, sanitise_line

MARK = "\u2426"


def test_S9_every_kind_of_line_end_is_one_line_end() -> None:
    for end in ("\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\n"):
        assert sanitise(f"one{end}two") == "one\ntwo"
        assert sanitise_line(f"one{end}two") == "one two"


@pytest.mark.parametrize(
    "steering", ["\x1b", "\x9b", "\x00", "\x07", "\x08", "\x7f", "\u202e", "\u2066", "\u2069", "\ud800"]
)
def test_H10_what_steers_is_shown_as_a_mark(steering: str) -> None:
    assert sanitise(f"a{steering}b") == f"a{MARK}b"


def test_honest_text_stays_as_it_is() -> None:
    for text in ("Grüße, תודה, 日本\n\tand a tab", "שלום\u200f world", "e\u0301 👩\u200d👩", "soft\u00adhyphen\u00a0x"):
        assert sanitise(text) == text


@given(st.text(st.characters(), max_size=60))
def test_S9_nothing_that_steers_comes_through(text: str) -> None:
    for character in sanitise(text):
        assert character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}
        assert character not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    assert len(sanitise_line(text).splitlines()) <= 1
