"""The reflective timeline of one client as a value: letters both ways, gaps and themes, by week, month or year.

Descriptive only (DOMAIN, the reflective timeline): everything is counted, nothing is scored, and every count
names the letters it stands for. Only accepted letters count.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.domain.letter import Letter

MOST_WEEKS = 104
MOST_MONTHS = 240
_WEEK = timedelta(days=7)


class Step(StrEnum):
    """How long one column of the timeline is."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class Tally:
    """Some letters: their names and their words (quoted text is never counted)."""

    letters: tuple[str, ...] = ()
    words: int = 0


@dataclass(frozen=True)
class Period:
    """One column: from `first` up to and without `end`, in the client's own days; `number` counts from 1.

    `client` are letters, `therapist` responses, `others` every other accepted mail either way. `tags` counts the
    mails that bear each tag.
    """

    number: int
    first: date
    end: date
    client: Tally
    therapist: Tally
    others: Tally
    tags: dict[str, int]


@dataclass(frozen=True)
class Gap:
    """The time between the first letter that waited and the response to it; None while it still waits."""

    letter: str
    response: str | None
    hours: float | None
    period: int


@dataclass(frozen=True)
class Timeline:
    """The timeline of the client with the code `code`, in the time zone called `zone`; `tags` most frequent first."""

    code: str
    zone: str
    step: Step
    periods: tuple[Period, ...]
    gaps: tuple[Gap, ...]
    tags: tuple[str, ...]

    @property
    def without_letter(self) -> tuple[int, ...]:
        """The numbers of periods in which no letter came."""
        return tuple(period.number for period in self.periods if not period.client.letters)

    @property
    def waiting_since(self) -> str | None:
        """The first letter that has no response yet."""
        return self.gaps[-1].letter if self.gaps and self.gaps[-1].response is None else None


def timeline_of(
    code: str, letters: Iterable[Letter], zone: tzinfo, *, until: date | None = None, step: Step | None = None
) -> Timeline:
    """The timeline of `letters` (any order, one client's) with days as they are in `zone`.

    It ends with the last letter, or with the day `until` where that is later. Without `step` it goes by weeks,
    by months beyond MOST_WEEKS, and by years beyond MOST_MONTHS.
    """
    counted = sorted(
        (letter for letter in letters if letter.standing is Standing.ACCEPTED),
        key=lambda letter: (letter.received, letter.order, str(letter.name)),
    )
    if not counted:
        return Timeline(code, str(zone), step or Step.WEEK, (), (), ())
    days = [_local_day(letter.received, zone) for letter in counted]
    last = max(days[-1], until or days[-1])
    chosen = step or _fitting_step(days[0], last)
    starts = _starts(chosen, days[0], last)
    index_of = {start: at for at, (start, _) in enumerate(starts)}
    contents: list[list[Letter]] = [[] for _ in starts]
    for letter, day in zip(counted, days, strict=True):
        contents[index_of[_start(chosen, day)]].append(letter)
    periods = tuple(_period(at, *starts[at - 1], contents[at - 1]) for at in range(1, len(starts) + 1))
    number_of = {
        _name(letter): period.number for period, some in zip(periods, contents, strict=True) for letter in some
    }
    frequency = Counter(tag for letter in counted for tag in letter.tags)
    tags = tuple(sorted(frequency, key=lambda tag: (-frequency[tag], tag)))
    return Timeline(code, str(zone), chosen, periods, _gaps(counted, number_of), tags)


