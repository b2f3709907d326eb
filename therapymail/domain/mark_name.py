"""The short names of what the therapist marks: milestones (M-3) and bookmarks (B-2)."""

import re
from dataclasses import dataclass
from enum import StrEnum

from therapymail.errors import UnusableInput

_NAME = re.compile(r"([MB])-([1-9][0-9]{0,8})([b-z]?)")
SUFFIXES = ("", *"bcdefghijklmnopqrstuvwxyz")  # of the first with a number, and of those of other devices


class MarkSort(StrEnum):
    """What is marked, as its names begin."""

    MILESTONE = "M"
    BOOKMARK = "B"


_CALLED = {MarkSort.MILESTONE: "milestone", MarkSort.BOOKMARK: "bookmark"}


@dataclass(frozen=True, order=True)
class MarkName:
    """The name of a milestone or a bookmark; with a suffix where two devices gave the same number."""

    sort: MarkSort
    number: int
    suffix: str = ""

    def __str__(self) -> str:
        return f"{self.sort.value}-{self.number}{self.suffix}"

    @classmethod
    def parse(cls, sort: MarkSort, text: str) -> "MarkName":
        """The name of this sort in `text`, in any case. Raises UnusableInput."""
        stripped = text.strip()
        found = _NAME.fullmatch(stripped[:1].upper() + stripped[1:].lower())
        if not found or found[1] != sort.value:
            raise UnusableInput(_CALLED[sort], f"its name looks like {sort.value}-3")
        return cls(sort, int(found[2]), found[3])
