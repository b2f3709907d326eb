"""Whether somebody is there: when the room is to lock by itself. Pure."""

from enum import StrEnum
from typing import NamedTuple

SLEPT_SECONDS = 2.0  # that the machine's two clocks come apart: the one counts sleep, the other does not
STOPPED_SECONDS = 45.0  # without a look, which comes every second: the program was stopped, or the machine
JUMPED_SECONDS = 90.0  # that the clock on the wall is put forward: a machine that wakes does that


class Clocks(NamedTuple):
    """One moment, in seconds: since the machine started with sleep and without, and of the clock on the wall."""

    counting_sleep: float
    running: float
    wall: float


class Absence(StrEnum):
    """Why nobody seems to be there."""

    IDLE = "idle"
    AWAY = "away"  # the machine slept, or was stopped


class Presence:
    """What is known of somebody's being there: the last key or click, and the last look at the clocks."""

    def __init__(self, now: Clocks) -> None:
        self._touched = now.counting_sleep
        self._looked = now

    def touch(self, counting_sleep: float) -> None:
        """A key was pressed, or the mouse moved."""
        self._touched = counting_sleep

    def quiet_for(self, counting_sleep: float) -> float:
        """Seconds since somebody last pressed a key or moved the mouse."""
        return counting_sleep - self._touched

    def look(self, now: Clocks, idle_seconds: float) -> Absence | None:
        """Whether to lock now, `idle_seconds` (0: never) after the last key, or because the machine was away."""
        before, self._looked = self._looked, now
        passed = now.counting_sleep - before.counting_sleep
        slept = passed - (now.running - before.running)
        jumped = (now.wall - before.wall) - passed
        if slept >= SLEPT_SECONDS or passed >= STOPPED_SECONDS or jumped >= JUMPED_SECONDS:
            return Absence.AWAY
        return Absence.IDLE if idle_seconds and now.counting_sleep - self._touched > idle_seconds else None
