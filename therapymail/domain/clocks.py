"""The clocks of one client: the response they are owed, the letter they owe, and what is left of the block."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

WITHIN_THE_DAY = timedelta(days=1)
BLOCK_ENDS_WITHIN = 2  # exchanges left


class OwedResponse(NamedTuple):
    """An exchange whose response the therapist owes.

    `letters` are the client's letters in it, oldest first; `opened` is when the first was received, `due` when the
    response was promised for (both UTC), None where nothing is agreed. `receipted`: the client was told that their
    letter has come.
    """

    exchange: int
    letters: tuple[str, ...]
    opened: datetime
    due: datetime | None
    receipted: bool = False


class BlockBalance(NamedTuple):
    """Where a client stands in their agreed block: `used` of `size` exchanges, "n of m" (F50)."""

    number: int
    used: int
    size: int

    @property
    def left(self) -> int:
        """Exchanges that are left; none where more were used than agreed."""
        return max(0, self.size - self.used)

    @property
    def ends_soon(self) -> bool:
        """Whether the block ends within two exchanges, or has ended."""
        return self.left <= BLOCK_ENDS_WITHIN


@dataclass(frozen=True)
class ClientClock:
    """The clocks of the client `code`, whose days are those of `zone`.

    `letter_due` is when their next letter is due, None where none is expected now; `missed` counts the letter days
    before it that passed without one. `review` is the exchange that reached a review point, until the next one opens.
    """

    code: str
    zone: str
    owed: tuple[OwedResponse, ...] = ()
    letter_due: datetime | None = None
    missed: int = 0
    block: BlockBalance | None = None
    review: int | None = None


class Due(StrEnum):
    """How a due moment stands to now."""

    LATE = "late"
    WITHIN_THE_DAY = "within-the-day"
    LATER = "later"


def due_state(due: datetime | None, now: datetime) -> Due:
    """Whether `due` has passed, comes within 24 hours, or later; at the very moment nothing is late yet."""
    if due is None:
        return Due.LATER
    if now > due:
        return Due.LATE
    return Due.WITHIN_THE_DAY if due - now <= WITHIN_THE_DAY else Due.LATER
