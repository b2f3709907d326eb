"""A client's desk: tabs, exchanges, notes and process notes, the agreement, keys and what another key asks for."""

from __future__ import annotations

import asyncio

from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from tests.tui.conftest import LARGE, SMALL, play, screen_text, settled
from tests.tui.desk_practice import DATA, HARMFUL, HERON_KEY, LINDEN_KEY, DeskPractice, desk, made
from therapymail.domain.agreement_terms import LABELS
from therapymail.domain.key_change import KeySign
from therapymail.domain.note import NoteKind
from therapymail.domain.spoken_fingerprint import spoken_words
from therapymail.pgp.passphrase import generate_passphrase
from therapymail.practice import note, process_notes
from therapymail.practice.agree import NewTerms, agree, show_agreement
from therapymail.practice.introduce import show_client
from therapymail.practice.keys import offer_key
from therapymail.practice.note_reading import list_notes
from therapymail.practice.practice import Practice
from therapymail.practice.unlock import unlock
from therapymail.tui.app import TherapymailApp
from therapymail.tui.screens.desk import DeskScreen
from therapymail.tui.screens.note_writing import NoteScreen
from therapymail.tui.widgets.exchange_list import ExchangeList
from therapymail.tui.widgets.letter_area import LetterArea

__all__ = ["desk", "made"]

OWN_WORDS = generate_passphrase()


async def pressed(app: TherapymailApp, pilot: Pilot[None], *keys: str) -> None:
    """Press keys, each once all that the one before asked is answered, or a sheet asks the person."""
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
        async with asyncio.timeout(20):
            while not app.screen.is_modal and any(
                worker.is_running and worker.group not in {"post", "note-writing"} for worker in app.workers
            ):
                await pilot.pause(0.02)
        await pilot.pause()


async def typed(app: TherapymailApp, pilot: Pilot[None], text: str) -> None:
    """Put `text` into the line in focus, and Enter."""
    assert isinstance(app.focused, Input)
    app.focused.value = text
    await pressed(app, pilot, "enter")


