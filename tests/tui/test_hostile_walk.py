"""Every screen and sheet there is, with hostile subjects, bodies, names, file names, notes and remarks on it.

A screen that is added needs its line in WALK: the last test finds every class.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from textual.content import Content
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

import therapymail.tui
from tests.support.practices import practice_in, short_directory
from tests.tui.conftest import SMALL, play, screen_text, settled
from tests.tui.desk_practice import DATA, HERON_KEY
from tests.tui.desk_practice import settled as settled_or_asked
from tests.tui.test_hostile import FORBIDDEN, HOSTILE, NOW, filed
from therapymail.domain.draft import DraftContent
from therapymail.domain.exporting import Exported
from therapymail.domain.kinds import LetterState
from therapymail.domain.letter import Enclosure, Reading
from therapymail.domain.note import NoteKind
from therapymail.domain.piece_path import PiecePath
from therapymail.practice import desk, note, write
from therapymail.practice.bookmark import set_bookmark
from therapymail.practice.introduce import NewClient, add_client, verify_client
from therapymail.practice.milestone import MilestoneRequest, mark_milestone
from therapymail.practice.practice import Practice
from therapymail.practice.read import LettersRequest, list_letters
from therapymail.tui.app import TherapymailApp
from therapymail.tui.places import PLACES
from therapymail.vault import clients
from therapymail.vault.filing import file_letters

SHOUT = (
    "[@click=app.boom]pay now[/] unbalanced [/b] [link=file:///etc/passwd]x[/link] "
    "\x1b]0;t\x07\x1b[2J\x9b31m \u202eevil"
)
ALL = "\n\n".join(HOSTILE)
CODE, LETTER = "HERON", "HERON-1"
Made = Callable[[Practice], Screen[Any]]


@pytest.fixture(scope="module")
def attacked() -> Iterator[Practice]:
    """Everything that somebody else, or a careless hand, can put on record says something hostile."""
    with short_directory() as directory, practice_in(directory) as practice:
        key = (DATA / "heron.asc").read_bytes()
        add_client(
            practice,
            NewClient(CODE, "[@click=app.boom]pay now[/] [/b]", ("maren@heron.example",), key, "Europe/London"),
        )
        verify_client(practice, CODE, HERON_KEY, "[@click=app.boom]pay now[/] [/b]")
        with practice.vault() as vault, vault.writing() as writer:
            client = clients.client_by_code(writer, CODE).identity
            for number, text in enumerate(HOSTILE):
                reading = Reading(text, ALL, ALL, text, (Enclosure(text, text, 12),), language="en")
                file_letters(writer, [filed(number, client, reading, LetterState.OPENED)], NOW)
        mark_milestone(practice, MilestoneRequest(LETTER, "insight", "[@click=app.boom]pay now[/] [/b]"))
        set_bookmark(practice, LETTER, "[@click=app.boom]pay now[/] [/b]")
        begun = note.begin_note(practice, note.NoteRequest(CODE, NoteKind.PROGRESS, "free"))
        note.save_note(practice, begun.name, SHOUT)
        note.keep_note(practice, begun.name)
        draft = write.start_draft(practice, CODE, DraftContent(SHOUT, ALL))
        write.enclose(practice, draft.name, "[@click=app.boom]pay now[/b] \u202efdp.txt", b"x")
        yield practice


def named(name: str, *given: object, **more: object) -> Made:
    """The screen `module:Class` made of `given`."""
    return lambda _: _class(name)(*given, **more)


def drafted(name: str, made_of: Callable[[Practice, Any], Screen[Any]]) -> tuple[str, Made]:
    def make(practice: Practice) -> Screen[Any]:
        (view,) = write.list_drafts(practice)
        return made_of(practice, view.draft)

    return name, make


def lettered(name: str, made_of: Callable[[Any], Screen[Any]]) -> tuple[str, Made]:
    return name, lambda practice: made_of(list_letters(practice, LettersRequest())[0])


def _class(name: str) -> Callable[..., Screen[Any]]:
    module, _, found = name.partition(":")
    made: Callable[..., Screen[Any]] = getattr(importlib.import_module(f"therapymail.tui.{module}"), found)
    return made


def _note(practice: Practice) -> Screen[Any]:
    begun = note.begin_note(practice, note.NoteRequest(CODE, NoteKind.PROGRESS, "free"))
    changed = note.save_note(practice, begun.name, ALL)
    return _class("screens.note_writing:NoteScreen")(changed, CODE, is_new=False)


def _told(_: Practice) -> Screen[Any]:
    from therapymail.tui.timeline_tellings import review

    return _class("screens.told:Told")("Review", review(CODE))


def _named(practice: Practice) -> Screen[Any]:
    with practice.vault() as vault, vault.reading() as reader:
        return _class("screens.naming:NameSheet")(clients.client_by_code(reader, CODE))


WALK: dict[str, Made] = dict([
    ("screens.today:TodayScreen", named("screens.today:TodayScreen")),
    ("screens.clients:ClientsScreen", named("screens.clients:ClientsScreen")),
    ("screens.room:Room", named("screens.room:Room")),
    ("screens.outbox:OutboxScreen", named("screens.outbox:OutboxScreen")),
    ("screens.searching:Searching", named("screens.searching:Searching")),
    ("screens.desk:DeskScreen", named("screens.desk:DeskScreen", CODE, opens=b"\x01" * 32)),
    ("screens.desk:DeskScreen notes", named("screens.desk:DeskScreen", CODE, tab="notes")),
    ("screens.desk:DeskScreen agreement", named("screens.desk:DeskScreen", CODE, tab="agreement")),
    ("screens.desk:DeskScreen keys", named("screens.desk:DeskScreen", CODE, tab="keys")),
    ("screens.one_letter:OneLetter", named("screens.one_letter:OneLetter", LETTER)),
    ("screens.letterbook:LetterbookScreen", named("screens.letterbook:LetterbookScreen", CODE, "HERON-3")),
    ("screens.looking_back:LookingBack", named("screens.looking_back:LookingBack", CODE)),
    ("screens.exporting:ExportSheet", named("screens.exporting:ExportSheet", CODE, Exported.LETTERBOOK)),
    ("screens.enclosures_of_letter:EnclosuresOfLetter",
        named("screens.enclosures_of_letter:EnclosuresOfLetter", "HERON-2")),
    ("screens.marking:PassageSheet", named("screens.marking:PassageSheet", LETTER, SHOUT)),
    ("screens.sealed_pieces:PieceScreen",
        named("screens.sealed_pieces:PieceScreen", b"\x01" * 32, PiecePath.parse("1"))),
    ("screens.tags:TagsInUse", named("screens.tags:TagsInUse")),
    ("screens.unlocking:Unlocking", named("screens.unlocking:Unlocking")),
    ("screens.veil:Veil", named("screens.veil:Veil")),
    ("screens.verifying:VerifyingSheet", named("screens.verifying:VerifyingSheet", CODE, SHOUT)),
    ("screens.checklist:ChecklistSheet", named("screens.checklist:ChecklistSheet", SHOUT)),
    ("widgets.sheet:SayingSheet", named("widgets.sheet:SayingSheet", SHOUT, Content("said"), question="agree")),
    ("widgets.sheet:LineSheet", named("widgets.sheet:LineSheet", SHOUT, "explained")),
    ("widgets.sheet:PassphraseSheet", named("widgets.sheet:PassphraseSheet", SHOUT, "explained")),
    ("widgets.sheet:ChoiceSheet", named("widgets.sheet:ChoiceSheet", SHOUT, ("one", SHOUT, SHOUT))),
    ("screens.help:Help", named("screens.help:Help", ())),
    ("screens.told:Told", _told),
    ("screens.naming:NameSheet", _named),
    ("screens.note_writing:NoteScreen", _note),
    lettered("screens.kinds:ChoosingKind", _class("screens.kinds:ChoosingKind")),
    lettered("screens.tags:Tagging", lambda found: _class("screens.tags:Tagging")(found.letter)),
    drafted("screens.writing:WritingScreen", lambda _, draft: _class("screens.writing:WritingScreen")(draft.name)),
    drafted("screens.second_reading:SecondReading",
        lambda _, draft: _class("screens.second_reading:SecondReading")(draft.name)),
    drafted("screens.enclosing:EnclosuresSheet", lambda _, draft: _class("screens.enclosing:EnclosuresSheet")(draft)),
    drafted("screens.holding:HoldingSheet", lambda practice, draft: _class("screens.holding:HoldingSheet")(
        desk.lay_out(practice, draft.name), practice.settings, practice.clock())),
])  # fmt: skip
# What is shown while it locks holds two words of ours; the palette the names of our own commands.
BEHIND_THE_DOOR = {"screens.unlocking:Cover", "palette:Palette"}


def test_H8_H9_H10_S9_S10_every_screen_shows_hostile_words_and_obeys_none(
    attacked: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    booms: list[str] = []
    monkeypatch.setattr(TherapymailApp, "action_boom", lambda _: booms.append("boom"), raising=False)
    seen: dict[str, str] = {}

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        for name, make in WALK.items():
            await look_at(app, pilot, name, make(attacked))
        assert app.is_open

    async def look_at(app: TherapymailApp, pilot: Pilot[None], name: str, screen: Screen[Any]) -> None:
        await app.push_screen(screen)
        await settled_or_asked(pilot)
        for line in screen.query(Input):
            line.value = HOSTILE[0] + HOSTILE[1]
        await settled_or_asked(pilot)
        seen[name] = text = screen_text(app)
        assert FORBIDDEN.intersection(text.replace("\n", "")) == set(), name
        if not screen.is_modal and len(screen.query("PlacesLine")):
            first, *_, last_but_one, last = text.splitlines()
            assert all(place.title in first for place in PLACES), name
            for chrome in (first, last_but_one, last):
                assert "pay now" not in chrome, (name, chrome)
        for y in range(2, SMALL[1] - 2):
            found = text.splitlines()[y].find("pay now")
            if found >= 0:
                await pilot.click(offset=(found + 1, y))
                break
        await pilot.pause()
        assert booms == [], name
        while len(app.screen_stack) > 2:
            app.pop_screen()
        await settled(app, pilot)

    play(attacked, scene, SMALL)
    shown = [name for name, text in seen.items() if "[@click=app.boom]pay now[/" in text]
    assert len(shown) > 15, f"the words stand there as they are: {shown}"


def test_a_new_screen_is_walked_too() -> None:
    for module in pkgutil.walk_packages(therapymail.tui.__path__, "therapymail.tui."):
        importlib.import_module(module.name)

    def last_classes(of: type[Any]) -> Iterator[type[Any]]:
        for each in of.__subclasses__():
            below = list(last_classes(each))
            yield from below
            if not below and each.__module__.startswith("therapymail."):
                yield each

    there = {f"{each.__module__.removeprefix('therapymail.tui.')}:{each.__name__}" for each in last_classes(Screen)}
    walked = {name.split()[0] for name in WALK}
    assert there - walked - BEHIND_THE_DOOR == set(), "give them a line in WALK"
