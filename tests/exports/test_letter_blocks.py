"""A letter's text as it is set: nothing of it is lost, and quotes, cues and marked passages are where they were."""

from dataclasses import replace
from datetime import date
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.looking_back import letter_with
from therapymail.domain.arrangement import Piece
from therapymail.domain.cues import Cue, CueKind
from therapymail.domain.letterbook import Entry, MilestoneMark, PassageTag, Spot
from therapymail.exports.letter_blocks import annotations_of, blocks_of


def words_of(entry: Entry) -> list[str]:
    blocks = blocks_of(entry, annotations_of(entry))
    return " ".join("".join(run.text for run in block.runs) for block in blocks).split()


TEXTS = st.text(alphabet=st.sampled_from("ab \n\t>[]\u00a0\u3000."), max_size=60)


@settings(max_examples=60)
@given(TEXTS, st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=4))
def test_S9_nothing_of_a_letter_is_lost_wherever_it_is_marked(text: str, spans: list[tuple[int, int]]) -> None:
    entry = letter_with(
        text,
        passages=tuple(PassageTag("grief", first, first + length) for first, length in spans),
        cues=(Cue(CueKind.FEELING, "x", 2, 5),),
    )
    assert words_of(entry) == text.split()


@settings(max_examples=60)
@given(TEXTS)
def test_what_is_quoted_loses_its_prefixes_and_nothing_else(text: str) -> None:
    entry = replace(letter_with(""), pieces=(Piece("\n".join(f"> {line}" for line in text.split("\n")), quoted=True),))
    expected = [line.lstrip(" \t>") if line.lstrip(" \t").startswith(">") else line for line in text.split("\n")]
    assert "".join(words_of(entry)).replace(">", "") == "".join("".join(expected).split()).replace(">", "")
    assert all(block.depth for block in blocks_of(entry))


def test_F17_quotes_within_quotes_are_deeper() -> None:
    quoted = "Ann wrote:\n> What would you call it?\n>\n> > An unlit room.\n>>> Older still.\n"
    entry = replace(letter_with(""), pieces=(Piece("A lamp.\n", quoted=False), Piece(quoted, quoted=True)))
    found = [(block.depth, block.runs[0].text) for block in blocks_of(entry)]
    assert found == [
        (0, "A lamp."),
        (1, "Ann wrote:"),
        (1, "What would you call it?"),
        (2, "An unlit room."),
        (3, "Older still."),
    ]


def test_lines_that_a_program_broke_flow_and_those_of_a_poem_do_not() -> None:
    broken = (
        "It is lonely in the passage and nobody asks me to come away from it,\n"
        "which I would not do anyway, I think, for as long as the light is on\nin the kitchen."
    )
    poem = "An unlit room,\na door,\na hand upon the handle."
    blocks = blocks_of(letter_with(f"{broken}\n\n{poem}\n\nYours,\nMaren"))
    assert [block.flows for block in blocks] == [True, False, False]


def test_lines_that_nobody_broke_are_left_alone() -> None:
    long = "a word " * 30
    assert not any(block.flows for block in blocks_of(letter_with(f"{long}\n{long}\n\none line\ntwo lines")))


def test_one_line_that_is_longer_than_any_program_breaks_changes_nothing_for_the_rest() -> None:
    wrapped = "Here is our agreement in writing. You write on Tuesdays, your time, up\nto two hundred words."
    form = "0 = Not at all, 1 = Several days, 2 = More than half the days, 3 = Nearly every day"
    assert [block.flows for block in blocks_of(letter_with(f"{wrapped}\n\n{form}\nAnswer: [ ]"))] == [True, False]


def test_F18_cues_and_F12_marked_passages_are_cut_where_they_begin_and_end() -> None:
    text = "I sat down. [crying a little] It was tender.\n\nThe rest went to the shop."
    cue, end = text.index("["), text.index("]") + 1
    entry = letter_with(
        text,
        cues=(Cue(CueKind.ACTION, "crying a little", cue, end),),
        passages=(PassageTag("grief", 0, end), PassageTag("gone", None, None)),
        milestones=(MilestoneMark("insight", "", date(2025, 1, 7), 0, end),),
        bookmarks=(Spot("here", text.index("The rest"), text.index(" went") + 1), Spot("of the whole")),
    )
    annotations = annotations_of(entry)
    assert [(each.mark, each.kind, each.said, each.gone) for each in annotations] == [
        ("", "bookmark", "of the whole", False),
        ("", "tag", "gone", True),
        ("a", "insight", "7 January 2025", False),
        ("a", "tag", "grief", False),
        ("b", "bookmark", "here", False),
    ]
    first, second = blocks_of(entry, annotations)
    assert [(run.text, run.cue, run.marked, run.ends) for run in first.runs] == [
        ("I sat down. ", False, True, ()),
        ("[crying a little]", True, True, ("a",)),
        (" It was tender.", False, False, ()),
    ]
    assert [(run.text, run.marked, run.ends) for run in second.runs] == [
        ("The rest", True, ("b",)),  # the mark stands behind the word, not behind the blank
        (" went to the shop.", False, ()),
    ]


@pytest.mark.parametrize(
    "text",
    ["[sad] " * 20_000, "x" * 1_000_000, ">" * 100_000, "\n" * 200_000, "> a\n" * 20_000, ("y" * 70 + "\n") * 10_000],
    ids=["cues", "one word", "prefixes", "empty lines", "quotes", "wrapped"],
)
def test_a_letter_made_to_be_slow_is_set_as_fast_as_any(text: str) -> None:
    starts = range(0, len(text), 6) if text.startswith("[") else ()
    entry = letter_with(text, quoted=text, cues=tuple(Cue(CueKind.FEELING, "sad", at, at + 5) for at in starts))
    since = process_time()
    blocks_of(entry, annotations_of(entry))
    assert process_time() - since < 5
