"""Writing a note: saved by itself while it is written, kept when one says so."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static, TextArea

from therapymail.domain.draft import DraftContent
from therapymail.domain.note import NoteDraft, NoteKind, Purpose
from therapymail.domain.note_template import cleaned
from therapymail.domain.wording import count_words
from therapymail.errors import NoteChanged, NoteUnknown, NothingWritten, TherapymailError, explain
from therapymail.practice import note as verb
from therapymail.tui.asking import asking
from therapymail.tui.autosave import Autosave
from therapymail.tui.commands import Command, bindings
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.widgets.letter_area import COLUMNS, LetterArea

_LOOK_SECONDS = 0.2
_DOES = {Purpose.NEW: "A new", Purpose.EDIT: "Changing a", Purpose.AMENDMENT: "Adding to a"}


class NoteScreen(RoomScreen):
    """Writes what was `begun`; one that `is_new` is gone again where nothing was written in it."""

    IS_WALKED: ClassVar[bool] = False
    HERE: ClassVar[tuple[Command, ...]] = (
        Command("ctrl+g", "keep", "Keep", "Keep it as a note; lines of the template that stand as they were go."),
        Command("escape", "leave", "Back", "Save what is written, and go back; it is no note before it is kept."),
        Command("ctrl+s", "save", "Save now", "Save at once; it is saved by itself, too.", in_line=False),
    )
    BINDINGS: ClassVar = bindings(HERE)
    AUTO_FOCUS = "LetterArea"
    DEFAULT_CSS = f"""
    NoteScreen #title {{ height: 1; padding: 0 1; background: $panel; }}
    NoteScreen.-process #title {{ background: $warning-muted; color: $text-warning; }}
    NoteScreen #page {{ height: 1fr; align-horizontal: center; }}
    NoteScreen LetterArea {{ width: {COLUMNS + 5}; max-width: 100%; height: 1fr; padding: 1 1 0 1; }}
    NoteScreen #note-foot {{ height: 1; padding: 0 1; color: $foreground-muted; }}
    """

    def __init__(self, begun: NoteDraft, code: str, *, is_new: bool) -> None:
        super().__init__(classes="-process" if begun.name.kind is NoteKind.PROCESS else None)
        self._begun, self._draft, self._code, self._is_new = begun, begun, code, is_new
        self._autosave: Autosave | None = Autosave(DraftContent("", begun.text))
        self._saving = asyncio.Lock()

    @property
    def heading(self) -> str:
        """Whose desk."""
        return self._code

    def body(self) -> ComposeResult:
        """What it is, the sheet, whether it is saved."""
        kind = self._begun.name.kind.value
        title = f"{_DOES[self._begun.purpose]} {kind} note about {self._code}: {self._begun.name}"
        yield Static(Content(title), id="title", markup=False)
        with Horizontal(id="page"):
            yield LetterArea(self._begun.text, identity="note")
        yield Static(id="note-foot", markup=False)

    def on_mount(self) -> None:
        """Look for changes to save."""
        self._autosave = Autosave(self._content())
        self._area.focus()
        self._show_foot()
        self.set_interval(_LOOK_SECONDS, self._look)

    @property
    def _area(self) -> LetterArea:
        return self.query_one(LetterArea)

    def _content(self) -> DraftContent:
        return DraftContent("", self._area.text)

    @on(TextArea.Changed)
    def changed(self) -> None:
        """Note what is written now."""
        if self._autosave is not None:
            self._autosave.change(self._content(), time.monotonic())
            self._show_foot()

    def _show_foot(self, fault: str = "") -> None:
        if self._autosave is None:
            return
        said = fault or ("not saved yet" if self._autosave.is_dirty else "saved")
        words = count_words(len(cleaned(self._autosave.current.text, self._begun.begun_with).split()), "word")
        look = "bold $text-error" if fault else ""
        self.query_one("#note-foot", Static).update(Content.assemble(f"{words}  ·  ", (said, look)))

    def _look(self) -> None:
        if self._autosave is not None and self._autosave.due_in(time.monotonic()) == 0:
            self._save()

    @asking("keep", exclusive=False)
    async def _save(self) -> None:
        await self._save_now()

    async def _save_now(self) -> None:
        """Save what is not saved, and wait for it. Raises VaultLocked and what else keeps it from being saved."""
        async with self._saving:
            autosave = self._autosave
            if autosave is None or not autosave.is_dirty:
                return
            text = autosave.begin().text
            try:
                self._draft = await self._saved(text)
            except BaseException as error:
                autosave.fail(time.monotonic())
                if isinstance(error, TherapymailError):
                    self._show_foot(f"NOT SAVED: {explain(error).sentence}")
                raise
            autosave.finish(time.monotonic())
            self._show_foot()

    async def _saved(self, text: str) -> NoteDraft:
        draft = self._draft
        try:
            save = partial(verb.save_note, name=draft.name, text=text, builds_on=draft.revision)
            return await self.room.ask(save)
        except (NoteChanged, NoteUnknown):
            apart = await self.room.ask(partial(verb.keep_apart, begun=draft, text=text))
            self.room.say(f"{draft.name} was changed elsewhere: what you write here is {apart.name} now.")
            return apart

    async def before_lock(self) -> None:
        """Save what is not saved."""
        await self._save_now()

    def forget(self) -> None:
        """Let go of what is written."""
        self._autosave = None
        self._area.load_text("")

    @asking("keep", exclusive=False)
    async def action_save(self) -> None:
        """Save at once."""
        await self._save_now()

    @asking("keeping")
    async def action_keep(self) -> None:
        """Make it a note."""
        await self._save_now()
        try:
            kept = await self.room.ask(partial(verb.keep_note, name=self._draft.name))
        except NothingWritten:
            self.room.say("Nothing is written yet.")
            return
        belongs = f" {', '.join(kept.of_the_record)}: write that in a progress note, too." if kept.of_the_record else ""
        self.room.say(f"{kept.note.name} is kept, {count_words(kept.note.words, 'word')}.{belongs}")
        self.dismiss(None)

    @asking("leave")
    async def action_leave(self) -> None:
        """Save, and go back; what nothing was written in goes again."""
        await self._save_now()
        if self._is_new and self._draft.text == self._begun.text:
            await self.room.ask(partial(verb.discard_begun, name=self._draft.name))
            self.room.say("Nothing was written, so there is no note.")
        else:
            self.room.say(f"{self._draft.name} is saved, and not kept as a note yet.")
        self.dismiss(None)
