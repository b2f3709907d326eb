"""Help: what can be done on the screen one came from, and with which keys, from the commands' own definitions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from therapymail.tui.commands import Command, bindings
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.verdict import marks_explained
from therapymail.tui.widgets.answered_letter import LetterScroll
from therapymail.tui.widgets.chrome import KeyLine, StatusLine
from therapymail.tui.widgets.letter_list import TONES

_KEYS_COLUMNS = 18
_WALKING = (
    ("↑ ↓  j k", "One row or line up or down."),
    ("← →  h l", "To the column beside."),
    ("PgUp PgDn", "A screenful up or down."),
    ("Home End  g G", "To the first, to the last that is shown; again for more."),
    ("Enter", "Open what is under the cursor."),
)


class Help(RoomScreen):
    """The commands of `screen` and of every screen."""

    HERE: ClassVar[tuple[Command, ...]] = (Command("escape,q", "leave", "Back", "Back to where you were."),)
    BINDINGS: ClassVar = bindings(HERE)
    AUTO_FOCUS = "LetterScroll"
    DEFAULT_CSS = f"""
    Help LetterScroll {{ padding: 1 2; scrollbar-size-vertical: 1; }}
    Help .group {{ text-style: bold; }}
    Help .later {{ margin-top: 1; }}
    Help .row {{ height: auto; }}
    Help .row > Static {{ height: auto; width: 1fr; }}
    Help .row > .keys {{ width: {_KEYS_COLUMNS + 2}; padding: 0 2; color: $text-accent; }}
    Help #foot {{ dock: bottom; height: 2; }}
    """

    def __init__(self, here: Sequence[Command], everywhere: Sequence[Command], *, is_walked: bool = True) -> None:
        super().__init__()
        self._here, self._everywhere, self._is_walked = here, everywhere, is_walked

    def compose(self) -> ComposeResult:
        """The commands in groups."""
        with LetterScroll():
            yield from _group("Here", _rows(self._here), "group")
            if self._is_walked:
                yield from _group("Lists and letters", _WALKING)
            yield from _group("Everywhere", _rows(self._everywhere))
            yield Static("Marks beside a letter", classes="group later", markup=False)
            for mark, says in marks_explained():
                glyph = Content.assemble((f"{mark.glyph} ", TONES[mark.tone]), mark.word.lower())
                yield _row(glyph, says)
        with Vertical(id="foot"):
            yield StatusLine()
            yield KeyLine()

    def action_leave(self) -> None:
        """Back to where one was."""
        self.dismiss(None)


def _rows(commands: Sequence[Command]) -> list[tuple[str, str]]:
    return [("  ".join(each.shown_keys), each.says) for each in commands]


def _group(title: str, rows: Sequence[tuple[str, str]], classes: str = "group later") -> ComposeResult:
    yield Static(title, classes=classes, markup=False)
    for keys, says in rows:
        yield _row(Content(keys), says)


def _row(keys: Content, says: str) -> Horizontal:
    """Keys, and beside them what they do: a long sentence goes on below itself."""
    return Horizontal(Static(keys, classes="keys"), Static(says, markup=False), classes="row")
