"""Looking back: the timeline of one client, walked by keyboard; counts only, nothing is scored."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult

from therapymail.tui.commands import Command, bindings
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.widgets.timeline_pane import TimelinePane


class LookingBack(RoomScreen):
    """The letters both ways, the time between them, themes and what happened, by week, month or year."""

    HERE: ClassVar[tuple[Command, ...]] = (Command("escape,T", "leave", "Back", "Back to where you were."),)
    BINDINGS: ClassVar = bindings(HERE)
    AUTO_FOCUS = "TimelineLanes"

    def __init__(self, code: str) -> None:
        super().__init__()
        self._code = code

    @property
    def heading(self) -> str:
        """Whose it is."""
        return f"Timeline of {self._code}"

    def body(self) -> ComposeResult:
        """The timeline."""
        yield TimelinePane(self._code)

    def record_changed(self) -> None:
        """Something was noted: count again, staying where one is."""
        self.query_one(TimelinePane).count()

    def action_leave(self) -> None:
        """Back to where one was."""
        self.dismiss(None)
