"""format=flowed (RFC 3676)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.mail.flowed import unflowed


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("one \ntwo\nthree", "one two\nthree"),
        ("one \n\ntwo", "one\n\ntwo"),
        ("> one \n> two\nmine", "> one two\nmine"),
        ("> one \n>> deeper \n>> still\n> back", "> one\n>> deeper still\n> back"),
        ("text \n-- \nAnn", "text\n-- \nAnn"),
        (" From me\n >not quoted", "From me\n>not quoted"),
        ("one ", "one"),
        ("", ""),
    ],
)
def test_soft_breaks_are_joined_at_their_own_depth(written: str, meant: str) -> None:
    assert unflowed(written, delete_space=False) == meant


def test_with_delsp_the_blank_goes_too() -> None:
    assert unflowed("日本 \n語", delete_space=True) == "日本語"


@settings(max_examples=100)
@given(st.text("> \nab", max_size=60), st.booleans())
def test_no_letter_is_lost(text: str, delete_space: bool) -> None:
    joined = unflowed(text, delete_space=delete_space)
    assert [c for c in joined if c in "ab"] == [c for c in text if c in "ab"]
