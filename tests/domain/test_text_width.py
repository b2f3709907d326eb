"""Text is measured, cut and broken by columns, whatever script it is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapymail.domain.text_width import broken, clipped, columns_of, kept_apart, padded


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("睡眠", 4), ("e\u0301\u0302", 1), ("ก็", 1), ("\u200e\u05d0\u05d1\u05d2\u05d3", 4), ("", 0)],
)
def test_columns_are_those_of_a_terminal(text: str, columns: int) -> None:
    assert columns_of(text) == columns


def test_what_is_cut_keeps_its_marks_and_says_so() -> None:
    assert clipped("睡眠不足", 5, "…") == "睡眠…"
    assert clipped("abe\u0301d", 4, "…") == "abe\u0301d"
    assert clipped("abe\u0301de", 4, "…") == "abe\u0301…"


def test_a_turned_label_does_not_turn_what_stands_behind_it() -> None:
    assert kept_apart("שינה").endswith("\u200e")
    assert kept_apart("grief") == "grief"


def test_later_lines_hang_and_words_stay_whole() -> None:
    assert broken("one two three four", 9, 2) == ["one two", "  three", "  four"]
    assert broken("abcdefghij", 4) == ["abcd", "efgh", "ij"]


@given(st.text(alphabet="ab 睡e\u0301ש-", max_size=60), st.integers(12, 40), st.integers(0, 10))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int, hang: int) -> None:
    lines = broken(text, width, hang)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(columns_of(line) <= width for line in lines)
    assert columns_of(padded(clipped(text, width, ""), width)) == width
