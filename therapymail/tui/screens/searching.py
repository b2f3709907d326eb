"""Searching as one types: hits with the passage that was found; the letter of a hit opens above them."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from therapymail.domain.found import Hit, NoteHit, Order
from therapymail.domain.query_text import as_typed
from therapymail.errors import QueryUnreadable, TherapymailError, VaultLocked, explain
from therapymail.practice.catching_up import CaughtUp
from therapymail.practice.find import Found, SearchRequest, search_everything
from therapymail.practice.note_reading import codes_by_identity
from therapymail.practice.practice import Practice
from therapymail.practice.saved_searches import forget_search, list_saved_searches, save_search
from therapymail.practice.search_words import going_on
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command, bindings
from therapymail.tui.places import SEARCH
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.search_words import beginning, caught_up_words, fault, found_words, offered_words, saved_words
from therapymail.tui.untrusted import line
from therapymail.tui.widgets.chrome import KeyLine
from therapymail.tui.widgets.hit_list import HitList
from therapymail.tui.widgets.line_input import LineInput
from therapymail.tui.widgets.sheet import ChoiceSheet, LineSheet

_PAUSE_SECONDS = 0.005  # of keys that come faster, as when one is held down, only the last is searched for
_FIRST, _MOST = 30, 200  # hits at first; more as one goes down


class _Left(Exception):
    """The search was given up: what was made ready for it is kept."""


class _Asked:
    """One search: whether it is still wanted."""

    def __init__(self) -> None:
        self.is_given_up = False


class Searching(RoomScreen):
    """The line to type in, what is found, and what there is to be said of it."""

    PLACE: ClassVar = SEARCH
    HERE: ClassVar[tuple[Command, ...]] = (
        Command("enter", "into", "Open", "Go to the hits; open the letter."),
        Command("down", "into", "To the hits", "Go to the hits.", in_line=False),
        Command("tab", "go_on", "Complete", "Complete the last word: a filter, a tag, a code, @ and a search kept."),
        Command("slash", "words", "Words", "Change what is looked for."),
        Command("f6", "order", "By relevance", "The newest first, or those that say the words most."),
        Command("ctrl+s", "keep", "Keep", "Keep this search under a name."),
        Command("ctrl+o", "kept", "Kept searches", "Carry out a search that was kept.", in_line=False),
    )
    BINDINGS: ClassVar = bindings(HERE)
    AUTO_FOCUS = "#words"
    DEFAULT_CSS = """
    Searching #words { border: none; height: 1; margin: 1 1 0 1; padding: 0 1; background: $surface; }
    Searching #words:focus { background: $surface-lighten-1; }
    Searching #answer { height: auto; min-height: 1; max-height: 4; padding: 0 2; margin-bottom: 1; }
    Searching #answer { color: $foreground-muted; }
    """

    class CatchingUp(Message):
        """What a search needs first has come so far."""

        def __init__(self, told: CaughtUp) -> None:
            super().__init__()
            self.told = told

    def __init__(self) -> None:
        super().__init__()
        self._order = Order.DATE
        self._most = _FIRST
        self._total = 0
        self._asked = _Asked()
        self._lines = 0  # of the answer

    def body(self) -> ComposeResult:
        """Words, answer, hits."""
        yield LineInput(id="words", placeholder="Search the letters", compact=True)
        yield Static(saved_words(()), id="answer", markup=False)
        yield HitList(self.room.practice.settings.zone)

    @property
    def hits(self) -> HitList:
        """What was found."""
        return self.query_one(HitList)

    @property
    def words(self) -> Input:
        """What is looked for."""
        return self.query_one("#words", Input)

    def arrived(self) -> None:
        """Type: what stood there goes at the first key."""
        self.words.focus()
        self.words.action_select_all()
        if not self.words.value:
            self._search("")

    def look_for(self, query: str) -> None:
        """Search for `query`, and go to the hits."""
        self.words.value = query
        self.hits.focus()

    # --- searching -----------------------------------------------------------------------------------------

    @on(Input.Changed, "#words")
    def typed(self, changed: Input.Changed) -> None:
        """Look for what stands there now."""
        self._most = _FIRST
        self._search(changed.value)

    def record_changed(self) -> None:
        """Other letters may match now."""
        if self.words.value.strip():
            self._search(self.words.value, stay=True)

    def on_screen_suspend(self) -> None:
        """Nothing more is made ready for a search that one has left."""
        self._asked.is_given_up = True

    @asking("search")
    async def _search(self, text: str, *, stay: bool = False) -> None:
        self._asked.is_given_up = True
        if not text.strip():
            self.hits.forget()
            self._answer(saved_words([each.name for each in await self.room.ask(list_saved_searches)]))
            return
        asked = self._asked = _Asked()
        await asyncio.sleep(_PAUSE_SECONDS)
        request = SearchRequest(as_typed(text), self._most, self._order)
        try:
            found = await self.room.ask(partial(search_everything, asked=request, told=partial(self._told, asked)))
            if found.notes:
                self.hits.codes = await self.room.ask(codes_by_identity)
        except QueryUnreadable as unreadable:
            self._answer(fault(unreadable, self.words.size.width))
        except VaultLocked:
            raise
        except _Left:
            return
        except TherapymailError as refused:
            self._answer(line(explain(refused).sentence, "$text-warning"))
        else:
            self._show(found, stay=stay)

    def _told(self, asked: _Asked, told: CaughtUp) -> None:
        """On the record's thread: say how far it is, and end where the search is no longer wanted."""
        if asked.is_given_up:
            raise _Left
        self.post_message(self.CatchingUp(told))

    @on(CatchingUp)
    def catching_up(self, message: CatchingUp) -> None:
        """Say how far it is."""
        self._answer(Content(caught_up_words(message.told)))

    def _show(self, found: Found, *, stay: bool) -> None:
        rows: list[Hit | NoteHit] = [*found.letters.hits, *(hit for _, each in found.notes for hit in each.hits)]
        self._total = found.letters.total
        self.hits.show_rows(rows, self.hits.cursor if stay else 0, as_of=self.hits.codes)
        self._answer(Content(found_words(found, self._order)))
        self.query_one(KeyLine).look_again()

    @on(HitList.EndReached)
    def end_reached(self) -> None:
        """More hits are wanted, if there are more."""
        if self._most < _MOST and self._total > self._most:
            self._most = _MOST
            self._search(self.words.value, stay=True)

    def _answer(self, content: Content) -> None:
        answer = self.query_one("#answer", Static)
        lines = len(content.wrap(max(1, answer.content_size.width)))
        answer.update(content, layout=lines != self._lines)  # the screen is laid out again only where it has to be
        self._lines = lines

    # --- what one does -------------------------------------------------------------------------------------

    @on(Input.Submitted, "#words")
    def submitted(self) -> None:
        """Go on to the hits; a single one is opened."""
        self.action_into()

    def action_into(self) -> None:
        """Go to the hits."""
        if len(self.hits.rows) == 1:
            self.hits.action_choose()
        elif self.hits.rows:
            self.hits.focus()

    def action_words(self) -> None:
        """Change what is looked for."""
        self.words.focus()

    @on(HitList.Chosen)
    def chosen(self, chosen: HitList.Chosen) -> None:
        """Open the letter, or the notes about the client."""
        if isinstance(chosen.row, Hit):
            self.room.ways.open_above(chosen.row.letter.digest)
        elif isinstance(chosen.row, NoteHit):
            self._open_notes(self.hits.codes.get(chosen.row.note.client or "", ""))

    @asking("going")
    async def _open_notes(self, code: str) -> None:
        if code:
            await self.room.ways.notes(code)

    def action_order(self) -> None:
        """Sort otherwise."""
        self._order = Order.RELEVANCE if self._order is Order.DATE else Order.DATE
        self._search(self.words.value)

    def called(self, command: Command) -> str:
        """The order that F6 brings."""
        if command.verb == "order":
            return "By relevance" if self._order is Order.DATE else "Newest first"
        return command.name

    @asking("completing")
    async def action_go_on(self) -> None:
        """Complete the last word, or show how it may go on."""
        text = self.words.value
        if not self.words.has_focus or not text.strip():
            self.screen.focus_next()
            return
        offered = await self.room.ask(partial(going_on, text=text))
        if text != self.words.value:
            return
        if offered:
            self.words.value = beginning(offered)
            self.words.cursor_position = len(self.words.value)
        if len(offered) > 1:
            self._answer(offered_words(offered))

    # --- searches that are kept ----------------------------------------------------------------------------

    def action_keep(self) -> None:
        """Keep the search."""

        def named(name: str | None) -> None:
            if name:
                self._keep(name, self.words.value)

        if self.words.value.strip():
            self.app.push_screen(LineSheet("Keep this search", "A name for it: @name carries it out again."), named)

    @asking("keeping")
    async def _keep(self, name: str, query: str) -> None:
        before = await self.room.ask(partial(save_search, name=name, text=query))

        def back(practice: Practice) -> None:
            if before is not None:
                save_search(practice, before.name, before.query)
            else:
                forget_search(practice, name)

        self.room.undoing.offer("The search is kept.", back, "The search is as it was.")

    @asking("keeping")
    async def action_kept(self) -> None:
        """Choose one that was kept."""
        kept = await self.room.ask(list_saved_searches)
        if kept:
            choices = [(f"@{each.name} ", f"@{each.name}", each.query) for each in kept]
            self.app.push_screen(ChoiceSheet("Searches that were kept", *choices), self._carry_out)
        else:
            self.room.say("No search is kept yet. ^S keeps one.")

    def _carry_out(self, query: str | None) -> None:
        if query:
            self.look_for(query.strip())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Words can be changed once one has left them."""
        if not self.is_mounted or not self.query("#words"):
            return super().check_action(action, parameters)
        match action:
            case "words":
                return not self.words.has_focus
            case "into":
                return bool(self.hits.rows) and self.words.has_focus
            case "keep":
                return bool(self.words.value.strip())
        return super().check_action(action, parameters)

    def forget(self) -> None:
        """Let go of what was found."""
        self._asked.is_given_up = True
