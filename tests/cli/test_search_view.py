import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.cli.found_view import SIGNS, marked, painted, remark
from therapymail.domain.found import Coverage, Snippet
from therapymail.domain.wording import coverage_sentence


def test_what_was_found_shows_without_colour() -> None:
    found = Snippet("the unlit room again", ((4, 9), (10, 14)), cut_before=True)
    assert marked(found) == "... the *unlit* *room* again"
    assert marked(Snippet("plain")) == "plain"


def test_what_was_found_is_bold_where_there_are_colours_and_the_line_may_end_anywhere() -> None:
    shown = marked(Snippet("the unlit room again", ((4, 9), (10, 14))), signs=SIGNS)
    assert painted(shown) == "the \x1b[1munlit\x1b[0m \x1b[1mroom\x1b[0m again\x1b[0m"
    assert painted(shown[:7]) == "the \x1b[1mun\x1b[0m"
    assert painted("nothing") == "nothing"


@pytest.mark.parametrize(
    ("query", "word"),
    [("anger or grief", "or"), ("grief and", "and"), ("not now", "not"), ('"this or that"', ""), ("order", "")],
)
def test_small_letters_where_a_sign_may_have_been_meant_are_remarked(query: str, word: str) -> None:
    assert remark(query) == (
        f"`{word}` in small letters is a word to search for; {word.upper()} is a sign." if word else ""
    )


@pytest.mark.parametrize(
    ("coverage", "sentence"),
    [
        (Coverage(415, 415), ""),
        (Coverage(412, 415, sealed=3), "412 of 415 letters are searchable: 3 need a key."),
        (
            Coverage(0, 3, sealed=1, too_large=1),
            "0 of 3 letters are searchable: 1 needs a key, 1 could not be opened, 1 is too large to come by itself.",
        ),
    ],
)
def test_how_many_letters_were_searched_is_told_with_why_not_the_others(coverage: Coverage, sentence: str) -> None:
    assert coverage_sentence(coverage) == sentence


def test_a_late_find_is_brought_into_a_narrow_terminal() -> None:
    text = "a " * 60 + "lantern" + " b" * 60
    shown = marked(Snippet(text, ((120, 127),)), room=40)
    assert shown.startswith("... ")
    assert "*lantern*" in shown[:40]


@settings(max_examples=100)
@given(text=st.text(min_size=1, max_size=80), room=st.integers(0, 100), data=st.data())
def test_nothing_of_the_passage_after_its_beginning_is_lost(text: str, room: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    shown = marked(Snippet(text, ((start, end),)), room)
    assert f"*{text[start:end]}*{text[end:]}" in shown
