"""The command palette: the commands of the screen and of every screen, found by name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from therapymail.tui.commands import Command
from therapymail.tui.offers import Offer, offers_everywhere, offers_here


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
                yield Hit(score, Content(offer.name), partial(self._run, offer), help=_help(offer.command))

    def _offers(self) -> Iterator[Offer]:
        """What can be done now, each once: the palette itself is not one of them."""
        for offer in (*offers_here(self.screen), *offers_everywhere(self.screen)):
            if offer.is_possible and offer.command.verb != "command_palette":
                yield offer

    async def _run(self, offer: Offer) -> None:
        await self.app.run_action(offer.command.action, offer.owner)


def _help(command: Command) -> str:
    return f"{'  '.join(command.shown_keys)}   {command.says}"
