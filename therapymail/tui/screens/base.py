"""The frame of every screen: the line of places, what the screen is made of, what goes on, and the keys that matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from therapymail.tui.asking import app_of
from therapymail.tui.commands import Card, Command
from therapymail.tui.widgets.chrome import Foot
from therapymail.tui.widgets.places_line import PlacesLine

if TYPE_CHECKING:
    from therapymail.practice.caseload import Glance
    from therapymail.tui.app import TherapymailApp


class RoomScreen(Screen[Any]):
    """A screen. A subclass names its commands in HERE, gives BINDINGS from them, and says in `body` what it holds.

    `PLACE` is the name of the place it is, empty for a screen above one; `CARD` what `?` says of it.
    """

    HERE: ClassVar[tuple[Command, ...]] = ()
    CARD: ClassVar[Card | None] = None
    PLACE: ClassVar[str] = ""
    AUTO_FOCUS: ClassVar[str | None] = None
    # Textual's own draws the whole screen again when the focus moves; the parts that look otherwise do so themselves.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    gathered_at: Glance | None = None  # how the record stood when what is shown was gathered, where a screen keeps it

    def compose(self) -> ComposeResult:
        """The frame, and in it the screen."""
        yield PlacesLine()
        yield from self.body()
        yield Foot()

    def body(self) -> ComposeResult:
        """What the screen holds, between the line of places and the foot."""
        yield from ()

    @property
    def heading(self) -> str:
        """What the line of places calls it where it is no place: our own words and codes, never a letter's words."""
        return ""

    def called(self, command: Command) -> str:
        """What a command is called just now: two or three words for the key line and the palette."""
        return command.name

    def record_changed(self) -> None:
        """Something was noted on the record, here or elsewhere: what is shown is read again."""

    def arrived(self) -> None:
        """Somebody came here from another place: called of a place each time, once it is shown."""

    async def before_lock(self) -> None:
        """Put away what is not saved: awaited, at most a few seconds, before a lock, another place, and the end."""

    def forget(self) -> None:
        """Let go of what it holds of letters beside its widgets: called once the practice is locked."""

    @property
    def room(self) -> TherapymailApp:
        """The app, with its record and status."""
        return app_of(self)
