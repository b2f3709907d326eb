"""Something told in lines: a thread, a comparison, a review, every mark; the letters it names open from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from therapymail.domain.drawing import Line
from therapymail.practice.practice import Practice
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command, bindings
from therapymail.tui.drawn import painted
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.widgets.answered_letter import LetterScroll
from therapymail.tui.widgets.sheet import ChoiceSheet

_MOST_COLUMNS = 120
_MARGIN = 6

Lines = Callable[[int], Sequence[Line]]  # the lines for a width
Telling = Callable[[Practice], tuple[Lines, Sequence[str]]]  # what a verb found, and the letters that it names


class Told(RoomScreen):
    """`title` in our own words; `tell` is carried out beside the interface."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("enter", "open", "Open a letter", "Open one of the letters that are named here."),
        Command("escape", "leave", "Back", "Back to where you were."),
    )
    BINDINGS: ClassVar = bindings(HERE)
    AUTO_FOCUS = "LetterScroll"
    DEFAULT_CSS = """
    Told LetterScroll { padding: 1 2; scrollbar-size-vertical: 1; }
    Told LetterScroll > Static { height: auto; }
    """

    def __init__(self, title: str, tell: Telling) -> None:
        super().__init__()
        self._title, self._tell = title, tell
        self._lines: Lines | None = None
        self._names: Sequence[str] = ()

    @property
    def heading(self) -> str:
        """What it is."""
        return self._title

    def body(self) -> ComposeResult:
        """The lines."""
        with LetterScroll():
            yield Static(" ", id="told", markup=False)

    def on_mount(self) -> None:
        """Ask."""
        self._ask()

    @asking("telling")
    async def _ask(self) -> None:
        # Beside the record's thread: years of letters take a moment, and a search meanwhile should not wait.
        self._lines, self._names = await self.room.aside(lambda: self._tell(self.room.practice), "telling")
        self._draw()

    def record_changed(self) -> None:
        """It may be told otherwise now."""
        self._ask()

    def on_resize(self) -> None:
        """Lines are broken for the width."""
        self._draw()

    def _draw(self) -> None:
        if self._lines is not None:
            width = min(_MOST_COLUMNS, self.size.width - _MARGIN)
            drawn = Content("\n").join(painted(line) for line in self._lines(width))
            self.query_one("#told", Static).update(drawn)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is named can be opened."""
        return bool(self._names) if action == "open" else super().check_action(action, parameters)

    def action_open(self) -> None:
        """Open one of the letters."""
        choose_letter(self, "Which letter?", [(name, name, "") for name in self._names])

    def forget(self) -> None:
        """Let go of what was told."""
        self._lines, self._names = None, ()

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)


def choose_letter(screen: RoomScreen, title: str, letters: Sequence[tuple[str, str, str]]) -> None:
    """Open the one letter there is, or let one be chosen: each a name, a headline, and what it is."""
    ways = screen.room.ways

    def chosen(name: str | None) -> None:
        if name:
            ways.open_above(name)

    if len(letters) == 1:
        chosen(letters[0][0])
    elif letters:
        screen.app.push_screen(ChoiceSheet(title, *letters), chosen)
