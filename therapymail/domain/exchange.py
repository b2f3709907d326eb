"""Exchanges: a client's letters and the response they are owed, paired, from any order of arrival (PRODUCT F03).

Pure. The same mails, agreements, statuses and corrections give the same exchanges, in whatever order they came.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.domain.statuses import StatusChange, Statuses


class CountedMail(NamedTuple):
    """What of a filed mail decides on exchanges; `received` is UTC, `words` the author's own.

    `answers` are digests of the mails it says it answers; `resends` is the response of which it is the same text again.
    """

    digest: bytes
    direction: Direction
    kind: Kind
    standing: Standing
    received: datetime
    words: int
    answers: frozenset[bytes] = frozenset()
    resends: bytes | None = None


class Correction(StrEnum):
    """What the therapist says of one client letter: it begins an exchange, or belongs to the one before."""

    SPLIT = "split"
    JOIN = "join"


class Exchange(NamedTuple):
    """One exchange, written "exchange 12"; mails are named by their digests, times are UTC.

    `opened` is its first letter's time; `completed` its last letter's before the response, from which the window
    runs until `due`. `agreement` is the version it was written under; without one nothing is judged: `due`, `block`,
    `place` and what is expected are None. `place` is its place in its `block` of `block_of` exchanges, and it
    `counts` one, or two where that is agreed of a letter over length. `expected` is the client's local day that the
    letter was agreed for (None: it was not expected), `client_due` the end of that day, `client_days_late` how many
    days after it came.
    """

    number: int
    letters: tuple[bytes, ...]
    responses: tuple[bytes, ...]
    words: int
    opened: datetime
    completed: datetime
    answered: datetime | None
    due: datetime | None = None
    agreement: int | None = None
    block: int | None = None
    place: int | None = None
    block_of: int | None = None
    counts: int = 1
    over_length: bool = False
    is_review: bool = False
    expected: date | None = None
    client_due: datetime | None = None
    client_days_late: int = 0

    @property
    def is_open(self) -> bool:
        """Whether no response has come yet."""
        return self.answered is None

    @property
    def mails(self) -> tuple[bytes, ...]:
        """Its letters, then its responses."""
        return (*self.letters, *self.responses)

    def late_by(self, now: datetime) -> timedelta | None:
        """By how much the response was late, or is at `now`; None where it was or is in time, or nothing is due."""
        if self.due is None:
            return None
        by = (self.answered or now) - self.due
        return by if by > timedelta(0) else None


@dataclass
class Pairing:
    """The letters and responses of one exchange while it is being found."""

    letters: list[CountedMail]
    responses: list[CountedMail] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether no response has come yet."""
        return not self.responses

    @property
    def answered(self) -> datetime | None:
        """When the first response was sent; one sent again does not make it later."""
        return self.responses[0].received if self.responses else None

    @property
    def completed(self) -> datetime:
        """When the last letter came that the response could know of."""
        until = self.answered
        known = [each.received for each in self.letters if until is None or each.received <= until]
        return known[-1] if known else self.letters[0].received


class Paired(NamedTuple):
    """The pairings in order, and the client's mails of any kind that came after the work was closed."""

    pairings: tuple[Pairing, ...]
    after_closing: tuple[bytes, ...]


def paired(
    mails: Iterable[CountedMail], corrections: Mapping[bytes, Correction], statuses: Sequence[StatusChange]
) -> Paired:
    """Letters and responses as exchanges: only accepted ones of these two kinds count.

    The first letter after a response begins an exchange and those before the next response belong to it. A response
    answers the exchange that waits; one sent again answers the same, and where none waits it is a further response.
    """
    found = _Finding(corrections, Statuses(statuses))
    for mail in sorted(mails, key=_in_order):
        if mail.standing is Standing.ACCEPTED and not found.came_after_closing(mail) and _is_counted(mail):
            (found.letter if mail.direction is Direction.IN else found.response)(mail)
    return Paired(tuple(found.pairings), tuple(found.after_closing))


def _is_counted(mail: CountedMail) -> bool:
    """Whether it is of the kind that makes an exchange; every other starts no clock and is never counted (F02)."""
    return mail.kind is (Kind.LETTER if mail.direction is Direction.IN else Kind.RESPONSE)


def _in_order(mail: CountedMail) -> tuple[datetime, bool, bytes]:
    """By time; of the same moment the client's first: a response is never paired with what it could not know."""
    return mail.received, mail.direction is Direction.OUT, mail.digest


class _Finding:
    """Walks through the mails in order and pairs them."""

    def __init__(self, corrections: Mapping[bytes, Correction], statuses: Statuses) -> None:
        self._corrections = corrections
        self._statuses = statuses
        self._pairing_of: dict[bytes, Pairing] = {}
        self._waiting: list[Pairing] = []
        self.pairings: list[Pairing] = []
        self.after_closing: list[bytes] = []

    def came_after_closing(self, mail: CountedMail) -> bool:
        """Whether a client's mail, of whatever kind, came when the work was closed; it is noted then (F38)."""
        is_after = mail.direction is Direction.IN and self._statuses.is_over(mail.received)
        if is_after:
            self.after_closing.append(mail.digest)
        return is_after

    def letter(self, mail: CountedMail) -> None:
        said = self._corrections.get(mail.digest)
        last = self.pairings[-1] if self.pairings else None
        if last and (said is Correction.JOIN or (last.is_open and said is not Correction.SPLIT)):
            last.letters.append(mail)
        else:
            last = Pairing([mail])
            self.pairings.append(last)
            self._waiting.append(last)
        self._pairing_of[mail.digest] = last

    def response(self, mail: CountedMail) -> None:
        answered = self._answered_by(mail)
        if answered is None:
            return  # written before any letter came: an answer to nothing that counts
        answered.responses.append(mail)
        self._waiting = [each for each in self._waiting if each is not answered]
        self._pairing_of[mail.digest] = answered

    def _answered_by(self, mail: CountedMail) -> Pairing | None:
        if mail.resends in self._pairing_of:
            return self._pairing_of[mail.resends]
        named = [each for each in self._waiting if any(letter.digest in mail.answers for letter in each.letters)]
        return next(iter([*named, *self._waiting, *self.pairings[-1:]]), None)
