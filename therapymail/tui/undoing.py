"""What was done last, and how it is undone: one step, until something else is done or the room is locked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from therapymail.practice.practice import Practice
from therapymail.tui.messages import RecordChanged

if TYPE_CHECKING:
    from therapymail.tui.app import TherapymailApp


@dataclass(frozen=True)
class Step:
    """Something that was done: `back` is the practice verb that undoes it, `undone` says so then, in our own words."""

    back: Callable[[Practice], object]
    undone: str


class Undoing:
    """The last step that can be undone. What a letter says is never kept here: names and tags, at most."""

    def __init__(self, app: TherapymailApp) -> None:
        self._app = app
        self._last: Step | None = None

    @property
    def is_possible(self) -> bool:
        """Whether there is anything to undo."""
        return self._last is not None

    def offer(self, done: str, back: Callable[[Practice], object], undone: str) -> None:
        """Say what was done, and that `u` undoes it by `back`."""
        self._last = Step(back, undone)
        self._app.say(f"{done} u undoes it.")

    def forget(self) -> None:
        """Nothing can be undone any more."""
        self._last = None

    async def undo(self) -> None:
        """Undo the last step. Raises what its verb raises."""
        step, self._last = self._last, None
        if step is not None:
            await self._app.ask(step.back)
            self._app.say(step.undone)
            self._app.post_message(RecordChanged())
