"""What a review looks back on: the exchanges since the review before, by counts that name their letters (F39). Pure.

Descriptive alone: nothing is scored, nothing foretold; where something is compared with before, both are said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from statistics import median
from typing import NamedTuple

from therapymail.domain.exchange import Exchange
from therapymail.domain.lanes import Lane, Mark, Side
from therapymail.domain.letter import Reading
from therapymail.domain.local_days import day_after
from therapymail.domain.looking_over import questions_left
from therapymail.domain.promises import promises_in
from therapymail.domain.timeline import Timeline
from therapymail.domain.timeline_facts import ToldLetter


class InLetter(NamedTuple):
    """Some words, and the mail that they stand in."""

    letter: str
    words: str


class ExchangeTold(NamedTuple):
    """One exchange of the stretch: names of its mails, words of the client's, and what was late or over length.

    `hours` passed until the response (None: none has come), `late_hours` of them after it was due.
    """

    number: int
    letters: tuple[str, ...]
    responses: tuple[str, ...]
    words: int
    over_length: bool
    hours: int | None
    late_hours: int | None
    client_days_late: int


class Told(NamedTuple):
    """A theme, or a family of feelings: the mails that bear or name it now, and how many did in the stretch before."""

    name: str
    letters: tuple[str, ...]
    words: tuple[str, ...]
    before: int
    is_new: bool


class Rhythm(NamedTuple):
    """The middle (median) of a stretch: hours to the response, days from response to letter, words of an exchange."""

    hours: int | None
    days: int | None
    words: int | None


class Recurrence(NamedTuple):
    """An image and the mails in which it stands, oldest first, each with the words there."""

    phrase: str
    places: tuple[InLetter, ...]


@dataclass(frozen=True)
class ReviewDigest:
    """The exchanges `first` to `last` with the client with the code `code`, on the client's days `since` to `until`.

    `is_agreed`: a review was agreed at the last of them. `events` are milestones, versions of the agreement and
    incidents. `questions` are the client's that no response quotes or takes up; `promises` what responses say will be
    done. `not_reread` are the client's letters of the stretch that were not read again since. `faded` are themes
    of the stretch before that are in none of these letters.
    """

    code: str
    zone: str
    first: int
    last: int
    is_agreed: bool
    since: date
    until: date
    exchanges: tuple[ExchangeTold, ...]
    missed: tuple[date, ...]
    rhythm: Rhythm
    rhythm_before: Rhythm | None
    themes: tuple[Told, ...]
    faded: tuple[str, ...]
    feelings: tuple[Told, ...]
    events: tuple[Mark, ...]
    questions: tuple[InLetter, ...]
    promises: tuple[InLetter, ...]
    not_reread: tuple[str, ...]
    images: tuple[Recurrence, ...]


@dataclass(frozen=True)
class ReviewFacts:
    """What a digest is made of: all mails and exchanges with a client, what those of its stretch say, their images.

    An image of `images` that stands in one mail alone recurs nowhere yet, and is told of nowhere.
    """

    timeline: Timeline
    letters: Sequence[ToldLetter]
    exchanges: Sequence[Exchange]
    readings: Mapping[bytes, Reading]
    images: Sequence[Recurrence]


def stretch_of(exchanges: Sequence[Exchange], last: int) -> tuple[Exchange, ...]:
    """The exchanges up to number `last`, since the review that was agreed before it."""
    until = [each for each in exchanges if each.number <= last]
    since = takewhile(lambda each: each.number == last or not each.is_review, reversed(until))
    return tuple(reversed(list(since)))


def review_digest(facts: ReviewFacts, last: int) -> ReviewDigest:
    """The digest at the exchange with the number `last`, which is one of `facts.exchanges`."""
    timeline, stretch = facts.timeline, stretch_of(facts.exchanges, last)
    before = stretch_of(facts.exchanges, stretch[0].number - 1) if stretch[0].number > 1 else ()
    named = {letter.digest: str(letter.name) for letter in facts.letters if letter.name}
    of_stretch, of_before = _mails(stretch, named), _mails(before, named)
    since, until = _days(timeline, of_stretch, of_before, is_latest=last == facts.exchanges[-1].number)
    themes = _told(timeline, Lane.THEMES, of_stretch, of_before)
    gaps = _gaps(timeline)
    return ReviewDigest(
        code=timeline.code,
        zone=timeline.zone,
        first=stretch[0].number,
        last=last,
        is_agreed=stretch[-1].is_review,
        since=since,
        until=until,
        exchanges=tuple(_exchange(each, named, gaps.get(each.number, ())) for each in stretch),
        missed=tuple(m.day for m in timeline.of(Lane.GAPS) if m.kind == "missed" and since <= m.day <= until),
        rhythm=_rhythm(gaps, stretch),
        rhythm_before=_rhythm(gaps, before) if before else None,
        themes=themes,
        faded=_faded(timeline, of_stretch, of_before),
        feelings=_told(timeline, Lane.FEELINGS, of_stretch, of_before),
        events=_events(timeline, since, until),
        questions=tuple(_questions(facts, stretch, named)),
        promises=tuple(_promises(facts, stretch, named)),
        not_reread=_not_reread(timeline, stretch, named),
        images=tuple(each for each in facts.images if len(each.places) > 1),
    )


def _days(timeline: Timeline, now: Sequence[str], before: Sequence[str], *, is_latest: bool) -> tuple[date, date]:
    """From the day after the stretch before to the last mail of this one; of the latest, to the last that happened."""
    day_of = {mark.ids[0]: mark.day for mark in timeline.of(Lane.LETTERS)}
    days = [day_of[name] for name in now if name in day_of] or [timeline.marks[-1].day]
    earlier = [day_of[name] for name in before if name in day_of]
    since = min(day_after(max(earlier), 1), *days) if earlier else timeline.marks[0].day
    return since, max(*days, timeline.marks[-1].day) if is_latest else max(days)


def _mails(exchanges: Iterable[Exchange], named: Mapping[bytes, str]) -> tuple[str, ...]:
    return tuple(named[digest] for each in exchanges for digest in (*each.letters, *each.responses) if digest in named)


def _names(digests: Iterable[bytes], named: Mapping[bytes, str]) -> tuple[str, ...]:
    return tuple(named[digest] for digest in digests if digest in named)


def _gaps(timeline: Timeline) -> dict[int, list[Mark]]:
    """The gaps of each exchange, by its number."""
    found: dict[int, list[Mark]] = {}
    for mark in timeline.of(Lane.GAPS):
        if mark.exchange is not None:
            found.setdefault(mark.exchange, []).append(mark)
    return found


def _exchange(exchange: Exchange, named: Mapping[bytes, str], gaps: Sequence[Mark]) -> ExchangeTold:
    hours = next((mark.amount for mark in gaps if mark.kind == "gap"), None)
    late = next((mark.amount for mark in gaps if mark.kind == "late" and mark.side is Side.THERAPIST), None)
    return ExchangeTold(
        exchange.number,
        _names(exchange.letters, named),
        _names(exchange.responses, named),
        exchange.words,
        exchange.over_length,
        hours,
        late,
        exchange.client_days_late,
    )


def _rhythm(gaps_of: Mapping[int, Sequence[Mark]], exchanges: Sequence[Exchange]) -> Rhythm:
    gaps = [mark for each in exchanges for mark in gaps_of.get(each.number, ()) if mark.amount is not None]

    def middle(amounts: list[int]) -> int | None:
        return round(median(amounts)) if amounts else None

    return Rhythm(
        middle([mark.amount or 0 for mark in gaps if mark.kind == "gap"]),
        middle([mark.amount or 0 for mark in gaps if mark.kind == "between"]),
        middle([each.words for each in exchanges]),
    )


def _told(timeline: Timeline, lane: Lane, now: Sequence[str], before: Sequence[str]) -> tuple[Told, ...]:
    """Themes or feelings of the mails `now`, the one in most mails first."""
    is_now, is_before = frozenset(now), frozenset(before)
    by_name: dict[str, list[Mark]] = {}
    for mark in timeline.of(lane):
        by_name.setdefault(mark.label, []).append(mark)
    found = []
    for name, marks in by_name.items():
        here = tuple(dict.fromkeys(mark.ids[0] for mark in marks if mark.ids[0] in is_now))
        if here:
            words = tuple(dict.fromkeys(word for mark in marks if mark.ids[0] in is_now for word in mark.words))
            earlier = len({mark.ids[0] for mark in marks if mark.ids[0] in is_before})
            found.append(Told(name, here, words, earlier, marks[0].ids[0] in is_now))
    return tuple(sorted(found, key=lambda each: (-len(each.letters), each.name)))


def _faded(timeline: Timeline, now: Sequence[str], before: Sequence[str]) -> tuple[str, ...]:
    themes = timeline.of(Lane.THEMES)
    is_now, is_before = frozenset(now), frozenset(before)
    here = {mark.label for mark in themes if mark.ids[0] in is_now}
    return tuple(dict.fromkeys(m.label for m in themes if m.ids[0] in is_before and m.label not in here))


def _events(timeline: Timeline, since: date, until: date) -> tuple[Mark, ...]:
    lanes = {Lane.MILESTONES, Lane.AGREEMENTS, Lane.TECHNOLOGY, Lane.SAFETY}
    return tuple(mark for mark in timeline.marks if mark.lane in lanes and since <= mark.day <= until)


# --- what the letters say ------------------------------------------------------------------------------


def _questions(facts: ReviewFacts, stretch: Iterable[Exchange], named: Mapping[bytes, str]) -> Iterable[InLetter]:
    for each in stretch:
        answers = [facts.readings[digest] for digest in each.responses if digest in facts.readings]
        quoted, said = ("\n".join(texts) for texts in ([a.quoted for a in answers], [a.text for a in answers]))
        for digest in each.letters:
            if digest in facts.readings and digest in named:
                left = questions_left(facts.readings[digest].text, quoted, said)
                yield from (InLetter(named[digest], question) for question in left)


def _promises(facts: ReviewFacts, stretch: Iterable[Exchange], named: Mapping[bytes, str]) -> Iterable[InLetter]:
    for digest in (digest for each in stretch for digest in each.responses):
        if digest in facts.readings and digest in named:
            yield from (InLetter(named[digest], said) for said in promises_in(facts.readings[digest].text))


def _not_reread(timeline: Timeline, stretch: Iterable[Exchange], named: Mapping[bytes, str]) -> tuple[str, ...]:
    reread = {name for mark in timeline.of(Lane.REREADS) for name in mark.ids}
    letters = _names((digest for each in stretch for digest in each.letters), named)
    return tuple(name for name in letters if name not in reread)
