"""A client's desk: tabs, exchanges, notes and process notes, the agreement, keys and what another key asks for."""

from __future__ import annotations

from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.conftest import LARGE, SMALL, play, screen_text, settled
from tests.tui.desk_practice import desk, made
from therapymail.domain.spoken_fingerprint import spoken_words
from therapymail.practice.introduce import show_client
from therapymail.practice.practice import Practice
from therapymail.tui.app import TherapymailApp
from therapymail.tui.screens.desk import DeskScreen
from therapymail.tui.widgets.exchange_list import ExchangeList

__all__ = ["desk", "made"]


async def pressed(app: TherapymailApp, pilot: Pilot[None], *keys: str) -> None:
    """Press keys, and wait a moment: a sheet that asks is never done by itself."""
    for key in keys:
        await pilot.press(key)
        try:
            await settled(app, pilot, 0.4)
        except TimeoutError:
            continue


async def typed(app: TherapymailApp, pilot: Pilot[None], text: str) -> None:
    """Put `text` into the line in focus, and Enter."""
    assert isinstance(app.focused, Input)
    app.focused.value = text
    await pressed(app, pilot, "enter")


def test_every_tab_of_the_desk_shows_what_the_record_holds(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.ways.letter("HERON-12")
        await settled(app, pilot)
        assert isinstance(app.screen, DeskScreen)
        assert app.screen.read_name == "HERON-12"
        await pressed(app, pilot, "N")
        assert "12 progress notes" in screen_text(app)
        await pressed(app, pilot, "A")
        assert "Version 1, since 2025-01-07" in screen_text(app)
        await pressed(app, pilot, "Y")
        key = show_client(practice, "HERON").client.pins[0].fingerprint
        assert all(word in screen_text(app) for word in spoken_words(key))
        assert "█▀▀▀▀▀█" in screen_text(app)
        await pressed(app, pilot, "right_square_bracket")
        assert app.screen.tab == "panes", "from the last tab on comes the first"
        assert app.screen.read_name == "HERON-12", "the letter stays open meanwhile"

    play(practice, scene, LARGE)


def test_an_exchange_lists_its_own_letters(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.ways.client("HERON")
        await settled(app, pilot)
        screen = app.screen
        assert isinstance(screen, DeskScreen)
        listed = screen.query_one(ExchangeList)
        listed.cursor = next(at for at, each in enumerate(listed.rows) if each.number == 3)
        await settled(app, pilot)
        assert len(screen.letters.rows) == listed.row.letters  # type: ignore[union-attr]
        assert {each.exchange for each in screen.letters.rows} == {3}

    play(practice, scene, SMALL)
