"""Sealed pieces of a letter in the room: opened on request, one by one, in a frame of their own (PGP.md A3, A6, M8)."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from tests.support.arrived import arrived
from tests.support.practices import THERAPIST, Writers, introduce, practice_in, short_directory, writers_to
from tests.tui.conftest import LARGE, SMALL, play, screen_text, settled
from tests.tui.picture import assert_as_kept, drawn_as_kept
from therapymail.practice.practice import Practice
from therapymail.practice.unlock import unlock
from therapymail.tui.app import TherapymailApp
from therapymail.tui.screens.room import Room
from therapymail.tui.screens.sealed_pieces import PieceScreen
from therapymail.tui.screens.unlocking import Unlocking
from therapymail.tui.widgets.seal_banner import SealBanner
from therapymail.tui.widgets.sheet import ChoiceSheet

HARMFUL = "[@click=app.quit]x[/] \x1b[2J\u202e"


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    """A practice whose one letter has two sealed blocks, the second with another inside, and a sealed file."""
    with (
        short_directory() as directory,
        practice_in(directory) as made,
        writers_to(made, directory) as writers,
    ):
        heron = writers.add("Maren Quist", "maren@heron.example")
        introduce(made, "HERON", heron)
        inner = writers.sealed(b"the innermost words", heron)
        second = writers.sealed(b"look inside:\r\n" + inner, None)
        arrived(made, mail(writers, writers.sealed(f"only for you {HARMFUL}".encode(), heron), second))
        yield made


def mail(writers: Writers, *blocks: bytes) -> bytes:
    """A letter in clear that holds `blocks`, and a sealed file with a harmful name."""
    return (
        f"From: Maren <maren@heron.example>\r\nTo: {THERAPIST}\r\nSubject: mixed\r\n"
        "Date: Mon, 02 Nov 2026 08:59:00 +0000\r\nMessage-ID: <1@heron.example>\r\n"
        "Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n\r\nBefore the first.\r\n".encode()
        + b"\r\nBetween them.\r\n".join(blocks)
        + b"\r\n--bb\r\nContent-Type: application/octet-stream\r\n"
        + b'Content-Disposition: attachment; filename="\x1b[2Jscan.png.pgp"\r\n\r\n'
        + writers.sealed(b"\x89PNG\x00", None)
        + b"\r\n--bb--\r\n"
    )


async def press(app: TherapymailApp, pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(app, pilot)


def is_shown(app: TherapymailApp, kind: type[Screen[Any]]) -> bool:
    return isinstance(app.screen, kind)


def word_of(app: TherapymailApp) -> str:
    banner = app.screen.query_one(SealBanner).banner
    return banner.mark.word if banner else ""


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_A3_a_piece_is_opened_only_when_asked_for_and_stands_in_a_frame_of_its_own(
    practice: Practice, size: tuple[int, int]
) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "enter")
        assert word_of(app) == "PARTLY SEALED"
        assert "only for you" not in screen_text(app)
        await press(app, pilot, "e")
        assert is_shown(app, ChoiceSheet)
        assert "only for you" not in screen_text(app)
        await press(app, pilot, "enter")
        assert is_shown(app, PieceScreen)
        shown = screen_text(app)
        assert "only for you" in shown
        assert "Before the first" not in shown
        assert "Between them" not in shown
        assert word_of(app) == "PINNED KEY"
        await press(app, pilot, "escape")
        assert is_shown(app, Room)
        assert word_of(app) == "PARTLY SEALED"
        assert "only for you" not in screen_text(app)

    play(practice, scene, size)


def test_A4_S8_the_verdict_on_one_piece_is_not_on_the_next_and_nothing_of_it_steers(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "enter", "e", "enter")
        assert "\x1b" not in screen_text(app)
        assert "[@click=app.quit]x[/]" in screen_text(app)
        await press(app, pilot, "escape", "e")
        assert "\x1b" not in screen_text(app)
        assert "scan.png" in screen_text(app)
        await press(app, pilot, "j", "enter")
        assert word_of(app) == "UNSIGNED"

    play(practice, scene)


def test_a_piece_inside_a_piece_is_opened_by_itself(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "enter", "e", "j", "enter")
        assert "innermost" not in screen_text(app)
        await press(app, pilot, "e", "enter")
        shown = screen_text(app)
        assert "the innermost words" in shown
        assert "look inside" not in shown
        assert "Piece 2.1 of 1" in shown
        assert word_of(app) == "PINNED KEY"

    play(practice, scene)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_a_piece_looks_as_it_did_when_somebody_looked(
    practice: Practice, size: tuple[int, int], tmp_path: Path
) -> None:
    drawn = ""

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        nonlocal drawn
        await press(app, pilot, "enter")
        assert "e Sealed pieces" in screen_text(app)
        await press(app, pilot, "e", "enter")
        drawn = await drawn_as_kept(app, f"piece-{size[0]}x{size[1]}-dark")

    play(practice, scene, size)
    assert_as_kept(drawn, f"piece-{size[0]}x{size[1]}-dark", tmp_path)


def test_the_palette_names_it_while_a_letter_is_read(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        assert app.screen.check_action("pieces", ()) is False
        await press(app, pilot, "enter")
        assert app.screen.check_action("pieces", ()) is not False
        await press(app, pilot, "ctrl+p", *"sealed")
        assert "Sealed pieces" in screen_text(app)

    play(practice, scene)


def test_S26_a_lock_takes_the_piece_from_the_screen(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "enter", "e", "enter")
        screen = app.screen
        assert isinstance(screen, PieceScreen)
        await pilot.press("ctrl+l")
        async with asyncio.timeout(20):
            while not is_shown(app, Unlocking):
                await asyncio.sleep(0.02)
        await settled(app, pilot)
        assert screen._opened is None
        assert "only for you" not in screen_text(app)
        assert "only for you" not in app.export_screenshot()

    play(practice, scene)
    unlock(practice, None)
