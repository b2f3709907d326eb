"""The course of the work with one client: exchanges in their blocks, with their clocks, and how it stands. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from therapymail.domain.agreement import Agreement, OverLength, Terms, in_force, same_block, standing_versions
from therapymail.domain.exchange import Correction, CountedMail, Exchange, Pairing, paired
from therapymail.domain.letter_days import Written, letter_days, silence
from therapymail.domain.statuses import StatusChange, Statuses


@dataclass(frozen=True)
class Course:
    """Everything that the record says of the exchanges with one client; nothing of it depends on what time it is.

    `missed` are the client's agreed days on which no letter came, up to the last that did; `next_day` is the first
    after them. `after_closing` are mails that came when the work was closed: no clock runs for them. `used` counts
    the exchanges of the block series that the last one belongs to, against all that is agreed.
    """

    exchanges: tuple[Exchange, ...] = ()
    missed: tuple[date, ...] = ()
    after_closing: tuple[bytes, ...] = ()
    next_day: date | None = None
    used: int = 0


def course(
    mails: Iterable[CountedMail],
    agreements: Sequence[Agreement],
    corrections: Mapping[bytes, Correction],
    statuses: Sequence[StatusChange],
) -> Course:
    """The course that these mails make, in any order."""
    found = paired(mails, corrections, statuses)
    changes, count = Statuses(statuses), _Count(standing_versions(agreements))
    lefts, exchanges = [], []
    for number, pairing in enumerate(found.pairings, start=1):
        lefts.append(count.left_at(pairing.letters[0].received))
        exchanges.append(_with_clock(count.next(number, pairing), agreements, changes))
    written = [Written(each.opened, each.answered, left) for each, left in zip(exchanges, lefts, strict=True)]
    days = letter_days(written, agreements, changes)
    return Course(
        exchanges=tuple(
            each._replace(expected=met.day, client_due=met.due, client_days_late=met.days_late)
            for each, met in zip(exchanges, days.met, strict=True)
        ),
        missed=days.missed,
        after_closing=found.after_closing,
        next_day=days.next_day,
        used=count.used,
    )


def _with_clock(exchange: Exchange, agreements: Sequence[Agreement], statuses: Statuses) -> Exchange:
    """`exchange` with the moment its response was, or is, due; a pause stops the clock, and its end starts it anew."""
    agreement = next((each for each in agreements if each.version == exchange.agreement), None)
    if agreement is None:
        return exchange
    begins: datetime | None = exchange.completed
    while begins is not None:
        due = agreement.terms.window.ends(begins, agreement.terms.own_zone)
        until = due if exchange.answered is None else min(due, exchange.answered)
        undisturbed = statuses.runs_from(begins, until)
        if undisturbed == begins:
            return exchange._replace(due=due)
        begins = undisturbed
    return exchange


class _Place(NamedTuple):
    """A place in a block of `size` exchanges; `number` counts the blocks of a series from 1."""

    number: int
    place: int
    size: int


def _place_of(unit: int, terms: Terms) -> _Place:
    """Where the `unit`-th exchange (from 1) of a series lies; only the first block has those carried over."""
    first = terms.block_size + terms.block_carried
    if unit <= first:
        return _Place(1, unit, first)
    blocks, place = divmod(unit - first - 1, terms.block_size)
    return _Place(blocks + 2, place + 1, terms.block_size)


class _Count:
    """Counts exchanges into their blocks; a version with another block begins a series of its own."""

    def __init__(self, versions: tuple[Agreement, ...]) -> None:
        self._versions = versions
        self._held: Agreement | None = None
        self._blocks_before = 0
        self.used = 0

    def left_at(self, moment: datetime) -> int:
        """How many agreed exchanges are left for a letter that comes at `moment`."""
        agreement = in_force(self._versions, moment)
        if agreement is None:
            return 0
        used = 0 if self._begins_series(agreement) else self.used
        return max(0, agreement.terms.agreed - used)

    def next(self, number: int, pairing: Pairing) -> Exchange:
        """The next exchange, in its place."""
        opened, words = pairing.letters[0].received, sum(each.words for each in pairing.letters)
        exchange = Exchange(
            number=number,
            letters=tuple(each.digest for each in pairing.letters),
            responses=tuple(each.digest for each in pairing.responses),
            words=words,
            opened=opened,
            completed=pairing.completed,
            answered=pairing.answered,
        )
        agreement = in_force(self._versions, opened)
        return exchange if agreement is None else self._placed(exchange, agreement)

    def _placed(self, exchange: Exchange, agreement: Agreement) -> Exchange:
        terms, place = agreement.terms, self._place(agreement)
        is_over = terms.limits(exchange.words)
        counts = 2 if is_over and terms.over_length is OverLength.DOUBLE else 1
        last = _place_of(self.used + counts, terms)
        self.used += counts
        reached = (
            range(place.place, last.place + 1) if last.number == place.number else range(place.place, place.size + 1)
        )
        return exchange._replace(
            agreement=agreement.version,
            block=self._blocks_before + place.number,
            place=place.place,
            block_of=place.size,
            counts=counts,
            over_length=is_over,
            is_review=any(review in reached for review in terms.review_at),
        )

    def _place(self, agreement: Agreement) -> _Place:
        if self._begins_series(agreement):
            if self._held is not None and self.used:
                self._blocks_before += _place_of(self.used, self._held.terms).number
            self.used = 0
        self._held = agreement
        return _place_of(self.used + 1, agreement.terms)

    def _begins_series(self, agreement: Agreement) -> bool:
        return self._held is None or not same_block(self._held.terms, agreement.terms)


# --- how it stands -------------------------------------------------------------------------------------


class Balance(NamedTuple):
    """The block that is open: `used` of `size` exchanges; `left` are all that are agreed and not yet used (F50)."""

    block: int
    used: int
    size: int
    left: int


@dataclass(frozen=True)
class CourseStanding:
    """How the work with a client stands at one moment.

    `waiting` are the exchanges that no response has come to, the first first; none once the work is closed. `due` is
    when the client's next letter is due (it may have passed), None while none is expected; `missed` are agreed days
    since their last letter on which none came. `review` is the last exchange where it reached a review.
    """

    status: StatusChange
    agreement: Agreement | None
    last: Exchange | None
    waiting: tuple[Exchange, ...]
    balance: Balance | None
    due: datetime | None
    missed: tuple[date, ...]
    review: Exchange | None


def standing_of(
    found: Course, agreements: Sequence[Agreement], statuses: Sequence[StatusChange], now: datetime
) -> CourseStanding:
    """How the work stands at `now`; of `found.exchanges` only the open ones and the last two are looked at."""
    changes, agreement = Statuses(statuses), in_force(agreements, now)
    last = found.exchanges[-1] if found.exchanges else None
    waiting = () if changes.is_over(now) else tuple(each for each in found.exchanges if each.is_open)
    balance = _balance(found, last, agreement, agreements)
    latest = [Written(each.opened, each.answered, 0) for each in found.exchanges[-2:]]
    left = balance.left if balance else 0
    quiet = silence(None if waiting else found.next_day, latest, agreements, changes, left, now)
    return CourseStanding(
        status=changes.at(now),
        agreement=agreement,
        last=last,
        waiting=waiting,
        balance=balance,
        due=quiet.due,
        missed=quiet.missed,
        review=last if last is not None and last.is_review else None,
    )


def _balance(
    found: Course, last: Exchange | None, agreement: Agreement | None, agreements: Sequence[Agreement]
) -> Balance | None:
    if agreement is None:
        return None
    terms = agreement.terms
    held = next((each for each in agreements if last and each.version == last.agreement), None)
    if last is None or last.block is None or held is None or not same_block(held.terms, terms):
        began = last.block if last and last.block else 0
        return Balance(began + 1, 0, terms.block_size + terms.block_carried, terms.agreed)
    here = _place_of(found.used, terms)
    ahead = here.number - _place_of(found.used - last.counts + 1, terms).number
    return Balance(last.block + ahead, here.place, here.size, max(0, terms.agreed - found.used))
