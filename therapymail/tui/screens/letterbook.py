"""The letterbook: the correspondence with one client in order, a letter a page, with what was marked in it."""

from __future__ import annotations

import asyncio
from datetime import date
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from therapymail.domain.client import Client
from therapymail.domain.day_words import day_in_words
from therapymail.domain.exporting import Exported
from therapymail.domain.letterbook import Letterbook
from therapymail.domain.letterbook_pages import Page, pages
from therapymail.domain.wording import count_words
from therapymail.practice.bookmark import list_bookmarks, remove_bookmark, set_bookmark
from therapymail.practice.images import recurring_images
from therapymail.practice.introduce import client_named
from therapymail.practice.judging import JudgedLetter
from therapymail.practice.letterbook import letterbook
from therapymail.practice.rereading import NotReread, not_reread, note_opened
from therapymail.tui.asking import asking
from therapymail.tui.book_page import lay_out_page
from therapymail.tui.commands import Command, bindings
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.verdict import banner_of
from therapymail.tui.widgets.chrome import KeyLine
from therapymail.tui.widgets.letter_view import LetterView
from therapymail.tui.widgets.seal_banner import SealBanner
from therapymail.tui.widgets.sheet import ChoiceSheet, LineSheet

_SETTLED_SECONDS = 0.4  # a page that is passed by more quickly was not read


