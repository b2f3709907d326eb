"""The app: the practice it shows, the thread that owns the record, what every screen shares, and how it locks."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import signal
import threading
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from rich.console import RenderableType
from textual import events, on
from textual.app import App
from textual.binding import BindingType
from textual.reactive import reactive
from textual.screen import Screen

from therapymail.errors import TherapymailError, VaultLocked, explain
from therapymail.practice.practice import Practice
from therapymail.practice.session import seconds_since_start
from therapymail.tui.asking import saying_refusals
from therapymail.tui.commands import Command, bindings
from therapymail.tui.departures import Departures
from therapymail.tui.messages import RecordChanged, SyncMoved, WatchTold
from therapymail.tui.palette import Commands
from therapymail.tui.post import Post
from therapymail.tui.record_thread import RecordThread, aside
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.screens.help import Help
from therapymail.tui.screens.room import Room
from therapymail.tui.screens.unlocking import Cover, Unlocking
from therapymail.tui.themes import DARK, LIGHT

Answer = TypeVar("Answer")
_BEFORE_LOCK_SECONDS = 3.0
_LOOK_SECONDS = 1.0
_ENDING_SECONDS = 6.0
_SAID_SECONDS = 4.0  # a sentence stands until the next key after that


class InterfaceFailed(Exception):
    """The terminal or Textual failed; what it said is not kept."""


class TherapymailApp(App[None]):
    """The room a therapist works in. `fault` is what went wrong inside it, or None."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command(
            "f1,question_mark", "help", "Help", "What can be done here, and with which keys; ? where no text is typed."
        ),
        Command("ctrl+p", "command_palette", "Palette", "Find a command by its name.", in_line=False),
        Command("ctrl+l", "lock", "Lock", "Lock the practice at once, everywhere.", first=True),
        Command("ctrl+q", "quit", "Quit", "Leave therapymail.", in_line=False, first=True),
        Command("ctrl+r", "take_back", "Take back", "Take back the letter that is about to leave.", in_line=False),
        Command("f5", "other_light", "Light or dark", "Change between a light and a dark room.", in_line=False),
        Command("ctrl+z", "suspend_process", "To the shell", "Lock, and go to the shell.", in_line=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)
    TITLE = "therapymail"
    COMMANDS = {Commands}  # noqa: RUF012 - Textual's declaration; without its own, of which one takes pictures of letters
    CSS_PATH = None
    ENABLE_COMMAND_PALETTE = True

    departure: reactive[str] = reactive("")  # a letter that leaves soon, in our own words
    said: reactive[str] = reactive("")  # what was last said, in our own words
    waiting: reactive[str] = reactive("")  # what waits in the outbox, in numbers
    mailbox: reactive[str] = reactive("")  # what the mailbox does, in our own words

    def __init__(self, practice: Practice, record: RecordThread | None = None) -> None:
        super().__init__()
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = DARK.name
        self.practice = practice
        self.record = record or RecordThread(practice)
        self.departures = Departures(self)
        self.post = Post(self)
        self.fault: Exception | None = None
        self._own_context = contextvars.copy_context()
        self.ended_by: int | None = None  # the signal that ended it
        self.is_open = False
        self._touched = self._said_at = seconds_since_start()
        self._generation = practice.session.generation()

    # --- beginning and end ---------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[None]:
        """Nothing: what is shown lies above it."""
        return Screen(id="_default")

    def on_mount(self) -> None:
        """Show the room where the practice is unlocked, else ask for the passphrase."""
        # The door is made in this context: in that of a key or timer it would keep the screen that was locked alive.
        self._own_context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._loop_failed)
        for ending in (signal.SIGHUP, signal.SIGTERM):
            with contextlib.suppress(ValueError, RuntimeError):  # tests run it outside the main thread
                loop.add_signal_handler(ending, self._end_by, ending)
        self.set_interval(_LOOK_SECONDS, self._look)
        self.departures.start()
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

    def action_take_back(self) -> None:
        """Take back the letter that is about to leave."""
        self.run_worker(saying_refusals(self, self.departures.take_back_last()), group="take-back")

    async def action_quit(self) -> None:
        """Put things away and leave."""
        self.post.stop()
        await self._put_away()
        await self.departures.finish()
        self.exit(message=self.departures.farewell() or None)

    def _end_by(self, ending: signal.Signals) -> None:
        """A signal asks to end, or the terminal is gone: save, close the vault, and end even if Textual cannot."""
        if self.ended_by is None:
            self.ended_by = int(ending)
            last_resort = threading.Timer(_ENDING_SECONDS, os._exit, (128 + ending,))
            last_resort.daemon = True
            last_resort.start()
            self.run_worker(self.action_quit(), group="end")

    async def action_suspend_process(self) -> None:  # type: ignore[override]  # Textual runs either kind of action
        """Lock, then go to the shell: what was on the screen is not there when somebody comes back."""
        if self.is_open:
            self.is_open = False
            locking = saying_refusals(self, self._lock())
            await self._own_context.copy().run(self.run_worker, locking, group="lock").wait()
        super().action_suspend_process()

    # --- mailbox -------------------------------------------------------------------------------------------

    @on(SyncMoved)
    def sync_moved(self, moved: SyncMoved) -> None:
        """Say how far the sync is."""
        self.post.show_progress(moved.progress)

    @on(WatchTold)
    def watch_told(self, told: WatchTold) -> None:
        """Say what the watch of the mailbox tells."""
        self.post.show_event(told.event)

    @on(RecordChanged)
    def record_changed(self) -> None:
        """Letters came or left: every room that is open reads its lists again."""
        for screen in self.screen_stack:
            if isinstance(screen, Room):
                screen.record_changed()

    def action_help(self) -> None:
        """Show what can be done here."""
        here = self.screen.HERE if isinstance(self.screen, RoomScreen) else ()
        if not isinstance(self.screen, Help):
            walked = self.screen.IS_WALKED if isinstance(self.screen, RoomScreen) else True
            self.push_screen(Help(here, self.HERE, is_walked=walked))

    def action_other_light(self) -> None:
        """Change between light and dark."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is locked is not locked again."""
        return self.is_open if action == "lock" else super().check_action(action, parameters)

    # --- what goes wrong -----------------------------------------------------------------------------------

    def _handle_exception(self, error: Exception) -> None:
        """Keep what went wrong, and end: Textual would print local variables, of which some are letters."""
        self.fault = self.fault or error
        self._return_code = 1
        if self._exception is None:  # what a test waits for
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def _loop_failed(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What nobody waits for any more has failed, and asyncio would print it; a refusal is of no interest then."""
        error = context.get("exception")
        if isinstance(error, Exception) and not isinstance(error, TherapymailError):
            self._handle_exception(error)

    def panic(self, *renderables: RenderableType) -> None:  # noqa: ARG002 - not shown: they may hold anything
        """End, without showing what Textual would."""
        self._handle_exception(InterfaceFailed())

    # --- asking --------------------------------------------------------------------------------------------

    async def ask(self, verb: Callable[[Practice], Answer]) -> Answer:
        """What a practice verb answers, on the record's thread, in its turn. Raises what the verb raises."""
        return await asyncio.wrap_future(self.record.ask(verb))

    async def aside(self, work: Callable[[], Answer], name: str = "aside") -> Answer:
        """What `work` answers, on a thread of its own: for gpg and network. Raises what it raises."""
        return await asyncio.wrap_future(aside(work, name))

    def say(self, sentence: str) -> None:
        """Say something in the status line: our own words, never a letter's."""
        self._said_at = seconds_since_start()
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
        self._own_context.copy().run(self.run_worker, saying_refusals(self, self._lock()), group="lock")

    async def _lock(self) -> None:
        from therapymail.practice.unlock import lock
        from therapymail.tui.forgetting import empty_screen, forget_what_was_shown

        await self.push_screen(Cover())
        self.post.stop()
        await self._put_away()
        with contextlib.suppress(VaultLocked):
            await self.aside(lambda: lock(self.practice), "lock")
        self.record.let_go()
        for screen in self.screen_stack:
            empty_screen(screen)
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        self.departures.forget()
        self.departure = self.said = self.waiting = self.mailbox = self._clipboard = ""
        self.clear_notifications()
        await self.push_screen(Unlocking())
        forget_what_was_shown()

    def copy_to_clipboard(self, text: str) -> None:
        """Keep what is copied in the room: the machine's clipboard has a history, and other programs read it."""
        self._clipboard = text

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
            if self._touched - self._said_at > _SAID_SECONDS and isinstance(event, events.Key):
                self.said = ""
        await super().on_event(event)
