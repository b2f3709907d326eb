"""Looking back: the timeline of one client, drawn for the width there is; counts only, nothing is scored."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from therapymail.domain.timeline import Step, Timeline
from therapymail.domain.timeline_text import timeline_text
from therapymail.practice.look_back import client_timeline
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command, bindings
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.untrusted import block


class LookingBack(RoomScreen):
    """The letters both ways, the time between them and the tags, week by week or over longer steps."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("w", "by('week')", "Weeks", "One column a week."),
        Command("m", "by('month')", "Months", "One column a month."),
        Command("y", "by('year')", "Years", "One column a year."),
        Command("escape,T", "leave", "Back", "Back to the letters."),
        Command("j", "down", "Down", "Scroll down.", in_line=False),
        Command("k", "up", "Up", "Scroll up.", in_line=False),
    )
    BINDINGS: ClassVar = bindings(HERE)
    AUTO_FOCUS = "VerticalScroll"
    DEFAULT_CSS = """
    LookingBack VerticalScroll { padding: 1 2; scrollbar-size-vertical: 1; }
    LookingBack #lanes { width: auto; height: auto; }
    """

    def __init__(self, code: str) -> None:
        super().__init__()
        self._code = code
        self._timeline: Timeline | None = None

    def body(self) -> ComposeResult:
        """The lanes."""
        with VerticalScroll():
            yield Static(" ", id="lanes", markup=False)

    def on_mount(self) -> None:
        """Count by what fits, weeks first."""
        self._count(None)

    def action_by(self, step: str) -> None:
        """Count by another step."""
        self._count(Step(step))

    @asking("timeline")
    async def _count(self, step: Step | None) -> None:
        # Beside the record's thread: years of letters take a moment, and a search meanwhile should not wait.
        counted = partial(client_timeline, self.room.practice, self._code, step)
        self._timeline = await self.room.aside(counted, "timeline")
        self._draw()

    def on_resize(self) -> None:
        """Draw for the width there is."""
        self._draw()

    def _draw(self) -> None:
        if self._timeline is not None:
            self.query_one("#lanes", Static).update(block(timeline_text(self._timeline, width=self.size.width - 6)))

    def forget(self) -> None:
        """Let go of the timeline."""
        self._timeline = None

    def action_down(self) -> None:
        """Scroll down."""
        self.query_one(VerticalScroll).scroll_down(animate=False)

    def action_up(self) -> None:
        """Scroll up."""
        self.query_one(VerticalScroll).scroll_up(animate=False)

    def action_leave(self) -> None:
        """Back to the letters."""
        self.dismiss(None)
