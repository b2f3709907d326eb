"""The days on which a client's letters are agreed for: which letter was for which day, and which never came. Pure.

With a fixed letter day these are that weekday in the client's zone, every so many weeks from when the agreement
starts; without one, so many days after the letter before. A letter is for the day that has passed and has none yet;
where that one has its letter, one that comes within half a rhythm before the next day is early for that. A day on
which nothing can be asked is passed over: one that began with a letter unanswered, one in a pause or after closing,
and one after the last agreed exchange.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from therapymail.domain.agreement import Agreement, in_force, same_rhythm, standing_versions
from therapymail.domain.local_days import day_after, end_of_day, local_day, moment_of, weekday_from
from therapymail.domain.statuses import Statuses

_FAR = timedelta(days=5 * 366)  # a letter further off than that is dated by a mail host's mistake


class Written(NamedTuple):
    """An exchange as it bears on letter days: when it was opened and answered (UTC), and agreed exchanges left then."""

    opened: datetime
    answered: datetime | None
    left_before: int


class Met(NamedTuple):
    """The day that an exchange was for (None: none), and the moment that day ended in the client's zone."""

    day: date | None = None
    due: datetime | None = None
    days_late: int = 0


@dataclass(frozen=True)
class LetterDays:
    """What became of the agreed days: for each exchange its day, the days without a letter, and the next day.

    `next_day` has no letter yet; it may have passed. None where there is no agreement.
    """

    met: tuple[Met, ...]
    missed: tuple[date, ...]
    next_day: date | None


def letter_days(written: Sequence[Written], agreements: Sequence[Agreement], statuses: Statuses) -> LetterDays:
    """The letter days up to the last of `written`, which are in order. What is still to come is for `silence`."""
    walk = _Walk(standing_versions(agreements), statuses)
    met = tuple(walk.meet(each) for each in written)
    return LetterDays(met, tuple(walk.missed), walk.next_day)


class Silence(NamedTuple):
    """Since the last letter: the days that passed without one, and when the next letter is due (it may have passed)."""

    missed: tuple[date, ...]
    due: datetime | None


def silence(
    next_day: date | None,
    last: Sequence[Written],
    agreements: Sequence[Agreement],
    statuses: Statuses,
    left: int,
    now: datetime,
) -> Silence:
    """What is expected at `now` of a client whose letters are answered, and with whom `left` more are agreed.

    `next_day` is what `letter_days` gave, `last` their latest exchanges.
    """
    agreement = in_force(agreements, now)
    if next_day is None or agreement is None or left < 1 or statuses.is_quiet(now):
        return Silence((), None)
    zone = agreement.terms.client_zone
    walk = _Walk(standing_versions(agreements), statuses, next_day, before=list(last))
    walk.pass_until(local_day(now, zone), left)
    return Silence(tuple(walk.missed), None if walk.next_day is None else end_of_day(walk.next_day, zone))


@dataclass
class _Walk:
    """Walks along the agreed days, from exchange to exchange."""

    versions: tuple[Agreement, ...]
    statuses: Statuses
    next_day: date | None = None
    missed: list[date] = field(default_factory=list)
    before: list[Written] = field(default_factory=list)
    _last_met: date | None = None

    def __post_init__(self) -> None:
        if self.next_day is None and self.versions:
            self.next_day = _first_day(self.versions[0])

    def meet(self, one: Written) -> Met:
        """Find the day of an exchange, and pass over the days before it."""
        agreement = in_force(self.versions, one.opened)
        day = None if agreement is None else local_day(one.opened, agreement.terms.client_zone)
        found = Met()
        if agreement is not None and day is not None and one.left_before > 0:
            self.pass_until(day, one.left_before)
            found = self._met(agreement, day)
        self.before = [*self.before[-1:], one]
        return found

    def _met(self, agreement: Agreement, day: date) -> Met:
        wanted, zone = self.next_day, agreement.terms.client_zone
        if wanted is None or (self._last_met and wanted - day > timedelta(days=agreement.terms.rhythm_days // 2)):
            return Met()
        is_fixed = agreement.terms.letter_day is not None
        self._last_met, self.next_day = wanted, self._after(wanted if is_fixed else day)
        return Met(wanted, end_of_day(wanted, zone), max(0, (day - wanted).days))

    def pass_until(self, day: date, left: int) -> None:
        """Pass over the agreed days until the last that lies on `day` or before; what was asked of them was missed."""
        if self.next_day is not None and day - self.next_day > _FAR:
            self.next_day = self._near(day - _FAR)
        while self.next_day is not None and (after := self._after(self.next_day)) <= day and after > self.next_day:
            if self._was_expected(self.next_day, left):
                self.missed.append(self.next_day)
            self.next_day = after
        if self.next_day is not None and self.next_day < day and not self._was_expected(self.next_day, left):
            self.next_day = self._after(self.next_day)

    def _after(self, day: date) -> date:
        """The agreed day that follows `day`, under the version that holds by then."""
        held = self._held_on(day)
        following = day_after(day, held.terms.rhythm_days)
        for later in self.versions[self.versions.index(held) + 1 :]:
            if _start_day(later) > following:
                break
            if not same_rhythm(later.terms, held.terms):
                return max(_first_day(later), day_after(day, 1))
        return following

    def _was_expected(self, day: date, left: int) -> bool:
        agreement = in_force(self.versions, end_of_day(day, self._held_on(day).terms.client_zone))
        if agreement is None or left < 1:
            return False
        begins = moment_of(day, time(), agreement.terms.client_zone)
        ends = end_of_day(day, agreement.terms.client_zone)
        if self.statuses.is_quiet(begins) or self.statuses.is_quiet(ends):
            return False
        return not any(
            each.opened < begins and (each.answered is None or each.answered >= begins) for each in self.before
        )

    def _held_on(self, day: date) -> Agreement:
        """The version that holds on `day`; the first for the days before it."""
        return next((each for each in reversed(self.versions) if _start_day(each) <= day), self.versions[0])

    def _near(self, day: date) -> date:
        """An agreed day close to `day`, found without walking through the years before it."""
        held = self._held_on(day)
        first, rhythm = _first_day(held), held.terms.rhythm_days
        return day_after(first, max(0, (day - first).days // rhythm) * rhythm)


def _start_day(agreement: Agreement) -> date:
    return local_day(agreement.starts, agreement.terms.client_zone)


def _first_day(agreement: Agreement) -> date:
    """The first day that a version agrees on: its first letter day, or one rhythm after it starts."""
    terms = agreement.terms
    if terms.letter_day is None:
        return day_after(_start_day(agreement), terms.rhythm_days)
    return weekday_from(_start_day(agreement), terms.letter_day)
