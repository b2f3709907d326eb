"""Pictures of a client's desk, of the writing desk with what is beside it, and of what marks a letter.

`THERAPYMAIL_PICTURES=make pytest tests/tui/test_client_desk_pictures.py` makes them anew: look before you keep them.
"""

from pathlib import Path

import pytest
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.selection import Selection
from textual.widgets import Input

from tests.tui.conftest import LARGE, SMALL, play
from tests.tui.desk_practice import DATA, DeskPractice, desk, made
from tests.tui.picture import assert_as_kept, drawn_as_kept
from tests.tui.test_client_desk import pressed
from therapymail.domain.key_change import KeySign
from therapymail.domain.note import NoteKind
from therapymail.practice import note
from therapymail.practice.agree import NewTerms, agree
from therapymail.practice.keys import offer_key
from therapymail.practice.practice import Practice
from therapymail.tui.app import TherapymailApp
from therapymail.tui.places import TODAY
from therapymail.tui.themes import DARK, LIGHT
from therapymail.tui.widgets.letter_area import LetterArea
from therapymail.tui.widgets.letter_view import LetterView

__all__ = ["desk", "made"]


def furnished(practice: Practice) -> None:
    """HERON has an agreement, two notes of either kind, and LINDEN a key change to decide."""
    agree(practice, NewTerms("HERON", {"word_limit": "800", "letter_day": "tue", "block_size": "12"}))
    for kind, template, said in (
        (NoteKind.PROGRESS, "free", "She wrote of her mother's kitchen, and that the light was on.\n"),
        (NoteKind.PROCESS, "free", "I notice how gladly I read this.\n"),
    ):
        begun = note.begin_note(practice, note.NoteRequest("HERON", kind, template))
        note.save_note(practice, begun.name, said)
        note.keep_note(practice, begun.name)
    offer_key(practice, "LINDEN", (DATA / "stranger.asc").read_bytes(), KeySign.IMPORTED)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_the_desk_of_a_client_looks_as_it_did_when_somebody_looked(
    desk: DeskPractice, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: dict[str, str] = {}
    monkeypatch.setattr("therapymail.tui.pulse.LOOK_SECONDS", 1000)
    monkeypatch.setattr(Input.cursor_blink, "_default", False)
    furnished(desk.practice)

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        async def shot(name: str, *keys: str) -> None:
            await pressed(app, pilot, *keys)
            await pilot.pause(0.4)  # what is read next to what was asked is drawn, too
            await pressed(app, pilot, "shift")
            app.said = ""  # it goes by itself after a while
            for theme in (LIGHT, DARK):
                app.theme = theme.name
                await pilot.pause(0.05)
                picture = f"client-{name}-{size[0]}x{size[1]}-{theme.name.rpartition('-')[2]}"
                drawn[picture] = await drawn_as_kept(app, picture)

        app.pulse.forget()
        app.said = app.due = app.coverage = app.mailbox = app.waiting = ""
        await app.ways.client("HERON")
        await shot("letters", "shift")
        await pressed(app, pilot, "enter")
        view = app.screen.query_one(LetterView)
        app.screen.selections = {view: Selection(Offset(3, 4), Offset(30, 5))}
        await shot("selected", "shift")
        await shot("passage", "P")
        await shot("milestone", "escape", "M")
        await shot("agreement", "escape", "A")
        await shot("notes", "N", "enter")
        await shot("process", "escape", "p")
        await shot("note", "n", "enter")
        await shot("keys", "escape", "Y")
        await shot("verify", "v")
        await pressed(app, pilot, "escape")
        await app.ways.keys("LINDEN")
        app.said = ""
        await shot("key-change", "shift")
        await app.ways.reply("HERON-1")
        await pressed(app, pilot, "shift", "ctrl+n")
        assert isinstance(app.focused, Input)
        app.focused.value = "2,3"
        await pressed(app, pilot, "enter")
        app.screen.query_one(LetterArea).insert("Thank you for taking me along into that kitchen.")
        await pilot.pause(2.2)
        app.said = ""
        await shot("inside", "shift")
        await shot("beside", "ctrl+b")

    play(desk.practice, scene, size, first=TODAY)
    for name, svg in drawn.items():
        assert_as_kept(svg, name, tmp_path)
