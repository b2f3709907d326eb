"""Autosave: nothing waits two seconds, and no older text is ever saved over a newer one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.draft import DraftContent
from therapymail.tui.autosave import LONGEST, PAUSE, Autosave

SAVE_TAKES = 0.4  # seconds, more than a save has ever taken


def content(number: int) -> DraftContent:
    return DraftContent("a subject", f"word {number}")


def test_a_pause_saves() -> None:
    autosave = Autosave(content(0))
    assert autosave.due_in(0) is None
    autosave.change(content(1), 10.0)
    assert autosave.due_in(10.0) == pytest.approx(PAUSE)
    assert autosave.due_in(10.0 + PAUSE) == pytest.approx(0)
    assert autosave.begin() == content(1)
    assert autosave.due_in(11.0) is None, "one save at a time"
    autosave.finish(11.1)
    assert not autosave.is_dirty


def test_what_was_typed_during_a_save_is_saved_after_it() -> None:
    autosave = Autosave(content(0))
    autosave.change(content(1), 0.0)
    autosave.begin()
    autosave.change(content(2), 1.0)
    autosave.finish(1.1)
    assert autosave.is_dirty
    assert autosave.due_in(1.0 + PAUSE) == pytest.approx(0)
    assert autosave.begin() == content(2)


def test_what_could_not_be_saved_is_tried_again_and_not_without_end_at_once() -> None:
    autosave = Autosave(content(0))
    autosave.change(content(1), 0.0)
    autosave.begin()
    autosave.fail(5.0)
    assert autosave.is_dirty
    assert autosave.due_in(5.0) == pytest.approx(PAUSE)


def test_what_was_taken_back_needs_no_save() -> None:
    autosave = Autosave(content(0))
    autosave.change(content(1), 0.0)
    autosave.change(content(0), 0.2)
    assert autosave.due_in(9.0) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(min_value=0.01, max_value=1.5), min_size=1, max_size=40))
def test_C12_no_word_waits_two_seconds_however_somebody_types(pauses: list[float]) -> None:
    autosave, now, saved_at = Autosave(content(0)), 0.0, 0.0
    typed: dict[int, float] = {}
    held: dict[int, float] = {}
    begun: float | None = None

    def live_until(end: float) -> None:
        nonlocal begun, saved_at
        while True:
            if begun is not None:
                if begun + SAVE_TAKES > end:
                    return
                saved_at = begun + SAVE_TAKES
                assert autosave.on_its_way is not None
                held[int(autosave.on_its_way.text.split()[1])] = saved_at
                autosave.finish(saved_at)
                begun = None
            due = autosave.due_in(max(saved_at, now))
            if due is None or max(saved_at, now) + due > end:
                return
            begun = max(saved_at, now) + due
            autosave.begin()

    for number, pause in enumerate(pauses, 1):
        live_until(now + pause)
        now += pause
        autosave.change(content(number), now)
        typed[number] = now
    live_until(now + 10)
    for number, at in typed.items():
        assert min(when for kept, when in held.items() if kept >= number) - at <= 2.0
    assert LONGEST + SAVE_TAKES < 2.0
