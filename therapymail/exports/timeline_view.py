"""A timeline as it is set on a page: its words and its equivalent table, and where on the page each mark leads."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from therapymail.domain.day_words import day_in_words, days_in_words
from therapymail.domain.lanes import Lane, Mark, Side
from therapymail.domain.periods import Step
from therapymail.domain.timeline import Period, Timeline
from therapymail.domain.timeline_said import agreed_of, kind_in_words
from therapymail.domain.wording import count_words

NAMES = {
    Lane.LETTERS: "letters",
    Lane.GAPS: "time between",
    Lane.AGREEMENTS: "agreement",
    Lane.REREADS: "read again",
    Lane.PROCESS: "process notes",
}


class Said(NamedTuple):
    """One thing in words, with the names it is opened by: (name, where on the page it leads, or empty)."""

    words: str
    names: tuple[tuple[str, str], ...] = ()


class LaneSaid(NamedTuple):
    """What a lane says of one period."""

    name: str
    said: tuple[Said, ...]


class PeriodRow(NamedTuple):
    """One row of the table: a period, or several in a row in which nothing was."""

    anchor: str
    heading: str
    days: str
    lanes: tuple[LaneSaid, ...]


class Milestone(NamedTuple):
    """A milestone in the list below the picture, which bears the same number there."""

    number: int
    day: str
    said: Said


class TimelineTargets:
    """Where on the page a mark leads: to its letter or note where that stands on it, else to its row of the table."""

    def __init__(self, anchors: Collection[str]) -> None:
        self._anchors = frozenset(anchors)

    def of_name(self, name: str) -> str:
        """The fragment of what bears this name; empty where the page does not contain it."""
        return f"#{name}" if name in self._anchors else ""

    def of_marks(self, ids: Sequence[str], period: int) -> str:
        """The fragment of the one thing that `ids` name, or of the period's row where they are several or elsewhere."""
        return (len(set(ids)) == 1 and self.of_name(ids[0])) or f"#period-{period}"


def lines_of(timeline: Timeline) -> tuple[str, ...]:
    """What stands below the title: what is counted, what is agreed, and which lanes are left out."""
    if not timeline.periods:
        return ("no letters yet",)
    periods = timeline.periods
    mails = [(sum(len(each.client.letters) for each in periods), "letter")]
    mails.append((sum(len(each.therapist.letters) for each in periods), "response"))
    others = sum(len(each.others.letters) for each in periods)
    counts = [count_words(*each) for each in (*mails, *([(others, "other mail")] if others else []))]
    span = days_in_words(periods[0].first, _last_day(periods[-1]))
    agreed = agreed_of(timeline)
    off = ", ".join(NAMES.get(lane, lane.value) for lane in timeline.off)
    return (
        f"{', '.join(counts[:-1])} and {counts[-1]}, {span}, in the client\u2019s days ({timeline.zone})",
        *([agreed[0].upper() + agreed[1:]] if agreed else []),
        *([f"Left out: {off}"] if off else []),
    )


def period_words(timeline: Timeline, period: Period) -> str:
    """A period as it is called: Week 3, January 2025, 2025."""
    match timeline.step:
        case Step.WEEK:
            return f"Week {period.number}"
        case Step.MONTH:
            return day_in_words(period.first).split(" ", 1)[1]
        case Step.YEAR:
            return str(period.first.year)


def milestones_of(timeline: Timeline, targets: TimelineTargets) -> tuple[Milestone, ...]:
    """The milestones in their order, numbered."""
    return tuple(
        Milestone(number, day_in_words(mark.day), said_of(mark, targets))
        for number, mark in enumerate(timeline.of(Lane.MILESTONES), 1)
    )


def table_of(timeline: Timeline, targets: TimelineTargets) -> tuple[PeriodRow, ...]:
    """Everything that the picture shows, period by period; runs of periods without a mark share a row."""
    by_period: dict[int, list[Mark]] = {}
    for mark in timeline.marks:
        by_period.setdefault(mark.period, []).append(mark)
    rows = []
    for is_empty, group in groupby(timeline.periods, key=lambda each: each.number not in by_period):
        periods = list(group)
        if is_empty:
            rows.append(_empty(timeline, periods))
        else:
            rows += [_row(timeline, each, by_period[each.number], targets) for each in periods]
    return tuple(rows)


def _empty(timeline: Timeline, periods: Sequence[Period]) -> PeriodRow:
    first, last = periods[0], periods[-1]
    heading = period_words(timeline, first)
    if first is not last:
        heading += f" to {period_words(timeline, last).removeprefix('Week ')}"
    return PeriodRow(f"period-{first.number}", heading, _days(timeline, first.first, _last_day(last)), ())


def _row(timeline: Timeline, period: Period, marks: Sequence[Mark], targets: TimelineTargets) -> PeriodRow:
    lanes = []
    for lane in Lane:
        found = [mark for mark in marks if mark.lane is lane]
        if found:
            lanes.append(LaneSaid(NAMES.get(lane, lane.value), tuple(_gathered(lane, found, targets))))
    days = _days(timeline, period.first, _last_day(period))
    return PeriodRow(f"period-{period.number}", period_words(timeline, period), days, tuple(lanes))


def _gathered(lane: Lane, marks: Sequence[Mark], targets: TimelineTargets) -> Iterator[Said]:
    """One thing for each mark; of themes and feelings one for each tag or family, with all letters that bear it."""
    if lane not in {Lane.THEMES, Lane.FEELINGS}:
        yield from (said_of(mark, targets) for mark in marks)
        return
    by_label: dict[str, list[Mark]] = {}
    for mark in marks:
        by_label.setdefault(mark.label, []).append(mark)
    for label, borne in by_label.items():
        words = ", ".join(dict.fromkeys(word for mark in borne for word in mark.words))
        names = dict.fromkeys(name for mark in borne for name in mark.ids)
        yield Said(f"{label}: {words}" if words else label, tuple((name, targets.of_name(name)) for name in names))


def said_of(mark: Mark, targets: TimelineTargets) -> Said:
    """One mark in words."""
    return Said(_words(mark), tuple((name, targets.of_name(name)) for name in mark.ids))


def _words(mark: Mark) -> str:
    match mark.lane:
        case Lane.LETTERS if mark.kind == "over-length":
            return f"over the agreed length: {mark.label}"
        case Lane.LETTERS:
            what = mark.label if mark.kind == "other" else kind_in_words(mark)
            return f"{what}, {count_words(mark.amount or 0, 'word')}"
        case Lane.GAPS:
            return _between(mark)
        case Lane.REREADS:
            return day_in_words(mark.day)
        case _:
            return ": ".join(each for each in (kind_in_words(mark), ", ".join(mark.words)) if each)


def _between(mark: Mark) -> str:
    amount = mark.amount or 0
    hours, days = count_words(amount, "hour"), count_words(amount, "day")
    match mark.kind:
        case "gap":
            return f"response after {hours}"
        case "waiting":
            return f"waiting for a response for {hours}"
        case "late":
            return f"letter {days} late" if mark.side is Side.CLIENT else f"response {hours} late"
        case "between":
            return f"next letter after {days}"
        case "missed":
            return f"no letter on {day_in_words(mark.day)}, an agreed day"
        case _:
            return kind_in_words(mark)


def _last_day(period: Period) -> date:
    return period.end - timedelta(days=1)


def _days(timeline: Timeline, first: date, last: date) -> str:
    """The days of a week, which no heading says; a month or a year is its own name."""
    if timeline.step is not Step.WEEK:
        return ""
    return days_in_words(first, last)
