"""The boundary meter of one client: what was written against what is agreed. Descriptive: no score, no grade (F28).

Four counts, each of which can be explained by listing its letters: words of each exchange beside the agreed length,
updates a week beside the agreed number, the hours of the day at which each side writes, and days of rapid to-and-fro.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from therapymail.domain.agreement import Agreement, in_force
from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.domain.letter import Letter
from therapymail.domain.local_days import local_day, local_hour

HOURS = 24
RAPID = timedelta(days=1)
LEAST_TURNS = 4
"""Mails in turns, each within a day of the one before, that are told of as to-and-fro: two from each side."""
# A date that a mail gives itself is believed where it is not after its receipt, and not much before.
_BELIEVED = timedelta(days=2)


class Count(NamedTuple):
    """A number and the letters it stands for, oldest first."""

    number: int
    letters: tuple[str, ...]


class ExchangeWords(NamedTuple):
    """The client's words in one exchange that was opened on the day `opened` of theirs; `limit` is what was agreed."""

    exchange: int
    opened: date
    words: Count
    limit: int | None
    over_length: bool


class WeekOfUpdates(NamedTuple):
    """The client's updates in the week that began on `monday`; `agreed` is how many were agreed then, if that was."""

    monday: date
    updates: Count
    agreed: int | None


class ToAndFro(NamedTuple):
    """Mails in turns, each within a day of the one before, from the first to the last (UTC)."""

    first: datetime
    last: datetime
    mails: Count


class ExchangeFacts(NamedTuple):
    """What the meter needs of an exchange; `opened` is UTC."""

    number: int
    opened: datetime
    words: int
    letters: tuple[str, ...]
    limit: int | None
    over_length: bool


@dataclass(frozen=True)
class BoundaryMeter:
    """What was counted from `since` on, in the client's days (`zone`).

    `client_hours` and `own_hours` have 24 counts each, on the clock of each side.
    """

    since: date
    zone: str
    words: tuple[ExchangeWords, ...]
    updates: tuple[WeekOfUpdates, ...]
    client_hours: tuple[Count, ...]
    own_hours: tuple[Count, ...]
    to_and_fro: tuple[ToAndFro, ...]


def boundary_meter(
    letters: Iterable[Letter],
    exchanges: Sequence[ExchangeFacts],
    agreements: Sequence[Agreement],
    *,
    client_zone: str,
    own_zone: str,
    since: datetime,
) -> BoundaryMeter:
    """The meter of one client's accepted mails from `since` (UTC) on; `letters` may come in any order."""
    counted = sorted(
        (
            letter
            for letter in letters
            if letter.standing is Standing.ACCEPTED and letter.kind is not Kind.BOUNCE and letter.received >= since
        ),
        key=lambda letter: (letter.received, letter.digest),
    )
    theirs = [letter for letter in counted if letter.direction is Direction.IN]
    ours = [letter for letter in counted if letter.direction is Direction.OUT]
    return BoundaryMeter(
        since=local_day(since, client_zone),
        zone=client_zone,
        words=tuple(_words(each, client_zone) for each in exchanges if each.opened >= since),
        updates=_updates(theirs, agreements, client_zone),
        client_hours=_hours(theirs, client_zone),
        own_hours=_hours(ours, own_zone),
        to_and_fro=_to_and_fro(counted),
    )


def _words(facts: ExchangeFacts, zone: str) -> ExchangeWords:
    words = Count(facts.words, facts.letters)
    return ExchangeWords(facts.number, local_day(facts.opened, zone), words, facts.limit, facts.over_length)


def _updates(letters: Sequence[Letter], agreements: Sequence[Agreement], zone: str) -> tuple[WeekOfUpdates, ...]:
    weeks: dict[date, list[Letter]] = defaultdict(list)
    for letter in letters:
        if letter.kind is Kind.UPDATE:
            day = local_day(letter.received, zone)
            weeks[day - timedelta(days=min(day.weekday(), day.toordinal() - 1))].append(letter)
    return tuple(
        WeekOfUpdates(monday, _count(several), _updates_agreed(agreements, several[-1].received))
        for monday, several in weeks.items()
    )


def _updates_agreed(agreements: Sequence[Agreement], moment: datetime) -> int | None:
    agreement = in_force(agreements, moment)
    return agreement.terms.updates_a_week if agreement else None


def _hours(letters: Sequence[Letter], zone: str) -> tuple[Count, ...]:
    by_hour: list[list[Letter]] = [[] for _ in range(HOURS)]
    for letter in letters:
        by_hour[local_hour(_written(letter), zone)].append(letter)
    return tuple(_count(several) for several in by_hour)


def _written(letter: Letter) -> datetime:
    """When a letter was written, as far as its own date can be believed (HAZARDS S30), else when it was received."""
    written = letter.written
    return written if written and letter.received - _BELIEVED <= written <= letter.received else letter.received


def _to_and_fro(letters: Sequence[Letter]) -> tuple[ToAndFro, ...]:
    """The longest runs of mails in turns; several in a row from one side are one turn, and all of them are listed."""
    runs: list[list[Letter]] = [[]]
    for letter in letters:
        if runs[-1] and letter.received - runs[-1][-1].received > RAPID:
            runs.append([])
        runs[-1].append(letter)
    return tuple(ToAndFro(run[0].received, run[-1].received, _count(run)) for run in runs if _turns(run) >= LEAST_TURNS)


def _turns(run: Sequence[Letter]) -> int:
    changes = sum(one.direction is not other.direction for one, other in pairwise(run))
    return changes + 1 if run else 0


def _count(letters: Sequence[Letter]) -> Count:
    names = tuple(str(letter.name) if letter.name else letter.digest.hex() for letter in letters)
    return Count(len(letters), names)


def meter_as_json(meter: BoundaryMeter) -> dict[str, Any]:
    """`meter` as a JSON object; days are the client's, hours run from 0 to 23 on each side's own clock."""
    return {
        "first_day": meter.since.isoformat(),
        "zone": meter.zone,
        "words": [
            {
                "exchange": each.exchange,
                "day": each.opened.isoformat(),
                "words": each.words.number,
                "limit": each.limit,
                "over_length": each.over_length,
                "letters": list(each.words.letters),
            }
            for each in meter.words
        ],
        "updates": [
            {
                "week": each.monday.isoformat(),
                "updates": each.updates.number,
                "agreed": each.agreed,
                "letters": list(each.updates.letters),
            }
            for each in meter.updates
        ],
        "client_hours": [_as_json(hour, each) for hour, each in enumerate(meter.client_hours) if each.number],
        "own_hours": [_as_json(hour, each) for hour, each in enumerate(meter.own_hours) if each.number],
        "to_and_fro": [
            {
                "first": f"{each.first:%Y-%m-%dT%H:%M:%SZ}",
                "last": f"{each.last:%Y-%m-%dT%H:%M:%SZ}",
                "mails": each.mails.number,
                "letters": list(each.mails.letters),
            }
            for each in meter.to_and_fro
        ],
    }


def _as_json(hour: int, count: Count) -> dict[str, Any]:
    return {"hour": hour, "mails": count.number, "letters": list(count.letters)}
