"""The interface for tests: the fictional practice once a session, small ones, and a pilot at the usual sizes."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.support.practices import practice_in, short_directory
from tests.support.undecided import not_yet_accepted
from therapymail.practice.demo.stage import Stage, staged
from therapymail.practice.practice import Practice
from therapymail.practice.unlock import unlock
from therapymail.tui.app import TherapymailApp
from therapymail.tui.places import LETTERS

SMALL, LARGE = (80, 24), (120, 40)
Play = Callable[[TherapymailApp, Pilot[None]], Awaitable[None]]


@pytest.fixture(autouse=True)
def no_pulse(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look at the record every two seconds is made by those tests that want it: a picture hangs on no clock."""
    monkeypatch.setattr("therapymail.tui.pulse.LOOK_SECONDS", 1000)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """The fictional practice on stage."""
    with staged(os.environ) as found:
        yield not_yet_accepted(found)


@pytest.fixture
def practice(stage: Stage) -> Practice:
    """The fictional practice, unlocked."""
    if not stage.practice.session.is_open():
        unlock(stage.practice, None)
    return stage.practice


@pytest.fixture
def blank() -> Iterator[Practice]:
    """A new practice without letters, unlocked."""
    with short_directory() as directory, practice_in(directory) as found:
        yield found


def play(
    practice: Practice,
    scene: Play,
    size: tuple[int, int] = SMALL,
    *,
    first: str = LETTERS,
    watching: bool = False,
) -> TherapymailApp:
    """Run the interface on `practice` and play `scene` in it, from the place `first` on."""
    app = TherapymailApp(practice, first=first, watching=watching)

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await settled(app, pilot)
            await scene(app, pilot)

    try:
        asyncio.run(run())
    finally:
        app.post.stop()
        app.record.end()
    return app


async def settled(app: TherapymailApp, pilot: Pilot[None], seconds: float = 20) -> None:
    """Wait until everything that was asked is answered and drawn."""
    async with asyncio.timeout(seconds):
        while True:
            await pilot.pause()
            if all(worker.is_finished or worker.group == "post" for worker in app.workers):
                await pilot.pause()
                return
            await asyncio.sleep(0.01)


def screen_text(app: TherapymailApp) -> str:
    """What stands on the screen, line by line."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in lines)


def with_settings(practice: Practice, **changes: object) -> Practice:
    """The same practice with other settings."""
    return replace(practice, settings=replace(practice.settings, **changes))  # type: ignore[arg-type]


def home_bytes(practice: Practice) -> Iterator[tuple[Path, bytes]]:
    """Every file of the practice and of its run directory."""
    for root in (practice.paths.home, practice.run.shared):
        for file in root.rglob("*"):
            if file.is_file():
                yield file, file.read_bytes()
