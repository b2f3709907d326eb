"""The app: the practice it shows, the thread that owns the record, what every screen shares, and how it locks."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events, on
from textual.binding import BindingType
from textual.filter import Monochrome
from textual.reactive import reactive
from textual.screen import Screen
from textual.worker import Worker

from therapymail.config import Light
from therapymail.errors import TherapymailError, explain
from therapymail.practice.practice import Practice
from therapymail.practice.session import seconds_since_start
from therapymail.tui.asking import saying_refusals
from therapymail.tui.colourless import Colourless
from therapymail.tui.commands import Command, bindings
from therapymail.tui.departures import Departures
from therapymail.tui.everywhere import EVERYWHERE
from therapymail.tui.locking import Locking
from therapymail.tui.messages import RecordChanged, SyncMoved, WatchTold
from therapymail.tui.palette import Commands, Palette
from therapymail.tui.places import TODAY
from therapymail.tui.post import Post
from therapymail.tui.pulse import Pulse
from therapymail.tui.quiet_app import QuietApp
from therapymail.tui.record_thread import RecordThread, aside
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.screens.unlocking import Unlocking
from therapymail.tui.screens.veil import Veil
from therapymail.tui.terminal import empty_before_leaving
from therapymail.tui.themes import THEMES, theme_after, theme_named
from therapymail.tui.undoing import Undoing
from therapymail.tui.warming import make_ready
from therapymail.tui.ways import Ways

if TYPE_CHECKING:
    from therapymail.practice.caseload import Glance
    from therapymail.practice.today import Today

Answer = TypeVar("Answer")
_ENDING_SECONDS = 6.0
_SAID_SECONDS = 4.0  # a sentence stands until the next key after that
_WATCH_AFTER_SECONDS = 1.5  # the first screen comes first
_UNDER_THE_VEIL = {"hide", "lock", "quit", "suspend_process"}
_AT_A_PLACE = 2  # screens in the stack: nothing, and the place


class TherapymailApp(QuietApp):
    """The room a therapist works in."""

    HERE: ClassVar[tuple[Command, ...]] = EVERYWHERE
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)
    TITLE = "therapymail"
    COMMANDS = {Commands}  # noqa: RUF012 - Textual's declaration; without its own, of which one takes pictures of letters
    CSS_PATH = None
    ENABLE_COMMAND_PALETTE = True

    place: reactive[str] = reactive("")  # the name of the place where one is; empty while locked
    departure: reactive[str] = reactive("")  # a letter that leaves soon, in our own words
    said: reactive[str] = reactive("")  # what was last said, in our own words
    due: reactive[str] = reactive("")  # what is due next
    waiting: reactive[str] = reactive("")  # what waits in the outbox, in numbers
    coverage: reactive[str] = reactive("")  # how many letters a search looks through
    mailbox: reactive[str] = reactive("")  # what the mailbox does, in our own words

    def __init__(
        self,
        practice: Practice,
        record: RecordThread | None = None,
        *,
        first: str = TODAY,
        watching: bool = False,
        warming: bool = False,
    ) -> None:
        """`first` is the place that is shown first; `watching` begins to watch the mailbox by itself.

        `warming` makes ready what is likely to be needed, while nobody types.
        """
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = theme_named(practice.settings.theme).name
        if self.no_color:
            self.theme = theme_named(Light.CONTRAST).name
            self._filters = [Colourless() if isinstance(each, Monochrome) else each for each in self._filters]
        self.practice = practice
        self.record = record or RecordThread(practice)
        self.departures = Departures(self)
        self.post = Post(self)
        self.ways = Ways(self)
        self.locking = Locking(self)
        self.pulse = Pulse(self)
        self.undoing = Undoing(self)
        self.ahead: Future[tuple[Glance, Today]] | None = None  # what the first screen shows, asked for before
        self._first_place, self._watching, self._warming = first, watching, warming
        self._own_context = contextvars.copy_context()
        self.ended_by: int | None = None  # the signal that ended it
        self.is_open = False
        self._said_at = seconds_since_start()

    # --- beginning and end ---------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[None]:
        """Nothing: what is shown lies above it."""
        return Screen(id="_default")

    def on_mount(self) -> None:
        """Show the room where the practice is unlocked, else ask for the passphrase."""
        # The door is made in this context: in that of a key or timer it would keep the screen that was locked alive.
        self._own_context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self.loop_failed)
        for ending in (signal.SIGHUP, signal.SIGTERM):
            with contextlib.suppress(ValueError, RuntimeError):  # tests run it outside the main thread
                loop.add_signal_handler(ending, self._end_by, ending)
        if self._driver is not None and self._driver.can_suspend:
            loop.add_signal_handler(signal.SIGTSTP, self._stop_by_signal)
            empty_before_leaving(self._driver, self.size.height)
        self.locking.start()
        self.departures.start()
        self.pulse.start()
        if self.practice.session.seconds_left() > 0:
            self.open_room()
        else:
            self.ahead = None  # it says that it is locked
            self.push_screen(Unlocking(try_without=True))

    def open_room(self) -> None:
        """Show the first place: the practice is unlocked."""
        self.locking.unlocked()
        self.is_open = True
        self.said = ""
        if isinstance(self.screen, Unlocking):
            self.pop_screen()
        self.in_own_context(saying_refusals(self, self._begin()), "go")

    async def _begin(self) -> None:
        await self.ways.go(self._first_place)
        self.pulse.look()
        if self._watching:
            self.set_timer(_WATCH_AFTER_SECONDS, self.post.begin_watching)
        if self._warming:
            self.in_own_context(saying_refusals(self, make_ready(self)), "warming")

    def in_own_context(self, work: Awaitable[None], group: str) -> Worker[None]:
        """Carry out `work` as the app's own: a screen that goes meanwhile does not take it along."""
        return self._own_context.copy().run(self.run_worker, work, group=group)

    async def action_quit(self) -> None:
        """Put things away and leave."""
        self.post.stop()
        await self.locking.put_away()
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

    def _stop_by_signal(self) -> None:
        """Somebody stops the program from outside: as if they had gone to the shell."""
        self.in_own_context(self.action_suspend_process(), "stop")

    async def action_suspend_process(self) -> None:  # type: ignore[override]  # Textual runs either kind of action
        """Lock, then go to the shell: what was on the screen is not there when somebody comes back."""
        if self.is_open:
            self.is_open = False
            await self.in_own_context(saying_refusals(self, self.locking.carry_out()), "lock").wait()
        driver: Any = self._driver
        if driver is not None and driver.can_suspend:
            self._suspend_signal()
            driver._sigtstp_application()  # noqa: SLF001 - Textual sends itself a signal, which is ours here

    # --- what can be done everywhere -----------------------------------------------------------------------

    def action_go(self, name: str) -> None:
        """Go to a place."""
        self.in_own_context(saying_refusals(self, self._go(name)), "go")

    async def _go(self, name: str) -> None:
        await self.ways.go(name)

    def action_back_to_place(self) -> None:
        """Go to the place where one was before."""
        self.in_own_context(saying_refusals(self, self.ways.back()), "go")

    def action_sync(self) -> None:
        """Sync now, or stop the one under way."""
        self.post.toggle_sync()

    def action_watch(self) -> None:
        """Begin or end watching the mailbox."""
        self.post.toggle_watch()

    def action_help(self) -> None:
        """Show what can be done here."""
        from therapymail.tui.screens.help import Help

        if not isinstance(self.screen, Help):
            self.push_screen(Help.on(self.screen))

    def action_command_palette(self) -> None:
        """Find a command by its name."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    def action_hide(self) -> None:
        """Hide everything, or show it again."""
        if isinstance(self.screen, Veil):
            self.screen.action_leave()
        else:
            self.push_screen(Veil())

    def action_undo(self) -> None:
        """Undo what was done last."""
        self.run_worker(saying_refusals(self, self.undoing.undo()), group="undo")

    def action_take_back(self) -> None:
        """Take back the letter that is about to leave."""
        self.run_worker(saying_refusals(self, self.departures.take_back_last()), group="take-back")

    def action_lock(self) -> None:
        """Lock the practice at once, everywhere."""
        self.lock_room()

    def action_other_light(self) -> None:
        """Change between dark, light and high contrast, and keep that."""
        from therapymail.practice.preferences import keep_theme

        theme = theme_after(self.theme)
        self.theme = theme_named(theme).name
        self.run_worker(saying_refusals(self, self._keep(partial(keep_theme, self.practice, theme))), group="keep")
        self.say(f"{theme.value.capitalize()}.")

    async def _keep(self, keep: Callable[[], None]) -> None:
        await self.aside(keep, "keep")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What makes sense now: nothing is locked twice, and behind the door there is nothing to go to."""
        if isinstance(self.screen, Veil) and action not in _UNDER_THE_VEIL:
            return False
        match action:
            case "lock" | "hide" | "sync" | "watch" | "help" | "go":
                return self.is_open
            case "back_to_place":
                return self.is_open and self.place != TODAY and len(self.screen_stack) == _AT_A_PLACE
            case "undo":
                return self.is_open and self.undoing.is_possible
        return super().check_action(action, parameters)

    # --- mailbox and record --------------------------------------------------------------------------------

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
        """Letters came, left or changed: what is open is read again; a place that is not shown, once it is."""
        for screen in self.screen_stack:
            if isinstance(screen, RoomScreen) and (screen.is_current or screen.gathered_at is None):
                screen.record_changed()  # one that knows as of when it was gathered looks once it is seen again

    # --- asking and saying ---------------------------------------------------------------------------------

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

    def copy_to_clipboard(self, text: str) -> None:
        """Keep what is copied in the room: the machine's clipboard has a history, and other programs read it."""
        self._clipboard = text

    def lock_room(self) -> None:
        """Cover the screen, save what is being written, end the session, and forget what was shown."""
        self.locking.lock()

    def forget(self) -> None:
        """Let go of all that is said of the practice: it is locked."""
        self.departures.forget()
        self.pulse.forget()
        self.undoing.forget()
        self.ahead = None
        self.departure = self.said = self.due = self.waiting = self.coverage = self.mailbox = self._clipboard = ""
        self.clear_notifications()

    async def on_event(self, event: events.Event) -> None:
        """Note that somebody is there."""
        if isinstance(event, events.InputEvent):
            self.locking.touched()
            if seconds_since_start() - self._said_at > _SAID_SECONDS and isinstance(event, events.Key):
                self.said = ""
        await super().on_event(event)
