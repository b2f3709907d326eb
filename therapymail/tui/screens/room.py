"""The room: clients by code, the letters of one, and the letter being read."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from therapymail.domain.kinds import Standing
from therapymail.domain.local_days import local_day
from therapymail.practice.caseload import caseload
from therapymail.practice.judging import JudgedLetter
from therapymail.practice.read import LettersRequest, list_letters, read_filed
from therapymail.practice.rereading import note_opened
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command, bindings
from therapymail.tui.places import LETTERS
from therapymail.tui.screens.letter_commands import LetterCommands
from therapymail.tui.widgets.chrome import KeyLine
from therapymail.tui.widgets.client_list import ClientList, Shelf
from therapymail.tui.widgets.letter_list import LetterList
from therapymail.tui.widgets.reader import Reader

PAGE = 100
_WIDE = 110  # columns from which the reader stands beside the lists


class Room(LetterCommands):
    """Clients, letters and reader; with few columns the reader takes the place of the lists."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("escape", "back", "Back", "From the letter back to the list."),
        Command("a", "accept", "Accept", "Accept a proposed letter: from now on it counts."),
        Command("e", "pieces", "Sealed pieces", "Open something sealed inside the letter, by itself."),
        Command("w", "write", "Write", "Write a new letter to the client."),
        Command("r", "reply", "Reply", "Answer the letter."),
        Command("o", "outbox", "Outbox", "See drafts, and what is held, waits or has left.", in_line=False),
        Command("slash", "search", "Search", "Find letters by words, tags and dates."),
        Command("t", "tag", "Tag", "Give tags to the letter, or take them away."),
        Command("K", "kind", "Kind", "Say what kind of mail the letter is.", in_line=False),
        Command("T", "timeline", "Timeline", "Look back on the letters with the client."),
        Command("z", "fold", "Quotes", "Show what the letter quotes, or fold it away.", in_line=False),
        Command("n", "step(1)", "Older", "Open the next older letter.", in_line=False),
        Command("p", "step(-1)", "Newer", "Open the next newer letter.", in_line=False),
        Command("numbersign", "tags", "Tags", "See the tags in use.", in_line=False),
        Command("left,h", "pane(-1)", "Left", "Go to the column on the left.", in_line=False),
        Command("right,l", "pane(1)", "Right", "Go to the column on the right.", in_line=False),
    )
    BINDINGS: ClassVar = bindings(HERE)
    PLACE: ClassVar = LETTERS
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-wide")]  # noqa: RUF012 - Textual declares it so
    DEFAULT_CSS = """
    Room {
        & #panes { height: 1fr; }
        & #clients { width: 15; border-right: vkey $border; }
        & #letters { width: 1fr; }
        & #reader { width: 77; border-left: vkey $border; }
        &.-narrow #reader { display: none; width: 1fr; border-left: none; }
        &.-narrow.-reading #reader { display: block; }
        &.-narrow.-reading #clients { display: none; }
        &.-narrow.-reading #letters { display: none; }
    }
    """

    def body(self) -> ComposeResult:
        """The panes."""
        zone = self.room.practice.settings.zone
        with Horizontal(id="panes"):
            yield ClientList(id="clients")
            yield LetterList(zone, id="letters")
            yield Reader(zone, id="reader")

    def on_mount(self) -> None:
        """Letters first, the caseload after them."""
        self.letters.focus()
        self.show_shelf()
        self.show_caseload()

    # --- the panes -----------------------------------------------------------------------------------------

    @property
    def clients(self) -> ClientList:
        """The clients."""
        return self.query_one(ClientList)

    @property
    def letters(self) -> LetterList:
        """The letters of the chosen client."""
        return self.query_one(LetterList)

    @property
    def reader(self) -> Reader:
        """The letter being read."""
        return self.query_one(Reader)

    @property
    def shelf(self) -> Shelf:
        """Whose letters are listed."""
        return self.clients.row or Shelf(None)

    @property
    def code(self) -> str | None:
        """The client that is meant: of the letter being read, else of the list."""
        if self._is_reading and self.reader.found:
            return self.reader.found.judged.letter.code or None
        if self.shelf.code:
            return self.shelf.code
        return self.letters.row.letter.code or None if self.letters.row else None

    @property
    def writes_to(self) -> str | None:
        """The client of the letter being read, or the one that was chosen."""
        return self.code if self._is_reading or self.shelf.code else None

    @property
    def letter(self) -> JudgedLetter | None:
        """The letter that is meant: the one being read, else the one under the cursor."""
        if self._is_reading and self.reader.found:
            return self.reader.found.judged
        return self.letters.row

    @property
    def _is_reading(self) -> bool:
        return self.reader.found is not None and (self.has_class("-reading") or self.reader.view.has_focus)

    # --- lists ---------------------------------------------------------------------------------------------

    @asking("caseload")
    async def show_caseload(self) -> None:
        """Read who there is and how many letters."""
        self.clients.show_caseload(await self.room.ask(caseload))

    @asking("letters")
    async def show_shelf(self, *, stay: bool = False) -> None:
        """Read the newest letters of the shelf; `stay` with the letter under the cursor."""
        before = self.letters.row
        number = max(PAGE, len(self.letters.rows)) if stay else PAGE
        found = await self.room.ask(partial(list_letters, asked=self._request(limit=number)))
        digest = before.letter.digest if stay and before else None
        at = next((index for index, each in enumerate(found) if each.letter.digest == digest), 0)
        self.letters.show_rows(found, at)

    @asking("letters")
    async def show_more(self) -> None:
        """Read the page below the last letter that is shown."""
        last = self.letters.rows[-1].letter.order
        found = await self.room.ask(partial(list_letters, asked=self._request(limit=PAGE, before=last)))
        self.letters.add_rows(found)

    def _request(self, limit: int, before: int | None = None) -> LettersRequest:
        shelf = self.shelf
        return LettersRequest(client=shelf.code, set_aside=shelf.set_aside, limit=limit, before=before)

    @on(ClientList.Moved, "#clients")
    def clients_moved(self, moved: ClientList.Moved) -> None:
        """Show the letters of the client under the cursor."""
        shelf = moved.row
        shown = self._shown_shelf
        if isinstance(shelf, Shelf) and (shelf.code, shelf.set_aside) != shown:
            self._shown_shelf = (shelf.code, shelf.set_aside)
            self.show_shelf()

    _shown_shelf: tuple[str | None, bool] = (None, False)

    @asking("caseload")
    async def choose_client(self, code: str) -> None:
        """Show the letters of the client with this code."""
        self.clients.show_caseload(await self.room.ask(caseload))
        at = next((index for index, each in enumerate(self.clients.rows) if each.code == code), 0)
        self.clients.cursor = at
        self.letters.focus()

    @on(ClientList.Chosen, "#clients")
    def clients_chosen(self) -> None:
        """Go on to the letters."""
        self.letters.focus()

    @on(LetterList.EndReached, "#letters")
    def letters_end_reached(self) -> None:
        """Fetch the next page, if there may be one."""
        if len(self.letters.rows) % PAGE == 0 and len(self.letters.rows):
            self.show_more()

    @on(LetterList.Chosen, "#letters")
    def letters_chosen(self, chosen: LetterList.Chosen) -> None:
        """Open the letter."""
        if isinstance(chosen.row, JudgedLetter):
            self.open_letter(chosen.row.letter.digest)

    def record_changed(self) -> None:
        """Letters came or left: read the lists again, staying where one is."""
        self.show_shelf(stay=True)
        self.show_caseload()

    # --- reading -------------------------------------------------------------------------------------------

    @asking("reading")
    async def open_letter(self, digest: bytes) -> None:
        """Open the letter with this digest in the reader."""
        self.add_class("-reading")
        await self._read(digest, unfolded=False)
        self.reader.view.focus()
        await self.room.ask(partial(note_opened, digests=[digest]))

    def open_digest(self, digest: bytes) -> None:
        """Open the letter with this digest: for the commands."""
        self.open_letter(digest)

    async def _read(self, digest: bytes, *, unfolded: bool, stay: bool = False) -> None:
        found = await self.room.ask(partial(read_filed, digest=digest))
        lines = await self.room.ask(lambda _: self.reader.lines_of(found, unfolded=unfolded))
        self.reader.unfolded = unfolded
        today = local_day(self.room.practice.clock(), self.room.practice.settings.zone)
        self.reader.show_letter(found, lines, today, stay=stay)
        self.keys_changed()

    @asking("reading")
    async def lay_out_again(self) -> None:
        """The same letter, at another width or with its quotes."""
        if self.reader.found is not None:
            digest = self.reader.found.judged.letter.digest
            await self._read(digest, unfolded=self.reader.unfolded, stay=True)

    def on_resize(self) -> None:
        """Lines are laid out for the width."""
        if self.reader.found is not None:
            self.call_after_refresh(self.lay_out_again)

    def action_fold(self) -> None:
        """Show or fold away what the letter quotes."""
        self.reader.unfolded = not self.reader.unfolded
        self.lay_out_again()

    def action_step(self, by: int) -> None:
        """Open a neighbour of the letter in the list."""
        self.letters.cursor += by
        if self.letters.row is not None:
            self.open_letter(self.letters.row.letter.digest)

    def action_back(self) -> None:
        """From the letter to the list; its text goes from the screen."""
        if self.has_class("-reading"):
            self.remove_class("-reading")
            self.reader.forget()
            self.letters.focus()
            self.keys_changed()
            if self.found_by is not None:
                self.search_again(self.found_by)

    def action_pane(self, by: int) -> None:
        """Go to the column beside."""
        panes: list[Widget] = [self.clients, self.letters, self.reader.view]
        seen = [pane for pane in panes if pane.display and pane.size.width]
        at = next((index for index, pane in enumerate(seen) if pane.has_focus), 0)
        if self.has_class("-narrow") and self.has_class("-reading"):
            self.action_back()
        else:
            seen[max(0, min(at + by, len(seen) - 1))].focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done now: nothing is accepted that is not proposed, and there is no way back from the lists."""
        if not self.query(LetterList):  # it is being made, or taken away
            return super().check_action(action, parameters)
        if action == "accept":
            return self.letter is not None and self.letter.letter.standing is Standing.PROPOSED
        if action == "back":
            return self.has_class("-reading")
        if action == "pieces":
            return self._is_reading and self.reader.holds_pieces
        if action == "reply":
            return self.letter is not None and self.letter.letter.name is not None
        return super().check_action(action, parameters)

    @on(LetterList.Moved)
    @on(events.DescendantFocus)
    def keys_changed(self) -> None:
        """What can be done now may be something else."""
        self.query_one(KeyLine).refresh()

    def letter_changed(self) -> None:
        """A letter's tags, kind or standing changed: show it and the lists anew."""
        self.record_changed()
        self.lay_out_again()
