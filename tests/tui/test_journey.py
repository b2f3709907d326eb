"""A day in the room on the embedded post office: from the letter that comes to the response that leaves, and a lock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.posts import EmbeddedPost, embedded
from tests.support.sending import Sending, sending_over
from tests.tui.conftest import LARGE, play, screen_text, with_settings
from tests.tui.test_client_desk import pressed, typed
from therapymail.tui import departures
from therapymail.tui.app import TherapymailApp
from therapymail.tui.places import OUTBOX, TODAY
from therapymail.tui.screens.desk import DeskScreen
from therapymail.tui.screens.outbox import OutboxScreen
from therapymail.tui.screens.second_reading import SecondReading
from therapymail.tui.screens.unlocking import Unlocking
from therapymail.tui.screens.writing import WritingScreen
from therapymail.tui.widgets.letter_area import LetterArea
from therapymail.tui.widgets.timeline_lanes import TimelineLanes

__all__ = ["embedded"]

THEIRS = "Dear Orla,\n\nI opened the door of the xqunlit room.\n\nThe light was on. Who had lit it?\n\nMaren"
_UNDO_SECONDS = 600.0  # nobody waits for them: the test's own time goes on


@pytest.fixture(scope="module")
def sending(embedded: EmbeddedPost) -> Iterator[Sending]:
    with sending_over(embedded) as one:
        yield one


async def until(app: TherapymailApp, pilot: Pilot[None], is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for the thing itself."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, screen_text(app)
        await pilot.pause(0.05)


async def answered_inside(app: TherapymailApp, pilot: Pilot[None]) -> None:
    """Read it, tag it, and answer its second paragraph where it stands."""
    await pressed(app, pilot, "enter")
    shown: object = app.screen
    assert isinstance(shown, DeskScreen)
    await until(app, pilot, lambda: "xqunlit" in screen_text(app))
    await pressed(app, pilot, "t")
    await typed(app, pilot, "light")
    await pressed(app, pilot, "escape")
    await until(app, pilot, lambda: "light" in app.screen.query_one("#facts").render().plain)  # type: ignore[union-attr]
    await pressed(app, pilot, "r")
    shown = app.screen
    assert isinstance(shown, WritingScreen)
    await pressed(app, pilot, "ctrl+n")
    await typed(app, pilot, "3")
    area = app.screen.query_one(LetterArea)
    assert "> The light was on. Who had lit it?" in area.text
    area.insert("You did, xqlampwright.")
    await pressed(app, pilot, "ctrl+s")


async def held_and_taken_back(app: TherapymailApp, pilot: Pilot[None]) -> None:
    """Hold it, release it early with a reason, and take it back before it leaves."""
    await held(app, pilot)
    await released(app, pilot)
    assert "^R takes it back" in screen_text(app)
    await pressed(app, pilot, "ctrl+r")
    await until(app, pilot, lambda: "D-1 was taken back" in screen_text(app))


async def held(app: TherapymailApp, pilot: Pilot[None]) -> None:
    """From the writing desk into the outbox."""
    await pressed(app, pilot, "ctrl+g")
    assert "Hold until" in screen_text(app)
    await pressed(app, pilot, "enter")
    await until(app, pilot, lambda: not isinstance(app.screen, WritingScreen))
    await pressed(app, pilot, "4")
    assert isinstance(app.screen, OutboxScreen)
    assert app.place == OUTBOX
    await until(app, pilot, lambda: "held until" in screen_text(app))


async def released(app: TherapymailApp, pilot: Pilot[None]) -> None:
    """Read once more, and let go."""
    await pressed(app, pilot, "enter")
    assert isinstance(app.screen, SecondReading)
    await until(app, pilot, lambda: "xqlampwright" in screen_text(app))
    await pressed(app, pilot, "r")
    assert "Why does it leave before?" in screen_text(app)
    app.screen.query_one(Input).value = "She asked me to"
    await pressed(app, pilot, "enter", "y", "y", "enter")
    await until(app, pilot, lambda: "leaves in" in screen_text(app))


async def found_again(app: TherapymailApp, pilot: Pilot[None]) -> None:
    """Both letters: by their words, and in the timeline."""
    await pressed(app, pilot, "slash")
    app.screen.query_one("#words", Input).value = "xqlampwright"
    await until(app, pilot, lambda: "HERON-2 →" in screen_text(app))
    app.screen.query_one("#words", Input).value = "tag:light"
    await until(app, pilot, lambda: "HERON-1 ←" in screen_text(app) and "HERON-2 →" not in screen_text(app))
    await app.ways.timeline("HERON")
    await pressed(app, pilot, "shift")
    lanes = app.screen.query_one(TimelineLanes)
    await until(app, pilot, lambda: lanes.timeline is not None and "light" in screen_text(app))


def test_a_letter_comes_is_read_tagged_answered_inside_held_undone_sent_found_and_locked_away(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone_by = [0.0]
    monkeypatch.setattr(departures, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + gone_by[0]))
    practice = with_settings(sending.practice, undo_seconds=_UNDO_SECONDS)
    letter = sending.writers.letter(sending.clients["HERON"], THEIRS, subject="The xqunlit room")
    sending.post.append(sending.user, "INBOX", letter, sending.clock())

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        assert "Nothing waits for you." in screen_text(app)
        await pressed(app, pilot, "s")
        await until(app, pilot, lambda: "Read HERON-1" in screen_text(app))
        await answered_inside(app, pilot)
        await held_and_taken_back(app, pilot)
        await pressed(app, pilot, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, WritingScreen))
        await until(app, pilot, lambda: "xqlampwright" in app.screen.query_one(LetterArea).text)
        await held(app, pilot)
        await released(app, pilot)
        gone_by[0], sending.clock.later = _UNDO_SECONDS, sending.clock.later + timedelta(seconds=_UNDO_SECONDS)
        await until(app, pilot, lambda: "D-1 to HERON was sent, sealed. It is HERON-2" in screen_text(app))
        await found_again(app, pilot)
        await pilot.press("ctrl+l")
        await until(app, pilot, lambda: isinstance(app.screen, Unlocking))
        assert "xq" not in screen_text(app)
        assert not practice.session.is_open()

    play(practice, scene, LARGE, first=TODAY)
    (arrived,) = sending.arrived("HERON")
    assert b"xqlampwright" not in arrived
    assert b"xqlampwright" in (sending.opened_by_client(arrived).payload or b"")
