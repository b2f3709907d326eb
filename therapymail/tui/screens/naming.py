"""Who a client is: shown where one asks for it, and gone by itself after a short while."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from therapymail.domain.client import Client
from therapymail.tui import untrusted
from therapymail.tui.widgets.sheet import Sheet

SHOWN_SECONDS = 15.0


class NameSheet(Sheet[None]):
    """A client's name and addresses. Everywhere else they are called by their code (PRODUCT F01)."""

    def __init__(self, client: Client) -> None:
        super().__init__(client.code, f"Esc  put it away; it goes by itself after {SHOWN_SECONDS:.0f} seconds")
        self._who, self._addresses = client.name, client.writes_from

    def ask(self) -> ComposeResult:
        """Name and addresses."""
        lines = [untrusted.line(self._who, "bold"), *(untrusted.line(each) for each in self._addresses)]
        yield Static(Content("\n").join(lines))

    def on_mount(self) -> None:
        """It does not stay."""
        self.set_timer(SHOWN_SECONDS, self.action_back)

    def forget(self) -> None:
        """Let go of the name."""
        self._who, self._addresses = "", ()
