"""The room on the fictional practice: walking, reading, searching, tagging, looking back."""

import asyncio
import re
from functools import partial

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.tui.conftest import LARGE, SMALL, play, screen_text, settled
from therapymail.domain.draft import DraftContent
from therapymail.domain.found import Hit
from therapymail.domain.kinds import Direction
from therapymail.domain.local_days import local_day
from therapymail.practice import write
from therapymail.practice.demo.stage import Stage
from therapymail.practice.practice import Practice
from therapymail.practice.read import LettersRequest, list_letters, read_filed, read_letter
from therapymail.practice.tag import tag_letter
from therapymail.practice.write import discard, list_drafts, start_draft
from therapymail.tui.app import TherapymailApp
from therapymail.tui.screens.help import Help
from therapymail.tui.screens.looking_back import LookingBack
from therapymail.tui.screens.one_letter import OneLetter
from therapymail.tui.screens.room import Room
from therapymail.tui.screens.searching import Searching
from therapymail.tui.screens.tags import Tagging, TagsInUse
from therapymail.tui.screens.writing import WritingScreen
from therapymail.tui.widgets.seal_banner import SealBanner

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])


def room_of(app: TherapymailApp) -> Room:
    assert isinstance(app.screen, Room)
    return app.screen


def shown_digest(room: Room) -> bytes | None:
    """The letter in the reader."""
    return room.reader.found.judged.letter.digest if room.reader.found else None


async def press(app: TherapymailApp, pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(app, pilot)


@SIZES
def test_F01_the_room_shows_codes_and_no_names(practice: Practice, stage: Stage, size: tuple[int, int]) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        shown = screen_text(app)
        assert "HERON" in shown
        assert "LINDEN" in shown
        for client in stage.story.clients:
            assert client.name not in shown
            assert client.address not in shown

    play(practice, scene, size)


@SIZES
def test_walking_from_a_client_to_a_letter_and_back(practice: Practice, size: tuple[int, int]) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "h", "j", "enter", "j", "enter")
        room = room_of(app)
        expected = list_letters(practice, LettersRequest(client="HERON"))[1].letter
        assert shown_digest(room) == expected.digest
        assert expected.subject in screen_text(app)
        await press(app, pilot, "escape")
        assert shown_digest(room) is None
        assert room.letters.has_focus
        assert room.letters.row is not None
        assert room.letters.row.letter.digest == expected.digest

    play(practice, scene, size)


def test_a_narrow_terminal_gives_the_letter_its_whole_width(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "enter")
        assert room_of(app).reader.size.width == 80
        await pilot.resize_terminal(120, 40)
        await settled(app, pilot)
        assert room_of(app).reader.size.width < 80
        assert room_of(app).letters.size.width > 20

    play(practice, scene)


def letter_above(app: TherapymailApp) -> OneLetter:
    assert isinstance(app.screen, OneLetter)
    return app.screen


def test_search_shows_hits_as_one_types_and_opens_one(practice: Practice, stage: Stage) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "slash", *"unlit", "space", *"room")
        assert isinstance(app.screen, Searching)
        found = {str(hit.letter.name) for hit in app.screen.hits.rows if isinstance(hit, Hit)}
        assert stage.names["heron-w02-letter"] in found
        assert "unlit room" in screen_text(app)
        await press(app, pilot, "enter", "enter")
        opened = letter_above(app).reader.found
        assert opened is not None
        assert "unlit" in (opened.reading.text if opened.reading else "")

    play(practice, scene)


def test_the_word_being_typed_is_looked_for_as_a_beginning(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "slash", *"unlit", "space", *"roo")
        assert isinstance(app.screen, Searching)
        assert app.screen.hits.rows
        await press(app, pilot, *"xyz")
        assert screen_text(app).count("No letter matches.") == 1

    play(practice, scene)


def test_C2_a_new_letter_is_for_a_client_who_was_chosen(practice: Practice) -> None:
    before = len(list_drafts(practice))

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        assert room_of(app).letters.row is not None
        await press(app, pilot, "w")
        assert app.screen is room_of(app)
        assert "Choose a client first." in screen_text(app)

    play(practice, scene)
    assert len(list_drafts(practice)) == before


def test_C16_what_waits_in_the_outbox_is_said_in_the_room(practice: Practice) -> None:
    draft = start_draft(practice, "HERON", DraftContent("a", "b"))

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        app.pulse.look()
        await settled(app, pilot)
        assert f"{len(list_drafts(practice))} draft" in screen_text(app)

    try:
        play(practice, scene)
    finally:
        discard(practice, draft.name)


