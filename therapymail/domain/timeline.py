"""The reflective timeline of one client as a value: what happened, in lanes, by week, month or year.

Descriptive only (DOMAIN, the reflective timeline): everything is counted, nothing is scored, and every count
names the letters it stands for. Only accepted letters count.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from therapymail.domain.agreement import Agreement, in_force
from therapymail.domain.course import Balance
from therapymail.domain.kinds import Standing
from therapymail.domain.lanes import HIDDEN, Happened, Lane, Mark
from therapymail.domain.periods import Span, Step, day_of, fitting_step, number_of, spans
from therapymail.domain.timeline_facts import TimelineFacts, ToldLetter
from therapymail.domain.timeline_marks import is_letter, is_response, tags_of, what_happened

_END = datetime.max.replace(tzinfo=UTC)
_HOUR = timedelta(hours=1)
__all__ = ["Gap", "Period", "Step", "Tally", "Timeline", "timeline_of"]


class Tally(NamedTuple):
    """Some letters: their names and their words (quoted text is never counted)."""

    letters: tuple[str, ...] = ()
    words: int = 0


class Period(NamedTuple):
    """One column: from `first` up to and without `end`, in the client's own days; `number` counts from 1.

    `client` are letters, `therapist` responses, `others` every other accepted mail either way. `tags` counts the
    mails that bear each tag, themselves, in a passage or by their exchange.
    """

    number: int
    first: date
    end: date
    client: Tally
    therapist: Tally
    others: Tally
    tags: dict[str, int]


class Gap(NamedTuple):
    """The time between the first letter that waited and the response to it; None while it still waits.

    `due` is when the response was promised (UTC; None: nothing was agreed), `late_hours` how many whole hours later
    it came, or has not come yet.
    """

    letter: str
    response: str | None
    hours: float | None
    period: int
    due: datetime | None = None
    late_hours: int | None = None


@dataclass(frozen=True)
class Timeline:
    """The timeline of the client with the code `code`, in the time zone called `zone`; `tags` most frequent first.

    `marks` are in the order in which things happened, those of lanes that are `off` left out. `agreement` is what
    holds at the end, `balance` how far the block had come then.
    """

    code: str
    zone: str
    step: Step
    periods: tuple[Period, ...]
    gaps: tuple[Gap, ...]
    tags: tuple[str, ...]
    marks: tuple[Mark, ...] = ()
    off: tuple[Lane, ...] = ()
    agreement: Agreement | None = None
    balance: Balance | None = None

    @property
    def without_letter(self) -> tuple[int, ...]:
        """The numbers of periods in which no letter came."""
        return tuple(period.number for period in self.periods if not period.client.letters)

    @property
    def waiting_since(self) -> str | None:
        """The first letter that has no response yet."""
        return self.gaps[-1].letter if self.gaps and self.gaps[-1].response is None else None

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The lanes that have marks, in the order in which they are drawn."""
        present = {mark.lane for mark in self.marks}
        return tuple(lane for lane in Lane if lane in present)

    def of(self, lane: Lane) -> tuple[Mark, ...]:
        """The marks of one lane, in the order in which they happened."""
        return tuple(mark for mark in self.marks if mark.lane is lane)


def timeline_of(
    facts: TimelineFacts,
    *,
    now: datetime | None = None,
    step: Step | None = None,
    most: Mapping[Step, int] | None = None,
    off: Collection[Lane] = HIDDEN,
) -> Timeline:
    """The timeline of `facts`, up to `now` (UTC) or to the last thing that happened, where that is later.

    Without `step` it goes by weeks, by months beyond MOST_WEEKS, and by years beyond MOST_MONTHS, or beyond what is
    said to be the `most` of each that fit. Lanes that are `off` have no marks.
    """
    counted = sorted(
        (letter for letter in facts.letters if letter.standing is Standing.ACCEPTED),
        key=lambda letter: (letter.received, letter.order, letter.digest),
    )
    tags = tags_of(facts, counted)
    days = _Days(facts.zone)
    happened = [each for each in what_happened(facts, counted, tags, now) if each.lane not in off]
    every_day = {days[letter.received] for letter in counted} | {each.day or days[each.at] for each in happened}
    if not every_day:
        return Timeline(facts.code, str(facts.zone), step or Step.WEEK, (), (), (), off=_in_order(off))
    first, last = min(every_day), max(every_day | {days[now]} if now else every_day)
    chosen = step or fitting_step(first, last, most)
    within = spans(chosen, first, last)
    numbers = _Numbers(within)
    numbered = [(numbers[days[letter.received]], letter) for letter in counted]
    return Timeline(
        facts.code,
        str(facts.zone),
        chosen,
        _periods(within, numbered, facts, tags),
        _gaps(numbered, facts, now),
        _by_frequency(tags),
        _marks(happened, days, numbers),
        _in_order(off),
        in_force(facts.agreements, now or _END),
        facts.balance,
    )


