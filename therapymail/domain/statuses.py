"""Where the work with a client stood at each moment, and how it ended (PRODUCT F38). Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from therapymail.domain.client import ClientStatus

OVER = frozenset({ClientStatus.CLOSED, ClientStatus.REFERRED})
QUIET = OVER | {ClientStatus.PAUSED}


class Ending(StrEnum):
    """How the work with a client ended; `unplanned` when letters simply stopped."""

    PLANNED = "planned"
    UNPLANNED = "unplanned"
    BY_CLIENT = "by-client"
    BY_THERAPIST = "by-therapist"
    REFERRED = "referred"


class StatusChange(NamedTuple):
    """From when on (UTC) the work stands so; `ending` is only said of a closing, or of work that is closed."""

    since: datetime
    status: ClientStatus
    ending: Ending | None = None


class Statuses:
    """The changes of one client in their order; the work was active before anything was said."""

    def __init__(self, changes: Sequence[StatusChange]) -> None:
        self._changes = sorted(changes, key=lambda each: each.since)
        self._times = [each.since for each in self._changes]

    def at(self, moment: datetime) -> StatusChange:
        """What was said last, at or before `moment`."""
        place = bisect_right(self._times, moment)
        return self._changes[place - 1] if place else StatusChange(moment, ClientStatus.ACTIVE)

    def is_over(self, moment: datetime) -> bool:
        """Whether the work is closed at `moment`: what comes then is filed as coming after closing."""
        return self.at(moment).status in OVER

    def is_quiet(self, moment: datetime) -> bool:
        """Whether no clock runs at `moment`, in either direction: the work is paused, or over."""
        return self.at(moment).status in QUIET

    def runs_from(self, since: datetime, until: datetime) -> datetime | None:
        """From when a clock runs that would run from `since` to `until`: no pause may fall in between.

        `since` where it is undisturbed; the end of a quiet time that it meets; None where that has no known end.
        """
        if self.is_quiet(since):
            return self._end_of_quiet(since)
        between = self._changes[bisect_right(self._times, since) : bisect_right(self._times, until)]
        met = next((each.since for each in between if each.status in QUIET), None)
        return since if met is None else self._end_of_quiet(met)

    def _end_of_quiet(self, moment: datetime) -> datetime | None:
        after = self._changes[bisect_right(self._times, moment) :]
        return next((each.since for each in after if each.status not in QUIET), None)
