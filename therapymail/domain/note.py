"""Notes: progress notes in the record (N-12), process notes apart from it (P-12), and what each is about."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from therapymail.domain.passage import Passage
from therapymail.errors import UnusableInput

_NAME = re.compile(r"([NP])-([1-9][0-9]{0,8})([b-z]?)")


class NoteKind(StrEnum):
    """Progress notes are factual and part of the record; process notes are private and kept apart."""

    PROGRESS = "progress"
    PROCESS = "process"


_LETTERS = {NoteKind.PROGRESS: "N", NoteKind.PROCESS: "P"}


@dataclass(frozen=True, order=True)
class NoteName:
    """The name of a note: N-12 or P-12; with a suffix where two devices gave the same number."""

    kind: NoteKind
    number: int
    suffix: str = ""

    def __str__(self) -> str:
        return f"{_LETTERS[self.kind]}-{self.number}{self.suffix}"

    @classmethod
    def parse(cls, text: str) -> "NoteName":
        """The name in `text`, in any case. Raises UnusableInput."""
        stripped = text.strip()
        found = _NAME.fullmatch(stripped[:1].upper() + stripped[1:].lower())
        if not found:
            raise UnusableInput("note", "a note's name looks like N-12, a process note's like P-12")
        kind = NoteKind.PROGRESS if found[1] == "N" else NoteKind.PROCESS
        return cls(kind, int(found[2]), found[3])


class NoteLinks(NamedTuple):
    """What a note is about beside the client: a letter, a passage in it, an exchange (by the letter that opened it)."""

    letter: bytes | None = None
    passage: Passage | None = None
    exchange: bytes | None = None


@dataclass(frozen=True)
class Note:
    """A note as it is listed. `client` is an identity; `format` the name of its template; times are UTC.

    `locks` is the moment from which it is only amended, fixed when it was written; None: it never locks.
    """

    name: NoteName
    identity: str
    client: str
    format: str
    written: datetime
    changed: datetime
    locks: datetime | None
    links: NoteLinks
    words: int
    amendments: int

    def is_locked(self, now: datetime) -> bool:
        """Whether what it says can no longer be changed at `now`, only added to."""
        return self.locks is not None and now >= self.locks


class Amendment(NamedTuple):
    """A dated addition to a note."""

    written: datetime
    text: str


@dataclass(frozen=True)
class NoteText:
    """A note whole, its amendments in the order they were made."""

    note: Note
    text: str
    amendments: tuple[Amendment, ...] = ()


class Purpose(StrEnum):
    """What becomes of a text that is being written."""

    NEW = "new"
    EDIT = "edit"
    AMENDMENT = "amendment"


@dataclass(frozen=True)
class NoteDraft:
    """A note, a change of one, or an amendment, while it is written: working state, in no journal.

    `identity` is that of the note it is or belongs to; `begun_with` the template's text, whose unused lines are
    dropped when it is kept; `revision` rises with each save.
    """

    name: NoteName
    identity: str
    client: str
    format: str
    purpose: Purpose
    begun_with: str
    text: str
    links: NoteLinks
    begun: datetime
    changed: datetime
    revision: int
