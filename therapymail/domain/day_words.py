"""A day as our own letters and notices write it, the same on every machine: 3 March 2026."""

from datetime import date

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day_in_words(day: date) -> str:
    """`day` in English, whatever the locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
