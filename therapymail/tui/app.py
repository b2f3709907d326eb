"""The app: the practice it shows, the thread that owns the record, what every screen shares, and how it locks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.reactive import reactive
from textual.screen import Screen

from therapymail.errors import TherapymailError, VaultLocked, explain
from therapymail.practice.practice import Practice
from therapymail.practice.session import seconds_since_start
from therapymail.tui.asking import saying_refusals
from therapymail.tui.commands import Command, bindings
from therapymail.tui.record_thread import RecordThread, aside
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.screens.room import Room
from therapymail.tui.screens.unlocking import Cover, Unlocking

Answer = TypeVar("Answer")
_BEFORE_LOCK_SECONDS = 3.0
_LOOK_SECONDS = 1.0


class TherapymailApp(App[None]):
    """The room a therapist works in. `fault` is what went wrong inside it, or None."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("f1,question_mark", "help", "Help", "What can be done here, and with which keys."),
        Command("ctrl+p", "command_palette", "Palette", "Find a command by its name.", in_line=False),
        Command("ctrl+l", "lock", "Lock", "Lock the practice at once, everywhere.", first=True),
        Command("ctrl+q", "quit", "Quit", "Leave therapymail.", first=True),
        Command("ctrl+z", "suspend_process", "To the shell", "Lock, and go to the shell.", in_line=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)
    TITLE = "therapymail"
    ENABLE_COMMAND_PALETTE = True

    departure: reactive[str] = reactive("")  # a letter that leaves soon, in our own words
    said: reactive[str] = reactive("")  # what was last said, in our own words
    mailbox: reactive[str] = reactive("")  # what the mailbox does, in our own words

    def __init__(self, practice: Practice, record: RecordThread | None = None) -> None:
        super().__init__()
        self.practice = practice
        self.record = record or RecordThread(practice)
        self.fault: Exception | None = None
        self.is_open = False
        self._touched = seconds_since_start()
        self._generation = practice.session.generation()

    # --- beginning and end ---------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[None]:
        """Nothing: what is shown lies above it."""
        return Screen(id="_default")

    def on_mount(self) -> None:
        """Show the room where the practice is unlocked, else ask for the passphrase."""
        self.set_interval(_LOOK_SECONDS, self._look)
        if self.practice.session.seconds_left() > 0:
            self.open_room()
        else:
            self.push_screen(Unlocking(try_without=True))

    def open_room(self) -> None:
        """Show the clients and their letters: the practice is unlocked."""
        self._generation = self.practice.session.generation()
        self._touched = seconds_since_start()
        self.is_open = True
        self.said = ""
        if isinstance(self.screen, Unlocking):
            self.pop_screen()
        self.push_screen(Room())

    async def action_quit(self) -> None:
        """Put things away and leave."""
        await self._put_away()
        self.exit()

    # --- asking --------------------------------------------------------------------------------------------

    async def ask(self, verb: Callable[[Practice], Answer]) -> Answer:
        """What a practice verb answers, on the record's thread, in its turn. Raises what the verb raises."""
        return await asyncio.wrap_future(self.record.ask(verb))

    async def aside(self, work: Callable[[], Answer], name: str = "aside") -> Answer:
        """What `work` answers, on a thread of its own: for gpg and network. Raises what it raises."""
        return await asyncio.wrap_future(aside(work, name))

    def say(self, sentence: str) -> None:
        """Say something in the status line: our own words, never a letter's."""
        self.said = sentence

    def say_refused(self, refused: TherapymailError) -> None:
        """Say why something was not done."""
        self.say(explain(refused).sentence)

    # --- locking -------------------------------------------------------------------------------------------

    def action_lock(self) -> None:
        """Lock the practice at once, everywhere."""
        self.lock_room()

    def lock_room(self) -> None:
        """Cover the screen, save what is being written, end the session, and forget what was shown."""
        if not self.is_open:
            return
        self.is_open = False
        self.run_worker(saying_refusals(self, self._lock()), group="lock", exit_on_error=True)

    async def _lock(self) -> None:
        from therapymail.practice.unlock import lock
        from therapymail.tui.forgetting import forget_what_was_shown

        await self.push_screen(Cover())
        await self._put_away()
        with contextlib.suppress(VaultLocked):
            await self.aside(lambda: lock(self.practice), "lock")
        self.record.let_go()
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        self.departure = self.said = self.mailbox = ""
        self.clear_notifications()
        await self.push_screen(Unlocking())
        forget_what_was_shown()

    async def _put_away(self) -> None:
        """Let each screen save what it holds; a screen that takes too long does not keep the lock from coming."""
        screens = [screen for screen in self.screen_stack if isinstance(screen, RoomScreen)]
        with contextlib.suppress(TimeoutError, TherapymailError):
            async with asyncio.timeout(_BEFORE_LOCK_SECONDS):
                for screen in reversed(screens):
                    await screen.before_lock()

    def _look(self) -> None:
        """Lock when nobody has touched anything for too long, and when the session has ended elsewhere."""
        if not self.is_open:
            return
        limit = self.practice.settings.idle_lock_minutes * 60
        session = self.practice.session
        idle = limit and seconds_since_start() - self._touched > limit
        if idle or session.generation() != self._generation or session.seconds_left() <= 0:
            self.lock_room()

    async def on_event(self, event: events.Event) -> None:
        """Note that somebody is there."""
        if isinstance(event, events.InputEvent):
            self._touched = seconds_since_start()
        await super().on_event(event)
