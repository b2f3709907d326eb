"""Bookmarks: letters, and passages of letters, that the therapist wants to come back to (F15)."""

from dataclasses import dataclass
from datetime import datetime

from therapymail.domain.mark_name import MarkName
from therapymail.domain.passage import Passage


@dataclass(frozen=True)
class LetterBookmark:
    """A bookmark at a letter (a digest) or at `passage` in it; `said` is why, or empty. `made` is UTC."""

    name: MarkName
    identity: str
    letter: bytes
    passage: Passage | None
    said: str
    made: datetime
