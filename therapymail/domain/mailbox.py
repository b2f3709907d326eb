"""What is remembered of a mail folder between two synchronisations."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bookmark:
    """How far a folder has been read: RFC 9051 UIDVALIDITY and UIDNEXT, RFC 7162 HIGHESTMODSEQ (None: not offered).

    Everything below `uidnext` was looked at; `messages` is how many the folder held then.
    """

    folder: str
    uidvalidity: int
    uidnext: int
    highestmodseq: int | None
    messages: int
