"""What can be done here and now: the commands of the part in focus, of the screen, and of every screen."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import Any, NamedTuple

from textual.app import App
from textual.dom import DOMNode
from textual.screen import Screen

from therapymail.tui.asking import app_of
from therapymail.tui.commands import Card, Command


class Offer(NamedTuple):
    """A command and whose it is: a part of the screen, the screen, or the app. `name` is what it is called just now."""

    owner: DOMNode
    command: Command
    name: str

    @property
    def is_possible(self) -> bool:
        """Whether it would be carried out now."""
        return self.owner.check_action(self.command.verb, ()) is not False


def offers_here(screen: Screen[Any]) -> tuple[Offer, ...]:
    """The commands of the part in focus and all around it, and of the screen."""
    return tuple(offer for owner in _owners(screen) for offer in _of(owner))


def offers_everywhere(screen: Screen[Any]) -> tuple[Offer, ...]:
    """The commands that hold on every screen."""
    return tuple(_of(app_of(screen)))


def card_in_focus(screen: Screen[Any]) -> tuple[Card, tuple[Offer, ...]] | None:
    """What the part in focus says of itself and can do; None where nothing there explains itself."""
    for owner in _owners(screen):
        card = getattr(owner, "CARD", None)
        if isinstance(card, Card):
            return card, tuple(_of(owner)) if owner is not screen else ()
    return None


def _owners(screen: Screen[Any]) -> Iterator[DOMNode]:
    yield from takewhile(_is_on_screen, (screen.focused or screen).ancestors_with_self)


def _is_on_screen(owner: DOMNode) -> bool:
    return not isinstance(owner, App)


def _of(owner: DOMNode) -> Iterator[Offer]:
    called = getattr(owner, "called", None)
    for command in getattr(owner, "HERE", ()):
        yield Offer(owner, command, called(command) if callable(called) else command.name)
