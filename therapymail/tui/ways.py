"""The ways through the room: to a place, and to what an item is about; no screen needs to know another."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from therapymail.domain.draft import DraftName
from therapymail.domain.exporting import Exported
from therapymail.tui.places import LETTERS, OUTBOX, SEARCH, TODAY, place
from therapymail.tui.screens.base import RoomScreen

if TYPE_CHECKING:
    from therapymail.tui.app import TherapymailApp
    from therapymail.tui.screens.room import Room


class Ways:
    """Where one is, and how one gets elsewhere. Places are made once and kept until the next lock."""

    def __init__(self, app: TherapymailApp) -> None:
        self._app = app
        self._places: dict[str, RoomScreen] = {}
        self._before: list[str] = []  # the places where one was, the last one last
        self._making = asyncio.Lock()  # a place is made once, and put away only when it was made

    # --- places --------------------------------------------------------------------------------------------

    async def go(self, name: str) -> RoomScreen:
        """Go to a place: what lies above the place one leaves is saved and put away. Raises what saving raises."""
        app = self._app
        await self.put_away()
        async with self._making:
            screen, is_new = self._made(name)
        if not is_new and not hasattr(screen, "on_screen_resume"):  # else it looks by itself once it is shown again
            screen.record_changed()
        if app.place not in {"", name}:
            self._before = [each for each in self._before if each != app.place] + [app.place]
        app.place = name
        if len(app.screen_stack) == 1:
            await app.push_screen(screen)
        elif app.screen is not screen:
            await app.switch_screen(screen)
        screen.call_after_refresh(screen.arrived)
        return screen

    def _made(self, name: str) -> tuple[RoomScreen, bool]:
        """The screen of a place, and whether it was made only now."""
        screen = self._places.get(name)
        if screen is not None:
            return screen, False
        screen = self._places[name] = place(name).make()
        self._app.install_screen(screen, name)
        return screen, True

    async def prepare(self, name: str) -> None:
        """Make a place and all in it, without going there: the first key that leads there need not."""
        async with self._making:
            if not self._app.is_open:
                return
            screen, is_new = self._made(name)
            if is_new:
                await self._app._get_screen(screen)[1]  # noqa: SLF001 - how Textual makes one before it shows it

    async def back(self) -> None:
        """Go to the place where one was before this one; to today, where there is none."""
        before = self._before.pop() if self._before else TODAY
        app = self._app
        here, app.place = app.place, ""  # so that one does not come back to it by going back
        await self.go(before if before != here else TODAY)

    async def put_away(self) -> None:
        """Put away every screen above the place: saved, and as if left by Escape."""
        app = self._app
        for screen in reversed(app.screen_stack[2:]):
            if isinstance(screen, RoomScreen):
                await screen.before_lock()
            if screen is app.screen and screen.is_attached:
                screen.dismiss(None)

    async def let_go(self) -> None:
        """Let go of every place, emptied, and of all that lies above: the practice is locked."""
        from therapymail.tui.forgetting import empty_screen

        app = self._app
        async with self._making:
            kept = list(self._places.values())
        for screen in {*app.screen_stack, *kept}:
            empty_screen(screen)
        while len(app.screen_stack) > 1:
            await app.pop_screen()
        self._places.clear()
        self._before.clear()
        for screen in kept:
            app.uninstall_screen(screen)
            if screen.is_running:
                await screen.remove()
        app.place = ""

    @property
    def open_screens(self) -> list[Screen[Any]]:
        """Every screen there is, shown or not."""
        return [
            *self._app.screen_stack,
            *(each for each in self._places.values() if each not in self._app.screen_stack),
        ]

    # --- what an item is about -----------------------------------------------------------------------------

    async def letter(self, name: str) -> None:
        """The letter of this name (HERON-12) in the reader. Raises LetterUnknown, UnusableInput, VaultLocked."""
        from therapymail.practice.read import read_letter

        found = await self._app.ask(partial(read_letter, name=name))
        letter = found.judged.letter
        if letter.code:
            await self._desk(letter.code, opens=letter.digest)
        else:
            (await self._letters()).open_digest(letter.digest)

    async def client(self, code: str) -> None:
        """The desk of this client."""
        await self._desk(code)

    async def keys(self, code: str) -> None:
        """The keys of this client."""
        await self._desk(code, tab="keys")

    async def agreement(self, code: str) -> None:
        """The agreement with this client."""
        await self._desk(code, tab="agreement")

    async def notes(self, code: str) -> None:
        """The notes about this client."""
        await self._desk(code, tab="notes")

    async def note(self, code: str, name: str) -> None:
        """A progress note (N-3) about this client, on their desk: on the one that is open, where it is theirs."""
        from therapymail.tui.screens.desk import DeskScreen

        screen = self._app.screen
        if not isinstance(screen, DeskScreen) or screen.code != code:
            screen = DeskScreen(code)
            await self._app.push_screen(screen)
        await screen.open_note(name)

    async def _desk(self, code: str, *, tab: str = "panes", opens: bytes | None = None) -> None:
        from therapymail.tui.screens.desk import DeskScreen

        await self._app.push_screen(DeskScreen(code, tab=tab, opens=opens))

    async def draft(self, name: str) -> None:
        """A draft on the writing desk, or to be read again where it is held."""
        from therapymail.tui.screens.writing import WritingScreen

        await self._app.push_screen(WritingScreen(DraftName.parse(name)))

    async def second_reading(self, name: str) -> None:
        """The second reading of this draft."""
        from therapymail.tui.screens.second_reading import SecondReading

        await self._app.push_screen(SecondReading(DraftName.parse(name)))

    async def outbox(self, name: str = "") -> None:
        """The outbox, at the row of this draft."""
        from therapymail.tui.screens.outbox import OutboxScreen

        screen = await self.go(OUTBOX)
        assert isinstance(screen, OutboxScreen)
        screen.seek(name)

    async def reply(self, name: str) -> None:
        """An answer to this letter: the one that was begun, else a new one. Raises LetterUnknown, VaultLocked."""
        from therapymail.practice.write import list_drafts, start_reply
        from therapymail.tui.screens.writing import WritingScreen

        app = self._app
        drafts = await app.ask(list_drafts)
        begun = next((each.draft.name for each in drafts if each.entry is None and str(each.answers) == name), None)
        if begun is not None:
            app.say(f"You have begun to answer {name}: this is {begun}.")
            await app.push_screen(WritingScreen(begun))
            return
        draft = await app.ask(partial(start_reply, name=name))
        await app.push_screen(WritingScreen(draft.name, is_new=True))

    async def write(self, code: str) -> None:
        """A new letter to this client. Raises ClientUnknown, VaultLocked."""
        from therapymail.domain.draft import DraftContent
        from therapymail.practice.write import start_draft
        from therapymail.tui.screens.writing import WritingScreen

        draft = await self._app.ask(partial(start_draft, code=code, content=DraftContent("", "")))
        await self._app.push_screen(WritingScreen(draft.name, is_new=True))

    async def timeline(self, code: str) -> None:
        """The timeline of this client."""
        from therapymail.tui.screens.looking_back import LookingBack

        await self._app.push_screen(LookingBack(code))

    async def review(self, code: str) -> None:
        """What the exchanges with this client held since the last review."""
        from therapymail.tui.screens.told import Told
        from therapymail.tui.timeline_tellings import review

        await self._app.push_screen(Told(f"Review of {code}", review(code)))

    def open_above(self, which: str | bytes) -> None:
        """The letter of this name or digest, above where one is: Escape leads back there."""
        from therapymail.tui.screens.one_letter import OneLetter

        self._app.push_screen(OneLetter(which))

    async def letterbook(self, code: str, around: str = "") -> None:
        """The letterbook of this client, at the letter of this name."""
        from therapymail.tui.screens.letterbook import LetterbookScreen

        await self._app.push_screen(LetterbookScreen(code, around))

    def export(self, code: str, what: Exported) -> None:
        """Write something of this client's to a file."""
        from therapymail.tui.screens.exporting import ExportSheet

        self._app.push_screen(ExportSheet(code, what))

    async def search(self, query: str = "") -> None:
        """The search, for `query` where one is given; the letter of a hit opens above it."""
        from therapymail.tui.screens.searching import Searching

        screen = await self.go(SEARCH)
        assert isinstance(screen, Searching)
        if query:
            screen.call_after_refresh(screen.look_for, query)

    async def _letters(self) -> Room:
        from therapymail.tui.screens.room import Room

        screen = await self.go(LETTERS)
        assert isinstance(screen, Room)
        return screen