class _Days(dict[datetime, date]):
    """The client's local day of each moment; many marks stand for one letter."""

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, moment: datetime) -> date:
        self[moment] = day = day_of(moment, self._zone)
        return day


class _Numbers(dict[date, int]):
    """The number of the period that each day lies in."""

    def __init__(self, within: Sequence[Span]) -> None:
        super().__init__()
        self._starts = [span.first for span in within]

    def __missing__(self, day: date) -> int:
        self[day] = number = number_of(day, self._starts)
        return number


def _in_order(lanes: Collection[Lane]) -> tuple[Lane, ...]:
    return tuple(lane for lane in Lane if lane in lanes)


_PLACES = {lane: place for place, lane in enumerate(Lane)}


def _marks(
    happened: Iterable[Happened], days: Mapping[datetime, date], numbers: Mapping[date, int]
) -> tuple[Mark, ...]:
    marks = [
        Mark(lane, kind, at, day := said or days[at], numbers[day], ids, label, side, amount, words, exchange)
        for lane, kind, at, ids, label, side, amount, words, exchange, said in happened
    ]
    return tuple(sorted(marks, key=lambda mark: (mark.day, mark.at, _PLACES[mark.lane], mark.ids)))


# --- periods -------------------------------------------------------------------------------------------


def _periods(
    within: Sequence[Span],
    numbered: Iterable[tuple[int, ToldLetter]],
    facts: TimelineFacts,
    tags: Mapping[bytes, Mapping[str, object]],
) -> tuple[Period, ...]:
    contents: list[list[ToldLetter]] = [[] for _ in within]
    for number, letter in numbered:
        contents[number - 1].append(letter)
    return tuple(_period(at, within[at - 1], contents[at - 1], facts, tags) for at in range(1, len(within) + 1))


def _period(
    number: int,
    span: Span,
    letters: Sequence[ToldLetter],
    facts: TimelineFacts,
    tags: Mapping[bytes, Mapping[str, object]],
) -> Period:
    of_client: list[ToldLetter] = []
    of_therapist: list[ToldLetter] = []
    others: list[ToldLetter] = []
    for letter in letters:
        whose = of_client if is_letter(letter) else of_therapist if is_response(letter) else others
        whose.append(letter)
    counts = Counter(tag for letter in letters for tag in tags.get(letter.digest, ()))
    return Period(
        number,
        span.first,
        span.end,
        _tally(facts, of_client),
        _tally(facts, of_therapist),
        _tally(facts, others),
        dict(sorted(counts.items())),
    )


def _tally(facts: TimelineFacts, letters: Sequence[ToldLetter]) -> Tally:
    names = facts.names
    return Tally(tuple([names[letter.digest] for letter in letters]), sum([letter.words for letter in letters]))


def _by_frequency(tags: Mapping[bytes, Mapping[str, object]]) -> tuple[str, ...]:
    frequency = Counter(tag for borne in tags.values() for tag in borne)
    return tuple(sorted(frequency, key=lambda tag: (-frequency[tag], tag)))


# --- gaps ----------------------------------------------------------------------------------------------


def _gaps(numbered: Iterable[tuple[int, ToldLetter]], facts: TimelineFacts, now: datetime | None) -> tuple[Gap, ...]:
    """One gap for each response that ended a wait; letters that came while one waited wait with it."""
    promised = {digest: each for each in facts.exchanges for digest in each.letters}

    def gap(waiting: ToldLetter, response: ToldLetter | None, period: int) -> Gap:
        exchange = promised.get(waiting.digest)
        hours = (response.received - waiting.received) / _HOUR if response else None
        is_owed = response or facts.waiting is None or (exchange and exchange.number in facts.waiting)
        late = exchange.late_by(now or exchange.completed) if exchange and is_owed else None
        return Gap(
            facts.names[waiting.digest],
            facts.names[response.digest] if response else None,
            hours,
            period,
            exchange.due if exchange else None,
            late // _HOUR if late else None,
        )

    gaps: list[Gap] = []
    waiting: tuple[int, ToldLetter] | None = None
    for number, letter in numbered:
        if is_letter(letter):
            waiting = waiting or (number, letter)
        elif is_response(letter) and waiting:
            gaps.append(gap(waiting[1], letter, number))
            waiting = None
    if waiting:
        gaps.append(gap(waiting[1], None, waiting[0]))
    return tuple(gaps)
