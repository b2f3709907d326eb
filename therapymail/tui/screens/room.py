"""The room: clients by code, the letters of one, and the letter being read."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from therapymail.practice.caseload import caseload
from therapymail.practice.read import LettersRequest
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command, bindings
from therapymail.tui.places import LETTERS
from therapymail.tui.screens.reading import LETTER_COMMANDS, OPEN, ReadingLetters
from therapymail.tui.widgets.client_list import ClientList, Shelf
from therapymail.tui.widgets.letter_list import LetterList
from therapymail.tui.widgets.reader import Reader
from therapymail.tui.widgets.row_list import RowList


class Room(ReadingLetters):
    """Clients, letters and reader."""

    HERE: ClassVar[tuple[Command, ...]] = (OPEN, *LETTER_COMMANDS)
    BINDINGS: ClassVar = bindings(HERE[1:])
    PLACE: ClassVar = LETTERS
    DEFAULT_CSS = """
    Room #shelves { width: 15; border-right: vkey $border; }
    """

    def body(self) -> ComposeResult:
        """The panes."""
        zone = self.room.practice.settings.zone
        with Horizontal(id="panes"):
            yield ClientList(id="shelves")
            yield LetterList(zone, id="letters")
            yield Reader(zone, id="reader")

    def on_mount(self) -> None:
        """Letters first, the caseload after them."""
        if not self.query(LetterList):  # it is taken away already: locked, or ended, as it was being made
            return
        self.letters.focus()
        self.show_shelf()
        self.show_caseload()

    # --- the panes -----------------------------------------------------------------------------------------

    @property
    def clients(self) -> ClientList:
        """The clients."""
        return self.query_one(ClientList)

    @property
    def shelves(self) -> RowList[Any]:
        """The clients."""
        return self.clients

    @property
    def shelf(self) -> Shelf:
        """Whose letters are listed."""
        return self.clients.row or Shelf(None)

    @property
    def code(self) -> str | None:
        """The client that is meant: of the letter being read, else of the list."""
        if self.is_reading and self.reader.found:
            return self.reader.found.judged.letter.code or None
        if self.shelf.code:
            return self.shelf.code
        return self.letters.row.letter.code or None if self.letters.row else None

    @property
    def writes_to(self) -> str | None:
        """The client of the letter being read, or the one that was chosen."""
        return self.code if self.is_reading or self.shelf.code else None

    # --- lists ---------------------------------------------------------------------------------------------

    @asking("caseload")
    async def show_caseload(self) -> None:
        """Read who there is and how many letters."""
        self.clients.show_caseload(await self.room.ask(caseload))

    def request(self, limit: int, before: int | None = None) -> LettersRequest:
        """Those of the chosen client."""
        shelf = self.shelf
        return LettersRequest(client=shelf.code, set_aside=shelf.set_aside, limit=limit, before=before)

    @on(ClientList.Moved, "#shelves")
    def clients_moved(self, moved: ClientList.Moved) -> None:
        """Show the letters of the client under the cursor."""
        shelf = moved.row
        shown = self._shown_shelf
        if isinstance(shelf, Shelf) and (shelf.code, shelf.set_aside) != shown:
            self._shown_shelf = (shelf.code, shelf.set_aside)
            self.show_shelf()

    _shown_shelf: tuple[str | None, bool] = (None, False)

    @on(ClientList.Chosen, "#shelves")
    def clients_chosen(self) -> None:
        """Go on to the letters."""
        self.letters.focus()

    def record_changed(self) -> None:
        """Letters came or left: read the lists again, staying where one is."""
        self.show_shelf(stay=True)
        self.show_caseload()
