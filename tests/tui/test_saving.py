"""C12: a save that fails is said and tried again by itself; what was kept apart is what leaves."""

import asyncio
from typing import Any

import pytest

from tests.tui.desk_practice import OURS, DeskPractice, at_desk, desk, made, settled, shown, typed
from therapymail.domain.draft import DraftContent, DraftName
from therapymail.errors import FileUnusable, NotInOutbox
from therapymail.practice import outbox, write
from therapymail.tui.screens.writing import WritingScreen

__all__ = ["desk", "made"]


def test_C12_a_save_that_fails_is_said_and_made_by_itself_as_soon_as_it_can_be(
    desk: DeskPractice, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = write.start_draft(desk.practice, "HERON", DraftContent("x", "")).name
    usual, failing = write.save, True

    def save(*given: Any, **more: Any) -> Any:
        if failing:
            raise FileUnusable("vault", "the disk is full")
        return usual(*given, **more)

    monkeypatch.setattr(write, "save", save)

    async def write_on() -> None:
        nonlocal failing
        async with at_desk(desk.practice, WritingScreen(name)) as pilot:
            await typed(pilot, "kept")
            async with asyncio.timeout(20):
                while "NOT SAVED" not in shown(pilot):
                    await pilot.pause(0.05)
            failing = False
            async with asyncio.timeout(20):
                while write.show_draft(desk.practice, name).draft.content.text != "kept":
                    await pilot.pause(0.05)
            await settled(pilot)
            assert "NOT SAVED" not in shown(pilot)

    asyncio.run(write_on())


def test_C12_what_was_kept_apart_is_what_leaves(desk: DeskPractice) -> None:
    name = write.start_draft(desk.practice, "HERON", OURS).name

    async def write_and_send() -> None:
        async with at_desk(desk.practice, WritingScreen(name)) as pilot:
            write.save(desk.practice, name, DraftContent("theirs", "written elsewhere"))
            await typed(pilot, "here ")
            await pilot.press("ctrl+s")
            await settled(pilot)
            await pilot.press("ctrl+g")
            await settled(pilot)
            assert "D-2 to HERON" in shown(pilot)
            await pilot.press("enter")
            await settled(pilot)

    asyncio.run(write_and_send())
    assert outbox.show(desk.practice, DraftName(2)).draft == DraftName(2)
    with pytest.raises(NotInOutbox):
        outbox.show(desk.practice, name)
