"""Enclosures, and the sheet that asks how a letter leaves: holding comes first, and Escape changes nothing."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.desk_practice import OURS, DeskPractice, at_desk, desk, made, settled, shown, typed
from therapymail.domain.draft import DraftContent, DraftName
from therapymail.domain.outbox import OutboxState
from therapymail.practice import outbox, write
from therapymail.practice.outbox import SendRequest, default_hold_ends
from therapymail.tui.screens.writing import WritingScreen
from therapymail.tui.widgets.letter_area import LetterArea

__all__ = ["desk", "made"]

SIZES = ((80, 24), (120, 40))


def text_of(desk: DeskPractice, name: DraftName) -> str:
    return write.show_draft(desk.practice, name).draft.content.text


def drafts_of(desk: DeskPractice) -> dict[str, DraftContent]:
    return {str(view.draft.name): view.draft.content for view in write.list_drafts(desk.practice)}


def test_enclosures_are_put_in_by_path_and_taken_out(desk: DeskPractice, tmp_path: Path) -> None:
    name = write.start_draft(desk.practice, "HERON", OURS).name
    plan = tmp_path / "a plan [1].txt"
    plan.write_bytes(b"to walk by the river")

    async def enclose() -> None:
        async with at_desk(desk.practice, WritingScreen(name)) as pilot:
            await pilot.press("ctrl+o")
            await settled(pilot)
            for path, says in ((tmp_path / "none.txt", "cannot be used"), (tmp_path, "cannot be used")):
                await _enclose(pilot, path)
                assert says in shown(pilot).replace("\n", " ")
            await _enclose(pilot, plan)
            assert "a plan [1].txt (20 B)" in shown(pilot)
            await pilot.press("escape")
            await settled(pilot)
            assert "Enclosed: a plan [1].txt (20 B)" in shown(pilot)
            assert len(write.show_draft(desk.practice, name).draft.enclosures) == 1
            await pilot.press("ctrl+o")
            await settled(pilot)
            await pilot.press("shift+tab", "down", "delete")
            await pilot.pause(0.3)
            await pilot.press("escape")
            await settled(pilot)
            assert "Enclosed" not in shown(pilot)

    asyncio.run(enclose())
    assert write.show_draft(desk.practice, name).draft.enclosures == ()


async def _enclose(pilot: Pilot[None], path: Path) -> None:
    pilot.app.screen.query_one("#path").value = str(path)  # type: ignore[attr-defined]
    await pilot.press("enter")
    await pilot.pause(0.4)


def test_a_letter_in_the_outbox_is_only_read(desk: DeskPractice) -> None:
    name = write.start_draft(desk.practice, "HERON", OURS).name
    outbox.send(desk.practice, SendRequest(name))

    async def look() -> None:
        async with at_desk(desk.practice, WritingScreen(name)) as pilot:
            assert "it can be read here, not changed" in shown(pilot)
            await typed(pilot, "x")
            assert pilot.app.screen.query_one(LetterArea).text == OURS.text

    asyncio.run(look())
    assert text_of(desk, name) == OURS.text


@pytest.mark.parametrize(
    ("keys", "state", "hours"),
    [(("enter",), OutboxState.HELD, None), (("down", "enter", *"3h", "enter"), OutboxState.HELD, 3)],
)
def test_holding_is_the_first_choice(
    desk: DeskPractice, keys: tuple[str, ...], state: OutboxState, hours: int | None
) -> None:
    name = write.start_draft(desk.practice, "HERON", OURS).name

    async def hold() -> None:
        async with at_desk(desk.practice, WritingScreen(name)) as pilot:
            await pilot.press("ctrl+g")
            await settled(pilot)
            await pilot.press(*keys)
            await settled(pilot)
            assert not isinstance(pilot.app.screen, WritingScreen)

    asyncio.run(hold())
    entry = outbox.show(desk.practice, name)
    assert entry.state is state
    now = desk.clock.now
    wanted = default_hold_ends(desk.practice.settings, now) if hours is None else now + timedelta(hours=hours)
    assert (entry.leaves_at - wanted).total_seconds() == pytest.approx(0)


def test_what_is_no_time_is_said_on_the_sheet_and_escape_changes_nothing(desk: DeskPractice) -> None:
    name = write.start_draft(desk.practice, "HERON", OURS).name

    async def hold() -> None:
        async with at_desk(desk.practice, WritingScreen(name)) as pilot:
            await pilot.press("ctrl+g")
            await settled(pilot)
            await pilot.press("down", "enter", *"soon", "enter")
            assert "Time: it must look like" in shown(pilot)
            await pilot.press("escape")
            await settled(pilot)
            assert isinstance(pilot.app.screen, WritingScreen)

    asyncio.run(hold())
    assert outbox.list_outbox(desk.practice) == ()


def test_every_sheet_has_a_way_out_by_mouse(desk: DeskPractice) -> None:
    name = write.start_draft(desk.practice, "HERON", OURS).name

    async def click() -> None:
        async with at_desk(desk.practice, WritingScreen(name)) as pilot:
            for key in ("ctrl+g", "ctrl+o"):
                await pilot.press(key)
                await settled(pilot)
                assert pilot.app.screen.is_modal
                await pilot.click("#title")
                assert pilot.app.screen.is_modal, "a click on the sheet is none beside it"
                await pilot.click(offset=(1, 1))
                await settled(pilot)
                assert isinstance(pilot.app.screen, WritingScreen)

    asyncio.run(click())
    assert outbox.list_outbox(desk.practice) == ()


def test_F58_a_draft_that_names_another_client_says_where_instead_of_asking_how_it_leaves(desk: DeskPractice) -> None:
    name = write.start_draft(desk.practice, "HERON", DraftContent("x", "Dear Maren,\n\nas Tomas said\n")).name

    async def send() -> None:
        async with at_desk(desk.practice, WritingScreen(name)) as pilot:
            await pilot.press("ctrl+g")
            await settled(pilot)
            assert "it names another client" in shown(pilot)
            assert "Line 3 of the text has the name of LINDEN." in shown(pilot)
            assert "drafts allow D-" in shown(pilot)

    asyncio.run(send())
    assert write.show_draft(desk.practice, name).entry is None
