"""Searching, the timeline and the letterbook as a person goes through them, on the fictional practice."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.conftest import LARGE, SMALL, play, screen_text, settled
from tests.tui.picture import assert_as_kept, drawn_as_kept
from tests.tui.test_pictures import nothing_re_read_today
from therapymail.domain.lanes import Lane
from therapymail.practice.bookmark import list_bookmarks
from therapymail.practice.demo.stage import Stage
from therapymail.practice.practice import Practice
from therapymail.tui.app import TherapymailApp
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.screens.desk import DeskScreen
from therapymail.tui.screens.exporting import ExportSheet
from therapymail.tui.screens.letterbook import LetterbookScreen
from therapymail.tui.screens.one_letter import OneLetter
from therapymail.tui.screens.searching import Searching
from therapymail.tui.screens.told import Told
from therapymail.tui.screens.unlocking import Unlocking
from therapymail.tui.themes import DARK, LIGHT
from therapymail.tui.widgets.notes_pane import NotesPane
from therapymail.tui.widgets.timeline_lanes import TimelineLanes

__all__ = ["nothing_re_read_today"]

NEVER_AGAIN = 1000  # seconds until the status line is looked at


async def press(app: TherapymailApp, pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(app, pilot)


def above(app: TherapymailApp, kind: type[RoomScreen]) -> RoomScreen:
    screen: object = app.screen
    assert isinstance(screen, kind), screen
    return screen


def lanes_of(app: TherapymailApp) -> TimelineLanes:
    return app.screen.query_one(TimelineLanes)


async def timeline_of(app: TherapymailApp, pilot: Pilot[None], code: str) -> TimelineLanes:
    await app.ways.timeline(code)
    await settled(app, pilot)
    return lanes_of(app)


async def to_lane(app: TherapymailApp, pilot: Pilot[None], name: str) -> None:
    lanes = lanes_of(app)
    await pilot.press(*["k"] * 40)
    for _ in range(40):
        if lanes.current is not None and lanes.current.name == name:
            await settled(app, pilot)
            return
        await pilot.press("j")
    raise AssertionError(f"no lane {name}")


def test_F14_the_timeline_is_walked_and_what_stands_under_the_cursor_is_said_and_opens(
    practice: Practice, stage: Stage
) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        lanes = await timeline_of(app, pilot, "HERON")
        await to_lane(app, pilot, "grief")
        await press(app, pilot, "home")
        assert "HERON-5" in screen_text(app)
        assert "grief by its tag" in screen_text(app)
        await press(app, pilot, "l")
        assert "HERON-7" in screen_text(app)
        await press(app, pilot, "enter")
        letter = above(app, OneLetter)
        assert letter.heading == "HERON-7"
        assert "unlit" in screen_text(app)
        await press(app, pilot, "escape")
        assert (lanes.period, lanes.current and lanes.current.name) == (1, "grief")
        await press(app, pilot, "t")
        assert "first on 2025-01-07 in HERON-5" in screen_text(app)
        await press(app, pilot, "escape", "c", "home", "c")
        assert above(app, Told).heading == "HERON-7 and HERON-5"
        await press(app, pilot, "escape", "y")
        assert lanes.timeline is not None
        assert len(lanes.timeline.periods) == 1

    play(practice, scene)


def test_F19_the_mark_of_a_note_opens_the_note(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        lanes = await timeline_of(app, pilot, "HERON")
        await to_lane(app, pilot, "notes")
        await press(app, pilot, "end", "p")
        (name,) = lanes.marks[0].ids
        await press(app, pilot, "enter")
        if app.screen.is_modal:
            await press(app, pilot, "enter")
        desk = above(app, DeskScreen)
        assert isinstance(desk, DeskScreen)
        assert desk.tab == "notes"
        shown = desk.query_one(NotesPane).listed.row
        assert shown is not None
        assert str(shown.name) == name
        assert desk.query_one("#note").has_focus

    play(practice, scene, LARGE)


def test_F14_what_another_person_should_not_see_is_hidden_until_it_is_asked_for(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        lanes = await timeline_of(app, pilot, "LINDEN")
        assert lanes.timeline is not None
        assert {Lane.SAFETY, Lane.PROCESS} == set(lanes.timeline.off)
        assert "Not shown: safety, process." in screen_text(app)
        await press(app, pilot, "x")
        assert Lane.LETTERS in lanes.timeline.off
        await press(app, pilot, "H", *["down"] * 6, "enter")
        assert Lane.SAFETY not in lanes.timeline.off

    play(practice, scene)


def test_F15_the_letterbook_is_read_page_by_page_and_bookmarks_are_set_and_taken_back(practice: Practice) -> None:
    before = len(list_bookmarks(practice, "HERON"))

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.ways.letterbook("HERON", "HERON-7")
        await settled(app, pilot)
        book = above(app, LetterbookScreen)
        assert "Exchange 2" in screen_text(app)
        assert "VERIFIED" in screen_text(app)
        await press(app, pilot, "n")
        assert "HERON-8" in screen_text(app)
        await press(app, pilot, "N")
        assert "Exchange 3" in screen_text(app)
        await press(app, pilot, "B", *"here", "enter")
        assert len(list_bookmarks(practice, "HERON")) == before + 1
        await press(app, pilot, "u")
        assert len(list_bookmarks(practice, "HERON")) == before
        await press(app, pilot, "ctrl+l")
        assert isinstance(app.screen, Unlocking)
        assert book.heading == "HERON"

    play(practice, scene)


def test_a_search_is_kept_completed_and_its_fault_has_a_caret(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "slash", *"tag:gri", "tab")
        search = above(app, Searching)
        assert isinstance(search, Searching)
        assert search.words.value == "tag:grief"
        assert search.hits.rows
        await press(app, pilot, "ctrl+s", *"sorrow", "enter")
        search.words.value = "@sorrow last:1d"
        await settled(app, pilot)
        assert "No letter matches." in screen_text(app)
        search.words.value = "grief (sis"
        await settled(app, pilot)
        typed, caret = screen_text(app).splitlines()[2:4]
        assert caret.index("^") == typed.index("(")
        await press(app, pilot, "down", "u")

    play(practice, scene)


def test_F33_an_export_is_written_from_the_room_and_what_is_in_clear_is_asked_twice(
    practice: Practice, tmp_path: Path
) -> None:
    file = tmp_path / "heron.md"

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.ways.letterbook("HERON")
        await settled(app, pilot)
        await press(app, pilot, "E", "f3", "f4")
        assert isinstance(app.screen, ExportSheet)
        app.screen.query_one(Input).value = str(file)
        await press(app, pilot, "enter")
        assert "in clear" in screen_text(app)
        assert not file.exists()
        await press(app, pilot, "enter")
        assert "Exchange 2" in file.read_text()
        assert file.stat().st_mode & 0o777 == 0o600

    play(practice, scene)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_looking_back_looks_as_it_did_when_somebody_looked(
    practice: Practice, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: dict[str, str] = {}
    monkeypatch.setattr("therapymail.tui.pulse.LOOK_SECONDS", NEVER_AGAIN)
    monkeypatch.setattr(Input.cursor_blink, "_default", False)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/orla"))

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        async def shot(name: str) -> None:
            app.due, app.coverage, app.waiting, app.mailbox = "", "117 searchable", "", ""
            for theme in (LIGHT, DARK):
                app.theme = theme.name
                await pilot.pause(0.05)
                picture = f"back-{name}-{size[0]}x{size[1]}-{theme.name.rpartition('-')[2]}"
                drawn[picture] = await drawn_as_kept(app, picture)

        await press(app, pilot, "slash")
        app.screen.query_one(Input).value = "unlit room"
        await settled(app, pilot)
        await press(app, pilot, "enter")
        await shot("hits")
        await timeline_of(app, pilot, "HERON")
        await to_lane(app, pilot, "grief")
        await shot("lanes")
        await press(app, pilot, "t")
        await shot("thread")
        await press(app, pilot, "escape", "v")
        await shot("review")
        await press(app, pilot, "escape")
        await app.ways.letterbook("HERON", "HERON-7")
        await settled(app, pilot)
        await shot("letterbook")
        await press(app, pilot, "E")
        await shot("export")

    play(practice, scene, size)
    for name, svg in drawn.items():
        assert_as_kept(svg, name, tmp_path)
