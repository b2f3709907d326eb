"""Lanes of the reflective timeline and the marks on them: what happened, on which day, told by which letters.

Descriptive only (DOMAIN, the reflective timeline): a mark counts and names; it scores nothing and foretells nothing.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class Lane(StrEnum):
    """The lanes in the order in which they are drawn; one without marks is not drawn at all."""

    LETTERS = "letters"
    GAPS = "gaps"
    THEMES = "themes"
    FEELINGS = "feelings"
    MILESTONES = "milestones"
    AGREEMENTS = "agreements"
    SAFETY = "safety"
    NOTES = "notes"
    PROCESS = "process"  # process notes, which lie in a store of their own
    REREADS = "re-reads"
    TECHNOLOGY = "technology"


# What another person in the room should not see without being asked for: each has to be switched on.
HIDDEN = frozenset({Lane.SAFETY, Lane.PROCESS})


class Side(StrEnum):
    """Whose a mark is; a mark of the work itself has none."""

    CLIENT = "client"
    THERAPIST = "therapist"


class Happened(NamedTuple):
    """One thing that happened, before it has its place in a period.

    `at` is UTC; `day` the client's local day where it was said as a day, None: that of `at`. `kind` is a word of the
    lane (docs/timeline.md lists them). `ids` are the names a person opens it by: HERON-12, N-3, M-4. `label` says it in
    words, from the record: to be sanitised. `amount` is what was counted, in the unit of its kind: words, whole
    hours, days, passages. `words` are those that were counted, or that explain it.
    """

    lane: Lane
    kind: str
    at: datetime
    ids: tuple[str, ...] = ()
    label: str = ""
    side: Side | None = None
    amount: int | None = None
    words: tuple[str, ...] = ()
    exchange: int | None = None
    day: date | None = None


class Mark(NamedTuple):
    """A thing that happened (see `Happened`), on the client's local `day`, in the period with that number."""

    lane: Lane
    kind: str
    at: datetime
    day: date
    period: int
    ids: tuple[str, ...]
    label: str
    side: Side | None
    amount: int | None
    words: tuple[str, ...]
    exchange: int | None