class LetterbookScreen(RoomScreen):
    """It begins at the letter named `around`, else at the first."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("n,right,l", "turn(1)", "Next", "The next letter."),
        Command("p,left,h", "turn(-1)", "Before", "The letter before."),
        Command("N,right_square_bracket", "chapter(1)", "Next exchange", "The next exchange."),
        Command("P,left_square_bracket", "chapter(-1)", "Exchange before", "The exchange before.", in_line=False),
        Command("B", "bookmark", "Bookmark", "Set a bookmark at this letter."),
        Command("apostrophe,m", "bookmarks", "Bookmarks", "Go to a bookmark.", in_line=False),
        Command("i", "images", "Images", "Go to a letter in which an image recurs.", in_line=False),
        Command("R", "not_reread", "Not re-read", "Past letters that were not re-read since the last review."),
        Command("enter", "letter", "Open", "Open this letter: its seal, its tags, an answer to it.", in_line=False),
        Command("less_than_sign", "to(0)", "First letter", "To the first letter.", in_line=False),
        Command("greater_than_sign", "to(-1)", "Last letter", "To the last letter.", in_line=False),
        Command("E", "export", "Export", "Write the letterbook to a file.", in_line=False),
        Command("T", "timeline", "Timeline", "Look back on the letters with the client.", in_line=False),
        Command("escape", "leave", "Back", "Back to where you were."),
    )
    BINDINGS: ClassVar = bindings(HERE)
    AUTO_FOCUS = "LetterView"
    DEFAULT_CSS = """
    LetterbookScreen LetterView { padding: 1 1 0 1; }
    """

    def __init__(self, code: str, around: str = "") -> None:
        super().__init__()
        self._code, self._around = code, around
        self._client: Client | None = None
        self._book: Letterbook | None = None
        self._pages: list[Page] = []
        self._at = 0

    @property
    def heading(self) -> str:
        """Whose it is, and which page."""
        return f"{self._code}, page {self._at + 1} of {len(self._pages)}" if self._pages else self._code

    def body(self) -> ComposeResult:
        """The verdict on the letter, and the page."""
        with Vertical():  # so that the verdict stands at the top of it
            yield SealBanner()
            yield LetterView()

    @property
    def page(self) -> Page | None:
        """The page shown."""
        return self._pages[self._at] if self._at < len(self._pages) else None

    @property
    def view(self) -> LetterView:
        """Where it is shown."""
        return self.query_one(LetterView)

    # --- reading -------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Put it together."""
        self._open()

    @asking("book")
    async def _open(self) -> None:
        await self._read()
        self._turned(stay=False)

    @asking("book")
    async def record_changed(self) -> None:  # type: ignore[override]  # carried out beside the interface
        """Put it together again, staying at the letter."""
        await self._read()
        self._draw(stay=True)

    async def _read(self) -> None:
        # Beside the record's thread: years of letters take a moment, and a search meanwhile should not wait.
        book = await self.room.aside(partial(letterbook, self.room.practice, self._code), "letterbook")
        self._client = await self.room.ask(partial(client_named, code=self._code))
        around = str(self.page.entry.letter.name) if self.page else self._around
        self._book, self._pages = book, list(pages(book))
        self._at = self._number_of(around) or 0

    def _number_of(self, name: str) -> int | None:
        named = (number for number, page in enumerate(self._pages) if str(page.entry.letter.name) == name)
        return next(named, None)

    def _turned(self, *, stay: bool) -> None:
        self._draw(stay=stay)
        self._note_read()

    def _draw(self, *, stay: bool) -> None:
        page = self.page
        if self._book is None or page is None:
            self.room.say(f"No letters with {self._code} yet." if self._book else "")
            return
        entry = page.entry
        judged = JudgedLetter(entry.letter, entry.verdict) if entry.verdict else None
        self.query_one(SealBanner).banner = banner_of(judged, self._client) if judged else None
        self.view.show_lines(lay_out_page(self._book, page, self.view.room), stay=stay)
        self.query_one("PlacesLine").refresh()
        self.query_one(KeyLine).look_again()

    @asking("reading")
    async def _note_read(self) -> None:
        """A letter shown whole was read; one that was passed by was not."""
        page = self.page
        if page is not None:
            await asyncio.sleep(_SETTLED_SECONDS)
            await self.room.ask(partial(note_opened, digests=[page.entry.letter.digest]))

    def on_resize(self) -> None:
        """Lines are laid out for the width."""
        self.call_after_refresh(partial(self._draw, stay=True))

    # --- turning pages -------------------------------------------------------------------------------------

    def action_turn(self, by: int) -> None:
        """To a letter beside."""
        self._go(self._at + by)

    def action_to(self, number: int) -> None:
        """To a letter by its number; -1 is the last."""
        self._go(number if number >= 0 else len(self._pages) - 1)

    def action_chapter(self, by: int) -> None:
        """To the beginning of an exchange beside; backwards first to that of this one."""
        heads = [number for number, page in enumerate(self._pages) if page.head is not None]
        beyond = [each for each in heads if (each > self._at if by > 0 else each < self._at)]
        if beyond:
            self._go(beyond[0] if by > 0 else beyond[-1])

    def _go(self, number: int) -> None:
        number = max(0, min(number, len(self._pages) - 1))
        if number != self._at and self._pages:
            self._at = number
            self._turned(stay=False)

    def _go_to(self, name: str | None) -> None:
        number = self._number_of(name) if name else None
        if number is not None:
            self._go(number)
        elif name:
            self.room.say(f"{name} is not in the letterbook.")

    # --- places to go to -----------------------------------------------------------------------------------

    def action_bookmark(self) -> None:
        """Set a bookmark."""
        if self.page is not None:
            name = str(self.page.entry.letter.name)
            sheet = LineSheet(f"A bookmark at {name}", "A word or two on why, to find it by.")

            def said(why: str | None) -> None:
                if why:
                    self._set_bookmark(name, why)

            self.app.push_screen(sheet, said)

    @asking("marking")
    async def _set_bookmark(self, name: str, said: str) -> None:
        made = await self.room.ask(partial(set_bookmark, place=name, said=said))
        mark = str(made.bookmark.name)
        self.room.undoing.offer(
            f"{mark} is at {name}.", partial(remove_bookmark, name=mark), f"{mark} is taken away again."
        )
        self.record_changed()

    @asking("listing")
    async def action_bookmarks(self) -> None:
        """Go to a bookmark."""
        found = await self.room.ask(partial(list_bookmarks, code=self._code))
        choices = [
            (str(each.letter), f"{each.bookmark.name}  {each.letter}", each.bookmark.said)
            for each in found
            if each.letter is not None
        ]
        if choices:
            self.app.push_screen(ChoiceSheet("Go to a bookmark", *_each_once(choices)), self._go_to)
        else:
            self.room.say("No bookmarks here yet. B sets one.")

    @asking("listing")
    async def action_images(self) -> None:
        """Go to a letter in which an image recurs."""
        found = await self.room.ask(partial(recurring_images, code=self._code))
        choices = [
            (str(each.letter.name), f"{image.phrase}  {each.letter.name}", each.snippet.text)
            for image in found.images
            for each in image.occurrences
        ]
        if choices:
            self.app.push_screen(ChoiceSheet("Images that recur", *_each_once(choices)), self._go_to)
        else:
            self.room.say(f"No images are kept. `therapymail images {self._code}` keeps one.")

    @asking("listing")
    async def action_not_reread(self) -> None:
        """Past letters that were not re-read."""
        found = await self.room.ask(partial(not_reread, code=self._code))
        said = _not_reread_said(found)
        if found.letters:
            choices = [(str(each.name), str(each.name), each.subject) for each in found.letters]
            self.app.push_screen(ChoiceSheet(said, *choices), self._go_to)
        else:
            self.room.say(said)

    def action_letter(self) -> None:
        """Open the letter by itself."""
        if self.page is not None:
            self.room.ways.open_above(self.page.entry.letter.digest)

    @asking("going")
    async def action_timeline(self) -> None:
        """Look back."""
        await self.room.ways.timeline(self._code)

    def action_export(self) -> None:
        """Write it to a file."""
        self.room.ways.export(self._code, Exported.LETTERBOOK)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done where there is no letter."""
        if action in {"turn", "chapter", "bookmark", "letter", "to"}:
            return self.page is not None
        return super().check_action(action, parameters)

    def forget(self) -> None:
        """Let go of the letters."""
        self._book, self._client, self._pages, self._at = None, None, [], 0
        self.query_one(SealBanner).banner = None

    def action_leave(self) -> None:
        """Back to where one was."""
        self.dismiss(None)


def _each_once(choices: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The choices whose letter was not among those before: a list of Textual's wants each name once."""
    seen: dict[str, tuple[str, str, str]] = {}
    for each in choices:
        seen.setdefault(each[0], each)
    return list(seen.values())


def _not_reread_said(found: NotReread) -> str:
    since = f" since {day_in_words(found.since)}" if isinstance(found.since, date) else ""
    return f"{len(found.letters)} of {count_words(found.past, 'past letter')} not re-read{since}"
