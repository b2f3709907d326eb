"""Text, subjects and names of enclosures on the writing desk: shown, kept, and obeyed by nothing."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual.widgets import Input

from tests.tui.desk_practice import HARMFUL, DeskPractice, at_desk, desk, made, settled, shown
from therapymail.domain.draft import DraftContent, DraftName
from therapymail.domain.sanitise import sanitise
from therapymail.practice import write
from therapymail.tui.screens.writing import WritingScreen
from therapymail.tui.widgets.letter_area import LetterArea

__all__ = ["desk", "made"]

SIZES = ((80, 24), (120, 40))


def text_of(desk: DeskPractice, name: DraftName) -> str:
    return write.show_draft(desk.practice, name).draft.content.text


def drafts_of(desk: DeskPractice) -> dict[str, DraftContent]:
    return {str(view.draft.name): view.draft.content for view in write.list_drafts(desk.practice)}


@pytest.mark.parametrize("size", SIZES)
def test_S10_text_subject_and_names_of_enclosures_are_only_shown(desk: DeskPractice, size: tuple[int, int]) -> None:
    name = write.start_draft(desk.practice, "HERON", DraftContent(HARMFUL, f"{HARMFUL}\n{HARMFUL}")).name
    write.enclose(desk.practice, name, "[bold]a[@b] \u202efdp.txt", b"x")

    async def look() -> None:
        async with at_desk(desk.practice, WritingScreen(name), size) as pilot:
            seen = shown(pilot)
            assert "[bold red]x[/] [@click=app.quit]y[/]" in seen
            assert "Enclosed: [bold]a[@b] ␦fdp.txt (1 B)" in seen
            assert not any(bad in seen for bad in "\x1b\x07\x9b\u202e\u202c")
            await pilot.press("ctrl+o")
            await settled(pilot)
            assert "[bold]a[@b] ␦fdp.txt" in shown(pilot)

    asyncio.run(look())


@pytest.mark.parametrize("size", SIZES)
def test_S10_whatever_is_pasted_is_only_text(desk: DeskPractice, size: tuple[int, int]) -> None:
    name = write.start_draft(desk.practice, "HERON", DraftContent("x", "")).name

    async def paste() -> None:
        async with at_desk(desk.practice, WritingScreen(name), size) as pilot:
            area = pilot.app.screen.query_one(LetterArea)
            area.post_message(events.Paste(f"{HARMFUL}\r\nsecond\rthird\u2028fourth \ud800"))
            await pilot.pause()
            assert area.text == sanitise(f"{HARMFUL}\nsecond\nthird\nfourth \ud800")
            assert "[@click=app.quit]y[/]" in shown(pilot)
            await pilot.press("ctrl+s")
            await settled(pilot)

    asyncio.run(paste())
    assert text_of(desk, name).endswith("second\nthird\nfourth ␦")


def test_S10_whatever_is_pasted_into_the_subject_is_one_harmless_line(desk: DeskPractice) -> None:
    name = write.start_draft(desk.practice, "HERON", DraftContent("", "text")).name

    async def paste() -> None:
        async with at_desk(desk.practice, WritingScreen(name)) as pilot:
            subject = pilot.app.screen.query_one("#subject", Input)
            assert subject.has_focus
            subject.post_message(events.Paste(f"{HARMFUL}\tmore\nsecond line"))
            await pilot.pause()
            await pilot.press("!")
            assert subject.value == sanitise(HARMFUL) + " more!"
            assert not any(bad in shown(pilot) for bad in "\x1b\x07\x9b\u202e")
            await pilot.press("enter")
            assert pilot.app.screen.query_one(LetterArea).has_focus
            await pilot.press("escape")
            await settled(pilot)

    asyncio.run(paste())
    assert drafts_of(desk)["D-1"].subject == sanitise(HARMFUL) + " more!"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80) | st.text("[]\\/@=\x1b\u202e\n\r\t ab", max_size=60))
def test_C11_what_the_sheet_holds_is_what_was_put_on_it(text: str) -> None:
    assert LetterArea(text).text == sanitise(text)
