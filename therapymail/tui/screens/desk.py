"""A client's desk: their letters by exchange beside the reader, and timeline, notes, agreement and keys as tabs."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import ContentSwitcher

from therapymail.domain.key_change import stops_letters
from therapymail.domain.note import NoteName
from therapymail.practice.exchanges import list_exchanges
from therapymail.practice.introduce import show_client
from therapymail.practice.read import LettersRequest
from therapymail.tui.asking import asking
from therapymail.tui.commands import Card, Command, bindings
from therapymail.tui.screens.reading import LETTER_COMMANDS, OPEN, ReadingLetters
from therapymail.tui.widgets.agreement_pane import AgreementPane
from therapymail.tui.widgets.exchange_list import ExchangeList, ExchangeShelf
from therapymail.tui.widgets.keys_pane import KeysPane
from therapymail.tui.widgets.letter_list import LetterList
from therapymail.tui.widgets.notes_pane import NotesPane
from therapymail.tui.widgets.reader import Reader
from therapymail.tui.widgets.row_list import RowList
from therapymail.tui.widgets.tabs_line import Tab, TabsLine
from therapymail.tui.widgets.timeline_pane import TimelinePane

TABS = (
    Tab("panes", "L", "Letters", "The letters with the client, by exchange, beside the reader."),
    Tab("timeline", "T", "Timeline", "Look back on the letters with the client."),
    Tab("notes", "N", "Notes", "Progress notes, and process notes after an unlocking of their own."),
    Tab("agreement", "A", "Agreement", "What is agreed, how the work stands, and what was counted."),
    Tab("keys", "Y", "Keys", "Fingerprints, verifying, and another key to decide on."),
)
_NAMES = tuple(each.name for each in TABS)
_OF_LETTERS = {
    "accept", "pieces", "reply", "tag", "kind", "fold", "step", "pane", "enclosures", "passage", "milestone",
    "bookmark",
}  # fmt: skip


_PANES: dict[str, type[TimelinePane | NotesPane | AgreementPane | KeysPane]] = {
    "timeline": TimelinePane,
    "notes": NotesPane,
    "agreement": AgreementPane,
    "keys": KeysPane,
}


class DeskScreen(ReadingLetters):
    """All there is of one client, by code."""

    HERE: ClassVar[tuple[Command, ...]] = (
        OPEN,
        *(each for each in LETTER_COMMANDS if each.verb not in {"back", "timeline", "tags"}),
        *(Command(each.key, f"open('{each.name}')", each.title, each.says, in_line=False) for each in TABS),
        Command("right_square_bracket", "next_tab(1)", "Next tab", "Go to the tab on the right.", in_line=False),
        Command("left_square_bracket", "next_tab(-1)", "Tab before", "Go to the tab on the left.", in_line=False),
        Command("escape", "leave", "Back", "From the letter back to the list, and from there to where you came from."),
    )
    BINDINGS: ClassVar = bindings(HERE[1:])
    CARD: ClassVar[Card] = Card(
        "A client's desk", "Tabs stand on the second line; their letters open them, [ and ] walk."
    )
    DEFAULT_CSS = """
    DeskScreen #shelves { width: 23; border-right: vkey $border; }
    DeskScreen.-wide #shelves { width: 16; }
    DeskScreen ContentSwitcher { height: 1fr; }
    """

    def __init__(self, code: str, *, tab: str = "panes", opens: bytes | None = None) -> None:
        """`opens` is the digest of a letter to open at once."""
        super().__init__()
        self._code = code
        self._first, self._opens = tab, opens
        self._loaded: set[str] = set()

    @property
    def heading(self) -> str:
        """Whose desk."""
        return self._code

    def body(self) -> ComposeResult:
        """The tabs, and what each holds."""
        zone = self.room.practice.settings.zone
        yield TabsLine(TABS)
        with ContentSwitcher(initial=_NAMES[0]), Horizontal(id="panes"):
            yield ExchangeList(id="shelves")
            yield LetterList(zone, id="letters")
            yield Reader(zone, id="reader")

    async def on_mount(self) -> None:
        """The first tab; what waits for a decision is said beside the tabs."""
        await self.open_tab(self._first)
        self._look_at_keys()
        if self._opens is not None:
            self.open_letter(self._opens)

    # --- tabs ----------------------------------------------------------------------------------------------

    @property
    def tab(self) -> str:
        """The tab that is shown."""
        return self.query_one(ContentSwitcher).current or _NAMES[0]

    async def open_tab(self, name: str) -> None:
        """Show a tab; it is made and read when it is shown first."""
        switcher = self.query_one(ContentSwitcher)
        if not self.query(f"#{name}"):
            pane = _PANES[name](self._code, id=name)
            pane.display = False
            await switcher.mount(pane)
        switcher.current = self.query_one(TabsLine).opened = name
        if name not in self._loaded:
            self._loaded.add(name)
            self._load(name)
        if name == _NAMES[0]:
            (self.reader.view if self.is_letter_open else self.letters).focus()
        else:
            inner = next((each for each in self.query(f"#{name}, #{name} *") if each.focusable), None)
            if inner is not None:
                inner.focus()
        self.keys_changed()

    async def open_note(self, name: str) -> None:
        """Show the tab of notes, at this progress note."""
        await self.open_tab("notes")
        self.query_one(NotesPane).seek(NoteName.parse(name))

    def _load(self, name: str) -> None:
        if name == _NAMES[0]:
            self.show_shelf(stay=True)
            self._show_exchanges()
        else:
            pane = self.query_one(f"#{name}")
            assert isinstance(pane, TimelinePane | NotesPane | AgreementPane | KeysPane)
            pane.load()

    async def action_open(self, name: str) -> None:
        """Show a tab."""
        await self.open_tab(name)

    async def action_next_tab(self, by: int) -> None:
        """Show the tab beside."""
        await self.open_tab(_NAMES[(_NAMES.index(self.tab) + by) % len(_NAMES)])

    @on(TabsLine.Asked)
    async def tab_asked(self, asked: TabsLine.Asked) -> None:
        """A tab was clicked."""
        await self.open_tab(asked.name)

    # --- letters -------------------------------------------------------------------------------------------

    @property
    def shelves(self) -> RowList[Any]:
        """The exchanges."""
        return self.query_one(ExchangeList)

    @property
    def code(self) -> str | None:
        """The client."""
        return self._code

    @property
    def read_name(self) -> str:
        """The name of the letter that is open, or nothing."""
        found = self.reader.found
        return str(found.judged.letter.name or "") if found is not None else ""

    @property
    def writes_to(self) -> str | None:
        """The client."""
        return self._code

    def request(self, limit: int, before: int | None = None) -> LettersRequest:
        """Those of the chosen exchange, or all."""
        row = self.query_one(ExchangeList).row
        if row is None or not row.number:
            return LettersRequest(client=self._code, limit=limit, before=before)
        return LettersRequest(client=self._code, query=f"exchange:{row.number}", limit=limit)

    @asking("exchanges")
    async def _show_exchanges(self) -> None:
        overview = await self.room.ask(partial(show_client, code=self._code))
        found = await self.room.ask(partial(list_exchanges, code=self._code))
        self.query_one(ExchangeList).show_exchanges(found, overview.letters)

    @on(ExchangeList.Moved, "#shelves")
    def exchanges_moved(self, moved: ExchangeList.Moved) -> None:
        """Show the letters of the exchange under the cursor."""
        number = moved.row.number if isinstance(moved.row, ExchangeShelf) else 0
        if number != self._shown_exchange:
            self._shown_exchange = number
            self.show_shelf()

    _shown_exchange = 0

    @on(ExchangeList.Chosen, "#shelves")
    def exchanges_chosen(self) -> None:
        """Go on to the letters."""
        self.letters.focus()

    @asking("key-notice")
    async def _look_at_keys(self) -> None:
        overview = await self.room.ask(partial(show_client, code=self._code))
        waits = any(each.is_open for each in overview.changes)
        self.query_one(TabsLine).notice = (
            "KEY CHANGE: nothing leaves" if stops_letters(overview.changes) else "another key: Y" if waits else ""
        )

    def record_changed(self) -> None:
        """Read what is shown anew, and the rest when it is shown next."""
        self._loaded = {self.tab}
        self._load(self.tab)
        self._look_at_keys()

    def action_leave(self) -> None:
        """From the letter to the list, as in every list of letters, and from there to where one came from."""
        if self.tab == _NAMES[0] and self.is_letter_open:
            self.action_back()
        else:
            self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What belongs to letters is possible while they are shown."""
        if not self.query(ContentSwitcher):
            return super().check_action(action, parameters)
        if action in _OF_LETTERS and self.tab != _NAMES[0]:
            return False
        return super().check_action(action, parameters)
