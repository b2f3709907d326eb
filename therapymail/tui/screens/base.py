"""What every screen of the room has: its commands, and a moment to put things away before a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.screen import Screen

from therapymail.tui.asking import app_of
from therapymail.tui.commands import Command

if TYPE_CHECKING:
    from therapymail.tui.app import TherapymailApp


class RoomScreen(Screen[Any]):
    """A screen. A subclass names its commands in HERE, and gives BINDINGS from them."""

    HERE: ClassVar[tuple[Command, ...]] = ()
    AUTO_FOCUS: ClassVar[str | None] = None
    IS_WALKED: ClassVar[bool] = True  # lists and letters, not a text that is written

    async def before_lock(self) -> None:
        """Put away what is not saved: awaited, at most for a few seconds, before a lock, a suspension and the end."""

    def forget(self) -> None:
        """Let go of what it holds of letters beside its widgets: called once the practice is locked."""

    @property
    def room(self) -> TherapymailApp:
        """The app, with its record and status."""
        return app_of(self)
