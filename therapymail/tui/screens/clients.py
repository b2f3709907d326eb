"""The clients: everybody by code, where the work stands, what is due; a name only where one asks for it."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from therapymail.practice.caseload import glance
from therapymail.practice.client_rows import client_rows
from therapymail.practice.introduce import client_named
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command, bindings
from therapymail.tui.places import CLIENTS
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.screens.naming import NameSheet
from therapymail.tui.widgets.chrome import KeyLine
from therapymail.tui.widgets.client_rows import ClientRows, known_of


class ClientsScreen(RoomScreen):
    """Everybody one works with, and those with whom the work is over."""

    PLACE: ClassVar = CLIENTS
    HERE: ClassVar[tuple[Command, ...]] = (
        Command("enter", "focused.choose", "Open", "Go to the client's desk."),
        Command("w", "write", "Write", "Write a new letter to the client."),
        Command("T", "timeline", "Timeline", "Look back on the letters with the client."),
        Command("N", "name", "Name", "Say who it is; it goes from the screen by itself."),
    )
    BINDINGS: ClassVar = bindings(HERE[1:])
    AUTO_FOCUS = "ClientRows"
    DEFAULT_CSS = """
    ClientsScreen #heads { height: 3; padding: 1 1; }
    ClientsScreen ClientRows { height: 1fr; padding: 0 1; }
    ClientsScreen #known { height: 3; padding: 1 2; color: $foreground-muted; }
    """

    def body(self) -> ComposeResult:
        """Heads of columns, rows, and what is known of the one under the cursor."""
        yield Static(" ", id="heads", markup=False)
        yield ClientRows()
        yield Static(" ", id="known", markup=False)

    def on_screen_resume(self) -> None:
        """Look, now and whenever what lay above is gone."""
        self._look()

    @property
    def listed(self) -> ClientRows:
        """The rows."""
        return self.query_one(ClientRows)

    @asking("clients")
    async def _look(self) -> None:
        """Look again where something was noted meanwhile; else what is due is a little nearer."""
        now = self.room.practice.clock()
        if not self.listed.is_loaded or await self.room.ask(glance) != self.gathered_at:
            await self._gather()
        else:
            self.listed.show_clients(self.listed.rows, now)

    @asking("clients")
    async def record_changed(self) -> None:  # type: ignore[override]  # carried out beside the interface
        """Look again."""
        await self._gather()

    async def _gather(self) -> None:
        self.gathered_at, rows = await self.room.ask(lambda practice: (glance(practice), client_rows(practice)))
        self.listed.show_clients(rows, self.room.practice.clock())

    def on_resize(self) -> None:
        """The heads stand above the columns."""
        self.query_one("#heads", Static).update(ClientRows.heads(self.size.width - 2))

    @on(ClientRows.Moved)
    def moved(self) -> None:
        """Say what is known of the client under the cursor."""
        row = self.listed.row
        self.query_one("#known", Static).update(Content(known_of(row) if row else ""))
        self.query_one(KeyLine).look_again()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done where there is nobody."""
        if action in {"focused.choose", "write", "timeline", "name"}:
            return self.is_mounted and self.listed.row is not None
        return super().check_action(action, parameters)

    @property
    def _code(self) -> str:
        row = self.listed.row
        return row.client.code if row else ""

    @on(ClientRows.Chosen)
    def chosen(self) -> None:
        """Go to their desk."""
        self._go(self._code)

    @asking("step")
    async def _go(self, code: str) -> None:
        await self.room.ways.client(code)

    @asking("step")
    async def action_write(self) -> None:
        """Write a new letter to the client."""
        await self.room.ways.write(self._code)

    @asking("step")
    async def action_timeline(self) -> None:
        """Look back."""
        await self.room.ways.timeline(self._code)

    @asking("step")
    async def action_name(self) -> None:
        """Say who it is."""
        client = await self.room.ask(partial(client_named, code=self._code))
        await self.app.push_screen(NameSheet(client))
