"""Cues that were asked for are marked where they stand, however far in the letter."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.query import All, Any, Field, Filter
from therapymail.domain.query_text import read_query
from therapymail.vault.filters import terms_of_cues
from therapymail.vault.snippets import Marker
from therapymail.vault.terms import cue_term
from therapymail.vault.words import sought

FAR = "It went on as it does, and the days with it. " * 40


@pytest.mark.parametrize(
    ("query", "text", "language", "marked"),
    [
        ("cue:sigh", f"I sigh. {FAR}[sighs deeply] and so on", "en", ["[sighs deeply]"]),
        ('cue:"deep breath"', f"[a breath, deep] {FAR}[taking deep breaths]", "en", ["[taking deep breaths]"]),
        ("feeling:sad", f"a sad day {FAR}but [feeling sad, and tired] it was \U0001f622", "en",
         ["[feeling sad, and tired]", "\U0001f622"]),
        ("feeling:self-conscious", f"{FAR}[self conscious]", "en", ["[self conscious]"]),
        ("cue:smile", f"{FAR}so :) it was", "en", [":)"]),
        ("cue:笑", f"{FAR}[微笑]", "", ["[微笑]"]),
        ("cue:微笑", f"{FAR}[大微笑了]", "", ["[大微笑了]"]),
        ("door cue:sigh", f"The door, [sighs] {FAR}", "en", ["door", "[sighs]"]),
        ("feeling:sad", "Nothing of it is said here.", "en", []),
        ("-cue:sigh door", "[sighs] at the door", "en", ["door"]),
    ],
    ids=lambda value: str(value)[:12],
)  # fmt: skip
def test_F18_a_cue_that_was_asked_for_is_marked_whole(query: str, text: str, language: str, marked: list[str]) -> None:
    snippet = Marker(read_query(query)).snippet("about it", text, language)

    assert [snippet.text[start:end] for start, end in snippet.marks] == marked


def test_F18_a_family_of_feelings_is_marked_by_any_of_its_words() -> None:
    family = Any((Filter(Field.FEELING, "sadness"), Filter(Field.FEELING, "low")))

    snippet = Marker(All((family,))).snippet("", f"{FAR}[quite low today] and [sadness]", "en")

    assert [snippet.text[start:end] for start, end in snippet.marks] == ["[quite low today]", "[sadness]"]


WORDS = ("[sighs]", "[deep sigh]", "sigh", "[sad]", ":)", "[smiling]", "[a b]", "x", "[self-aware]", "\U0001f622")
SAID = st.lists(st.sampled_from(WORDS), max_size=8)


@settings(max_examples=60, deadline=None)
@given(SAID, st.sampled_from(["sigh", "smile", "deep sighs", "aware", "b", "sad"]))
def test_F18_what_the_index_finds_by_a_cue_is_marked_and_nothing_else(said: list[str], asked: str) -> None:
    text = " ".join(said)
    terms = f"{terms_of_cues(text, 'en')} "
    is_found = " " + " ".join(cue_term(token, "en") for token in sought(asked).tokens) + " " in terms

    snippet = Marker(Filter(Field.CUE, asked)).snippet("", text, "en")

    assert bool(snippet.marks) is is_found
