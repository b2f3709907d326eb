"""The record of one client as a value: what an export of it holds (F33). Process notes only where they were put in."""

from dataclasses import dataclass
from datetime import date, datetime

from therapymail.domain.agreement import Agreement
from therapymail.domain.exchange import Exchange
from therapymail.domain.letterbook import Letterbook
from therapymail.domain.note import NoteText


@dataclass(frozen=True)
class ToldExchange:
    """An exchange with the names of its mails; `late` are whole hours after `due` that the response came, or is."""

    exchange: Exchange
    letters: tuple[str, ...]
    responses: tuple[str, ...]
    late: int | None


@dataclass(frozen=True)
class ToldNote:
    """A note whole; `letter` and `exchange` by the names they have now, `quoted` what its passage says."""

    name: str
    note: NoteText
    letter: str = ""
    exchange: int | None = None
    quoted: str = ""


@dataclass(frozen=True)
class ToldMilestone:
    """A milestone of the record, by its name (M-3)."""

    name: str
    kind: str
    said: str
    day: date
    letter: str = ""


@dataclass(frozen=True)
class Record:
    """The record of the client in `book`; `name` and `addresses` only where they were wished for.

    `process_notes` is None where they were left out. `made` is when it was put together (UTC).
    """

    book: Letterbook
    status: str
    added: datetime
    made: datetime
    exchanges: tuple[ToldExchange, ...]
    agreements: tuple[Agreement, ...]
    milestones: tuple[ToldMilestone, ...]
    notes: tuple[ToldNote, ...]
    process_notes: tuple[ToldNote, ...] | None = None
    name: str = ""
    addresses: tuple[str, ...] = ()
    anonymised: bool = False
