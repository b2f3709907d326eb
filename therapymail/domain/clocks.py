"""The clocks of one client: the response they are owed, the letter they owe, and what is left of the block."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from therapymail.domain.agreement import Terms
from therapymail.domain.client import Client
from therapymail.domain.course import Balance, CourseStanding
from therapymail.domain.local_days import end_of_day
from therapymail.domain.statuses import OVER

WITHIN_THE_DAY = timedelta(days=1)
ENDS_WITHIN = 2  # exchanges left


class OwedResponse(NamedTuple):
    """An exchange whose response the therapist owes.

    `letters` are the client's letters in it, oldest first; `opened` is when the first was received, `due` when the
    response was promised for (both UTC), None where nothing is agreed. `receipted`: the client was told that the
    last of them has come.
    """

    exchange: int
    letters: tuple[str, ...]
    opened: datetime
    due: datetime | None
    receipted: bool = False


class Silence(StrEnum):
    """How long a client's letter has not come, by what is agreed."""

    SHORT = "short"
    CHECK_IN = "check-in"  # long enough to ask how they are
    PAUSE = "pause"  # long enough to think of a pause


@dataclass(frozen=True)
class ClientClock:
    """The clocks of the client `code`, whose days are those of `zone`.

    `letter_due` is when their next letter is due (it may have passed), None where none is expected now; `missed` are
    the ends of the agreed days before it that passed without one since their last. `balance` is None where nothing is
    agreed, and once the work is over. `review` is the exchange that reached a review point, until the next one opens,
    and `review_due` when the response in it was promised. `next_exchange` is the number that the next letter begins;
    `terms` are what is agreed now.
    """

    identity: str
    code: str
    zone: str
    owed: tuple[OwedResponse, ...] = ()
    letter_due: datetime | None = None
    missed: tuple[datetime, ...] = ()
    balance: Balance | None = None
    review: int | None = None
    review_due: datetime | None = None
    next_exchange: int = 1
    terms: Terms | None = None

    def overdue(self, now: datetime) -> tuple[datetime, ...]:
        """The moments by which a letter was due that has not come at `now`, the last one last."""
        passed = self.letter_due is not None and self.letter_due < now
        return (*self.missed, self.letter_due) if passed and self.letter_due else self.missed

    def silence(self, now: datetime) -> Silence:
        """What is agreed to be thought of at `now`, by the days since the first letter that has not come."""
        overdue = self.overdue(now)
        if not overdue or self.terms is None:
            return Silence.SHORT
        days = (now - overdue[0]).days
        if days >= self.terms.pause_days:
            return Silence.PAUSE
        return Silence.CHECK_IN if days >= self.terms.check_in_days else Silence.SHORT

    def fallback(self, now: datetime) -> str:
        """The other channel that is agreed for when nothing has come for so many days; empty before that."""
        overdue, terms = self.overdue(now), self.terms
        if not overdue or terms is None or terms.fallback_after_days is None:
            return ""
        return terms.fallback if (now - overdue[0]).days >= terms.fallback_after_days else ""

    @property
    def ends_soon(self) -> bool:
        """Whether what is agreed ends within two exchanges, or has ended."""
        return self.balance is not None and self.balance.left <= ENDS_WITHIN


def clock_of(
    client: Client, standing: CourseStanding, names: Mapping[bytes, str], receipted: Container[bytes]
) -> ClientClock:
    """The clocks of a client whose work stands so; `names` are those of letters in exchanges that wait."""
    is_over = client.status in OVER
    return ClientClock(
        identity=client.identity,
        code=client.code,
        zone=client.zone,
        owed=tuple(
            OwedResponse(
                exchange=each.number,
                letters=tuple(names.get(digest, "") for digest in each.letters),
                opened=each.opened,
                due=each.due,
                receipted=each.letters[-1] in receipted,
            )
            for each in standing.waiting
        ),
        letter_due=standing.due,
        missed=tuple(end_of_day(day, client.zone) for day in standing.missed),
        balance=None if is_over else standing.balance,
        review=standing.review.number if standing.review and not is_over else None,
        review_due=standing.review.due if standing.review and not is_over else None,
        next_exchange=standing.last.number + 1 if standing.last else 1,
        terms=standing.agreement.terms if standing.agreement else None,
    )


class Due(StrEnum):
    """How a due moment stands to now."""

    LATE = "late"
    WITHIN_THE_DAY = "within-the-day"
    LATER = "later"


def due_state(due: datetime | None, now: datetime) -> Due:
    """Whether `due` has passed, comes within 24 hours, or later; at the very moment nothing is late yet."""
    if due is None:
        return Due.LATER
    if now > due:
        return Due.LATE
    return Due.WITHIN_THE_DAY if due - now <= WITHIN_THE_DAY else Due.LATER


class DueDateKind(StrEnum):
    """What is due on a date for the calendar."""

    RESPONSE = "response"
    LETTER = "letter"
    REVIEW = "review"


class DueDate(NamedTuple):
    """Something due at `moment` (UTC) in the exchange with this number; `identity` is the client's, never shown."""

    kind: DueDateKind
    identity: str
    code: str
    exchange: int
    moment: datetime


def due_dates(clocks: Iterable[ClientClock]) -> tuple[DueDate, ...]:
    """Every due moment there is: responses owed, letters expected, reviews reached; the earliest first."""
    found = (date for clock in clocks for date in _dates_of(clock))
    return tuple(sorted(found, key=lambda each: (each.moment, each.code, each.kind)))


def _dates_of(clock: ClientClock) -> Iterator[DueDate]:
    for owed in clock.owed:
        if owed.due is not None:
            yield DueDate(DueDateKind.RESPONSE, clock.identity, clock.code, owed.exchange, owed.due)
    if clock.letter_due is not None:
        yield DueDate(DueDateKind.LETTER, clock.identity, clock.code, clock.next_exchange, clock.letter_due)
    if clock.review is not None and clock.review_due is not None:
        yield DueDate(DueDateKind.REVIEW, clock.identity, clock.code, clock.review, clock.review_due)
