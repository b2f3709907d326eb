"""The command palette: the commands of the screen and of every screen, found by name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from therapymail.tui.asking import app_of
from therapymail.tui.commands import Command
from therapymail.tui.screens.base import RoomScreen


class Commands(Provider):
    """What can be done here, by name."""

    async def discover(self) -> Hits:
        """All of it, while nothing is typed."""
        for command in self._commands():
            yield DiscoveryHit(Content(command.name), partial(self._run, command), help=_help(command))

    async def search(self, query: str) -> Hits:
        """What fits what is typed."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = max(matcher.match(command.name), matcher.match(command.says) * 0.8)
            if score > 0:
                yield Hit(score, Content(command.name), partial(self._run, command), help=_help(command))

    def _commands(self) -> Iterator[Command]:
        yield from self.screen.HERE if isinstance(self.screen, RoomScreen) else ()
        yield from app_of(self.app).HERE

    async def _run(self, command: Command) -> None:
        is_here = isinstance(self.screen, RoomScreen) and command in self.screen.HERE
        await self.app.run_action(command.action, self.screen if is_here else self.app)


def _help(command: Command) -> str:
    return f"{'  '.join(command.shown_keys)}   {command.says}"
