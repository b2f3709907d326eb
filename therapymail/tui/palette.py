"""The command palette: the commands of the screen and of every screen, found by name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon
from textual.content import Content

from therapymail.tui.commands import Command
from therapymail.tui.offers import Offer, offers_everywhere, offers_here

_LATER = 0.9  # of commands that only move: they have keys everybody finds


class Palette(CommandPalette):
    """Textual's, in our words, and without a picture that not every terminal has."""

    def __init__(self) -> None:
        super().__init__(placeholder="What would you like to do?", id="--command-palette")

    def on_mount(self) -> None:
        """A character that every terminal has."""
        self.query_one(SearchIcon).icon = ">"


class Commands(Provider):
    """What can be done here, by name."""

    async def discover(self) -> Hits:
        """All of it, while nothing is typed."""
        for offer in self._offers():
            yield DiscoveryHit(Content(offer.name), partial(self._run, offer), help=_help(offer.command))

    async def search(self, query: str) -> Hits:
        """What fits what is typed."""
        matcher = self.matcher(query)
        for offer in self._offers():
            score = max(matcher.match(offer.name), matcher.match(offer.command.says) * 0.8)
            if score > 0:
                score *= _LATER if self._is_moving(offer) else 1
                yield Hit(score, Content(offer.name), partial(self._run, offer), help=_help(offer.command))

    def _offers(self) -> Iterator[Offer]:
        """What can be done now: what matters here first, what only moves about last; without the palette itself."""
        here = sorted(offers_here(self.screen), key=lambda offer: (self._is_moving(offer), not offer.command.in_line))
        acting = [offer for offer in here if not self._is_moving(offer)]
        for offer in (*acting, *offers_everywhere(self.screen), *here[len(acting) :]):
            if offer.is_possible and offer.command.verb != "command_palette":
                yield offer

    def _is_moving(self, offer: Offer) -> bool:
        """Whether it goes about within the part in focus: such keys are never in the line."""
        return offer.owner is self.screen.focused and not offer.command.in_line

    async def _run(self, offer: Offer) -> None:
        await self.app.run_action(offer.command.action, offer.owner)


def _help(command: Command) -> str:
    return f"{'  '.join(command.shown_keys)}   {command.says}"
