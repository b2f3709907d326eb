"""The pulse: a look at the record every two seconds, for the status line and for what other processes note."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import WorkType

from therapymail.domain.outbox_text import waiting_phrase
from therapymail.practice.caseload import glance
from therapymail.practice.outlook import Outlook, outlook
from therapymail.tui.asking import saying_refusals
from therapymail.tui.messages import RecordChanged
from therapymail.tui.status import coverage_phrase, due_phrase

if TYPE_CHECKING:
    from therapymail.tui.app import TherapymailApp

LOOK_SECONDS = 2.0


class Pulse:
    """Looks while the practice is unlocked, and tells every screen when something was noted since the last look."""

    def __init__(self, app: TherapymailApp) -> None:
        self._app = app
        self._seen: datetime | None = None
        self._outlook: Outlook | None = None

    def start(self) -> None:
        """Begin to look."""
        self._app.set_interval(LOOK_SECONDS, self.look)

    def look(self) -> None:
        """Look now."""
        if self._app.is_open:
            looking: WorkType[None] = self._saying_refusals  # called only if it is begun: the app may be ending
            self._app.run_worker(looking, group="pulse", exclusive=True)

    def forget(self) -> None:
        """Let go of what was seen: the practice is locked."""
        self._seen = self._outlook = None

    async def _saying_refusals(self) -> None:
        await saying_refusals(self._app, self._look())

    async def _look(self) -> None:
        app = self._app
        now = app.practice.clock()
        found = await app.ask(glance)
        app.waiting = waiting_phrase(found.drafts, found.entries, now)
        changed = found.last_change != self._seen
        if changed or self._outlook is None:
            # Beside the record's thread: a search that is typed meanwhile does not wait for every client's clocks.
            self._outlook = await app.aside(partial(outlook, app.practice), "outlook")
        if changed and self._seen is not None:
            app.post_message(RecordChanged())
        self._seen = found.last_change
        app.due = due_phrase(self._outlook.due, now)
        app.coverage = coverage_phrase(self._outlook.coverage)
