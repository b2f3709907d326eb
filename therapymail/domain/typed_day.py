"""A day as a person types it. Pure."""

from datetime import date

from therapymail.errors import UnusableInput


def typed_day(text: str, what: str = "date") -> date:
    """The day in `text`, ISO 8601; `what` is how an error calls it. Raises UnusableInput."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UnusableInput(what, "it must be a day like 2025-03-27") from None
