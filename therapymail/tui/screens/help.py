"""Help: what can be done on the screen one came from, and with which keys, from the commands' own definitions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from therapymail.tui.commands import Command, bindings
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.verdict import marks_explained
from therapymail.tui.widgets.chrome import KeyLine, StatusLine
from therapymail.tui.widgets.letter_list import TONES

_KEYS_COLUMNS = 16
_WALKING = (
    ("↑ ↓  j k", "One row or line up or down."),
    ("← →  h l", "To the column beside."),
    ("PgUp PgDn", "A screenful up or down."),
    ("Home End  g G", "To the first, to the last."),
    ("Enter", "Open what is under the cursor."),
)


class Help(RoomScreen):
    """The commands of `screen` and of every screen."""

    HERE: ClassVar[tuple[Command, ...]] = (Command("escape,q", "leave", "Back", "Back to where you were."),)
    BINDINGS: ClassVar = bindings(HERE)
    AUTO_FOCUS = "VerticalScroll"
    DEFAULT_CSS = """
    Help VerticalScroll { padding: 1 2; scrollbar-size-vertical: 1; }
    Help VerticalScroll > Static { height: auto; }
    Help #foot { dock: bottom; height: 2; }
    """

    def __init__(self, here: Sequence[Command], everywhere: Sequence[Command]) -> None:
        super().__init__()
        self._here, self._everywhere = here, everywhere

    def compose(self) -> ComposeResult:
        """The commands in groups."""
        with VerticalScroll():
            yield Static(self._text(), markup=False)
        with Vertical(id="foot"):
            yield StatusLine()
            yield KeyLine()

    def _text(self) -> Content:
        groups = [
            _group("Here", [("  ".join(each.shown_keys), each.says) for each in self._here]),
            _group("Lists and letters", _WALKING),
            _group("Everywhere", [("  ".join(each.shown_keys), each.says) for each in self._everywhere]),
            Content("\n").join(
                [
                    Content.styled("Marks beside a letter", "bold"),
                    *(
                        Content.assemble("  ", (f"{mark.glyph} ", TONES[mark.tone]), f"{mark.word.lower():<14} {says}")
                        for mark, says in marks_explained()
                    ),
                ]
            ),
        ]
        return Content("\n\n").join(groups)

    def action_leave(self) -> None:
        """Back to where one was."""
        self.dismiss(None)


def _group(title: str, rows: Sequence[tuple[str, str]]) -> Content:
    lines = [Content.styled(title, "bold")]
    lines += [Content.assemble("  ", (f"{keys:<{_KEYS_COLUMNS}}", "$text-accent"), says) for keys, says in rows]
    return Content("\n").join(lines)
