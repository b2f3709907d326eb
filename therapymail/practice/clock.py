"""A clock that was set to another time, for the fictional practice: standing still, or going on from there."""

from dataclasses import dataclass
from datetime import UTC, datetime

from therapymail.errors import UnusableInput

_GOES_ON = "@"


@dataclass(frozen=True)
class SetClock:
    """It shows `moment` (UTC) and stands still or, with `since`, showed it at that true time and goes on.

    As text: `2025-03-31T09:00Z`, or `2025-03-31T09:00Z@1763800000` with `since` in seconds since 1970.
    """

    moment: datetime
    since: datetime | None = None

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.moment if self.since is None else self.moment + (datetime.now(UTC) - self.since)

    def __str__(self) -> str:
        """The text that `parse` reads."""
        shown = self.moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return shown if self.since is None else f"{shown}{_GOES_ON}{self.since.timestamp():.6f}"

    @classmethod
    def parse(cls, text: str) -> "SetClock":
        """The clock in `text`; UTC where it names no zone. Raises UnusableInput."""
        shown, goes_on, since = text.strip().partition(_GOES_ON)
        try:
            moment = datetime.fromisoformat(shown)
            begun = datetime.fromtimestamp(float(since), UTC) if goes_on else None
            clock = cls(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC), begun)
            clock()
        except (ValueError, OverflowError, OSError):  # no time; beyond what a clock shows
            raise UnusableInput("--now", "it must be a time like 2025-03-31T09:00Z") from None
        return clock

    @classmethod
    def going_on_from(cls, moment: datetime) -> "SetClock":
        """A clock that shows `moment` now and goes on."""
        return cls(moment, datetime.now(UTC))
