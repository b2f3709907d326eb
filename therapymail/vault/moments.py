"""How times are stored: whole microseconds since 1970, UTC, exact in both directions and for any date."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000


def to_microseconds(moment: datetime) -> int:
    """`moment` (with a time zone) as microseconds since 1970 in UTC; negative before."""
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The moment that `to_microseconds` stored, in UTC. Raises OverflowError outside the years 1 to 9999."""
    return _EPOCH + timedelta(0, 0, microseconds)
