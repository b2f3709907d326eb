"""The sheet that a letter is written on: plain text, wrapped where it reads best, harmless whatever is pasted."""

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.widgets import TextArea

from therapymail.domain.sanitise import sanitise
from therapymail.tui.commands import Card, Command, bindings

COLUMNS = 72  # the line that reads comfortably, at any width of the terminal


class LetterArea(TextArea):
    """A text area for a letter. Nothing in it is highlighted, corrected or completed.

    What is typed, pasted or loaded passes the one filter for untrusted text (HAZARDS S9, S10), so a control
    character or a bidirectional override is a visible mark here and never leaves in a letter.
    """

    DEFAULT_CSS = """
    LetterArea {
        border: none;
        padding: 0 1;
        background: $background;
        scrollbar-size-vertical: 1;
        &:focus { border: none; }
    }
    """
    HERE: ClassVar[tuple[Command, ...]] = (
        Command("ctrl+z", "undo", "Undo typing", "Undo what was typed last.", in_line=False),
        Command("ctrl+y,ctrl+shift+z", "redo", "Redo typing", "Type again what was undone.", in_line=False),
        Command("ctrl+home", "to_beginning", "Beginning", "To the first character.", in_line=False),
        Command("ctrl+end", "to_end", "End", "To the last character.", in_line=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)
    CARD: ClassVar[Card] = Card(
        "What you write", "Plain text, saved by itself within two seconds. What is copied stays inside therapymail."
    )

    def __init__(self, text: str = "", *, identity: str | None = None) -> None:
        super().__init__(
            sanitise(text),
            id=identity,
            soft_wrap=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
            show_line_numbers=False,
        )
        self.cursor_blink = False
        self.match_cursor_bracket = False  # brackets are the letter's own words here, not code

    @property
    def wrap_width(self) -> int:
        """Columns to a line: never more than reads well, fewer where the terminal is narrow."""
        return min(COLUMNS, super().wrap_width)

    def action_to_beginning(self) -> None:
        """Go to the first character."""
        self.move_cursor((0, 0))

    def action_to_end(self) -> None:
        """Go to the last character."""
        self.move_cursor(self.document.end)

    def load_text(self, text: str) -> None:
        """Show `text` instead of what is there; the history of edits begins anew."""
        super().load_text(sanitise(text))

    async def _on_paste(self, event: events.Paste) -> None:
        """Insert what was pasted, whatever it is."""
        event.stop()
        event.prevent_default()
        if self.read_only:
            return
        if done := self._replace_via_keyboard(sanitise(event.text), *self.selection):
            self.move_cursor(done.end_location)
            self.focus()
