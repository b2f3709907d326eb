"""The second reading: a held letter whole, once more, before it may leave."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from therapymail.domain.draft import DraftName
from therapymail.domain.outbox import OutboxState
from therapymail.domain.wording import local_text
from therapymail.practice import outbox
from therapymail.practice.desk import Desk, lay_out
from therapymail.practice.outbox import LetterRead
from therapymail.tui import desk_text, untrusted
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command, bindings
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.screens.checklist import ChecklistSheet
from therapymail.tui.screens.holding import refusal_sheet
from therapymail.tui.widgets.answered_letter import LetterScroll
from therapymail.tui.widgets.desk_head import DeskHead
from therapymail.tui.widgets.sheet import LineSheet


class SecondReading(RoomScreen):
    """Shows what will leave, exactly, and lets it go; before its hold is over that needs a reason (F16)."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("r", "release", "Release", "Let it leave; before the hold is over you are asked why."),
        Command("x", "take_back", "Take back", "Make it a draft again, to go on writing."),
        Command("escape", "leave", "Back", "Go back; it stays held."),
    )
    BINDINGS: ClassVar = bindings(HERE)
    AUTO_FOCUS = "LetterScroll"
    DEFAULT_CSS = """
    SecondReading LetterScroll { height: 1fr; padding: 1 2; align-horizontal: center; }
    SecondReading LetterScroll > Static { width: 72; max-width: 100%; height: auto; }
    """

    def __init__(self, name: DraftName) -> None:
        super().__init__()
        self._draft_name = name
        self._desk: Desk | None = None

    def body(self) -> ComposeResult:
        """The head, and the letter whole."""
        yield DeskHead()
        with LetterScroll():
            yield Static(id="whole", markup=False)

    def on_mount(self) -> None:
        """Read the letter."""
        self._load()

    @asking("desk")
    async def _load(self) -> None:
        self._show(await self.room.ask(lambda practice: lay_out(practice, self._draft_name)))

    def _show(self, desk: Desk) -> None:
        self._desk = desk
        self.query_one(DeskHead).show(desk, self._zone, notice=self._hold_sentence(desk))
        self.query_one("#whole", Static).update(_whole(desk))

    def forget(self) -> None:
        """Let go of the letter."""
        self._desk = None

    @property
    def _zone(self) -> str:
        return self.room.practice.settings.zone

    def _is_early(self, desk: Desk) -> bool:
        ends = desk.entry.hold_ends if desk.entry else None
        return ends is not None and ends > self.room.practice.clock()

    def _hold_sentence(self, desk: Desk) -> str:
        if desk.entry is None or desk.entry.state is not OutboxState.HELD:
            return "It is not held any more."
        ends = local_text(desk.entry.hold_ends or desk.entry.leaves_at, self._zone)
        return f"Second reading. Held until {ends}." if self._is_early(desk) else "Second reading. Its hold is over."

    @asking("release")
    async def action_release(self) -> None:
        """Let go what was read, and nothing else; before its hold is over, ask why."""
        read, desk = self._desk, await self.room.ask(lambda practice: lay_out(practice, self._draft_name))
        if read is None or not _is_the_same(read, desk):
            self._show(desk)
            self.room.say(f"{self._draft_name} was changed elsewhere: please read it again.")
            return
        refused = refusal_sheet(desk)
        if refused is not None:
            await self.app.push_screen_wait(refused)
            return
        why = None
        if desk.entry is None:
            return
        if self._is_early(desk):
            ends = local_text(desk.entry.hold_ends or desk.entry.leaves_at, self._zone)
            says = (
                f"{self._draft_name} is held until {ends}. Why does it leave before? The reason is kept in the journal."
            )
            why = await self.app.push_screen_wait(
                LineSheet(f"Release {self._draft_name} early", says, placeholder="why")
            )
            if why is None:
                return
        answers = await self.app.push_screen_wait(ChecklistSheet(f"Second reading of {self._draft_name}"))
        if answers is None:
            return
        as_read = LetterRead.of(desk.entry, desk.decision)
        entry = await self.room.ask(
            lambda practice: outbox.release(
                practice, self._draft_name, early=why, undo=True, read=as_read, answers=answers
            )
        )
        self.room.departures.queued(entry)
        self.dismiss()

    @asking("release")
    async def action_take_back(self) -> None:
        """Make it a draft again."""
        await self.room.departures.take_back(self._draft_name)
        self.dismiss()

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss()


def _is_the_same(read: Desk, now: Desk) -> bool:
    """Whether a letter is as it was read: its text, its row in the outbox, and whether and to whom it may leave."""
    turns = [desk.entry.turn if desk.entry else None for desk in (read, now)]
    return turns[0] == turns[1] and (read.draft, read.decision) == (now.draft, now.decision)


def _whole(desk: Desk) -> Content:
    """Subject, text and enclosures, as they will be sealed."""
    content = desk.draft.content
    subject = (
        untrusted.line(content.subject, "bold")
        if content.subject
        else Content.styled("(no subject)", "$foreground-muted")
    )
    parts = [subject, Content(), untrusted.block(content.text)]
    if enclosed := desk_text.enclosures_phrase(desk.draft.enclosures):
        parts += [Content(), untrusted.line(enclosed, "$foreground-muted")]
    parts += [Content(), Content.styled(f"— {desk_text.words_phrase(content)} —", "$foreground-muted")]
    return Content("\n").join(parts)
