"""The first run: how it looks, and what each way to begin is."""

import asyncio
from pathlib import Path

import pytest

from tests.tui.conftest import LARGE, SMALL
from tests.tui.picture import assert_as_kept, drawn_as_kept
from therapymail.tui.themes import DARK, LIGHT
from therapymail.tui.welcome import Begin, Welcome


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_the_welcome_looks_as_it_did_and_asks_how_to_begin(size: tuple[int, int], tmp_path: Path) -> None:
    drawn: dict[str, str] = {}

    async def begin(*keys: str) -> Begin | None:
        app = Welcome()
        async with app.run_test(size=size) as pilot:
            for theme in (LIGHT, DARK):
                app.theme = theme.name
                await pilot.pause(0.05)
                picture = f"welcome-{size[0]}x{size[1]}-{theme.name.rpartition('-')[2]}"
                drawn[picture] = await drawn_as_kept(app, picture)
            await pilot.press(*keys)
            await pilot.pause()
        return app.chosen

    assert asyncio.run(begin("enter")) is Begin.DEMO
    assert asyncio.run(begin("j", "enter")) is Begin.SETUP
    assert asyncio.run(begin("escape")) is None
    for name, svg in drawn.items():
        assert_as_kept(svg, name, tmp_path)
