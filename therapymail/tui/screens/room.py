"""The room: clients, the letters of one, and the letter being read."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.widgets.chrome import KeyLine, StatusLine


class Room(RoomScreen):
    """Clients by code, the letters of the chosen client, and a reader."""

    DEFAULT_CSS = "Room #foot { dock: bottom; height: 2; }"

    def compose(self) -> ComposeResult:
        """The panes."""
        with Vertical(id="foot"):
            yield StatusLine()
            yield KeyLine()
