"""The pulse: a look at the record every two seconds, for the status line and for what other processes note."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import Worker, WorkType

from therapymail.domain.outbox_text import waiting_phrase
from therapymail.practice.caseload import glance
from therapymail.tui.asking import saying_refusals
from therapymail.tui.messages import RecordChanged
from therapymail.tui.status import coverage_phrase, due_phrase

if TYPE_CHECKING:
    from therapymail.practice.outlook import Outlook
    from therapymail.practice.practice import Practice
    from therapymail.tui.app import TherapymailApp

LOOK_SECONDS = 2.0
_GO_ON = {"pulse", "post", "warming"}
_PAUSE_SECONDS, _PAUSES = 0.02, 100
_QUIET_SECONDS = 1.0  # what takes a while is looked up when nobody types


class Pulse:
    """Looks while the practice is unlocked, and tells every screen when something was noted since the last look."""

    def __init__(self, app: TherapymailApp) -> None:
        self._app = app
        self._seen: datetime | None = None
        self._outlook: Outlook | None = None
        self._outlook_at: datetime | None = None  # the last change it knows of
        self._looking: Worker[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._app.set_interval(LOOK_SECONDS, self.look)

    def look(self) -> None:
        """Look now."""
        is_looking = self._looking is not None and not self._looking.is_finished
        if self._app.is_open and not is_looking:
            looking: WorkType[None] = self._saying_refusals  # called only if it is begun: the app may be ending
            self._looking = self._app.run_worker(looking, group="pulse")

    def forget(self) -> None:
        """Let go of what was seen: the practice is locked."""
        self._seen = self._outlook = self._outlook_at = None

    async def _saying_refusals(self) -> None:
        await saying_refusals(self._app, self._look())

    async def _look(self) -> None:
        app = self._app
        now = app.practice.clock()
        found = await app.ask(glance)
        app.waiting = waiting_phrase(found.drafts, found.entries, now)
        changed = found.last_change != self._seen
        if changed and self._seen is not None:
            app.post_message(RecordChanged())
        self._seen = found.last_change
        is_behind = self._outlook is None or self._outlook_at != found.last_change
        if is_behind and (self._outlook is None or app.locking.quiet_seconds >= _QUIET_SECONDS):
            if self._outlook is None:
                await self._when_the_first_screen_is_there()
            # Beside the record's thread: a search that is typed meanwhile does not wait for every client's clocks.
            self._outlook = await app.aside(partial(_outlook, app.practice), "outlook")
            self._outlook_at = found.last_change
        if not app.is_open:
            self.forget()
        elif self._outlook is not None:
            app.due = due_phrase(self._outlook.due, now)
            app.coverage = coverage_phrase(self._outlook.coverage)

    async def _when_the_first_screen_is_there(self) -> None:
        """All Python's threads share one lock: what is waited for comes first, for a while."""
        for _ in range(_PAUSES):
            if all(each.is_finished or each.group in _GO_ON for each in self._app.workers):
                return
            await asyncio.sleep(_PAUSE_SECONDS)


def _outlook(practice: Practice) -> Outlook:
    """Loaded where nobody waits for it: it needs all of searching."""
    from therapymail.practice.outlook import outlook

    return outlook(practice)
