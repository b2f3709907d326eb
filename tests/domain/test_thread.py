"""The thread of a theme: what bears it, what it says, how long it was silent; and sentences that promise something."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.test_timeline import mail
from tests.domain.test_timeline_marks import HOSTILE, TUESDAY, facts_of
from therapymail.domain.drawing import text_of
from therapymail.domain.kinds import Kind
from therapymail.domain.promises import promises_in
from therapymail.domain.text_width import columns_of
from therapymail.domain.thread import Thread, thread_as_json, thread_of
from therapymail.domain.thread_text import thread_lines
from therapymail.domain.timeline import timeline_of

WEEK = timedelta(weeks=1)
LETTERS = [
    mail(1, TUESDAY, tags=("grief/father",)),
    mail(2, TUESDAY + timedelta(days=1), kind=Kind.RESPONSE),
    mail(3, TUESDAY + WEEK),
    mail(4, TUESDAY + 3 * WEEK, tags=("grief", "griefs")),
]


def thread(theme: str = "grief", texts: dict[str, str] | None = None, **more: object) -> Thread:
    passages = {LETTERS[1].digest: [theme]}
    timeline = timeline_of(replace(facts_of(LETTERS, passages=passages), **more), off=())  # type: ignore[arg-type]  # as each test names them
    return thread_of(timeline, theme, texts or {}, {"HERON-2": ["The door is ajar."]})


def test_a_theme_takes_those_below_it_along_and_no_other() -> None:
    found = thread()
    assert [(each.letter, each.tags, each.borne) for each in found.mentions] == [
        ("HERON-1", ("grief/father",), ("letter",)),
        ("HERON-2", ("grief",), ("passage",)),
        ("HERON-4", ("grief",), ("letter",)),
    ]
    assert [(each.days_since, each.letters_since) for each in found.mentions] == [(None, None), (1, 0), (20, 1)]


def test_a_passage_is_told_as_it_stands_else_where_the_word_stands_else_how_it_begins() -> None:
    long = "Dear Orla, " + "the garden grows and the kettle sings. " * 8
    said = thread(texts={"HERON-1": long, "HERON-2": "x", "HERON-4": long + "Then Grief came by, as it does."}).mentions
    assert said[0].said[0].text.startswith("Dear Orla, the garden")
    assert said[0].said[0].text.endswith(" …")
    assert [(each.text, each.is_passage) for each in said[1].said] == [("The door is ajar.", True)]
    assert "Grief came by" in said[2].said[0].text


def test_a_feeling_is_followed_by_its_word_and_by_its_family() -> None:
    feelings = {LETTERS[0].digest: {"sadness": ("tearful",)}}
    for theme in ("feeling/sadness", "feeling/tearful"):
        found = thread(theme, feelings=feelings)
        assert found.mentions[0].letter == "HERON-1"
        assert found.mentions[0].words == ("tearful",)


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from(HOSTILE) | st.text(max_size=300), min_size=3, max_size=3),
    st.integers(0, 120),
    st.booleans(),
)
def test_whatever_letters_say_their_thread_is_harmless_and_fits(texts: list[str], width: int, plain: bool) -> None:
    found = thread(texts=dict(zip(("HERON-1", "HERON-2", "HERON-4"), texts, strict=True)))
    drawn = text_of(thread_lines(found, width=width, plain=plain))
    assert all(columns_of(line) <= max(width, 40) for line in drawn.splitlines())
    assert "\x1b" not in drawn
    assert "\u202e" not in drawn
    assert json.loads(json.dumps(thread_as_json(found)))["theme"] == "grief"


@pytest.mark.parametrize(
    ("text", "promised"),
    [
        ("Thank you. I will write on Tuesday. Rest well.", ("I will write on Tuesday.",)),
        ("I\u2019ll keep\nyour letter by me", ("I\u2019ll keep your letter by me",)),
        ("Ich werde am Dienstag antworten.", ("Ich werde am Dienstag antworten.",)),
        ("You said she will come. Bill will too.", ()),
        ("", ()),
    ],
)
def test_sentences_that_say_what_will_be_done(text: str, promised: tuple[str, ...]) -> None:
    assert promises_in(text) == promised
