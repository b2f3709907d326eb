"""The frame of the room on the fictional practice: places, what asks today, clients, the veil, undo, and no traps."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.tui.conftest import LARGE, SMALL, play, screen_text, settled
from tests.tui.desk_practice import THEIRS, DeskPractice, desk, made
from tests.tui.desk_practice import settled as settled_or_asked
from therapymail.config import Light, read_settings
from therapymail.practice import write
from therapymail.practice.demo.stage import Stage
from therapymail.practice.practice import Practice
from therapymail.practice.read import LettersRequest, list_letters, read_letter
from therapymail.tui.app import TherapymailApp
from therapymail.tui.places import CLIENTS, LETTERS, OUTBOX, PLACES, TODAY
from therapymail.tui.screens.clients import ClientsScreen
from therapymail.tui.screens.desk import DeskScreen
from therapymail.tui.screens.help import Help
from therapymail.tui.screens.naming import NameSheet
from therapymail.tui.screens.room import Room
from therapymail.tui.screens.tags import Tagging
from therapymail.tui.screens.today import TodayScreen
from therapymail.tui.widgets.letter_area import LetterArea
from therapymail.tui.widgets.sheet import Sheet

__all__ = ["desk", "made"]


async def press(app: TherapymailApp, pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled_or_asked(pilot)


def screen_of(app: TherapymailApp) -> str:
    return type(app.screen).__name__


def shelf_of(app: TherapymailApp) -> str | None:
    assert isinstance(app.screen, DeskScreen)
    return app.screen.code


# Keys that open something above a place; whatever it is, Escape has to lead away from it.
_OPENING = {
    TODAY: ((), ("enter",), ("f1",), ("slash",), ("f9",)),
    CLIENTS: (("N",), ("T",), ("w",), ("enter",)),
    LETTERS: (("enter", "t"), ("K",), ("numbersign",), ("enter", "r", "ctrl+o")),
    OUTBOX: ((), ("enter",)),
}


def test_every_place_is_one_key_or_click_away_and_escape_leads_back_to_today(desk: DeskPractice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        assert (app.place, screen_of(app)) == (TODAY, "TodayScreen")
        kept = {}
        for each in PLACES:
            await press(app, pilot, each.key)
            assert app.place == each.name
            kept[each.name] = app.screen
        for name in (*(each.name for each in reversed(PLACES[:-1])), TODAY):
            await press(app, pilot, "escape")
            assert app.place == name
            assert app.screen is kept[name], "a place is kept as it was left"
        line = screen_text(app).splitlines()[0]
        for each in (PLACES[3], PLACES[1], PLACES[0]):
            await pilot.click(offset=(line.index(each.title), 0))
            await settled(app, pilot)
            assert app.place == each.name
        keys = screen_text(app).splitlines()[-1]
        await pilot.click(offset=(keys.index("Help"), SMALL[1] - 1))
        await settled(app, pilot)
        assert isinstance(app.screen, Help)
        keys = screen_text(app).splitlines()[-1]
        await pilot.click(offset=(keys.index("Back"), SMALL[1] - 1))
        await settled(app, pilot)
        assert app.place == TODAY

    play(desk.practice, scene, SMALL, first=TODAY)


def test_F05_an_item_of_today_opens_what_it_is_about_and_offers_its_next_step(desk: DeskPractice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        shown = screen_text(app)
        assert "Responses due later" in shown
        assert "HERON-1 came 2 days ago" in shown
        assert "Enter Read HERON-1" in shown
        assert "n Answer HERON-1" in shown
        await press(app, pilot, "enter")
        assert isinstance(app.screen, DeskScreen)
        found = app.screen.reader.found
        assert found is not None
        assert str(found.judged.letter.name) == "HERON-1"
        await press(app, pilot, "escape", "escape")
        assert app.place == TODAY
        await press(app, pilot, "n")
        assert screen_of(app) == "WritingScreen"
        await press(app, pilot, *"Dear", "escape")
        assert app.place == TODAY
        shown = screen_text(app)
        assert "D-1 is begun" in shown
        assert "n Go on with D-1" in shown
        await press(app, pilot, "n")
        assert screen_of(app) == "WritingScreen"

    play(desk.practice, scene, first=TODAY)


def test_C12_going_elsewhere_from_what_is_being_written_saves_it(desk: DeskPractice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "n")
        await pilot.press(*"Dear Maren,")
        app.action_go(OUTBOX)
        await settled(app, pilot)
        assert app.place == OUTBOX
        assert "D-1" in screen_text(app)

    play(desk.practice, scene, first=TODAY)
    (view,) = write.list_drafts(desk.practice)
    assert view.draft.content.text.startswith("Dear Maren,")


def test_F01_clients_are_codes_and_a_name_is_shown_only_where_asked_for_and_goes_by_itself(
    desk: DeskPractice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("therapymail.tui.screens.naming.SHOWN_SECONDS", 1.5)

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        assert isinstance(app.screen, ClientsScreen)
        shown = screen_text(app)
        assert "HERON" in shown
        assert "1 letter, 1 response owed" in shown
        for word in ("Maren", "Quist", "Tomas", "example"):
            assert word not in shown
        await press(app, pilot, "N")
        assert screen_of(app) == "NameSheet"
        assert "Maren Quist" in screen_text(app)
        async with asyncio.timeout(5):
            while isinstance(app.screen, NameSheet):
                await pilot.pause(0.05)
        assert "Maren" not in screen_text(app)
        await press(app, pilot, "j", "enter")
        assert shelf_of(app) == "LINDEN"

    play(desk.practice, scene, LARGE, first=CLIENTS)


def test_the_privacy_key_hides_all_text_at_once_and_nothing_typed_meanwhile_goes_anywhere(desk: DeskPractice) -> None:
    async def hidden(app: TherapymailApp, pilot: Pilot[None], key: str) -> None:
        before = screen_text(app)
        await pilot.press(key)
        await pilot.pause(0.05)
        words = {word for word in screen_text(app).split() if word.isalnum()}
        assert words == {"hidden", "F9", "or", "Esc", "shows", "it", "again"}
        await pilot.press("x", "2", "slash", "u", "s", "enter")
        await pilot.pause(0.05)
        assert screen_of(app) == "Veil"
        await pilot.press("f9")
        await pilot.pause(0.05)
        assert screen_text(app) == before

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await hidden(app, pilot, "f9")
        await press(app, pilot, "n")
        await pilot.press(*"unlit")
        app.screen.query_one(LetterArea).cursor_blink = False
        await press(app, pilot, "ctrl+s")
        await hidden(app, pilot, "ctrl+@")
        await press(app, pilot, "ctrl+o")
        assert isinstance(app.screen, Sheet)
        app.screen.query_one(Input).cursor_blink = False
        await hidden(app, pilot, "f9")
        await pilot.press("f9", "ctrl+l")
        async with asyncio.timeout(10):
            while screen_of(app) != "Unlocking":
                await pilot.pause(0.05)

    play(desk.practice, scene, first=TODAY)


def test_a_question_mark_explains_the_part_in_focus(desk: DeskPractice) -> None:
    async def explained(app: TherapymailApp, pilot: Pilot[None], key: str) -> list[str]:
        await press(app, pilot, key)
        assert isinstance(app.screen, Help)
        said = [str(line.content) for line in app.screen.query(Static)]
        await press(app, pilot, "escape")
        return said

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        assert "Today" in await explained(app, pilot, "question_mark")
        await press(app, pilot, "enter")
        assert "The letter" in await explained(app, pilot, "question_mark")
        await press(app, pilot, "r")
        said = await explained(app, pilot, "f1")
        assert "What you write" in said
        assert "Undo what was typed last." in said
        app.screen.query_one(Input).focus()
        assert "A line to type in" in await explained(app, pilot, "f1")

    play(desk.practice, scene, first=TODAY)


def test_no_screen_and_no_sheet_is_a_trap(practice: Practice) -> None:
    """Escape leads from anything that a key opens back to today."""

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        opened = set()
        for place in PLACES:
            for keys in _OPENING.get(place.name, ((),)):
                await press(app, pilot, place.key, *keys)
                opened.add(screen_of(app))
                for _ in range(8):
                    if app.place == TODAY and isinstance(app.screen, TodayScreen):
                        break
                    await press(app, pilot, "escape")
                assert isinstance(app.screen, TodayScreen), (place.name, keys, screen_of(app))
        assert opened >= {"Help", "Veil", "NameSheet", "Searching", "Tagging", "ChoosingKind", "LookingBack"}

    play(practice, scene, first=TODAY)
    for view in write.list_drafts(practice):
        write.discard(practice, view.draft.name)


def test_what_was_done_last_is_undone_by_one_key(practice: Practice, stage: Stage) -> None:
    name = stage.names["heron-w02-letter"]
    before = read_letter(practice, name).judged.letter

    def now() -> tuple[object, object]:
        letter = read_letter(practice, name).judged.letter
        return set(letter.tags), letter.kind

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        assert isinstance(app.screen, Room)
        assert "u Undo" not in screen_text(app)
        app.screen.open_letter(before.digest)
        await settled(app, pilot)
        await press(app, pilot, "t")
        assert isinstance(app.screen, Tagging)
        app.screen.query_one(Input).value = f"doorway -{before.tags[0]}"
        await press(app, pilot, "enter", "escape")
        assert "doorway" in read_letter(practice, name).judged.letter.tags
        assert "u Undo" in screen_text(app)
        await press(app, pilot, "u")
        assert now() == (set(before.tags), before.kind)
        assert "u Undo" not in screen_text(app)
        assert "as they were" in screen_text(app)
        await press(app, pilot, "K", "j", "enter")
        assert now() != (set(before.tags), before.kind)
        await press(app, pilot, "u")
        assert now() == (set(before.tags), before.kind)

    play(practice, scene)


def test_the_light_is_changed_by_a_key_and_kept_with_everything_else_in_the_settings(desk: DeskPractice) -> None:
    config = desk.practice.paths.config
    written = "# my own remark\n" + config.read_text()
    config.write_text(written)

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        lights = []
        for _ in Light:
            await press(app, pilot, "f5")
            lights.append((app.theme.rpartition("-")[2], read_settings(config).theme.value))
        assert lights == [("light", "light"), ("contrast", "contrast"), ("dark", "dark")]
        await press(app, pilot, "f5")

    play(desk.practice, scene, first=TODAY)
    assert "# my own remark" in config.read_text()
    assert read_settings(config) == replace(read_settings(config), theme=Light.LIGHT)
    reopened = replace(desk.practice, settings=read_settings(config))

    async def again(app: TherapymailApp, _: Pilot[None]) -> None:
        assert app.theme == "therapymail-light"

    play(reopened, again, first=TODAY)
    config.write_text(written)


@pytest.fixture
def no_colour(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NO_COLOR", "1")
    return iter(())


def test_F56_without_colour_the_row_under_the_cursor_and_the_place_still_stand_out(
    desk: DeskPractice, no_colour: Iterator[None]
) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await pilot.pause(0.1)
        filters = app._filters
        lines = app.screen._compositor.render_strips()
        ground = app.screen.styles.background
        drawn = [strip.apply_filter(each, ground) for strip in lines for each in filters[-1:]]
        styles = [(segment.text, segment.style) for strip in drawn for segment in strip if segment.style]
        assert all(style.color is None and style.bgcolor is None for _, style in styles)
        reversed_words = " ".join(text for text, style in styles if style.reverse)
        assert "Today" in reversed_words
        assert "HERON" in reversed_words
        assert "Clients" not in reversed_words

    play(desk.practice, scene, first=TODAY)


def test_the_room_goes_on_while_time_goes_by_and_letters_are_taken_away(desk: DeskPractice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        desk.clock.now += timedelta(days=3)
        app.record_changed()
        await settled(app, pilot)
        assert "HERON-1 came 5 days ago" in screen_text(app)
        app.pulse.look()
        await settled(app, pilot)
        assert "1 searchable" in screen_text(app)
        assert THEIRS.split("\n")[0] not in screen_text(app)

    play(desk.practice, scene, first=TODAY)
    assert list_letters(desk.practice, LettersRequest())
