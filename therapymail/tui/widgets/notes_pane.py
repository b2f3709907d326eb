"""The notes about a client as a tab of the desk: progress notes, and process notes only after their own unlocking."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from therapymail.domain.note import NoteDraft, NoteKind, NoteName, Purpose
from therapymail.domain.wording import count_words, local_text
from therapymail.errors import NotesPassphraseNeeded, ProcessNotesLocked
from therapymail.practice import note as verb
from therapymail.practice import process_notes
from therapymail.practice.note import NoteRequest
from therapymail.practice.note_links import LinkRequest
from therapymail.practice.note_reading import NoteView, WholeNote, list_notes, read_note
from therapymail.practice.note_templates import template_names
from therapymail.tui import untrusted
from therapymail.tui.asking import app_of, asking
from therapymail.tui.commands import Card, Command, bindings
from therapymail.tui.messages import RecordChanged
from therapymail.tui.screens.note_writing import NoteScreen
from therapymail.tui.widgets.answered_letter import LetterScroll
from therapymail.tui.widgets.chrome import KeyLine
from therapymail.tui.widgets.row_list import RowList
from therapymail.tui.widgets.sheet import ChoiceSheet, PassphraseSheet, SayingSheet

_WIDE = 100  # columns from which a note stands beside the list
_LOOK_SECONDS = 5.0


class NoteList(RowList[NoteView]):
    """Names, days and states; not a word of a note."""

    NOTHING = "No notes yet. n begins one."
    LOADING = "The notes are being read."

    def __init__(self, zone: str) -> None:
        super().__init__()
        self._zone = zone

    def draw(self, row: NoteView, width: int) -> Sequence[Content]:
        """Name, day, what it is about, format and state."""
        note = row.note
        when = local_text(note.written, self._zone)[:10] if note else "being written"
        about = str(row.letter) if row.letter else f"exchange {row.exchange}" if row.exchange else ""
        state = "locked" if row.is_locked else "" if note else "not kept yet"
        if note and row.draft:
            state = "being changed"
        head = Content.assemble(f" {row.name!s:<6} ", (f"{when:<13} ", "$foreground-muted"))
        tail = Content.assemble(
            untrusted.line(row.format, "$foreground-muted"),
            "  ",
            (state, "$text-warning" if row.draft else "$foreground-muted"),
        )
        room = max(0, width - head.cell_length - 1)
        return [Content.assemble(head, Content.assemble(f"{about:<12} ", tail).truncate(room, ellipsis=True))]


class NotesPane(Widget):
    """A list, and the note under the cursor; with few columns Enter shows it in the list's place."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("enter", "read", "Read", "Show the note under the cursor."),
        Command("n", "new", "New note", "Begin a note by a template."),
        Command("e", "edit", "Change", "Go on writing it, change it, or add to a locked one."),
        Command("x", "discard", "Discard", "Remove a note for good; a locked one stays.", in_line=False),
        Command("p", "other_kind", "Process notes", "See the process notes, or the progress notes again."),
        Command("escape", "list", "Back", "From the note to the list."),
    )
    BINDINGS: ClassVar = bindings(HERE)
    CARD: ClassVar[Card] = Card(
        "Notes",
        "Progress notes are part of the record. Process notes are yours alone, kept apart from it.",
    )
    DEFAULT_CSS = """
    NotesPane { height: 1fr; layout: vertical; }
    NotesPane #kind { height: 1; padding: 0 1; color: $foreground-muted; }
    NotesPane.-process #kind { background: $warning-muted; color: $text-warning; }
    NotesPane NoteList { width: 1fr; }
    NotesPane #note { width: 74; padding: 0 2; border-left: vkey $border; scrollbar-size-vertical: 1; }
    NotesPane #note > Static { width: 100%; height: auto; }
    NotesPane.-narrow #note { display: none; width: 1fr; border-left: none; }
    NotesPane.-narrow.-reading #note { display: block; }
    NotesPane.-narrow.-reading NoteList { display: none; }
    """

    def __init__(self, code: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._code = code
        self.kind = NoteKind.PROGRESS
        self._wanted: NoteName | None = None  # the note that was asked for, until the list is there

    def compose(self) -> ComposeResult:
        """Which kind, the list, the note."""
        yield Static(id="kind", markup=False)
        with Horizontal():
            yield NoteList(app_of(self).practice.settings.zone)
            with LetterScroll(id="note"):
                yield Static(id="note-text", markup=False)

    def on_mount(self) -> None:
        """Process notes go from the screen when their own time is over."""
        self.set_interval(_LOOK_SECONDS, self._look)

    @property
    def listed(self) -> NoteList:
        """The list."""
        return self.query_one(NoteList)

    def load(self) -> None:
        """Read the list anew."""
        self._read()

    def seek(self, name: NoteName) -> None:
        """Go to a progress note, and show it."""
        self.kind, self._wanted = NoteKind.PROGRESS, name
        self._read()

    @asking("notes")
    async def _read(self) -> None:
        app = app_of(self)
        try:
            found = await app.ask(partial(list_notes, kind=self.kind, code=self._code))
        except ProcessNotesLocked:
            self._to_progress("Your process notes are locked again.")
            found = await app.ask(partial(list_notes, kind=self.kind, code=self._code))
        before = self.listed.row
        wanted, self._wanted = self._wanted, None
        name = wanted or (before.name if before else None)
        self.set_class(self.kind is NoteKind.PROCESS, "-process")
        number = count_words(len(found), f"{self.kind.value} note")
        apart = ": yours alone, kept apart from the record" if self.kind is NoteKind.PROCESS else ""
        self.query_one("#kind", Static).update(Content(f"{number}{apart}"))
        self.listed.show_rows(found, next((at for at, each in enumerate(found) if each.name == name), 0))
        if wanted is not None and self.listed.row is not None and self.listed.row.name == wanted:
            self.action_read()

    @on(NoteList.Moved)
    def moved(self) -> None:
        """Show the note under the cursor, where there is room for it."""
        if not self.has_class("-narrow") or self.has_class("-reading"):
            self._show_note()
        self.screen.query_one(KeyLine).look_again()

    @asking("note")
    async def _show_note(self) -> None:
        row, app = self.listed.row, app_of(self)
        if row is None:
            self._put("")
            return
        try:
            whole = await app.ask(partial(read_note, name=row.name))
        except ProcessNotesLocked:
            self._to_progress("Your process notes are locked again.")
            self._read()
            return
        self._put(note_text(whole, app.practice.settings.zone))

    def _put(self, text: Content | str) -> None:
        self.query_one("#note-text", Static).update(text)
        self.query_one("#note", LetterScroll).scroll_home(animate=False)

    def on_resize(self) -> None:
        """Beside each other where there is room."""
        self.set_class(self.size.width < _WIDE, "-narrow")
        if self.listed.row is not None and not self.has_class("-narrow"):
            self._show_note()

    # --- reading -------------------------------------------------------------------------------------------

    @on(NoteList.Chosen)
    def action_read(self) -> None:
        """Show the note."""
        if self.listed.row is not None:
            self.add_class("-reading")
            self._show_note()
            self.query_one("#note").focus()

    def action_list(self) -> None:
        """Back to the list."""
        self.remove_class("-reading")
        self.listed.focus()
        self.screen.query_one(KeyLine).look_again()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a way back from a note alone, and only a note that is there is read."""
        if not self.query(NoteList):
            return super().check_action(action, parameters)
        if action == "list":
            return self.has_class("-reading")
        if action == "read":
            return self.listed.has_focus and self.listed.row is not None
        if action in {"edit", "discard"}:
            return self.listed.row is not None
        return super().check_action(action, parameters)

    def called(self, command: Command) -> str:
        """What a command does just now."""
        row = self.listed.row
        if command.verb == "other_kind" and self.kind is NoteKind.PROCESS:
            return "Progress notes"
        if command.verb == "edit" and row is not None:
            return "Go on" if row.draft else "Add to it" if row.is_locked else "Change"
        return command.name

    # --- process notes -------------------------------------------------------------------------------------

    @asking("notes-kind")
    async def action_other_kind(self) -> None:
        """Process notes, after their own unlocking; or progress notes again."""
        if self.kind is NoteKind.PROCESS:
            self._to_progress("")
        elif await self._unlocked():
            self.kind = NoteKind.PROCESS
            self._put("")
        self.action_list()
        self._read()

    def _to_progress(self, says: str) -> None:
        self.kind = NoteKind.PROGRESS
        self.remove_class("-process")
        self._put("")
        self.listed.show_rows(())
        if says:
            app_of(self).say(says)

    async def _unlocked(self) -> bool:
        """Whether the process notes are unlocked now; asks for their passphrase. Raises what refuses it."""
        app = app_of(self)
        if await app.aside(process_notes.notes_session(app.practice).is_open, "notes"):
            return True
        try:
            await app.aside(partial(process_notes.unlock_process_notes, app.practice, None), "notes")
        except NotesPassphraseNeeded:
            says = "They have a passphrase of their own."
            typed = await app.push_screen_wait(PassphraseSheet("Unlock your process notes", says))
            if typed is None:
                return False
            await app.aside(partial(process_notes.unlock_process_notes, app.practice, typed), "notes")
        return True

    @asking("notes-look")
    async def _look(self) -> None:
        """Whether process notes that are shown are still unlocked."""
        app = app_of(self)
        if self.kind is NoteKind.PROCESS and app.is_open:
            session = process_notes.notes_session(app.practice)
            if not await app.aside(session.is_open, "notes") and app.is_open:
                self._to_progress("Your process notes are locked again.")
                self._read()

    # --- writing -------------------------------------------------------------------------------------------

    @asking("note-writing")
    async def action_new(self) -> None:
        """Ask for a template, begin a note, and write it; about the letter that is open at the desk."""
        app, kind = app_of(self), self.kind
        names = await app.aside(partial(template_names, app.practice, kind))
        letter = getattr(self.screen, "read_name", "")
        title = f"A new {kind.value} note about {letter or self._code}"
        wanted = await app.push_screen_wait(ChoiceSheet(title, *((each, each, "") for each in names)))
        if wanted is None:
            return
        asked = NoteRequest(self._code, kind, wanted, LinkRequest(letter=letter or None))
        begun = await app.ask(partial(verb.begin_note, asked=asked))
        await self._write(begun, is_new=True)

    @asking("note-writing")
    async def action_edit(self) -> None:
        """Go on writing, change a note, or add to a locked one."""
        row = self.listed.row
        if row is None:
            return
        is_new = row.draft is None
        begun = row.draft
        if begun is None:
            purpose = Purpose.AMENDMENT if row.is_locked else Purpose.EDIT
            begun = await app_of(self).ask(partial(verb.begin_change, name=row.name, purpose=purpose))
        await self._write(begun, is_new=is_new)

    async def _write(self, begun: NoteDraft, *, is_new: bool) -> None:
        await app_of(self).push_screen_wait(NoteScreen(begun, self._code, is_new=is_new))
        self._read()
        self._show_note()

    @asking("note-writing")
    async def action_discard(self) -> None:
        """Ask whether the note goes for good."""
        row, app = self.listed.row, app_of(self)
        if row is None:
            return
        is_begun = row.note is None or row.draft is not None
        what = f"What is being written of {row.name}" if is_begun else f"{row.name}"
        sheet = SayingSheet(
            f"Discard {row.name}?", Content(f"{what} goes for good; this cannot be undone."), question="discard it"
        )
        if not await app.push_screen_wait(sheet):
            return
        discard = verb.discard_begun if is_begun else verb.discard_note
        await app.ask(partial(discard, name=row.name))
        app.say(f"{what} is gone.")
        app.post_message(RecordChanged())

    def forget(self) -> None:
        """Let go of every note."""
        self.kind = NoteKind.PROGRESS
        self.listed.forget()
        self.query_one("#note-text", Static).update("")


def note_text(whole: WholeNote, zone: str) -> Content:
    """A note whole: what is known of it, its text, what was added."""
    view = whole.view
    head = [Content.styled(str(view.name), "bold"), Content("  "), untrusted.line(view.format, "$foreground-muted")]
    facts = []
    if view.note is not None:
        facts.append(f"written {local_text(view.note.written, zone)}")
        if view.note.locks is not None:
            facts.append(f"{'locked since' if view.is_locked else 'locks'} {local_text(view.note.locks, zone)}")
    if view.letter:
        facts.append(f"about {view.letter}")
    if view.draft is not None:
        facts.append("something of it is being written and not kept: e goes on")
    parts = [Content.assemble(*head), Content.styled("; ".join(facts), "$foreground-muted")]
    if whole.quoted:
        parts += [Content(), untrusted.block(f"“{whole.quoted}”", "$foreground-muted italic")]
    parts += [Content(), untrusted.block(whole.text.rstrip("\n"))]
    for written, text in whole.amendments:
        parts += [
            Content(),
            Content.styled(f"Added {local_text(written, zone)}", "bold"),
            untrusted.block(text.rstrip("\n")),
        ]
    return Content("\n").join(parts)
