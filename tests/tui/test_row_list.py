"""A list draws a row once while it is in sight, and nothing where nothing changed: what a key costs is a row or two."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from textual.app import App, ComposeResult
from textual.content import Content

from therapymail.tui.widgets.row_list import RowList

ROWS, LINES = 100_000, 24


class Counted(RowList[str]):
    """Rows of a word; `drawn` counts them."""

    drawn = 0

    def draw(self, row: str, width: int) -> Sequence[Content]:
        self.drawn += 1
        return [Content(row).truncate(width)]


class Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield Counted()


def test_a_hundred_thousand_rows_are_walked_by_drawing_each_once_when_it_comes_into_sight() -> None:
    async def scene() -> None:
        async with Bare().run_test(size=(80, LINES)) as pilot:
            rows = pilot.app.query_one(Counted)
            rows.focus()
            rows.show_rows([f"row {number}" for number in range(ROWS)])
            await pilot.pause()
            drawn = rows.drawn
            assert drawn <= 2 * LINES, "a screenful, before and after the scroll bar came"
            rows.show_rows([f"row {number}" for number in range(ROWS)])
            await pilot.pause()
            assert rows.drawn == drawn, "the same rows again"
            await pilot.press("j", "j", "k")
            await pilot.pause()
            assert rows.drawn <= drawn + 6, "those that the cursor left and came to"
            await pilot.press("G")
            await pilot.pause()
            assert rows.row == f"row {ROWS - 1}"
            assert rows.drawn <= drawn + 6 + LINES + 2, "a screenful at the other end"
            drawn = rows.drawn
            rows.show_rows([f"row {number}" for number in range(ROWS)], ROWS - 1, as_of="a minute later")
            await pilot.pause()
            assert rows.drawn > drawn, "what the drawing depends on is something else"

    asyncio.run(scene())


def test_a_row_of_several_lines_or_with_tabs_keeps_its_place() -> None:
    async def scene() -> None:
        async with Bare().run_test(size=(40, 4)) as pilot:
            rows = pilot.app.query_one(Counted)
            rows.show_rows(["one\ntwo", "a\tb", "three"])
            await pilot.pause()
            lines = [strip.text.rstrip() for strip in pilot.app.screen._compositor.render_strips()]
            assert lines == ["one", "a       b", "three", ""]

    asyncio.run(scene())
