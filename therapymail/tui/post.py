"""The mailbox at work beside the interface: a sync now, or a watch that goes on; both tell counts and can be ended."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from therapymail.domain.wording import count_words, local_text
from therapymail.errors import TherapymailError, VaultLocked, explain
from therapymail.tui.asking import saying_refusals
from therapymail.tui.messages import RecordChanged, SyncMoved, WatchTold

if TYPE_CHECKING:
    from textual.worker import WorkType

    from therapymail.practice.receive import SyncProgress, SyncResult
    from therapymail.practice.watch import WatchEvent
    from therapymail.tui.app import TherapymailApp


class Post:
    """What the mailbox does while the interface runs, in threads of their own that never touch a widget."""

    def __init__(self, app: TherapymailApp) -> None:
        self._app = app
        self._stop_sync: threading.Event | None = None
        self._stop_watch: threading.Event | None = None

    @property
    def is_syncing(self) -> bool:
        """Whether a sync is under way."""
        return self._stop_sync is not None

    @property
    def is_watching(self) -> bool:
        """Whether the mailbox is being watched."""
        return self._stop_watch is not None

    def toggle_sync(self) -> None:
        """Sync now; a sync under way is stopped, and what it has filed is kept."""
        if self._stop_sync is not None:
            self._stop_sync.set()
            self._app.mailbox = "stopping"
        elif self._app.practice.settings.imap is None:
            self._app.say("This practice has no mailbox. `therapymail setup` adds one.")
        else:
            self._begin(self._sync)

    def toggle_watch(self) -> None:
        """Watch the mailbox from now on, or no longer."""
        if self._stop_watch is not None:
            self._stop_watch.set()
            self._stop_watch = None
            self._app.mailbox = ""
            self._app.say("The mailbox is not watched any more.")
        elif self._app.practice.settings.imap is None:
            self._app.say("This practice has no mailbox. `therapymail setup` adds one.")
        else:
            self._begin(self._watch)

    def begin_watching(self) -> None:
        """Watch the mailbox, if there is one and it is not watched already; nothing is said of it."""
        if self._app.is_open and not self.is_watching and self._app.practice.settings.imap is not None:
            self._begin(self._watch)

    def stop(self) -> None:
        """End both soon; what is filed by then is kept."""
        for event in (self._stop_sync, self._stop_watch):
            if event is not None:
                event.set()
        self._stop_watch = None

    def _begin(self, work: Callable[[], Awaitable[None]]) -> None:
        """Begin `work` beside the interface: it is called only then, so that after an end nothing is left unasked."""

        async def carry_out() -> None:
            await saying_refusals(self._app, work())

        begun: WorkType[None] = carry_out
        self._app.run_worker(begun, group="post")

    async def _sync(self) -> None:
        from therapymail.practice.receive import SyncRequest, sync

        stop = self._stop_sync = threading.Event()
        self._app.mailbox = "looking through the mailbox"
        try:
            work = partial(sync, self._app.practice, SyncRequest(), self._moved, stop.is_set)
            result = await self._app.aside(work, "sync")
        except VaultLocked:
            self._app.mailbox = ""
            raise
        except TherapymailError as refused:
            self._app.mailbox = "not synced"
            self._app.say(explain(refused).sentence)
        else:
            self._app.mailbox = self._synced_words(result)
            self._app.post_message(RecordChanged())
        finally:
            self._stop_sync = None

    async def _watch(self) -> None:
        from therapymail.practice.watch import watch_mailbox

        stop = self._stop_watch = threading.Event()
        self._app.mailbox = "watching"
        try:
            await self._app.aside(partial(watch_mailbox, self._app.practice, stop, self._told), "watch")
        except TherapymailError:
            self._app.mailbox = "not watching"
            raise
        finally:
            if self._stop_watch is stop:
                self._stop_watch = None

    # Called by the threads: a message is all they may do.

    def _moved(self, progress: SyncProgress) -> None:
        self._app.post_message(SyncMoved(progress))

    def _told(self, event: WatchEvent) -> None:
        self._app.post_message(WatchTold(event))

    # Called by the app, for those messages.

    def show_progress(self, progress: SyncProgress) -> None:
        """Say how far the sync is."""
        if self.is_syncing:
            self._app.mailbox = f"letters {progress.filed} of {progress.found} · s stops"

    def show_event(self, event: WatchEvent) -> None:
        """Say what the watch tells."""
        from therapymail.practice.watch import Left, Synced, Trouble

        if not self.is_watching:
            return
        if isinstance(event, Synced):
            self._app.mailbox = f"watching · {self._synced_words(event.result)}"
            if event.result.fetched:
                self._app.post_message(RecordChanged())
        elif isinstance(event, Left):
            self._app.departures.told(event.departed.entries)
            self._app.post_message(RecordChanged())
        elif isinstance(event, Trouble):
            again = f", again in {event.seconds:.0f} s" if event.seconds else ""
            self._app.mailbox = f"mailbox not reached{again}"
        else:
            self._app.mailbox = "locked; nothing is filed"

    def _synced_words(self, result: SyncResult) -> str:
        practice = self._app.practice
        at = local_text(practice.clock(), practice.settings.zone)[-5:]
        if not result.fetched:
            return f"nothing new at {at}"
        parts = [f"{count_words(result.opened, 'letter')} opened"]
        parts += [f"{number} {words}" for number, words in (
            (result.unopened, "not opened"), (result.proposed, "proposed"), (result.set_aside, "set aside"),
            (result.sent, "sent"), (result.uncertain, "uncertain"),
        ) if number]  # fmt: skip
        return f"{', '.join(parts)} at {at}" + (" · stopped" if result.stopped else "")