@pytest.mark.parametrize(
    "typed", ["(", '"', "client:", "[", "[/b]", "tag:[x", "before:yesterday", "-", "* *", "OR", "\\"]
)
def test_a_search_that_cannot_be_read_is_a_line(practice: Practice, typed: str) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "slash")
        app.screen.query_one(Input).value = typed
        await settled(app, pilot)
        assert isinstance(app.screen, Searching)
        answer = app.screen.query_one("#answer", Static)
        assert str(answer.content).strip()

    play(practice, scene)


def test_tags_are_given_and_taken(practice: Practice, stage: Stage) -> None:
    name = stage.names["heron-w02-letter"]

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        room_of(app).open_letter(read_letter(practice, name).judged.letter.digest)
        await settled(app, pilot)
        await press(app, pilot, "t")
        assert isinstance(app.screen, Tagging)
        app.screen.query_one(Input).value = "doorway -nothing"
        await press(app, pilot, "enter")
        assert "doorway" in read_letter(practice, name).judged.letter.tags
        assert "doorway" in screen_text(app)
        app.screen.query_one(Input).value = "-doorway"
        await press(app, pilot, "enter")
        app.screen.query_one(Input).value = "[/b] \x1b"
        await press(app, pilot, "enter", "escape")
        assert "doorway" not in read_letter(practice, name).judged.letter.tags

    play(practice, scene)


def test_the_tags_in_use_lead_to_their_letters(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "numbersign")
        assert isinstance(app.screen, TagsInUse)
        await press(app, pilot, "enter")
        assert isinstance(app.screen, Searching)
        assert app.screen.hits.rows

    play(practice, scene)


@SIZES
def test_F14_looking_back_fits_the_screen(practice: Practice, size: tuple[int, int]) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "h", "j", "T")
        assert isinstance(app.screen, LookingBack)
        assert "HERON" in screen_text(app).splitlines()[2]
        await press(app, pilot, "m", "y", "escape")
        room_of(app)

    play(practice, scene, size)


def test_help_names_every_command_of_the_screen(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "question_mark")
        assert isinstance(app.screen, Help)
        said = [str(line.content) for line in app.screen.query("LetterScroll Static").results(Static)]
        for command in (*Room.HERE, *TherapymailApp.HERE):
            assert command.says in said
            assert "  ".join(command.shown_keys) in said
        await press(app, pilot, "escape")

    play(practice, scene)


def test_a_letter_that_was_found_leads_back_to_the_hits(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "slash", *"unlit", "space", *"room", "enter", "j", "enter")
        opened = letter_above(app).letter
        assert opened is not None
        second = opened.letter.digest
        await press(app, pilot, "escape")
        assert isinstance(app.screen, Searching)
        assert app.screen.hits.has_focus
        assert isinstance(app.screen.hits.row, Hit)
        assert app.screen.hits.row.letter.digest == second
        await press(app, pilot, "escape")
        room_of(app)

    play(practice, scene)


def test_what_was_said_stands_until_the_next_key_after_a_while(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        app.say("This is said.")
        await press(app, pilot, "j")
        assert "This is said." in screen_text(app)
        monkeypatch.setattr("therapymail.tui.app._SAID_SECONDS", 0.0)
        await pilot.pause(0.05)
        assert "This is said." in screen_text(app)
        await press(app, pilot, "j")
        assert "This is said." not in screen_text(app)

    play(practice, scene)


def test_a_reply_goes_on_with_the_one_begun_and_an_untouched_one_leaves_nothing(practice: Practice) -> None:
    def drafts() -> list[str]:
        return [view.draft.content.text for view in write.list_drafts(practice)]

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "h", "j", "enter", "w")
        assert isinstance(app.screen, WritingScreen)
        await press(app, pilot, "escape")
        assert drafts() == []
        assert "there is no draft" in screen_text(app)
        letters = room_of(app).letters
        theirs = [row.letter.direction is Direction.IN for row in letters.rows].index(True)
        letters.cursor = theirs
        await press(app, pilot, "r", "x", "escape")
        assert [text[:1] for text in drafts()] == ["x"]
        await press(app, pilot, "r")
        assert isinstance(app.screen, WritingScreen)
        await press(app, pilot, "escape")
        assert [text[:1] for text in drafts()] == ["x"]
        letters.cursor = [row.letter.direction is Direction.OUT for row in letters.rows].index(True)
        await press(app, pilot, "r")
        assert "You wrote this one yourself" in screen_text(app)

    play(practice, scene)
    for view in write.list_drafts(practice):
        write.discard(practice, view.draft.name)


