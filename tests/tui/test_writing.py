"""The writing desk: what is written is never lost, what it will be sealed to is seen, and nothing in it is obeyed."""

import asyncio

import pytest
from textual.app import App, ComposeResult

from tests.tui.desk_practice import OURS, DeskPractice, at_desk, desk, made, settled, shown, typed
from therapymail.domain.draft import DraftContent, DraftName
from therapymail.practice import outbox, write
from therapymail.practice.outbox import SendRequest
from therapymail.practice.unlock import lock, unlock
from therapymail.tui.screens.unlocking import Unlocking
from therapymail.tui.screens.writing import WritingScreen
from therapymail.tui.widgets.letter_area import LetterArea

__all__ = ["desk", "made"]

SIZES = ((80, 24), (120, 40))


def text_of(desk: DeskPractice, name: DraftName) -> str:
    return write.show_draft(desk.practice, name).draft.content.text


def drafts_of(desk: DeskPractice) -> dict[str, DraftContent]:
    return {str(view.draft.name): view.draft.content for view in write.list_drafts(desk.practice)}


# --- what is seen ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
def test_C29_the_key_it_will_be_sealed_to_and_when_it_was_verified_stand_above(
    desk: DeskPractice, size: tuple[int, int]
) -> None:
    name = write.start_reply(desk.practice, "HERON-1").name

    async def look() -> None:
        async with at_desk(desk.practice, WritingScreen(name), size) as pilot:
            head = shown(pilot).splitlines()[1:3]
            assert head[0].split("  ")[0].strip() == "A response to HERON, answering HERON-1"
            assert head[1].strip() == "Will be sealed to HERON's key E837 8469 CD0F 7F3D, verified 2026-12-01"

    asyncio.run(look())


def test_C29_what_would_keep_it_from_leaving_is_said_while_writing(desk: DeskPractice) -> None:
    name = write.start_draft(desk.practice, "LINDEN", DraftContent("x", "Dear Tomas,\n\nthank you.\n")).name

    async def look() -> None:
        async with at_desk(desk.practice, WritingScreen(name)) as pilot:
            assert "Key of LINDEN: B96D 6D03 B0B9 F4AC, not confirmed" in shown(pilot)
            assert "It could not leave today: their key is not yet confirmed by another channel." in shown(pilot)
            await pilot.press("ctrl+g")
            await settled(pilot)
            assert pilot.app.screen.is_modal
            assert "The draft is kept." in shown(pilot)
            await pilot.press("escape")
            await settled(pilot)
            assert isinstance(pilot.app.screen, WritingScreen)

    asyncio.run(look())
    assert outbox.list_outbox(desk.practice) == ()


def test_the_letter_that_is_answered_is_beside_or_one_key_away(desk: DeskPractice) -> None:
    name = write.start_reply(desk.practice, "HERON-1").name
    write.save(desk.practice, name, OURS)

    async def look() -> None:
        async with at_desk(desk.practice, WritingScreen(name), (120, 40)) as pilot:
            assert "kitchen again" in shown(pilot)
            assert "thank you." in shown(pilot)
        async with at_desk(desk.practice, WritingScreen(name), (80, 24)) as pilot:
            assert "kitchen again" not in shown(pilot)
            await pilot.press("ctrl+t")
            await pilot.pause()
            assert "signed by HERON, key verified" in shown(pilot)
            assert "kitchen again" in shown(pilot)
            assert "thank you." not in shown(pilot)
            await pilot.press("escape")
            await settled(pilot)
            assert "thank you." in shown(pilot)
            await pilot.press("x")
            assert pilot.app.screen.query_one(LetterArea).text.startswith("xDear Maren")

    asyncio.run(look())


# --- what is never lost ------------------------------------------------------------------------------------


def test_C12_what_is_typed_is_in_the_vault_within_two_seconds(desk: DeskPractice) -> None:
    name = write.start_draft(desk.practice, "HERON", DraftContent("x", "")).name

    async def write_on() -> None:
        async with at_desk(desk.practice, WritingScreen(name)) as pilot:
            await typed(pilot, "one two")
            typed_at = asyncio.get_running_loop().time()
            while text_of(desk, name) != "one two":
                assert asyncio.get_running_loop().time() - typed_at < 2.0
                await pilot.pause(0.05)
            await settled(pilot)
            assert "2 words" in shown(pilot)
            assert "saved 09:30:00" in shown(pilot)

    asyncio.run(write_on())


@pytest.mark.parametrize("way", ["escape", "ctrl+l", "ctrl+q", "ctrl+s"])
def test_C12_leaving_locking_and_ending_save_first(desk: DeskPractice, way: str) -> None:
    name = write.start_draft(desk.practice, "HERON", DraftContent("x", "")).name

    async def write_and_go() -> None:
        async with at_desk(desk.practice, WritingScreen(name)) as pilot:
            await typed(pilot, "kept")
            await pilot.press(way)
            for _ in range(100):
                await pilot.pause(0.02)
                if not pilot.app.is_running or not pilot.app.workers:
                    break

    asyncio.run(write_and_go())
    if not desk.practice.session.is_open():
        assert way == "ctrl+l"
        unlock(desk.practice, None)
    assert text_of(desk, name) == "kept"


