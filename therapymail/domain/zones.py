"""Whether a name is that of a time zone."""

from zoneinfo import ZoneInfo


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA time zone that this machine knows."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # not a name; a directory; not found
        return False
    return True
