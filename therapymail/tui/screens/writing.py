"""The writing desk: one draft, the letter it answers beside it, saved by itself, and the way to hold and send it."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Label, Static, TextArea

from therapymail.domain.draft import Draft, DraftContent, DraftName
from therapymail.domain.sanitise import sanitise_line
from therapymail.domain.written import MAX_SUBJECT_CHARACTERS
from therapymail.errors import DraftChanged, DraftInOutbox, DraftUnknown, TherapymailError, explain
from therapymail.practice import outbox, write
from therapymail.practice.desk import Desk, keep_apart, lay_out
from therapymail.tui import desk_text, untrusted
from therapymail.tui.asking import asking
from therapymail.tui.autosave import Autosave
from therapymail.tui.commands import Command, bindings
from therapymail.tui.screens.enclosing import EnclosuresSheet
from therapymail.tui.screens.holding import HoldingSheet, refusal_sheet
from therapymail.tui.screens.writing_beside import WritingBeside
from therapymail.tui.widgets.answered_letter import AnsweredLetter
from therapymail.tui.widgets.chrome import KeyLine
from therapymail.tui.widgets.desk_head import DeskHead
from therapymail.tui.widgets.letter_area import COLUMNS, LetterArea
from therapymail.tui.widgets.line_input import LineInput
from therapymail.tui.widgets.side_panel import SidePanel

WIDE = 116  # columns from which the letter that is answered stands beside what is written
ROOMY = 160  # columns from which the side panel has room beside both letters
TALL = 30  # rows from which there is room between the subject and the text
_LOOK_SECONDS = 0.2
_LOST = (DraftChanged, DraftInOutbox, DraftUnknown)  # somebody else was at this draft meanwhile


class WritingScreen(WritingBeside):
    """Writes one draft. Every change is in the vault within two seconds, and before the screen goes (HAZARDS C12).

    A draft that `is_new` is gone again where nothing was written in it.
    """

    IS_WALKED: ClassVar[bool] = False

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("ctrl+g", "send", "Send", "Say how the letter leaves: held, held until a time, or now."),
        Command("ctrl+t", "theirs", "Their letter", "Show the letter that is answered, or go on writing."),
        Command(
            "ctrl+b", "beside", "Beside", "Show their questions, news, what is agreed and a look over, or hide it."
        ),
        Command("ctrl+n", "interleave", "Answer inside", "Quote paragraphs of their letter here, by number."),
        Command("ctrl+o", "enclosures", "Enclose", "Put files in with the letter, or take them out."),
        Command("escape", "leave", "Back", "Save, and go back."),
        Command("ctrl+s", "save", "Save now", "Save at once; it is saved by itself, too.", in_line=False),
    )
    BINDINGS: ClassVar = bindings(HERE)
    DEFAULT_CSS = f"""
    WritingScreen #sheets {{ height: 1fr; }}
    WritingScreen AnsweredLetter {{ width: 1fr; display: none; }}
    WritingScreen #own {{ width: 1fr; }}
    WritingScreen #subject-line {{ height: 1; padding: 0 1; }}
    WritingScreen #subject-line Label {{ width: 9; color: $foreground-muted; }}
    WritingScreen #subject {{ border: none; height: 1; padding: 0; background: $background; width: 1fr; }}
    WritingScreen #subject:focus {{ border: none; }}
    WritingScreen LetterArea {{ height: 1fr; }}
    WritingScreen.tall #subject-line {{ height: 3; padding: 1 1; }}
    WritingScreen #desk-foot {{ height: auto; padding: 0 1; color: $foreground-muted; }}
    WritingScreen.answering.wide AnsweredLetter {{ display: block; }}
    WritingScreen.wide #sheets {{ align-horizontal: center; }}
    WritingScreen.wide #own {{ width: {COLUMNS + 5}; }}
    WritingScreen.answering.wide #own {{ width: {COLUMNS + 5}; }}
    WritingScreen.answering.theirs AnsweredLetter {{ display: block; }}
    WritingScreen.answering.theirs #own {{ display: none; }}
    WritingScreen.answering.theirs.wide #own {{ display: block; }}
    WritingScreen.beside SidePanel {{ display: block; width: 1fr; }}
    WritingScreen.beside.answering.wide AnsweredLetter {{ display: none; }}
    WritingScreen.beside.answering.wide.roomy AnsweredLetter {{ display: block; }}
    WritingScreen.beside #own {{ display: none; }}
    WritingScreen.beside.wide #own {{ display: block; }}
    """

    def __init__(self, name: DraftName, *, is_new: bool = False) -> None:
        super().__init__()
        self._draft_name = name
        self._is_new = is_new
        self._begun: Draft | None = None
        self._saving = asyncio.Lock()
        self._notice = ""

    def body(self) -> ComposeResult:
        """The head, both letters, and the foot."""
        yield DeskHead()
        with Horizontal(id="sheets"):
            yield AnsweredLetter()
            with Vertical(id="own"):
                with Horizontal(id="subject-line"):
                    yield Label("Subject", markup=False)
                    yield LineInput(
                        id="subject",
                        compact=True,
                        placeholder="sealed with the letter",
                        max_length=MAX_SUBJECT_CHARACTERS,
                    )
                yield LetterArea(identity="letter")
                yield Static(id="desk-foot", markup=False)
            yield SidePanel()

    def on_mount(self) -> None:
        """Lay the draft out, and look for changes to save."""
        self._area.read_only = True
        self._load()
        self.set_interval(_LOOK_SECONDS, self._look)

    # --- what is shown -------------------------------------------------------------------------------------

    @property
    def _subject(self) -> Input:
        return self.query_one("#subject", Input)

    @asking("desk")
    async def _load(self) -> None:
        desk = await self.room.ask(lambda practice: lay_out(practice, self._draft_name))
        self._draft = desk.draft
        self._begun = desk.draft if self._is_new else None
        self._subject.value = sanitise_line(desk.draft.content.subject)
        self._area.load_text(desk.draft.content.text)
        # What a filter changed in showing it is saved with the first true change, and not before.
        self._autosave = Autosave(self._content())
        self._show(desk)
        self._look_over()
        if not self._area.read_only:
            (self._area if self._subject.value else self._subject).focus()

    def _show(self, desk: Desk) -> None:
        """Show everything of the desk but subject and text."""
        self._desk, self._draft = desk, desk.draft
        if desk.entry is not None:
            now = self.room.practice.clock()
            self._notice = desk_text.in_outbox_sentence(desk.entry, now, self._zone) + " Take it back in the outbox."
        self.query_one(DeskHead).show(desk, self._zone, notice=self._notice)
        self._area.read_only = self._subject.disabled = desk.entry is not None
        self.set_class(desk.answered is not None, "answering")
        if desk.answered is not None:
            self.query_one(AnsweredLetter).show(desk.answered, self._zone)
        self.query_one(KeyLine).look_again()
        self._show_foot()

    def _show_foot(self, fault: str = "") -> None:
        if self._draft is None or self._autosave is None:
            return
        saved = "not saved yet" if self._autosave.is_dirty else desk_text.saved_phrase(self._draft, self._zone)
        limit = self._beside.word_limit if self._beside else None
        parts = [Content(desk_text.words_of(self._autosave.current, limit)), Content("  ·  ")]
        parts.append(Content.styled(fault, "bold $text-error") if fault else Content(saved))
        parts.append(desk_text.looked_phrase(self._looked))
        foot = Content.assemble(*parts)
        if enclosed := desk_text.enclosures_phrase(self._draft.enclosures):
            foot = Content("\n").join([foot, untrusted.line(enclosed)])
        self.query_one("#desk-foot", Static).update(foot)

    def on_resize(self, event: events.Resize) -> None:
        """Put the letters side by side where there is room."""
        self.set_class(event.size.width >= WIDE, "wide")
        self.set_class(event.size.width >= ROOMY, "roomy")
        self.set_class(event.size.height >= TALL, "tall")

    # --- saving --------------------------------------------------------------------------------------------

    def _content(self) -> DraftContent:
        return DraftContent(self._subject.value, self._area.text)

    @on(TextArea.Changed)
    @on(Input.Changed, "#subject")
    def changed(self) -> None:
        """Note what is written now."""
        if self._autosave is not None and not self._area.read_only:
            self._autosave.change(self._content(), time.monotonic())
            self._show_foot()

    @on(Input.Submitted, "#subject")
    def subject_done(self) -> None:
        """Go on to the text."""
        self._area.focus()

    def _look(self) -> None:
        if self._autosave is not None and self._autosave.due_in(time.monotonic()) == 0:
            self._keep()

    @asking("keep", exclusive=False)
    async def _keep(self) -> None:
        await self._keep_now()

    async def _keep_now(self) -> None:
        """Save what is not saved, and wait for it. Raises VaultLocked and what else keeps it from being saved."""
        async with self._saving:
            autosave, draft = self._autosave, self._draft
            if autosave is None or draft is None or not autosave.is_dirty:
                return
            content = autosave.begin()
            try:
                self._draft = await self._kept(draft, content)
            except BaseException as error:
                autosave.fail(time.monotonic())
                if isinstance(error, TherapymailError):
                    self._show_foot(f"NOT SAVED: {explain(error).sentence}")
                raise
            autosave.finish(time.monotonic())
            self._show_foot()
        self._look_over()

    async def _kept(self, draft: Draft, content: DraftContent) -> Draft:
        try:
            return await self.room.ask(
                lambda practice: write.save(practice, draft.name, content, draft.revision, before_lock=True)
            )
        except _LOST as lost:
            kept = await self.room.ask(lambda practice: keep_apart(practice, draft, content))
            self._draft_name = kept.name
            self._notice = f"{explain(lost).sentence} What you write here is {kept.name} now."
            desk = await self.room.ask(lambda practice: lay_out(practice, kept.name))
            self._show(desk)
            return desk.draft

    async def before_lock(self) -> None:
        """Save what is not saved."""
        await self._keep_now()

    def forget(self) -> None:
        """Let go of the draft, and of the letter it answers."""
        super().forget()
        self._begun = None

    @asking("keep", exclusive=False)
    async def action_save(self) -> None:
        """Save at once."""
        await self._keep_now()

    @asking("leave")
    async def action_leave(self) -> None:
        """Save, and go back; where their letter covers the page, only that goes."""
        if self.has_class("theirs"):
            self.action_theirs()
            return
        if self.has_class("beside"):
            self.action_beside()
            return
        await self._keep_now()
        begun = self._begun
        if begun is not None and await self.room.ask(partial(write.discard_unwritten, begun=begun)):
            self.room.say("Nothing was written, so there is no draft.")
        self.dismiss()

    # --- what can be done ----------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense for this draft is offered."""
        if not self.is_mounted or self._desk is None:
            return super().check_action(action, parameters)
        if action == "interleave" and self._area.read_only:
            return False
        if action in {"theirs", "interleave"}:
            return self._desk.answered is not None
        return not (action in {"send", "enclosures", "save"} and self._area.read_only)

    @asking("enclosures")
    async def action_enclosures(self) -> None:
        """Put files in, or take them out."""
        if self._draft is None:
            return
        await self._keep_now()
        changed = await self.app.push_screen_wait(EnclosuresSheet(self._draft))
        if changed is not None:
            self._draft = changed
        self._show_foot()

    @asking("send")
    async def action_send(self) -> None:
        """Ask how it is to leave, and put it into the outbox."""
        await self._keep_now()
        desk = await self.room.ask(lambda practice: lay_out(practice, self._draft_name))
        self._show(desk)
        if desk.entry is not None:
            self.room.say(f"{desk.draft.name} is in the outbox already.")
            return
        refused = refusal_sheet(desk)
        if refused is not None:
            await self.app.push_screen_wait(refused)
            return
        practice = self.room.practice
        asked = await self.app.push_screen_wait(HoldingSheet(desk, practice.settings, practice.clock()))
        if asked is None:
            return
        queued = await self.room.ask(lambda practice: outbox.send(practice, asked))
        self.room.departures.queued(queued.entry)
        self.dismiss()
