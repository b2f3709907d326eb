"""Beside what is written: paragraphs by number, answers inside, questions taken up, a look over as one writes."""

from __future__ import annotations

import asyncio

from textual.pilot import Pilot

from tests.tui.conftest import LARGE, play, screen_text
from tests.tui.desk_practice import DeskPractice, desk, made
from tests.tui.test_client_desk import pressed, typed
from therapymail.domain.draft import DraftName
from therapymail.domain.note import NoteKind
from therapymail.practice.note import NoteRequest, begin_note, keep_note, save_note
from therapymail.practice.practice import Practice
from therapymail.practice.write import show_draft, start_reply
from therapymail.tui.app import TherapymailApp
from therapymail.tui.screens.writing import WritingScreen
from therapymail.tui.widgets.letter_area import LetterArea

__all__ = ["desk", "made"]


def text_of(practice: Practice, name: DraftName) -> str:
    return show_draft(practice, name).draft.content.text


def test_F17_paragraphs_are_numbered_and_answered_inside_by_one_key(desk: DeskPractice) -> None:
    """The journey of an answer: read by number, quote, write, see what is taken up, and find it saved."""
    draft = start_reply(desk.practice, "HERON-1")
    note = begin_note(desk.practice, NoteRequest("HERON", NoteKind.PROGRESS, "free"))
    save_note(desk.practice, note.name, "The lamp was mentioned twice.")
    keep_note(desk.practice, note.name)

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.push_screen(WritingScreen(draft.name))
        await pressed(app, pilot, "shift")
        assert "[2] I sat in her kitchen" in " ".join(screen_text(app).split())
        await pressed(app, pilot, "ctrl+n")
        await typed(app, pilot, "9")
        assert "from 1 to" in screen_text(app), "a paragraph that is not there is refused in words"
        await pressed(app, pilot, "ctrl+n")
        await typed(app, pilot, "3")
        written = app.screen.query_one(LetterArea).text
        assert written.count("> My sister rang.") == 1
        assert "kitchen" not in written, "the quotation of all of it has gone"
        await pressed(app, pilot, *"I wonder.")
        await pressed(app, pilot, "ctrl+b")
        await asyncio.sleep(1.8)
        await pressed(app, pilot, "shift")
        shown = " ".join(screen_text(app).split())
        assert "● Why is it so hard to say?" in shown, "quoted is taken up"
        assert "It names no day" in shown
        assert "The lamp was mentioned twice." in shown, "the last notes can be read there"
        assert "I wonder." in text_of(desk.practice, draft.name)
        await pressed(app, pilot, "escape", "escape")
        assert not isinstance(app.screen, WritingScreen)

    play(desk.practice, scene, LARGE)


def test_F58_the_name_of_another_client_is_said_while_it_is_written(desk: DeskPractice) -> None:
    draft = start_reply(desk.practice, "HERON-1")

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.push_screen(WritingScreen(draft.name))
        await pressed(app, pilot, "shift")
        app.screen.query_one(LetterArea).insert("Tomas said so. ")
        await asyncio.sleep(1.8)
        await pressed(app, pilot, "shift")
        assert "It names another client" in screen_text(app)

    play(desk.practice, scene, LARGE)
