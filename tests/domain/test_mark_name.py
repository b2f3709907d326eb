"""Names of milestones and bookmarks, and what stands with them."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.image import image_phrase, image_variants
from therapymail.domain.mark_name import MarkName, MarkSort
from therapymail.domain.milestone import MilestoneKind, milestone_kind, words_said
from therapymail.domain.typed_day import typed_day
from therapymail.errors import UnusableInput


@given(st.sampled_from(MarkSort), st.integers(1, 999_999_999), st.sampled_from(["", "b", "z"]))
@settings(max_examples=40, deadline=None)
def test_a_name_reads_as_it_is_written_and_as_no_other_sort(sort: MarkSort, number: int, suffix: str) -> None:
    name = MarkName(sort, number, suffix)
    assert MarkName.parse(sort, f" {str(name).lower()} ") == name
    other = next(each for each in MarkSort if each is not sort)
    with pytest.raises(UnusableInput):
        MarkName.parse(other, str(name))


@given(st.text(max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (lambda typed: MarkName.parse(MarkSort.MILESTONE, typed), milestone_kind, typed_day, image_phrase):
        with contextlib.suppress(UnusableInput):
            assert str(read(text))


def test_F52_a_kind_is_read_as_people_write_it() -> None:
    assert milestone_kind("Unique outcome") is MilestoneKind.UNIQUE_OUTCOME


def test_words_of_a_mark_are_one_line_and_no_note() -> None:
    assert words_said(" she\n sees\tit ", "milestone") == "she sees it"
    with pytest.raises(UnusableInput):
        words_said("x" * 301, "milestone")


def test_F48_an_image_has_each_variant_once_and_never_itself() -> None:
    assert image_variants(("Dark room", "dark  room", "Unlit Room"), "unlit room") == ("dark room",)
    with pytest.raises(UnusableInput):
        image_variants(tuple(f"room {number}" for number in range(21)), "room")