def timeline_as_json(timeline: Timeline) -> dict[str, Any]:
    """`timeline` as a JSON object; dates are the client's days, `end` is the first day after a period."""

    def tally(some: Tally) -> dict[str, Any]:
        return {"letters": len(some.letters), "words": some.words, "ids": list(some.letters)}

    return {
        "client": timeline.code,
        "zone": timeline.zone,
        "step": timeline.step.value,
        "periods": [
            {
                "number": period.number,
                "first": period.first.isoformat(),
                "end": period.end.isoformat(),
                "client": tally(period.client),
                "therapist": tally(period.therapist),
                "others": tally(period.others),
                "tags": dict(period.tags),
            }
            for period in timeline.periods
        ],
        "gaps": [
            {
                "letter": gap.letter,
                "response": gap.response,
                "hours": None if gap.hours is None else round(gap.hours, 1),
                "period": gap.period,
            }
            for gap in timeline.gaps
        ],
        "tags": list(timeline.tags),
        "without_letter": list(timeline.without_letter),
        "waiting_since": timeline.waiting_since,
    }


# --- periods ---------------------------------------------------------------------------------------------


def _local_day(moment: datetime, zone: tzinfo) -> date:
    """The calendar day of `moment` where the client lives."""
    try:
        return moment.astimezone(zone).date()
    except OverflowError:  # the first and last days of the calendar have no neighbours
        return moment.date()


def _fitting_step(first: date, last: date) -> Step:
    if last - first < MOST_WEEKS * _WEEK:
        return Step.WEEK
    months = (last.year - first.year) * 12 + last.month - first.month
    return Step.MONTH if months < MOST_MONTHS else Step.YEAR


def _starts(step: Step, first: date, last: date) -> list[tuple[date, date]]:
    """First day and first day after, of every period from the one of `first` to the one of `last`."""
    found = []
    start = _start(step, first)
    while True:
        end = _next_start(step, start)
        found.append((start, end))
        if end > last or end == date.max:
            return found
        start = end


def _start(step: Step, day: date) -> date:
    match step:
        case Step.WEEK:  # begins on Monday (ISO 8601)
            return day - timedelta(days=min(day.weekday(), day.toordinal() - 1))
        case Step.MONTH:
            return day.replace(day=1)
        case Step.YEAR:
            return day.replace(month=1, day=1)


def _next_start(step: Step, start: date) -> date:
    try:
        match step:
            case Step.WEEK:
                return start + timedelta(days=7 - start.weekday())
            case Step.MONTH:
                return (start.replace(day=28) + timedelta(days=4)).replace(day=1)
            case Step.YEAR:
                return start.replace(year=start.year + 1)
    except (OverflowError, ValueError):
        return date.max


def _period(number: int, first: date, end: date, letters: Sequence[Letter]) -> Period:
    of_client = [letter for letter in letters if _is_letter(letter)]
    of_therapist = [letter for letter in letters if _is_response(letter)]
    others = [letter for letter in letters if not _is_letter(letter) and not _is_response(letter)]
    tags = Counter(tag for letter in letters for tag in letter.tags)
    return Period(
        number, first, end, _tally(of_client), _tally(of_therapist), _tally(others), dict(sorted(tags.items()))
    )


def _tally(letters: Sequence[Letter]) -> Tally:
    return Tally(tuple(_name(letter) for letter in letters), sum(letter.words for letter in letters))


def _is_letter(letter: Letter) -> bool:
    return letter.kind is Kind.LETTER and letter.direction is Direction.IN


def _is_response(letter: Letter) -> bool:
    return letter.kind is Kind.RESPONSE and letter.direction is Direction.OUT


def _name(letter: Letter) -> str:
    return str(letter.name) if letter.name else letter.digest.hex()


def _gaps(letters: Sequence[Letter], number_of: dict[str, int]) -> tuple[Gap, ...]:
    """One gap for each response that ended a wait; letters that came while one waited wait with it."""
    gaps: list[Gap] = []
    waiting: Letter | None = None
    for letter in letters:
        if _is_letter(letter):
            waiting = waiting or letter
        elif _is_response(letter) and waiting:
            hours = (letter.received - waiting.received) / timedelta(hours=1)
            gaps.append(Gap(_name(waiting), _name(letter), hours, number_of[_name(letter)]))
            waiting = None
    if waiting:
        gaps.append(Gap(_name(waiting), None, None, number_of[_name(waiting)]))
    return tuple(gaps)
