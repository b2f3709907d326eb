from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.cli.commands.search import marked
from therapymail.domain.found import Snippet


def test_what_was_found_shows_without_colour() -> None:
    found = Snippet("the unlit room again", ((4, 9), (10, 14)), cut_before=True)
    assert marked(found) == "... the *unlit* *room* again"
    assert marked(Snippet("plain")) == "plain"


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