def test_the_palette_offers_our_commands_alone(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await press(app, pilot, "ctrl+p")
        await pilot.pause(0.3)
        shown = screen_text(app)
        assert "Timeline" in shown or "Search" in shown
        assert "creenshot" not in shown
        await press(app, pilot, *"lookback", "escape")

    play(practice, scene)
    assert TherapymailApp.COMMANDS.__len__() == 1


def test_F10_a_proposed_letter_is_marked_and_accepted_by_a_key(practice: Practice) -> None:
    (waiting, *_) = list_letters(practice, LettersRequest(proposed=True))

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        room_of(app).open_letter(waiting.letter.digest)
        await settled(app, pilot)
        banner = app.screen.query_one(SealBanner)
        assert "PROPOSED" in str(banner.render())
        assert "Accept" in screen_text(app)
        await press(app, pilot, "a")
        assert f"Accept {waiting.letter.name}?" in screen_text(app)
        await press(app, pilot, "escape")
        assert room_of(app).letter == waiting

    play(practice, scene)


def test_C39_letters_come_in_pages(practice: Practice) -> None:
    everything = len(list_letters(practice, LettersRequest(limit=1000)))

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        letters = room_of(app).letters
        assert len(letters.rows) == 100 < everything
        await press(app, pilot, "G")
        await press(app, pilot, "G")
        assert len(letters.rows) == everything
        assert len({row.letter.digest for row in letters.rows}) == everything

    play(practice, scene)


def test_what_another_process_notes_is_seen(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("therapymail.tui.pulse.LOOK_SECONDS", 0.1)

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        row = room_of(app).letters.row
        assert row is not None
        name = str(row.letter.name)
        tag_letter(practice, name, ["+elsewhere"])
        async with asyncio.timeout(5):
            while "elsewhere" not in row.letter.tags:
                await pilot.pause(0.05)
                row = room_of(app).letters.rows[0]
        tag_letter(practice, name, ["-elsewhere"])

    play(practice, scene)


def test_F02_a_letters_kind_is_chosen_and_undone_by_keys(practice: Practice) -> None:
    (letter, *_) = list_letters(practice, LettersRequest(query="unlit room", client="HERON"))
    before = letter.letter.kind

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        room_of(app).open_letter(letter.letter.digest)
        await settled(app, pilot)
        await press(app, pilot, "K")
        assert f"{letter.letter.name} is of kind {before.value}" in screen_text(app)
        await press(app, pilot, "j", "enter")
        (changed, *_) = list_letters(practice, LettersRequest(query="unlit room", client="HERON"))
        assert changed.letter.kind is not before
        await press(app, pilot, "K", "u")
        assert f"now of kind {before.value}" in screen_text(app)

    play(practice, scene)
    (again, *_) = list_letters(practice, LettersRequest(query="unlit room", client="HERON"))
    assert again.letter.kind is before
    assert again.exchange == letter.exchange


def test_a_letter_being_opened_is_shown_although_the_one_before_it_is_laid_out_anew(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        room = room_of(app)
        before, opened = (row.letter.digest for row in room.letters.rows[:2])
        room.open_digest(before)
        await settled(app, pilot)
        room.open_digest(opened)
        room.lay_out_again()  # as a resize does
        await settled(app, pilot)
        assert shown_digest(room) == opened

    play(practice, scene, LARGE)


def test_F15_a_past_letter_that_is_opened_in_the_reader_counts_as_re_read_once(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        room = room_of(app)
        letter = (
            await app.ask(partial(list_letters, asked=LettersRequest(client="HERON", query="marigold OR unlit")))
        )[-1]
        for _ in range(2):
            room.open_digest(letter.letter.digest)
            await settled(app, pilot)
        found = await app.ask(partial(read_filed, digest=letter.letter.digest))
        today = local_day(practice.clock(), practice.settings.zone)
        assert found.rereads.count(today) == 1
        facts = str(room.reader.query_one("#facts", Static).content)
        assert re.search(r"re-read   (once, |\w+, last |\d+ times, last )today", facts)
        assert " weeks ago" in facts

    play(practice, scene, LARGE)
