"""Letters about to leave: the seconds in which one can be taken back, then its departure, beside the interface."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from therapymail.domain.draft import DraftName
from therapymail.domain.outbox import OutboxEntry, OutboxState
from therapymail.errors import AnotherRun, TherapymailError, VaultLocked, explain
from therapymail.practice.practice import Practice

if TYPE_CHECKING:
    from therapymail.tui.app import TherapymailApp

_TICK_SECONDS = 0.25
_FINISH_SECONDS = 20.0


class Departures:
    """The departures of this interface: one line of the status, on every screen, and the key that takes one back.

    Taking back wins until the departure has begun (HAZARDS C9): the vault decides, not this clock.
    """

    def __init__(self, app: TherapymailApp) -> None:
        self._app = app
        self._leaving: dict[DraftName, tuple[OutboxEntry, float]] = {}  # with the moment its undo seconds are over
        self._under_way: set[DraftName] = set()

    def start(self) -> None:
        """Begin to count."""
        self._app.set_interval(_TICK_SECONDS, self._tick)

    def queued(self, entry: OutboxEntry) -> None:
        """A draft went into the outbox, or was released there: say so, and count its seconds if it is to leave."""
        practice = self._app.practice
        now = practice.clock()
        if entry.state is OutboxState.RELEASED and entry.leaves_at - now <= _undo_at_most(practice):
            self._leaving[entry.draft] = (entry, time.monotonic() + max(0.0, (entry.leaves_at - now).total_seconds()))
            self._tick()
            return
        from therapymail.domain.outbox_text import state_phrase

        self._app.say(f"{entry.draft} to {entry.code}: {state_phrase(entry, now, practice.settings.zone)}.")

    def told(self, entries: Sequence[OutboxEntry]) -> None:
        """The watch of the mailbox let these leave, or tried: say how that ended, unless it is said here anyway."""
        practice = self._app.practice
        for entry in entries:
            if entry.draft not in self._leaving and entry.draft not in self._under_way:
                self._say(outcome_sentence(entry, practice.clock(), practice.settings.zone))

    def forget(self) -> None:
        """Count no more, because of a lock: what is released leaves with a later sync."""
        self._leaving.clear()
        self._app.departure = ""

    async def finish(self) -> None:
        """Wait, not without end, until what has begun to leave has left: an end on the way makes it uncertain."""
        end = time.monotonic() + _FINISH_SECONDS
        while self._under_way and time.monotonic() < end:
            await asyncio.sleep(_TICK_SECONDS)

    def farewell(self) -> str:
        """What to say at the end of letters that were about to leave; empty where there are none."""
        names = ", ".join(str(name) for name in self._leaving)
        return f"Not left yet: {names}. The next `therapymail sync` sends it." if names else ""

    async def take_back_last(self) -> None:
        """Take back the letter that was released last, if it has not begun to leave."""
        if not self._leaving:
            self._app.say("Nothing is about to leave.")
            return
        await self.take_back(next(reversed(self._leaving)))

    async def take_back(self, name: DraftName) -> None:
        """Make a letter of the outbox a draft again, if it has not begun to leave. Raises VaultLocked."""
        from therapymail.practice.outbox import cancel

        self._leaving.pop(name, None)
        self._app.departure = ""
        try:
            await self._app.ask(lambda practice: cancel(practice, name))
        except VaultLocked:
            raise
        except TherapymailError as refused:
            self._say(f"{name} cannot be taken back any more: {explain(refused).sentence}")
        else:
            self._say(f"{name} was taken back: it is a draft again.")

    async def settle(self, name: DraftName, outcome: str | None) -> OutboxEntry:
        """Settle an uncertain letter: `sent`, `not-sent`, or None to look for it in Sent. Raises what that raises."""
        from therapymail.practice.settle import settle

        practice = self._app.practice
        return await self._app.aside(lambda: settle(practice, name, outcome), "settle")

    def _tick(self) -> None:
        now = time.monotonic()
        for name, (entry, ends) in list(self._leaving.items()):
            if ends <= now:
                del self._leaving[name]
                self._under_way.add(name)
                self._app.run_worker(self._depart(entry), group=f"departure-{name}", exit_on_error=False)
        if self._leaving:
            name, (entry, ends) = next(reversed(self._leaving.items()))
            more = f" (and {len(self._leaving) - 1} more)" if len(self._leaving) > 1 else ""
            self._app.departure = f"{name} to {entry.code} leaves in {math.ceil(ends - now)} s{more}: ^R takes it back"

    async def _depart(self, entry: OutboxEntry) -> None:
        name, app = entry.draft, self._app
        self._told(f"{name} to {entry.code}: leaving …")
        try:
            self._say(await self._outcome(entry))
        except VaultLocked:
            app.departure = ""
            app.lock_room()
        except AnotherRun:
            self._say(f"{name} to {entry.code} leaves with the sync that is running.")
        except TherapymailError as refused:
            self._say(f"{name} to {entry.code} has not left: {explain(refused).sentence}")
        finally:
            self._under_way.discard(name)

    async def _outcome(self, entry: OutboxEntry) -> str:
        """Let it leave, and say how that ended."""
        from therapymail.practice.outbox import retry, show

        app, name = self._app, entry.draft
        practice = app.practice
        if not entry.is_due(practice.clock()):  # the clock of a demo can stand still
            await app.ask(lambda practice: retry(practice, name))

        def tell(step: str) -> None:  # in the departure's own thread
            app.call_later(self._told, f"{name} to {entry.code}: {step}")

        await app.aside(lambda: departure(practice, name, tell), "departure")
        after = await app.ask(lambda practice: show(practice, name))
        app.record_changed()
        return outcome_sentence(after, practice.clock(), practice.settings.zone)

    def _told(self, step: str) -> None:
        """Show where a departure is, unless another letter can still be taken back."""
        if not self._leaving:
            self._app.departure = step

    def _say(self, sentence: str) -> None:
        """Say how a departure ended, or that there was none."""
        if not self._leaving:
            self._app.departure = ""
        self._app.say(sentence)


def departure(practice: Practice, name: DraftName, tell: Callable[[str], None]) -> None:
    """Let one letter of the outbox leave, under the lock of sync and send. Raises AnotherRun, VaultLocked."""
    from therapymail.practice.depart import depart

    depart(practice, only=name, tell=tell)


def outcome_sentence(entry: OutboxEntry, now: datetime, zone: str) -> str:
    """How a departure ended, in one line."""
    to = f"{entry.draft} to {entry.code}"
    from therapymail.domain.outbox_text import reason_phrase, state_phrase

    why = reason_phrase(entry)
    match entry.state:
        case OutboxState.SENT:
            return f"{to} was sent, sealed. It is {entry.letter} on the record."
        case OutboxState.UNCERTAIN:
            return f"{to} was perhaps sent: {why}. Settle it in the outbox."
        case OutboxState.REFUSED | OutboxState.FAILED:
            return f"{to} was not sent: {why}. It is kept in the outbox."
    waits = state_phrase(entry, now, zone)
    return f"{to} has not left: {why}; {waits}." if why else f"{to}: {waits}."


def _undo_at_most(practice: Practice) -> timedelta:
    return timedelta(seconds=practice.settings.undo_seconds + 1)
