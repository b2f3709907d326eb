"""The lock: by key, by idleness, by a session that ends elsewhere; afterwards nothing of a letter is left to see."""

import asyncio
import gc
import json
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, Static

from tests.support.practices import introduce, practice_in, short_directory, writers_to
from tests.tui.conftest import home_bytes, play, screen_text, settled, with_settings
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Filing, Reading
from therapymail.domain.seal import Protection, SealFacts
from therapymail.errors import VaultLocked
from therapymail.practice.practice import Practice
from therapymail.practice.session import seconds_since_start
from therapymail.practice.unlock import lock, unlock
from therapymail.practice.write import list_drafts
from therapymail.tui.app import TherapymailApp
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.screens.enclosing import EnclosuresSheet
from therapymail.tui.screens.room import Room
from therapymail.tui.screens.unlocking import Unlocking
from therapymail.tui.screens.writing import WritingScreen
from therapymail.tui.widgets.letter_area import LetterArea
from therapymail.vault.filing import file_letters

NOW = datetime(2025, 3, 31, 9, tzinfo=UTC)
MARKED = "quincebloss" + "omery"  # nowhere whole in this file


@pytest.fixture(scope="module")
def made() -> Iterator[Practice]:
    with short_directory() as directory, practice_in(directory) as practice:
        with writers_to(practice, directory) as writers:
            introduce(practice, "HERON", writers.add("Maren Holt", "maren@mail.example"))
        with practice.vault() as vault, vault.writing() as writer:
            (client,) = writer.row("SELECT identity FROM client") or ("",)
            reading = Reading(f"about {MARKED}", f"The {MARKED} is out. " * 40, f"{MARKED} quoted")
            filing = Filing(
                b"\x01" * 32, client, Direction.IN, Kind.LETTER, Standing.ACCEPTED, LetterState.OPENED, NOW, NOW,
                "<1@mail.example>", (), "maren@mail.example", SealFacts(Protection.SEALED), reading, b"x", 1,
            )  # fmt: skip
            file_letters(writer, [filing], NOW)
        yield practice


@pytest.fixture
def marked(made: Practice) -> Practice:
    if not made.session.is_open():
        unlock(made, None)
    return made


async def shown(app: TherapymailApp, screen: type[Screen[Any]], seconds: float = 20) -> None:
    """Wait until this screen is shown."""
    async with asyncio.timeout(seconds):
        while not isinstance(app.screen, screen):
            await asyncio.sleep(0.02)


async def locked(app: TherapymailApp) -> None:
    """Wait until the door is shown."""
    await shown(app, Unlocking)


async def read_and_search(app: TherapymailApp, pilot: Pilot[None]) -> None:
    """Have the marked letter on every kind of screen."""
    await pilot.press("enter")
    await settled(app, pilot)
    assert MARKED in screen_text(app)
    await pilot.press("z", "slash")
    app.screen.query_one(Input).value = MARKED[:-1] + "*"
    await settled(app, pilot)
    assert MARKED in screen_text(app)


def holders_of(words: str) -> list[str]:
    """What Python still holds that has these words in a string, but for this test's own."""
    gc.collect()
    found = []
    for holder in gc.get_objects():
        for each in gc.get_referents(holder):
            if isinstance(each, str) and words in each and holder is not sys.modules[__name__].__dict__:
                found.append(f"{type(holder)}: {type(each)!s}")
                break
    return found


async def forgotten(number: int) -> list[str]:
    """Who still holds the marked words, as soon as there are no more than before; else after some seconds."""
    for _ in range(20):
        left = holders_of(MARKED)
        if len(left) <= number:
            break
        await asyncio.sleep(0.25)
    return left


def test_S26_a_lock_clears_the_screen_the_vault_and_what_python_remembers(marked: Practice) -> None:
    before = len(holders_of(MARKED))

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await read_and_search(app, pilot)
        held = list(app.screen_stack)  # as Textual sometimes does for a while
        kept: Any = app.record._practice
        assert kept._kept
        await pilot.press("ctrl+l")
        await locked(app)
        await settled(app, pilot)
        assert MARKED not in screen_text(app)
        assert MARKED not in app.export_screenshot()
        assert not marked.session.is_open()
        assert not kept._kept
        assert not [screen for screen in app.screen_stack if isinstance(screen, Room)]
        left = await forgotten(before)
        assert len(left) <= before, left
        assert len(held) > 1
        with pytest.raises(VaultLocked):
            await app.ask(lambda practice: practice.vault())

    play(marked, scene)
    assert [file for file, content in home_bytes(marked) if MARKED.encode() in content] == []


def test_S26_a_lock_lets_go_of_what_was_being_written(marked: Practice) -> None:
    before = len(holders_of(MARKED))

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        await settled(app, pilot)
        await pilot.press("r")
        await shown(app, WritingScreen)
        await settled(app, pilot)
        app.screen.query_one(LetterArea).load_text(f"Dear Maren, the {MARKED}!")
        await settled(app, pilot)
        await pilot.press("ctrl+o")
        await shown(app, EnclosuresSheet)
        held = list(app.screen_stack)
        await pilot.press("ctrl+l")
        await locked(app)
        await settled(app, pilot)
        left = await forgotten(before)
        assert len(left) <= before, left
        assert len(held) > 2

    play(marked, scene)
    unlock(marked, None)
    assert [MARKED in each.draft.content.text for each in list_drafts(marked)] == [True]


