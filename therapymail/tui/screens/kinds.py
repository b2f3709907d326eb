"""What kind of mail a letter is: chosen from all kinds, or put back to what it was before."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from therapymail.domain.kinds import Direction, Kind
from therapymail.practice.accept import set_kind, undo_kind
from therapymail.practice.judging import JudgedLetter
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command, bindings
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.widgets.row_list import RowList

_SAYS = {
    Kind.LETTER: "a client's letter: counted, a response is owed",
    Kind.RESPONSE: "your response to a letter",
    Kind.ADMIN: "arrangements only; no clock, never counted",
    Kind.CLARIFICATION: "a short question about a letter; outside the count",
    Kind.UPDATE: "brief news between exchanges; no response owed",
    Kind.MODULE: "a self-guided unit, answered by reply",
    Kind.MEASURE: "a questionnaire",
    Kind.CONSENT: "informed consent, asked for or given",
    Kind.AGREEMENT: "the terms of your work, proposed or agreed",
    Kind.RECEIPT: "“received, you will hear from me by …”",
    Kind.CHECK_IN: "asking after a silence",
    Kind.SAFETY: "a safety plan, and what concerns one",
    Kind.BOUNCE: "a delivery report",
}
_COLUMN = 16


class KindList(RowList[Kind]):
    """All kinds."""

    def draw(self, row: Kind, width: int) -> Sequence[Content]:
        """The kind, and what it means."""
        says = Content(_SAYS[row]).truncate(max(1, width - _COLUMN - 2), ellipsis=True).stylize("$foreground-muted")
        return [Content.assemble(" ", row.value.ljust(_COLUMN), says, " ")]


class ChoosingKind(RoomScreen):
    """Asks what kind of mail a letter is. Gives True if it changed."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("enter", "focused.choose", "This kind", "Say that the letter is of the kind under the cursor."),
        Command("u", "undo", "Undo", "Take the last change of its kind back."),
        Command("escape", "leave", "Back", "Back to the letter."),
    )
    BINDINGS: ClassVar = bindings(HERE[1:])
    AUTO_FOCUS = "KindList"
    DEFAULT_CSS = """
    ChoosingKind #title { height: 1; margin: 1 1 1 1; text-style: bold; }
    """

    def __init__(self, judged: JudgedLetter) -> None:
        super().__init__()
        self._letter = judged.letter

    def body(self) -> ComposeResult:
        """The kinds."""
        yield Static(f"{self._letter.name} is of kind {self._letter.kind.value}", id="title", markup=False)
        yield KindList()

    def on_mount(self) -> None:
        """The usual kinds of mail this way first; the cursor on what it is."""
        first = Kind.LETTER if self._letter.direction is Direction.IN else Kind.RESPONSE
        kinds = sorted(Kind, key=lambda kind: kind is not first)
        self.query_one(KindList).show_rows(kinds, kinds.index(self._letter.kind))

    @on(KindList.Chosen)
    def chosen(self, chosen: KindList.Chosen) -> None:
        """Say that it is of this kind."""
        if isinstance(chosen.row, Kind):
            self._say(chosen.row)

    def action_undo(self) -> None:
        """Put it back to the kind it was of before."""
        self._say(None)

    @asking("deciding")
    async def _say(self, kind: Kind | None) -> None:
        name = str(self._letter.name)
        verb = partial(undo_kind, name=name) if kind is None else partial(set_kind, name=name, kind=kind)
        judged = await self.room.ask(verb)
        done = f"{name} is now of kind {judged.letter.kind.value}."
        if kind is None or kind is self._letter.kind:
            self.room.say(done)
        else:
            self.room.undoing.offer(done, partial(undo_kind, name=name), f"The kind of {name} is as it was.")
        self.dismiss(result=True)

    def action_leave(self) -> None:
        """Back to the letter."""
        self.dismiss(result=False)
