"""A passage by its words: whole words first, whatever case, accents, apostrophes and line ends they were typed with."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from therapymail.domain.passage_words import ranges_of
from therapymail.errors import UnusableInput

LETTER = "It is an\nunlit  room. Don\u2019t come in, caf\u00e9 or no caf\u00e9; a sunlit room is two doors on."


@pytest.mark.parametrize(
    ("words", "stands"),
    [
        ("unlit room", ["unlit  room"]),
        ("AN UNLIT ROOM", ["an\nunlit  room"]),
        ("don't come", ["Don\u2019t come"]),
        ("cafe", ["caf\u00e9", "caf\u00e9"]),
        ("lit", ["lit", "lit"]),  # no whole word: parts of words
        ("an unlit ... come in", ["an\nunlit  room. Don\u2019t come in"]),
        ("room \u2026 room", ["room. Don\u2019t come in, caf\u00e9 or no caf\u00e9; a sunlit room"]),
        ("come in ... an unlit", []),
        ("garden", []),
    ],
)
def test_words_are_found_as_a_reader_means_them(words: str, stands: list[str]) -> None:
    assert [LETTER[first:end] for first, end in ranges_of(words, LETTER)] == stands


def test_scripts_without_blanks_are_found_anywhere() -> None:
    text = "\u79c1\u306f\u7761\u7720\u4e0d\u8db3\u3067\u3059"
    assert ranges_of("\u4e0d\u8db3", text) == ((4, 6),)


@pytest.mark.parametrize("words", ["", "   ", "...", "\u200b", "x" * 2001])
def test_nothing_to_look_for_is_refused(words: str) -> None:
    with pytest.raises(UnusableInput):
        ranges_of(words, LETTER)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
@example("", "\u00df\u0130", "")
@settings(max_examples=60, deadline=None)
def test_what_stands_in_a_letter_is_found_there(before: str, said: str, after: str) -> None:
    """Any text at all: found at least where it was taken from, or too little to be looked for."""
    text = f"{before} {said} {after}"
    if "..." in said or "\u2026" in said:
        return
    try:
        places = ranges_of(said, text)
    except UnusableInput:
        return
    assert places
    assert all(0 <= first < end <= len(text) for first, end in places)


def test_a_letter_of_one_word_a_million_times_is_looked_through_once() -> None:
    places = ranges_of("ab ... zz", "ab " * 100_000)
    assert places == ()
