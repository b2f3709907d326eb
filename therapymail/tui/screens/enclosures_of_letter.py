"""The enclosures of a letter: what each truly is; one is opened for looking from memory alone, or saved on request."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from therapymail.domain.wording import bytes_words
from therapymail.practice.enclosure_viewing import shown_until, viewer_of
from therapymail.practice.enclosures import OpenedEnclosure, list_enclosures, save_enclosure
from therapymail.tui.asking import asking
from therapymail.tui.commands import Card, Command, bindings
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.untrusted import line
from therapymail.tui.widgets.block_list import BlockList
from therapymail.tui.widgets.sheet import LineSheet

_LEAST = 20


class EnclosureList(BlockList[OpenedEnclosure]):
    """Names as they are, and below each what is to be known before it is opened."""

    NOTHING = "No enclosures."

    def draw(self, row: OpenedEnclosure, width: int) -> Sequence[Content]:
        """Name, size, what it is, and a warning."""
        name = Content.assemble(f" {row.number}  ", line(row.name, "bold"))
        true = row.true.media_type or "not known"
        what = Content.assemble("    ", bytes_words(row.size), ", ", line(true), style_of(row))
        rows = [*name.wrap(max(_LEAST, width - 1)), *what.wrap(max(_LEAST, width - 1))]
        if remark := remark_on(row):
            rows += Content.assemble("    ", (remark, "bold $text-warning")).wrap(max(_LEAST, width - 1))
        return rows


def style_of(row: OpenedEnclosure) -> Content:
    """What its sender calls it, where that is something else."""
    return Content.assemble("; its sender says ", line(row.declared)) if row.contradicts else Content()


def remark_on(row: OpenedEnclosure) -> str:
    """What a person should know before they open it; empty where there is nothing."""
    if row.runs:
        return "It would be run, not shown: it is not opened from here."
    if row.contradicts:
        return "It is not what it says."
    if row.is_page:
        return "A browser may load what it names, and tell its sender: save it instead."
    return "It stood outside the seal." if row.outside else ""


class EnclosuresOfLetter(RoomScreen):
    """The enclosures of the letter of this name; what was opened is removed when one leaves."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("enter", "focused.choose", "Open", "Show it with the program of this machine, from memory alone."),
        Command("s", "save", "Save", "Write it to a directory, in clear, for you alone."),
        Command("escape", "leave", "Back", "Back to the letter; what was opened is removed."),
    )
    BINDINGS: ClassVar = bindings(HERE[1:])
    CARD: ClassVar[Card] = Card("Enclosures", "What came with the letter. Nothing lies on the disk before you save it.")
    AUTO_FOCUS = "EnclosureList"
    DEFAULT_CSS = """
    EnclosuresOfLetter #title { height: 1; margin: 1 1; text-style: bold; }
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._letter_name = name
        self._done = threading.Event()

    @property
    def heading(self) -> str:
        """Which letter."""
        return self._letter_name

    def body(self) -> ComposeResult:
        """The list."""
        yield Static(Content(f"Enclosures of {self._letter_name}"), id="title", markup=False)
        yield EnclosureList()

    def on_mount(self) -> None:
        """Open the letter's seal once more and see what is in it."""
        self._read()

    @asking("enclosures")
    async def _read(self) -> None:
        found = await self.room.aside(partial(list_enclosures, self.room.practice, self._letter_name), "enclosures")
        self.query_one(EnclosureList).show_rows(found)

    @property
    def _row(self) -> OpenedEnclosure | None:
        return self.query_one(EnclosureList).row

    @on(EnclosureList.Chosen)
    def chosen(self) -> None:
        """Show it."""
        if self._row is not None:
            self._open(self._row)

    @asking("opening", exclusive=False)
    async def _open(self, row: OpenedEnclosure) -> None:
        command = viewer_of(row, None)
        self.room.say("It is shown from memory, and removed when you leave this list.")
        done = self._done
        showing = partial(
            shown_until,
            self.room.practice,
            row,
            command,
            is_over=done.wait,
            linger=self._lingering(done),
            quiet=True,
        )
        await self.room.aside(showing, "showing")

    def _lingering(self, done: threading.Event) -> partial[None]:
        """Waits until one leaves, or the practice is locked."""
        practice = self.room.practice

        def linger() -> None:
            while not done.wait(1) and practice.session.seconds_left():
                continue

        return partial(linger)

    @asking("saving")
    async def action_save(self) -> None:
        """Ask where to, and write it there."""
        row = self._row
        if row is None:
            return
        says = "From then on it lies on your disk in clear: remove it when you are done with it."
        asked = LineSheet(f"Save enclosure {row.number} to which directory?", says, placeholder="~/Documents")
        where = await self.app.push_screen_wait(asked)
        if where is not None:
            await self.room.aside(partial(save_enclosure, row, Path(where).expanduser()), "saving")
            self.room.say(f"Enclosure {row.number} is written there, in clear.")

    def forget(self) -> None:
        """Let go of what they hold, and remove what was opened."""
        self._done.set()
        self.query_one(EnclosureList).forget()

    def action_leave(self) -> None:
        """Back to the letter."""
        self._done.set()
        self.dismiss(None)
