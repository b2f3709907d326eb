"""The lines at the foot of every screen: what goes on, and which keys matter here. No letter's words reach them."""

from __future__ import annotations

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from therapymail.tui.asking import app_of
from therapymail.tui.commands import Command


class StatusLine(Widget):
    """One line of our own words: a departure that can be taken back, or what was last said, and the mailbox's state."""

    DEFAULT_CSS = """
    StatusLine { height: 1; padding: 0 1; background: $panel; color: $foreground-muted; }
    """

    def on_mount(self) -> None:
        """Follow what the app says."""
        for name in ("departure", "said", "mailbox"):
            self.watch(self.app, name, self._again, init=False)

    def _again(self) -> None:
        self.refresh()

    def render(self) -> RenderResult:
        """The line."""
        app = app_of(self)
        left = Content.styled(app.departure, "bold $text-warning") if app.departure else Content(app.said)
        right = Content(app.mailbox)
        room = self.size.width - right.cell_length - 2
        if room < left.cell_length:
            return left.truncate(self.size.width, ellipsis=True)
        return Content.assemble(left, " " * (self.size.width - left.cell_length - right.cell_length), right)


class KeyLine(Widget):
    """The keys of this screen that matter most, as many as the line holds."""

    DEFAULT_CSS = """
    KeyLine { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    """

    def render(self) -> RenderResult:
        """The line."""
        parts: list[Content] = []
        room = self.size.width
        for command in self._commands():
            part = Content.assemble((command.shown_keys[0], "bold $text-accent"), f" {command.name}")
            if part.cell_length > room:
                break
            parts.append(part)
            room -= part.cell_length + 2
        return Content("  ").join(parts)

    def _commands(self) -> list[Command]:
        from therapymail.tui.screens.base import RoomScreen

        here = self.screen.HERE if isinstance(self.screen, RoomScreen) else ()
        return [command for command in (*here, *app_of(self).HERE) if command.in_line]