def test_S26_what_is_copied_stays_in_the_room_and_goes_with_the_lock(
    marked: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", written.append)
        await pilot.press("enter", "w")
        await shown(app, WritingScreen)
        await settled(app, pilot)
        area = app.screen.query_one(LetterArea)
        area.load_text(f"the {MARKED}")
        area.focus()
        area.select_all()
        await pilot.press("ctrl+c", "end", "ctrl+v")
        await settled(app, pilot)
        assert area.text.count(MARKED) == 2
        assert not [each for each in written if "]52;" in each]
        await pilot.press("ctrl+l")
        await locked(app)
        assert app.clipboard == ""

    play(marked, scene)


def test_S26_it_locks_when_nobody_is_there(marked: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        await settled(app, pilot)
        await locked(app)
        assert not marked.session.is_open()
        assert MARKED not in screen_text(app)

    play(with_settings(marked, idle_lock_minutes=0.02), scene)


def test_a_key_says_that_somebody_is_there(marked: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        for _ in range(6):
            await pilot.press("j")
            await asyncio.sleep(0.4)
        assert app.is_open

    play(with_settings(marked, idle_lock_minutes=0.03), scene)


def test_S26_it_locks_when_the_practice_is_locked_elsewhere(marked: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        await settled(app, pilot)
        lock(marked)
        await locked(app)
        assert MARKED not in screen_text(app)

    play(marked, scene)


def test_S26_it_locks_though_the_practice_was_unlocked_again_elsewhere(marked: Practice) -> None:
    async def scene(app: TherapymailApp, _: Pilot[None]) -> None:
        lock(marked)
        unlock(marked, None)
        await locked(app)

    play(marked, scene)


@pytest.mark.parametrize("replaced", [False, True])
def test_it_locks_when_the_file_of_the_record_is_not_there_or_is_another(marked: Practice, *, replaced: bool) -> None:
    vault = marked.paths.vault
    away = vault.with_name("away")

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        vault.rename(away)
        try:
            if replaced:
                shutil.copyfile(away, vault)
            await locked(app)
            await settled(app, pilot)
            said = "another file stands" if replaced else "is not where it was"
            assert said in " ".join(screen_text(app).replace("│", " ").split())
        finally:
            away.replace(vault)

    play(marked, scene)


def test_S26_it_locks_when_the_time_of_the_session_is_over(marked: Practice) -> None:
    async def scene(app: TherapymailApp, _: Pilot[None]) -> None:
        record = json.loads(marked.run.session.read_bytes())
        marked.run.session.write_text(json.dumps({**record, "ends": seconds_since_start() - 1}))
        await locked(app)
        assert not marked.session.is_open()

    play(marked, scene)


def test_a_lock_lets_screens_save_first_and_waits_for_none_too_long(marked: Practice) -> None:
    saved: list[bool] = []

    class Saving(RoomScreen):
        async def before_lock(self) -> None:
            saved.append(marked.session.is_open())
            await asyncio.sleep(60)

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.push_screen(Saving())
        await pilot.press("ctrl+l")
        await locked(app)
        assert saved == [True]

    play(marked, scene)


def test_S26_a_screen_that_cannot_save_keeps_no_lock_from_clearing_everything(marked: Practice) -> None:
    class CannotSave(RoomScreen):
        def compose(self) -> ComposeResult:
            yield Static(MARKED)

        async def before_lock(self) -> None:
            raise VaultLocked

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.push_screen(CannotSave())
        await settled(app, pilot)
        assert MARKED in screen_text(app)
        await pilot.press("ctrl+l")
        await locked(app)
        assert MARKED not in screen_text(app)
        assert [type(screen) for screen in app.screen_stack[1:]] == [Unlocking]
        assert not marked.session.is_open()

    play(marked, scene)


def test_a_key_without_a_passphrase_opens_at_once_but_not_after_a_lock(marked: Practice) -> None:
    lock(marked)

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await shown(app, Room)
        await pilot.press("ctrl+l")
        await locked(app)
        await settled(app, pilot)
        assert "no passphrase" in screen_text(app)
        await pilot.press("enter")
        await shown(app, Room)

    play(marked, scene)


def test_a_wrong_passphrase_is_said_calmly_and_typed_anew() -> None:
    from dataclasses import replace

    from therapymail.config import Settings
    from therapymail.paths import PracticePaths, run_directory
    from therapymail.practice.setup import SetupRequest, set_up
    from therapymail.practice.setup_key import KeyChoice, KeySource

    right = "lantern orchard pebble willow ferry candle"
    with short_directory() as directory:
        paths = PracticePaths(directory / "practice")
        run = run_directory(paths, {})
        empty = Practice(paths, Settings("Orla", "orla@practice.example", ""), run, lambda: NOW, {})
        done = set_up(empty, SetupRequest(KeyChoice(KeySource.NEW, passphrase=right)))
        practice = replace(empty, settings=replace(empty.settings, own_key=done.key.fingerprint))
        lock(practice)

        async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
            await shown(app, Unlocking)
            await settled(app, pilot)  # it was tried first whether the key opens without one
            field = app.screen.query_one(Input)
            field.value = "[wrong [/b]"
            await pilot.press("enter")
            await settled(app, pilot)
            assert "That was not it" in screen_text(app)
            assert field.value == ""
            field.value = right
            await pilot.press("enter")
            await shown(app, Room)
            assert right not in screen_text(app)

        play(practice, scene)
        lock(practice)
