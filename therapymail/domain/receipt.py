"""A receipt: one neutral line that a letter has come, with the day of the response in the client's own time (F06).

Nothing of the letter stands in it, not even its subject. The therapist sends it; the program never does by itself.
"""

from datetime import datetime

from therapymail.domain.day_words import moment_in_words
from therapymail.domain.draft import DraftContent

SUBJECT = "Received"


def receipt(due: datetime, client_zone: str) -> DraftContent:
    """The receipt that promises a response by `due` (UTC), which is told on the client's clock."""
    by = moment_in_words(due, client_zone)
    return DraftContent(SUBJECT, f"Your letter has come. You will hear from me by {by} your time.\n")
