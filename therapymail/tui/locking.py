"""Locking: at a key, when nobody is there, and when the practice is locked elsewhere; nothing of it stays behind."""

from __future__ import annotations

import asyncio
import contextlib
import time
from enum import StrEnum
from typing import TYPE_CHECKING

from therapymail.errors import TherapymailError, VaultLocked
from therapymail.practice.session import seconds_since_start
from therapymail.tui.asking import saying_refusals
from therapymail.tui.presence import Absence, Clocks, Presence
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.screens.unlocking import Cover, Unlocking

if TYPE_CHECKING:
    from therapymail.tui.app import TherapymailApp

_BEFORE_LOCK_SECONDS = 3.0
_LOOK_SECONDS = 1.0


class Why(StrEnum):
    """Why it is locked, as the door says it."""

    ASKED = ""
    IDLE = "Locked, because nothing was touched for a while."
    AWAY = "Locked, because the machine slept or was stopped."
    ELSEWHERE = "Locked elsewhere, or its time was over."
    GONE = "Locked: the file of the record is not where it was."
    REPLACED = "Locked: another file stands where the record was."


_WHY = {Absence.IDLE: Why.IDLE, Absence.AWAY: Why.AWAY}


def clocks() -> Clocks:
    """All clocks of the machine now."""
    return Clocks(seconds_since_start(), time.clock_gettime(time.CLOCK_MONOTONIC), time.time())


class Locking:
    """Looks every second whether somebody is there and the practice is still unlocked, and locks."""

    def __init__(self, app: TherapymailApp) -> None:
        self._app = app
        self._presence = Presence(clocks())
        self._generation = app.practice.session.generation()
        self._file = self._which_file()

    def start(self) -> None:
        """Begin to look."""
        self._app.set_interval(_LOOK_SECONDS, self.look)

    def unlocked(self) -> None:
        """The practice was unlocked: somebody is there."""
        self._generation = self._app.practice.session.generation()
        self._presence = Presence(clocks())
        self._file = self._which_file()

    def _which_file(self) -> tuple[int, int] | None:
        """Which file the vault is, None where there is none: one that is open is written on when it is taken away."""
        try:
            known = self._app.practice.paths.vault.stat()
        except OSError:
            return None
        return known.st_dev, known.st_ino

    @property
    def _taken_away(self) -> Why | None:
        """What became of the vault's file since it was unlocked; None where it is there."""
        found = self._which_file()
        if self._file in {None, found}:
            return None
        return Why.GONE if found is None else Why.REPLACED

    def touched(self) -> None:
        """Somebody is there."""
        self._presence.touch(seconds_since_start())

    @property
    def quiet_seconds(self) -> float:
        """How long nobody has pressed a key or moved the mouse."""
        return self._presence.quiet_for(seconds_since_start())

    def look(self) -> None:
        """Lock when nobody is there, and when the session has ended elsewhere."""
        app = self._app
        if not app.is_open:
            return
        session = app.practice.session
        absence = self._presence.look(clocks(), app.practice.settings.idle_lock_minutes * 60)
        if absence is not None:
            self.lock(_WHY[absence])
        elif session.generation() != self._generation or session.seconds_left() <= 0:
            self.lock(Why.ELSEWHERE)
        elif self._taken_away is not None:
            self.lock()

    def lock(self, why: Why = Why.ASKED) -> None:
        """Cover the screen, save what is being written, end the session, and forget what was shown."""
        app = self._app
        if app.is_open:
            app.is_open = False
            why = why or self._taken_away or why  # a verb may have found no vault before this looked
            app.in_own_context(saying_refusals(app, self.carry_out(why)), "lock")

    async def carry_out(self, why: Why = Why.ASKED) -> None:
        """Lock, and return when nothing is left of what was shown."""
        from therapymail.practice.unlock import lock
        from therapymail.tui.forgetting import forget_what_was_shown

        app = self._app
        await app.push_screen(Cover())
        app.post.stop()
        await self.put_away()
        with contextlib.suppress(VaultLocked):
            await app.aside(lambda: lock(app.practice), "lock")
        app.record.let_go()
        await app.ways.let_go()
        app.forget()
        await app.push_screen(Unlocking(why=why.value))
        forget_what_was_shown()

    async def put_away(self) -> None:
        """Let each screen save what it holds; a screen that takes too long does not keep the lock from coming."""
        screens = [screen for screen in self._app.ways.open_screens if isinstance(screen, RoomScreen)]
        with contextlib.suppress(TimeoutError, TherapymailError):
            async with asyncio.timeout(_BEFORE_LOCK_SECONDS):
                for screen in reversed(screens):
                    await screen.before_lock()
