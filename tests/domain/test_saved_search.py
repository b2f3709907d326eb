"""Names of saved searches, and texts that begin with one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapymail.domain.saved_search import called, search_name
from therapymail.errors import UnusableInput


@pytest.mark.parametrize(("typed", "name"), [("Garden", "garden"), (" @grief-2025 ", "grief-2025"), ("愛", "愛")])
def test_a_name_has_one_form(typed: str, name: str) -> None:
    assert search_name(typed) == name


@pytest.mark.parametrize("typed", ["", "@", "a b", "-a", "a-", "a/b", "a" * 41, "@@a"])
def test_a_name_that_cannot_be_typed_back_is_refused(typed: str) -> None:
    with pytest.raises(UnusableInput):
        search_name(typed)


@given(st.text(max_size=30))
def test_a_text_is_cut_after_the_name_it_begins_with(text: str) -> None:
    call = called(text)
    assert (call is not None) == text.lstrip().startswith("@")
    if call is not None:
        assert text[: call.offset].strip().lower() == f"@{call.name}"
        assert text[call.offset :] == call.rest
