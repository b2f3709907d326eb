"""A practice to write in: two clients with fixed keys, a letter to answer, a clock that stands, and the app upon it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from tests.support.practices import practice_in, short_directory
from tests.vault.builders import filing
from therapymail.config import HostSettings, Security
from therapymail.domain.client import Client
from therapymail.domain.draft import DraftContent
from therapymail.domain.letter import Filing, Reading
from therapymail.domain.seal import Protection, SealFacts, SignatureFact, SignatureFinding
from therapymail.practice.introduce import NewClient, add_client, verify_client
from therapymail.practice.practice import Practice
from therapymail.practice.process_notes import notes_session
from therapymail.practice.unlock import unlock
from therapymail.tui.app import TherapymailApp
from therapymail.vault import clients
from therapymail.vault.filing import file_letters

DATA = Path(__file__).parent / "data"
HERON_KEY = "74789E4A1DFFC439A0CB5E60E8378469CD0F7F3D"
LINDEN_KEY = "06DA1DD0D1A68DE2936F78D8B96D6D03B0B9F4AC"
MORNING = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
NO_HOST = HostSettings("localhost", 1, Security.TLS, "orla")  # nothing listens there
OURS = DraftContent("Re: The unlit room", "Dear Maren,\n\nthank you.\n\nOrla\n")
HARMFUL = "[bold red]x[/] [@click=app.quit]y[/] [/none \x1b]0;t\x07\x1b[2J \u202eevil\u202c \x9b31m \\[ 👩‍👩‍👧 é"
THEIRS = (
    "Dear Orla,\n\nI sat in her kitchen again on Sunday. I had thought of it as an unlit room I keep the door of"
    " shut, and when I opened it the light was on after all. [crying a little as I type]\n\n"
    "My sister rang. I did not tell her that I had been there. Why is it so hard to say?\n\nMaren\n"
)


@dataclass
class StandingClock:
    """A clock that shows what it is set to."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True)
class DeskPractice:
    """The practice, its clock, and the file of its vault as it was made."""

    practice: Practice
    clock: StandingClock
    fresh_vault: Path

    def begin_anew(self) -> None:
        """The vault and the clock as they were made, and no process notes."""
        paths = self.practice.paths
        vault = paths.vault
        if paths.notes.exists():
            notes_session(self.practice).end()
        for beside in (*vault.parent.glob(vault.name + "-*"), *paths.home.glob("notes.*")):
            beside.unlink()
        shutil.copyfile(self.fresh_vault, vault)
        self.clock.now = MORNING


@contextmanager
def desk_practice() -> Iterator[DeskPractice]:
    """HERON has written a letter, and her key is verified; LINDEN's key is pinned and not yet confirmed."""
    with short_directory() as directory, practice_in(directory) as made:
        clock = StandingClock()
        settings = replace(made.settings, imap=NO_HOST, smtp=NO_HOST, zone="Europe/London")
        practice = replace(made, clock=clock, settings=settings)
        add_client(practice, _client("HERON", "Maren Quist", "maren@heron.example"))
        verify_client(practice, "HERON", HERON_KEY, "read out on the telephone")
        add_client(practice, _client("LINDEN", "Tomas Adeyemi-Roux", "tomas@linden.example"))
        with practice.vault() as vault, vault.writing() as writer:
            heron = clients.client_by_code(writer, "HERON")
            file_letters(writer, [_letter(heron)], clock())
        fresh = directory / "fresh.db"
        shutil.copyfile(practice.paths.vault, fresh)
        yield DeskPractice(practice, clock, fresh)


@pytest.fixture(scope="module")
def made() -> Iterator[DeskPractice]:
    """A practice for a module's tests."""
    with desk_practice() as one:
        yield one


@pytest.fixture
def desk(made: DeskPractice) -> DeskPractice:
    """The practice as it was made, unlocked."""
    made.begin_anew()
    if not made.practice.session.is_open():
        unlock(made.practice, None)
    return made


class DeskApp(TherapymailApp):
    """The app with one screen, and nothing below it."""

    def __init__(self, practice: Practice, first: Screen[None]) -> None:
        super().__init__(practice)
        self._first = first

    def open_room(self) -> None:
        self.is_open = True
        self.push_screen(self._first)


@asynccontextmanager
async def at_desk(
    practice: Practice, screen: Screen[None], size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilot[None]]:
    """The app with `screen`, settled; the record's thread ends with the block."""
    app = DeskApp(practice, screen)
    try:
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            yield pilot
    finally:
        app.record.end()


async def typed(pilot: Pilot[None], text: str) -> None:
    """Type text; a line end is Enter."""
    await pilot.press(*("enter" if character == "\n" else character for character in text))


async def settled(pilot: Pilot[None], seconds: float = 10) -> None:
    """Wait until nothing is asked of the record any more, or a sheet asks the person."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    await pilot.pause()
    while any(worker.is_running for worker in pilot.app.workers) and not pilot.app.screen.is_modal:
        assert loop.time() < end, [worker.group for worker in pilot.app.workers]
        await pilot.pause(0.02)
    await pilot.pause()


def shown(pilot: Pilot[None]) -> str:
    """What the screen shows, as text, line by line."""
    width, height = pilot.app.size
    lines = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text[:width].rstrip() for strip in lines[:height])


def _client(code: str, name: str, address: str) -> NewClient:
    key = (DATA / f"{code.lower()}.asc").read_bytes()
    return NewClient(code, name, (address,), key, "Europe/London")


def _letter(client: Client) -> Filing:
    came = MORNING - timedelta(days=2, hours=3)
    signed = SignatureFact(SignatureFinding.GOOD, HERON_KEY, came, None, 8)
    return filing(
        1,
        client,
        received=came,
        written=came - timedelta(minutes=4),
        author_address=client.write_to,
        facts=SealFacts(Protection.SEALED, (signed,), ("0123456789ABCDEF",), HERON_KEY),
        reading=Reading("The unlit room", THEIRS, "What you asked me last week.", language="en"),
    )
