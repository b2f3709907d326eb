"""When the end of a key's validity is told: 60, 30 and 7 days before, and once it is over (HAZARDS C25)."""

from datetime import datetime
from typing import NamedTuple

WARNED_DAYS = (7, 30, 60)
OWN = "own"
"""Whose key it is, where it is the therapist's."""


class Expiry(NamedTuple):
    """The end of a key that is near or over: `within` so many days, 0 for over. `whose` is a client code, or "own"."""

    whose: str
    expires: datetime
    within: int


def expires_within(expires: datetime | None, now: datetime) -> int | None:
    """The least of 7, 30 and 60 days in which a key ends, 0 where it has ended; None where nobody need think of it."""
    if expires is None:
        return None
    if expires <= now:
        return 0
    days = (expires - now).days
    return next((limit for limit in WARNED_DAYS if days < limit), None)


def expiry_phrase(expires: datetime | None, now: datetime) -> str:
    """What a list says of a key that ends soon or has ended (UTC day); empty for any other."""
    within = expires_within(expires, now)
    if within is None or expires is None:
        return ""
    return f"expired {expires:%Y-%m-%d}" if within == 0 else f"expires {expires:%Y-%m-%d}"


def expiry_step(whose: str) -> str:
    """What to do about it: one sentence with the command. `whose` is a client code, or "own"."""
    if whose == OWN:
        return "`therapymail key extend`, then send your clients the new copy (`therapymail key export`)."
    return f"Ask for an extended key, then `therapymail key import FILE --client {whose}`."