def test_every_tab_of_the_desk_shows_what_the_record_holds(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.ways.letter("HERON-12")
        await settled(app, pilot)
        assert isinstance(app.screen, DeskScreen)
        assert app.screen.read_name == "HERON-12"
        await pressed(app, pilot, "N")
        assert "12 progress notes" in screen_text(app)
        await pressed(app, pilot, "A")
        assert "Version 1, since 2025-01-07" in screen_text(app)
        await pressed(app, pilot, "Y")
        key = show_client(practice, "HERON").client.pins[0].fingerprint
        assert all(word in screen_text(app) for word in spoken_words(key))
        assert "█▀▀▀▀▀█" in screen_text(app)
        await pressed(app, pilot, "right_square_bracket")
        assert app.screen.tab == "panes", "from the last tab on comes the first"
        assert app.screen.read_name == "HERON-12", "the letter stays open meanwhile"

    play(practice, scene, LARGE)


def test_an_exchange_lists_its_own_letters(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.ways.client("HERON")
        await settled(app, pilot)
        screen = app.screen
        assert isinstance(screen, DeskScreen)
        listed = screen.query_one(ExchangeList)
        listed.cursor = next(at for at, each in enumerate(listed.rows) if each.number == 3)
        await settled(app, pilot)
        assert len(screen.letters.rows) == listed.row.letters  # type: ignore[union-attr]
        assert {each.exchange for each in screen.letters.rows} == {3}

    play(practice, scene, SMALL)


def test_M06_another_key_is_compared_and_decided_and_a_key_verified_by_its_words(desk: DeskPractice) -> None:
    """A code word, a fingerprint read aloud, and a key change: nothing is sealed to a key nobody confirmed."""
    practice = desk.practice
    offer_key(practice, "HERON", (DATA / "stranger.asc").read_bytes(), KeySign.IMPORTED)

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.ways.keys("HERON")
        await pressed(app, pilot, "shift")
        shown = screen_text(app)
        assert "KEY CHANGE: nothing leaves" in shown
        assert "No letter leaves to HERON until you decide." in shown
        assert "pinned" in shown
        assert "the other key" in shown
        assert "█▀▀▀▀▀█" not in shown, "no code of a key that nobody confirmed"
        await pressed(app, pilot, "x")
        await typed(app, pilot, "it was not [bold]them[/none")
        assert "KEY CHANGE" not in screen_text(app)
        await pressed(app, pilot, "g", "v")
        await typed(app, pilot, "adroitness aardvark")
        assert "none that can stand there" in screen_text(app)
        await typed(app, pilot, " ".join(spoken_words(LINDEN_KEY)))
        assert "not the fingerprint shown" in screen_text(app)
        await typed(app, pilot, " ".join(spoken_words(HERON_KEY)))
        await typed(app, pilot, "the code word, by phone")
        assert "the code word, by phone" in screen_text(app)

    play(practice, scene, LARGE)
    overview = show_client(practice, "HERON")
    assert overview.keys[0].confirmed
    assert overview.keys[0].confirmed.how == "the code word, by phone"
    assert [each.is_open for each in overview.changes] == [False]


def test_F19_F20_notes_are_written_kept_amended_and_process_notes_shown_only_when_unlocked(desk: DeskPractice) -> None:
    practice = desk.practice

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.ways.notes("HERON")
        await pressed(app, pilot, "shift", "n", "enter")
        assert isinstance(app.screen, NoteScreen)
        app.screen.query_one(LetterArea).insert(f"She wrote {HARMFUL} today.\n")
        await pressed(app, pilot, "ctrl+g")
        assert type(app.screen).__name__ == "DeskScreen"
        shown = screen_text(app)
        assert "1 progress note" in shown
        assert "She wrote [bold red]x[/] [@click=app.quit]y[/]" in shown, "what is typed is shown as it is typed"
        await pressed(app, pilot, "e")
        app.screen.query_one(LetterArea).insert("First. ")
        await asyncio.sleep(1.6)
        app.lock_room()
        await settled(app, pilot)

    play(practice, scene, LARGE)
    unlock(practice, None)
    (view,) = list_notes(practice, NoteKind.PROGRESS, "HERON")
    assert view.draft is not None
    assert view.draft.text.startswith("First. "), "what was being written is there after a lock"


def test_F19_process_notes_ask_for_their_own_passphrase_and_go_when_they_are_locked(desk: DeskPractice) -> None:
    practice = desk.practice
    begun = note.begin_note(practice, note.NoteRequest("HERON", NoteKind.PROCESS, "free"))
    note.save_note(practice, begun.name, "xqlantern: what I feel as I read.\n")
    note.keep_note(practice, begun.name)
    process_notes.set_passphrase(practice, OWN_WORDS)
    process_notes.lock_process_notes(practice)

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.ways.notes("HERON")
        await pressed(app, pilot, "shift", "p")
        assert "xqlantern" not in screen_text(app)
        await typed(app, pilot, "not it")
        await settled(app, pilot)
        assert "process note:" not in screen_text(app)
        await pressed(app, pilot, "p")
        await typed(app, pilot, OWN_WORDS)
        await settled(app, pilot)
        assert "1 process note" in screen_text(app)
        assert "xqlantern" in screen_text(app)
        process_notes.lock_process_notes(practice)
        app.screen.record_changed()  # type: ignore[attr-defined]
        await settled(app, pilot)
        assert "xqlantern" not in screen_text(app)
        assert app.is_open, "the room stays open: only the process notes are locked"

    play(practice, scene, LARGE)


def test_F04_a_term_is_agreed_from_the_next_exchange_on_and_u_takes_it_back(desk: DeskPractice) -> None:
    practice = desk.practice
    agree(practice, NewTerms("HERON", {"word_limit": "800"}))

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.ways.agreement("HERON")
        await pressed(app, pilot, "shift")
        assert "Version 1, since" in screen_text(app)
        await pressed(app, pilot, "c")
        choices = app.screen.query_one(OptionList)
        choices.highlighted = list(LABELS).index("word_limit")
        await pressed(app, pilot, "enter")
        desk.clock.go_on(days=1)
        await typed(app, pilot, "900")
        assert "900 instead of 800" in screen_text(app)
        await pressed(app, pilot, "enter")
        assert [each.terms.word_limit for each in show_agreement(practice, "HERON").versions] == [800, 900]
        await pressed(app, pilot, "u")
        in_force = show_agreement(practice, "HERON").in_force
        assert in_force is not None
        assert in_force.terms.word_limit == 800

    play(practice, scene, LARGE)