def test_C12_a_lock_from_another_process_loses_nothing_that_was_typed(desk: DeskPractice) -> None:
    name = write.start_draft(desk.practice, "HERON", DraftContent("x", "")).name

    async def write_on() -> None:
        async with at_desk(desk.practice, WritingScreen(name)) as pilot:
            await typed(pilot, "kept")
            lock(desk.practice)
            await pilot.press("!")
            for _ in range(300):
                await pilot.pause(0.02)
                if isinstance(pilot.app.screen, Unlocking):
                    break
            assert isinstance(pilot.app.screen, Unlocking)
            assert "kept" not in shown(pilot)

    asyncio.run(write_on())
    unlock(desk.practice, None)
    assert text_of(desk, name) == "kept!"


def test_C12_a_draft_that_was_changed_elsewhere_is_kept_beside_what_is_written_here(desk: DeskPractice) -> None:
    name = write.start_draft(desk.practice, "HERON", OURS).name
    write.enclose(desk.practice, name, "plan.txt", b"a plan")

    async def write_on() -> None:
        async with at_desk(desk.practice, WritingScreen(name)) as pilot:
            write.save(desk.practice, name, DraftContent("theirs", "written elsewhere"))
            await typed(pilot, "here ")
            await pilot.press("ctrl+s")
            await settled(pilot)
            assert "D-1 was changed elsewhere" in shown(pilot)
            await typed(pilot, "on ")
            await pilot.press("ctrl+s")
            await settled(pilot)

    asyncio.run(write_on())
    kept = drafts_of(desk)
    assert kept["D-1"] == DraftContent("theirs", "written elsewhere")
    assert kept["D-2"].text == "here on " + OURS.text
    assert [item.name for item in write.show_draft(desk.practice, DraftName(2)).draft.enclosures] == ["plan.txt"]


@pytest.mark.parametrize("what", ["sent", "discarded"])
def test_C12_what_is_written_in_a_draft_that_went_elsewhere_is_kept(desk: DeskPractice, what: str) -> None:
    name = write.start_draft(desk.practice, "HERON", OURS).name

    async def write_on() -> None:
        async with at_desk(desk.practice, WritingScreen(name)) as pilot:
            if what == "sent":
                outbox.send(desk.practice, SendRequest(name))
            else:
                write.discard(desk.practice, name)
            await typed(pilot, "here ")
            await pilot.press("escape")
            await settled(pilot)

    asyncio.run(write_on())
    assert drafts_of(desk)["D-2"].text == "here " + OURS.text
    assert drafts_of(desk).get("D-1") == (OURS if what == "sent" else None)


def test_looking_at_a_draft_changes_nothing(desk: DeskPractice) -> None:
    kept = write.start_draft(desk.practice, "HERON", DraftContent("x", "tab\there \u202e\n"))

    async def look() -> None:
        async with at_desk(desk.practice, WritingScreen(kept.name)) as pilot:
            await pilot.pause(1.0)
            await pilot.press("escape")
            await settled(pilot)

    asyncio.run(look())
    assert write.show_draft(desk.practice, kept.name).draft == kept


def test_undo_redo_and_a_window_that_changes_while_typing(desk: DeskPractice) -> None:
    name = write.start_draft(desk.practice, "HERON", DraftContent("x", "")).name

    async def write_on() -> None:
        async with at_desk(desk.practice, WritingScreen(name), (120, 40)) as pilot:
            await typed(pilot, "first words ")
            for width, height in ((40, 12), (200, 60), (80, 24), (20, 8)):
                await pilot.resize_terminal(width, height)
                await typed(pilot, "and more ")
            area = pilot.app.screen.query_one(LetterArea)
            whole = "first words " + "and more " * 4
            assert area.text == whole
            await pilot.press("ctrl+z")
            assert area.text != whole
            await pilot.press("ctrl+y")
            assert area.text == whole
            await pilot.press("escape")
            await settled(pilot)

    asyncio.run(write_on())
    assert text_of(desk, name) == "first words " + "and more " * 4


def test_lines_are_never_longer_than_reads_well(desk: DeskPractice) -> None:
    name = write.start_draft(desk.practice, "HERON", DraftContent("x", "word " * 200)).name

    async def look() -> None:
        for size in ((80, 24), (200, 50)):
            async with at_desk(desk.practice, WritingScreen(name), size) as pilot:
                lines = [line.strip() for line in shown(pilot).splitlines() if "word word" in line]
                assert max(map(len, lines)) <= 72

    asyncio.run(look())


def test_the_beginning_and_the_end_of_a_long_letter_are_one_key_away() -> None:
    async def walk() -> None:
        area = LetterArea("one\n" * 200)

        class Sheet(App[None]):
            def compose(self) -> ComposeResult:
                yield area

        async with Sheet().run_test(size=(80, 24)) as pilot:
            await pilot.press("ctrl+end", "z")
            assert area.text.endswith("\nz")
            await pilot.press("ctrl+home", "a")
            assert area.text.startswith("aone\n")

    asyncio.run(walk())
