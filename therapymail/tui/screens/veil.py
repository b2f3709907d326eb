"""The veil: nothing of the practice is on the screen, at one key; the same key shows all of it again."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from therapymail.tui.commands import Command, bindings
from therapymail.tui.screens.base import RoomScreen


class Veil(RoomScreen):
    """Hides everything that was on the screen; nothing is locked, and what is typed meanwhile goes nowhere."""

    HERE: ClassVar[tuple[Command, ...]] = (Command("escape", "leave", "Show", "Show again what was hidden."),)
    BINDINGS: ClassVar = bindings(HERE)
    DEFAULT_CSS = """
    Veil { align: center middle; }
    Veil > Static { width: auto; text-align: center; color: $foreground-muted; }
    """

    def compose(self) -> ComposeResult:
        """Two lines that say nothing."""
        yield Static(Content("hidden\n\nF9 or Esc shows it again"))

    def action_leave(self) -> None:
        """Show what was hidden."""
        self.dismiss(None)
