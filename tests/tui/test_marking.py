"""Marking what is read: a passage by the mouse or by its words, milestones, bookmarks, enclosures; u undoes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.selection import Selection
from textual.widgets import Input

from tests.tui.conftest import LARGE, SMALL, play, screen_text, settled
from tests.tui.test_client_desk import pressed, typed
from therapymail.practice.bookmark import list_bookmarks
from therapymail.practice.demo.stage import Stage
from therapymail.practice.milestone import list_milestones
from therapymail.practice.practice import Practice
from therapymail.practice.tag import tags_of_letter
from therapymail.tui.app import TherapymailApp
from therapymail.tui.screens.enclosures_of_letter import EnclosuresOfLetter
from therapymail.tui.screens.marking import PassageSheet
from therapymail.tui.widgets.letter_view import GUTTER_COLUMNS, LetterView


def test_F46_a_passage_is_tagged_by_selecting_it_and_u_takes_the_tag_away(practice: Practice) -> None:
    def tagged() -> list[tuple[str, ...]]:
        return [each.tags for each in tags_of_letter(practice, "HERON-36").passages if "tea-cup" in each.tags]

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.ways.letter("HERON-36")
        await settled(app, pilot)
        view = app.screen.query_one(LetterView)
        lines = view.text.split("\n")
        at = next(index for index, line in enumerate(lines) if len(line.split()) > 6)
        end = GUTTER_COLUMNS + len(" ".join(lines[at].split(" ")[:5]))
        region = view.content_region
        await pilot.mouse_down(offset=(region.x + GUTTER_COLUMNS, region.y + at))
        await pilot.hover(offset=(region.x + end, region.y + at))
        await pilot.mouse_up(offset=(region.x + end, region.y + at))
        await pilot.pause()
        if not view.selected:  # what a mouse does is Textual's; what is made of it is ours
            app.screen.selections = {view: Selection(Offset(GUTTER_COLUMNS, at), Offset(end, at))}
        words = " ".join(lines[at].split(" ")[:5])
        assert view.selected == words
        await pressed(app, pilot, "P")
        assert isinstance(app.screen, PassageSheet)
        assert app.screen.query_one("#words", Input).value == words
        await typed(app, pilot, "tea-cup")
        assert tagged() == [("tea-cup",)]
        assert "HERON-36:" in screen_text(app)
        await pressed(app, pilot, "u")
        assert tagged() == []
        await pressed(app, pilot, "P")
        await typed(app, pilot, "[bold]nowhere [/none")
        await typed(app, pilot, "tea-cup")
        assert "nowhere in HERON-36" in screen_text(app), "words that stand nowhere are refused in words"

    play(practice, scene, LARGE)


def test_F46_words_are_selected_by_keys_too(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.ways.letter("HERON-36")
        await settled(app, pilot)
        view = app.screen.query_one(LetterView)
        lines = [line for line in view.text.split("\n") if line.strip()]
        await pressed(app, pilot, "v")
        first = view.selected
        assert first == lines[1].split()[0], "the first of the author's own words: the subject is above them"
        await pressed(app, pilot, "l", "right", "h", "right")
        words = " ".join(view.text.split())
        begun = " ".join(words[words.index(first) :].split()[:3])
        assert view.selected == begun
        await pressed(app, pilot, "j", "j", "k")
        assert len(view.selected.split()) > len(begun.split()), "a line further down"
        await pressed(app, pilot, "k", "v", "j", "P")
        assert isinstance(app.screen, PassageSheet)
        assert app.screen.query_one("#words", Input).value == begun, "v ends it, and other keys do what they always do"
        await pressed(app, pilot, "escape", "v", "l", "escape")
        assert not view.selected, "Escape gives it up,"
        assert view.has_focus, "and goes nowhere;"
        await pressed(app, pilot, "h")
        assert not view.has_focus, "and without a selection h is the column on the left again"

    play(practice, scene, LARGE)


def test_F52_a_milestone_and_a_bookmark_take_one_key_each_and_u_undoes_them(practice: Practice) -> None:
    def marks() -> tuple[int, int]:
        return len(list_milestones(practice, "HERON")), len(list_bookmarks(practice, "HERON"))

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        before = marks()
        await app.ways.letter("HERON-36")
        await settled(app, pilot)
        await pressed(app, pilot, "B")
        assert marks() == (before[0], before[1] + 1)
        await pressed(app, pilot, "B")
        assert marks() == before, "again takes it away"
        await pressed(app, pilot, "u")
        assert marks() == (before[0], before[1] + 1)
        await pressed(app, pilot, "B", "M", "j", "enter")
        assert marks() == (before[0] + 1, before[1])
        await pressed(app, pilot, "u")
        assert marks() == before

    play(practice, scene, SMALL)


def test_F30_enclosures_are_listed_and_saved_for_their_owner_alone(
    practice: Practice, stage: Stage, tmp_path: Path
) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.ways.letter("HERON-42")
        await settled(app, pilot)
        await pressed(app, pilot, "E")
        assert isinstance(app.screen, EnclosuresOfLetter)
        await settled(app, pilot)
        assert "sweet-peas.jpg" in screen_text(app)
        await pressed(app, pilot, "s")
        await typed(app, pilot, str(tmp_path))
        await settled(app, pilot)
        saved = tmp_path / "sweet-peas.jpg"
        assert saved.stat().st_mode & 0o777 == 0o600
        await pressed(app, pilot, "s")
        await typed(app, pilot, str(tmp_path))
        await settled(app, pilot)
        assert "of that name already" in screen_text(app)
        await pressed(app, pilot, "escape")
        assert not isinstance(app.screen, EnclosuresOfLetter)

    play(practice, scene, SMALL)


def test_F30_an_enclosure_is_shown_from_memory_and_gone_when_one_leaves(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer, told = tmp_path / "viewer", tmp_path / "told"
    viewer.write_text(f'#!/bin/sh\necho "$1" > {told}.new\nmv {told}.new {told}\nexec sleep 600\n')
    viewer.chmod(0o700)
    monkeypatch.setenv("OPENER", str(viewer))

    async def until(is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not is_so():
                await asyncio.sleep(0.02)

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.ways.letter("HERON-42")
        await settled(app, pilot)
        await pressed(app, pilot, "E")
        await pilot.press("enter")
        await until(told.exists)
        shown = Path(told.read_text().strip())
        assert shown.read_bytes()
        assert shown.is_relative_to(practice.run.shared), "in memory alone"
        await pilot.press("escape")
        await until(lambda: not shown.exists())

    play(practice, scene, SMALL)
