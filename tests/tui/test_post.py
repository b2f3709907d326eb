"""The mailbox beside the interface: a sync and a watch tell counts, a dead host is a line, nothing waits for either."""

import asyncio
import gc
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import play, screen_text, settled, with_settings
from therapymail.practice.practice import Practice
from therapymail.tui.app import TherapymailApp
from therapymail.tui.screens.room import Room
from therapymail.tui.screens.unlocking import Unlocking


async def said(app: TherapymailApp, words: str, seconds: float = 30) -> None:
    """Wait until the foot of the screen says `words`."""
    async with asyncio.timeout(seconds):
        while words not in f"{app.mailbox} {app.said}":
            await asyncio.sleep(0.02)


def test_a_sync_says_what_it_did(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await pilot.press("s")
        await said(app, "nothing new at")
        await pilot.pause()
        assert "nothing new at" in screen_text(app)

    play(practice, scene)


def test_C39_while_the_mailbox_is_slow_the_screen_is_not(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await pilot.press("s", "j", "enter")
        room = app.screen
        assert isinstance(room, Room)
        async with asyncio.timeout(10):
            while room.reader.found is None:
                await asyncio.sleep(0.01)
        await said(app, "nothing new at")

    play(practice, scene)


def test_a_dead_mail_host_is_a_line(practice: Practice) -> None:
    imap = practice.settings.imap
    assert imap is not None
    dead = with_settings(practice, imap=replace(imap, port=9, secret_command="printf secret"))

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await pilot.press("s")
        await said(app, "not synced")
        assert app.said.endswith("."), app.said
        assert "127.0.0.1:9" in app.said or "localhost:9" in app.said, app.said
        assert isinstance(app.screen, Room)
        assert app.is_open

    play(dead, scene)


def test_a_practice_without_a_mailbox_says_so(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await pilot.press("s", "S")
        await settled(app, pilot)
        assert "no mailbox" in app.said

    play(with_settings(practice, imap=None), scene)


def test_the_watch_begins_and_ends(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await pilot.press("S")
        await said(app, "watching · nothing new at")
        assert app.post.is_watching
        await pilot.press("S")
        await said(app, "not watched any more")
        assert not app.post.is_watching

    play(practice, scene)


def test_M02_the_mailbox_is_watched_by_itself_and_again_after_a_lock(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("therapymail.tui.app._WATCH_AFTER_SECONDS", 0.05)

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await said(app, "watching · nothing new at")
        assert app.said == ""
        await pilot.press("ctrl+l")
        async with asyncio.timeout(20):
            while not isinstance(app.screen, Unlocking):
                await pilot.pause(0.05)
        await settled(app, pilot)
        assert app.mailbox == ""
        assert not app.post.is_watching
        await pilot.press("enter")
        await said(app, "watching · nothing new at")

    play(practice, scene, watching=True)


def test_a_mail_host_that_is_dead_while_it_is_watched_is_a_line_and_nothing_else(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("therapymail.tui.app._WATCH_AFTER_SECONDS", 0.05)
    imap = practice.settings.imap
    assert imap is not None
    dead = with_settings(practice, imap=replace(imap, port=9, secret_command="printf secret"))

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await said(app, "mailbox not reached, again in")
        assert isinstance(app.screen, Room)
        await pilot.press("j", "enter")
        assert app.is_open

    play(dead, scene, watching=True)


@pytest.mark.filterwarnings("error::RuntimeWarning", "error::pytest.PytestUnraisableExceptionWarning")
def test_what_an_end_comes_before_is_not_begun(practice: Practice) -> None:
    async def scene(app: TherapymailApp, _: Pilot[None]) -> None:
        app.post.begin_watching()
        app.post.toggle_sync()
        app.workers.cancel_all()

    play(practice, scene)
    gc.collect()
