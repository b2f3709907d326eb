"""The lines at the foot of every screen: what goes on, and which keys matter here. No letter's words reach them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.app import RenderResult
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

from therapymail.tui.asking import app_of
from therapymail.tui.commands import Command


class StatusLine(Widget):
    """Our own words: a departure that can be taken back, or what was last said; what waits; what the mailbox does."""

    DEFAULT_CSS = """
    StatusLine { height: 1; padding: 0 1; background: $panel; color: $foreground-muted; }
    """

    def on_mount(self) -> None:
        """Follow what the app says."""
        for name in ("departure", "said", "waiting", "mailbox"):
            self.watch(self.app, name, self._again, init=False)

    def _again(self) -> None:
        self.refresh()

    def render(self) -> RenderResult:
        """The line."""
        app = app_of(self)
        left = Content.styled(app.departure, "bold $text-warning") if app.departure else Content(app.said)
        right = Content("  ·  ".join(filter(None, (app.waiting, app.mailbox))))
        room = self.size.width - right.cell_length - 2
        if room < left.cell_length:
            return left.truncate(self.size.width, ellipsis=True)
        return Content.assemble(left, " " * (self.size.width - left.cell_length - right.cell_length), right)


class KeyLine(Widget):
    """The keys that matter here and now, as many as the line holds; those of every screen stay on the right."""

    DEFAULT_CSS = """
    KeyLine { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    """

    def render(self) -> RenderResult:
        """The line."""
        screen = self.screen
        app = app_of(self)
        everywhere = _keys([command for command in app.HERE if command.in_line and _can(app, command)], self.size.width)
        room = self.size.width - everywhere.cell_length - 2
        here = [command for command in _here(screen) if command.in_line and _can(screen, command)]
        shown = _keys(here, room)
        gap = " " * max(0, self.size.width - shown.cell_length - everywhere.cell_length)
        return Content.assemble(shown, gap, everywhere)


def _here(screen: Screen[Any]) -> tuple[Command, ...]:
    from therapymail.tui.screens.base import RoomScreen

    return screen.HERE if isinstance(screen, RoomScreen) else ()


def _can(where: DOMNode, command: Command) -> bool:
    """Whether the screen or app would carry out the command now."""
    return where.check_action(command.action.partition("(")[0], ()) is not False


def _keys(commands: Sequence[Command], room: int) -> Content:
    """The keys with their names, as many as fit."""
    parts: list[Content] = []
    for command in commands:
        part = Content.assemble((command.shown_keys[0], "bold $text-accent"), f" {command.name}")
        if part.cell_length > room:
            break
        parts.append(part)
        room -= part.cell_length + 2
    return Content("  ").join(parts)
