"""The places of the room: screens that are always one key away, in the order of their keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from therapymail.tui.commands import Command

if TYPE_CHECKING:
    from therapymail.tui.screens.base import RoomScreen


@dataclass(frozen=True)
class Place:
    """A screen one goes to from anywhere: its `key`, its `title` in the line of places, and `says` for the help.

    `make` makes it, once between an unlocking and the next lock; what it needs is loaded only then.
    """

    name: str
    key: str
    title: str
    says: str
    make: Callable[[], RoomScreen]

    @property
    def command(self) -> Command:
        """The command that goes there; the line of places shows it, so that the key line need not."""
        return Command(self.key, f"go('{self.name}')", self.title, self.says, in_line=False)


def _today() -> RoomScreen:
    from therapymail.tui.screens.today import TodayScreen

    return TodayScreen()


def _clients() -> RoomScreen:
    from therapymail.tui.screens.clients import ClientsScreen

    return ClientsScreen()


def _letters() -> RoomScreen:
    from therapymail.tui.screens.room import Room

    return Room()


def _outbox() -> RoomScreen:
    from therapymail.tui.screens.outbox import OutboxScreen

    return OutboxScreen()


def _search() -> RoomScreen:
    from therapymail.tui.screens.searching import Searching

    return Searching()


TODAY, CLIENTS, LETTERS, OUTBOX, SEARCH = "today", "clients", "letters", "outbox", "search"
PLACES: tuple[Place, ...] = (
    Place(TODAY, "1", "Today", "What asks for you now, most pressing first.", _today),
    Place(CLIENTS, "2", "Clients", "Everybody you work with, by code.", _clients),
    Place(LETTERS, "3", "Letters", "All letters, newest first, with the reader beside them.", _letters),
    Place(OUTBOX, "4", "Outbox", "Drafts, and what is held, waits or has left.", _outbox),
    Place(SEARCH, "slash", "Search", "Find letters by words, tags and dates.", _search),
)


def place(name: str) -> Place:
    """The place of this name. Raises KeyError."""
    return {each.name: each for each in PLACES}[name]
