"""An app that shows nothing of what went wrong in it: Textual would print local variables, letters among them."""

from __future__ import annotations

import asyncio
from typing import Any

from rich.console import RenderableType
from textual.app import App

from therapymail.errors import TherapymailError
from therapymail.tui.terminal import RoomDriver


class InterfaceFailed(Exception):
    """The terminal or Textual failed; what it said is not kept."""


class QuietApp(App[None]):
    """Keeps what went wrong in `fault` and ends; whoever ran it words that like any other failure."""

    def __init__(self) -> None:
        super().__init__(driver_class=RoomDriver)
        self.fault: Exception | None = None

    def _handle_exception(self, error: Exception) -> None:
        """Keep what went wrong, and end: Textual would print local variables, of which some are letters."""
        self.fault = self.fault or error
        self._return_code = 1
        if self._exception is None:  # what a test waits for
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def loop_failed(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What nobody waits for any more has failed, and asyncio would print it; a refusal is of no interest then."""
        error = context.get("exception")
        if isinstance(error, Exception) and not isinstance(error, TherapymailError):
            self._handle_exception(error)

    def panic(self, *renderables: RenderableType) -> None:  # noqa: ARG002 - not shown: they may hold anything
        """End, without showing what Textual would."""
        self._handle_exception(InterfaceFailed())
