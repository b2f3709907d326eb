"""Passages: found where their characters stand now, and never taken for others."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.passage import Passage, read_range
from therapymail.errors import UnusableInput

LETTER = bytes(32)
TEXTS = st.text(min_size=1, max_size=80)


@given(TEXTS, st.data())
@settings(max_examples=60, deadline=None)
def test_a_passage_is_found_in_its_own_text(text: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(first + 1, len(text)))
    passage = Passage.of(LETTER, text, first, end)
    assert passage.place_in(text) == (first, end)
    assert Passage.from_json(passage.as_json()) == passage


@given(TEXTS, TEXTS, TEXTS)
@settings(max_examples=60, deadline=None)
def test_a_passage_survives_another_derivation_of_the_text(before: str, said: str, more: str) -> None:
    passage = Passage.of(LETTER, before + said, len(before), len(before) + len(said))
    for derived in (said, more + said, more + before + said + more):
        found = passage.place_in(derived)
        assert found is not None
        assert derived[found[0] : found[1]] == said


def test_of_equal_passages_the_nearest_is_meant() -> None:
    passage = Passage.of(LETTER, "room ... room", 9, 13)
    assert passage.place_in("room .. room") == (8, 12)


def test_a_passage_that_is_gone_is_said_to_be() -> None:
    assert Passage.of(LETTER, "an unlit room", 3, 8).place_in("an empty room") is None


@pytest.mark.parametrize(("first", "end"), [(-1, 2), (2, 2), (3, 2), (0, 6)])
def test_a_range_outside_the_text_is_refused(first: int, end: int) -> None:
    with pytest.raises(UnusableInput):
        Passage.of(LETTER, "hello", first, end)


@given(st.text(max_size=20) | st.from_regex(r"[0-9]{1,3}-[0-9]{1,3}", fullmatch=True))
@settings(max_examples=60, deadline=None)
def test_any_text_is_a_range_or_refused(text: str) -> None:
    try:
        first, end = read_range(text)
    except UnusableInput:
        return
    assert 0 <= first < end
