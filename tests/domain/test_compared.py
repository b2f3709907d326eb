"""Two letters beside each other, told by their own words; side by side where there is room."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.test_timeline import mail
from tests.domain.test_timeline_marks import HOSTILE, TUESDAY
from therapymail.domain.compared import Compared, Setting, compared_as_json, portrait_of
from therapymail.domain.compared_text import BESIDE, compared_lines
from therapymail.domain.drawing import text_of
from therapymail.domain.feelings import Feelings
from therapymail.domain.kinds import Kind
from therapymail.domain.letter import Reading
from therapymail.domain.text_width import columns_of

FEELINGS = Feelings({"tired": "tiredness", "glad": "joy"})
TEXT = "Dear Orla,\n\nit was a long week [tired, sighs]. What now? I am glad.\n\n[nodding]\n\nYours,\nMaren\n"


def compared(one: str = TEXT, other: str = "") -> Compared:
    first = Setting(1, 100, over_length=True, answered_hours=40, tags=("grief",))
    return Compared(
        "HERON",
        "Europe/London",
        portrait_of(mail(1, TUESDAY, words=120), Reading("", one), FEELINGS, first),
        portrait_of(mail(2, TUESDAY, kind=Kind.RESPONSE), Reading("", other), FEELINGS, first),
    )


def test_a_letter_is_told_by_its_ends_its_cues_and_its_questions() -> None:
    one = compared().one
    assert (one.greeting, one.sign_off) == ("Dear Orla,", "Yours, / Maren")
    assert one.questions == ("What now?",)
    assert one.feelings == {"tiredness": ("tired",)}, "in cues alone: what is said in the text is not guessed at"
    assert one.cues == {"feeling": ("tired, sighs",), "action": ("nodding",)}


def test_the_agreed_length_is_the_clients_alone() -> None:
    text = text_of(compared_lines(compared()))
    assert text.count("100 agreed for the exchange, over it") == 1
    assert "answered after 40 hours" in text
    assert "answers after 40 hours" in text


def test_they_stand_side_by_side_where_there_is_room() -> None:
    wide, narrow = (text_of(compared_lines(compared(), width=width)) for width in (BESIDE, BESIDE - 1))
    assert any("HERON-1" in line and "HERON-2" in line for line in wide.splitlines()[2:])
    assert not any("HERON-1" in line and "HERON-2" in line for line in narrow.splitlines()[2:])


@settings(max_examples=25)
@given(st.sampled_from(HOSTILE) | st.text(max_size=300), st.text(max_size=300), st.integers(0, 200))
def test_whatever_they_say_they_are_harmless_and_fit(one: str, other: str, width: int) -> None:
    found = compared(one, other)
    drawn = text_of(compared_lines(found, width=width))
    assert all(columns_of(line) <= max(width, 40) for line in drawn.splitlines())
    assert "\x1b" not in drawn
    assert "\u202e" not in drawn
    assert len(json.loads(json.dumps(compared_as_json(found)))["compared"]) == 2
