"""Help: what can be done on the screen one came from, and with which keys, from the commands' own definitions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from therapymail.tui.commands import Command, bindings
from therapymail.tui.offers import Offer, card_in_focus, offers_everywhere, offers_here
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.verdict import marks_explained
from therapymail.tui.widgets.answered_letter import LetterScroll
from therapymail.tui.widgets.letter_list import TONES

_KEYS_COLUMNS = 18


class Group(NamedTuple):
    """Some commands under a title; `says` explains what they belong to."""

    title: str
    says: str
    offers: tuple[Offer, ...]


class Help(RoomScreen):
    """What the part in focus is, and the commands: its own, those of the screen, and those of every screen."""

    HERE: ClassVar[tuple[Command, ...]] = (Command("escape,q", "leave", "Back", "Back to where you were."),)
    BINDINGS: ClassVar = bindings(HERE)
    AUTO_FOCUS = "LetterScroll"
    DEFAULT_CSS = f"""
    Help LetterScroll {{ padding: 1 2; scrollbar-size-vertical: 1; }}
    Help .group {{ text-style: bold; }}
    Help .later {{ margin-top: 1; }}
    Help .says {{ padding: 0 2 1 2; max-width: 76; }}
    Help .row {{ height: auto; }}
    Help .row > Static {{ height: auto; width: 1fr; }}
    Help .row > .keys {{ width: {_KEYS_COLUMNS + 2}; padding: 0 2; color: $text-accent; }}
    """

    def __init__(self, groups: Sequence[Group]) -> None:
        super().__init__()
        self._groups = groups

    @classmethod
    def on(cls, screen: Screen[Any]) -> Help:
        """The help for what is in focus on `screen`, for the screen, and for what holds everywhere."""
        groups = []
        explained = card_in_focus(screen)
        if explained is not None:
            card, own = explained
            around = tuple(offer for offer in offers_here(screen) if offer not in own)
            said = {offer.command.keys for offer in around}
            groups.append(Group(card.title, card.says, tuple(each for each in own if each.command.keys not in said)))
        else:
            around = offers_here(screen)
        groups.append(Group("Here", "", around))
        groups.append(Group("Everywhere", "", offers_everywhere(screen)))
        return cls([group for group in groups if group.says or group.offers])

    @property
    def heading(self) -> str:
        """What it is."""
        return "Help"

    def body(self) -> ComposeResult:
        """The commands in groups."""
        with LetterScroll():
            for number, group in enumerate(self._groups):
                yield Static(group.title, classes="group later" if number else "group", markup=False)
                if group.says:
                    yield Static(group.says, classes="says", markup=False)
                for offer in group.offers:
                    yield _row(Content("  ".join(offer.command.shown_keys)), offer.command.says)
            yield Static("Marks beside a letter", classes="group later", markup=False)
            for mark, says in marks_explained():
                glyph = Content.assemble((f"{mark.glyph} ", TONES[mark.tone]), mark.word.lower())
                yield _row(glyph, says)

    def forget(self) -> None:
        """Let go of the parts that it explained."""
        self._groups = ()

    def action_leave(self) -> None:
        """Back to where one was."""
        self.dismiss(None)


def _row(keys: Content, says: str) -> Horizontal:
    """Keys, and beside them what they do: a long sentence goes on below itself."""
    return Horizontal(Static(keys, classes="keys"), Static(says, markup=False), classes="row")
