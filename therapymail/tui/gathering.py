"""What the first screen shows, gathered while the interface itself is still being loaded."""

from therapymail.practice.caseload import Glance, glance
from therapymail.practice.practice import Practice
from therapymail.practice.today import Today, todays

_DAYS_AHEAD = 7  # of the clients' own letters


def gathered_today(practice: Practice) -> tuple[Glance, Today]:
    """Today, and how the record stood before it was gathered. Raises VaultLocked, GnupgMissing."""
    return glance(practice), todays(practice, _DAYS_AHEAD)
