"""Drafts as values: their names, and what counts as written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapymail.domain.draft import DraftContent, DraftName
from therapymail.errors import UnusableInput


@given(st.integers(1, 999_999_999))
def test_a_name_is_read_as_it_is_written(number: int) -> None:
    name = DraftName(number)
    assert DraftName.parse(str(name)) == name
    assert DraftName.parse(f"  {str(name).lower()}\n") == name


@pytest.mark.parametrize(
    "text",
    ["", "D", "D-", "D-0", "D-01", "D3", "3", "E-3", "D-3b", "D--3", "D-1234567890", "HERON-3", "D-3 D-4", "D-\uff13"],
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(UnusableInput):
        DraftName.parse(text)


@given(st.text(max_size=12))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    try:
        name = DraftName.parse(text)
    except UnusableInput:
        assert not re.fullmatch(r"D-[1-9][0-9]{0,8}", text)
    else:
        assert str(name) == text.strip().upper()


def test_names_come_in_the_order_they_were_given() -> None:
    assert sorted([DraftName(10), DraftName(9), DraftName(1)]) == [DraftName(1), DraftName(9), DraftName(10)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        (" \n\t\n", 0),
        ("Dear Hanna,\n\nthank you.", 4),
        ("> what she wrote\nmy answer", 2),
        (">quoted\n>> twice\n", 0),
        ("a > b is no quote", 6),
        (" > neither is this", 4),
    ],
)
def test_words_are_the_therapists_own(text: str, words: int) -> None:
    assert DraftContent("a subject is not counted", text).words == words


@pytest.mark.parametrize(
    ("text", "is_empty"), [("", True), (" \n \t", True), ("x", False), ("> only her words", True), ("\u00a0", True)]
)
def test_a_draft_without_a_word_is_empty(text: str, is_empty: bool) -> None:
    assert DraftContent("with a subject", text).is_empty is is_empty


@given(st.text(max_size=40))
def test_an_empty_draft_has_no_words(text: str) -> None:
    content = DraftContent("", text)
    assert content.words >= 0
    if content.is_empty:
        assert content.words == 0
