"""Cues: brackets and emoji of the right kind, and nothing that stands in brackets for other reasons (F18)."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.cues import CueKind, cues_in
from therapymail.domain.feelings import Feelings, read_feelings
from therapymail.errors import UnusableInput
from therapymail.practice.feelings import own_feelings

FEELINGS = own_feelings()
NO_CUES = (
    *("see [1] and [12], [1, 2] and [2a]", "[link]", "[image: a picture]", "[cid:part1.abc@mail]", "[]", "[ ]", "[x]"),
    *(
        "[X] yes",
        "Answer: [ ]",
        "[...]",
        "[\u2026]",
        "a[index]",
        "list[str]",
        "`[sighs]`",
        "```\n[sighs]\n```",
        "[a](b)",
    ),
    *(
        "[text][ref]",
        "[ref]: http://a.example",
        "[https://a.example/b]",
        "[EXTERNAL] hello",
        "![alt](x.png)",
        "[\u2713]",
    ),
    *(
        "[foo_bar]",
        "[x = 3]",
        "[~/file]",
        "[not\n\nclosed]",
        "(see below:)",
        "http://a.example",
        "[sic]",
        "\\[sighs\\]",
    ),
    *("[Figure 2]", "[$HOME]", "[name@mail.example]", "~~~\n[nodding]", "[a](b)", "![alt](x.png)", "\\[sighs\\]"),
)


@pytest.mark.parametrize(
    ("text", "kind", "feelings"),
    [
        ("[feeling lighter]", CueKind.FEELING, ()),
        ("[relieved as I type this]", CueKind.FEELING, ("relieved",)),
        ("[feeling honoured that you shared this]", CueKind.FEELING, ("honoured",)),
        ("[worn out]", CueKind.FEELING, ("worn out",)),
        ("[Worn  Out, and sad]", CueKind.FEELING, ("worn out", "sad")),
        ("[sighs]", CueKind.ACTION, ()),
        ("[nodding]", CueKind.ACTION, ()),
        ("[smiling sadly, sad all the same]", CueKind.ACTION, ("sad",)),
        ("[heart racing]", CueKind.ACTION, ()),
        ("[a long pause]", CueKind.ACTION, ()),
        ("[wondering if I said too much]", CueKind.THINKING, ()),
        ("[curious]", CueKind.FEELING, ("curious",)),
        ("[for my sister]", CueKind.OTHER, ()),
        ("[tired\nof it]", CueKind.FEELING, ("tired",)),
        ("so \U0001f622\ufe0f it was", CueKind.FEELING, ("sad",)),
        ("hm \U0001f914", CueKind.THINKING, ()),
        ("well :-)", CueKind.ACTION, ()),
        ("I do not know :/ yet", CueKind.OTHER, ()),
    ],
)
def test_F18_a_cue_is_of_its_kind(text: str, kind: CueKind, feelings: tuple[str, ...]) -> None:
    (cue,) = cues_in(text, FEELINGS)
    assert (cue.kind, cue.feelings) == (kind, feelings)


def test_F18_a_feeling_is_known_whether_its_accents_are_composed_or_not() -> None:
    feelings = read_feelings("[weariness]\nm\u00fcde\nerm\u00fcdet")
    for form in ("NFC", "NFD"):
        (cue,) = cues_in(unicodedata.normalize(form, "[M\u00fcde, ganz erm\u00fcdet]"), feelings)
        assert cue.feelings == ("m\u00fcde", "erm\u00fcdet")


@pytest.mark.parametrize("text", NO_CUES)
def test_F18_what_stands_in_brackets_for_other_reasons_is_no_cue(text: str) -> None:
    assert cues_in(text, FEELINGS) == ()


def test_F18_of_a_picture_within_brackets_the_brackets_count() -> None:
    (cue,) = cues_in("[smiling :) at that]", FEELINGS)
    assert cue.words == "smiling :) at that"


@given(st.text(st.sampled_from("[]()`~\n :;-D/xaesdhing1.\U0001f622\ufe0f\u2764"), max_size=60) | st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_cues_of_any_text_stand_in_it_apart_and_in_order(text: str) -> None:
    found = cues_in(text, FEELINGS)
    assert all(0 <= cue.start < cue.end <= len(text) and cue.words for cue in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(
    st.lists(st.sampled_from(["[sighs]", "[feeling low]", "[nodding]", *NO_CUES[:12]]), max_size=8),
    st.sampled_from(["\n\n", "\n", " and then "]),
)
@settings(max_examples=60, deadline=None)
def test_F18_cues_are_found_among_whatever_else_stands_there(parts: list[str], between: str) -> None:
    real = [part[1:-1] for part in parts if part in {"[sighs]", "[feeling low]", "[nodding]"}]
    assert [cue.words for cue in cues_in(between.join(parts), FEELINGS)] == real


def test_much_hostile_text_takes_little_time() -> None:
    for text in ("[" * 200_000, "[a" * 100_000, "`" * 200_001, "[a]" * 60_000, "~~~\n" * 50_000):
        cues_in(text, FEELINGS)
    for text in ("`a` [feeling sad] ", ":) [feeling sad] ", "`a` :) "):  # each cue is held against all spans of code
        assert len(cues_in(text * 20_000, FEELINGS)) in {20_000, 40_000}


# --- the list ------------------------------------------------------------------------------------------


def test_our_own_list_has_some_families_of_feelings_each() -> None:
    assert 8 <= len(FEELINGS.families) <= 12
    assert 130 <= len(FEELINGS.family_of) <= 180
    assert FEELINGS.family_of["worn out"] == "tiredness"


@pytest.mark.parametrize("text", ["sad", "[a]\nsad\nsad", "[a]\none two three four", "[a]\n123", "[a]\n" + "x" * 61])
def test_a_list_that_cannot_be_used_names_the_line(text: str) -> None:
    with pytest.raises(UnusableInput) as caught:
        read_feelings(text)
    assert f"line {len(text.splitlines())}" in caught.value.what


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_is_a_list_or_refused(text: str) -> None:
    try:
        found = read_feelings(text)
    except UnusableInput:
        return
    assert isinstance(found, Feelings)
    assert all(found.named_in(feeling) == (feeling,) for feeling in found.family_of)
