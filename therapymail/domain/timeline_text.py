"""The timeline as text: 80 columns or more, without colour, in glyphs or (`plain`) in ASCII alone."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from therapymail.domain.timeline import Period, Step, Tally, Timeline

MIN_WIDTH = 40
MOST_TAGS = 12
_MOST_LABEL = 16
# Columns a period takes: the widest with which all periods stand in one row.
_CELLS = {Step.WEEK: (5, 4, 3), Step.MONTH: (5, 4), Step.YEAR: (6, 5)}
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Glyphs:
    """What the lanes are drawn with. Without `bars`, words are written in hundreds."""

    bars: str
    mark: str
    nothing: str
    cut: str


GLYPHS = Glyphs(bars="▁▂▃▄▅▆▇█", mark="■", nothing="·", cut="…")
PLAIN = Glyphs(bars="", mark="#", nothing=".", cut="~")


def timeline_text(timeline: Timeline, *, width: int = 80, plain: bool = False) -> str:
    """`timeline` as lines that are at most `width` columns (and at least MIN_WIDTH) wide."""
    return "\n".join(
        line.rstrip() for line in _Drawing(timeline, max(width, MIN_WIDTH), PLAIN if plain else GLYPHS).lines()
    )


class _Drawing:
    """One timeline being drawn."""

    def __init__(self, timeline: Timeline, width: int, glyphs: Glyphs) -> None:
        self._timeline = timeline
        self._width = width
        self._glyphs = glyphs
        self._tags = timeline.tags[:MOST_TAGS]
        self._label = min(max((_columns(tag) for tag in (*self._tags, "client")), default=6), _MOST_LABEL) + 2
        room = width - self._label
        cells = _CELLS[timeline.step]
        self._cell = next((cell for cell in cells if cell * len(timeline.periods) <= room), cells[-1])
        self._in_row = max(1, room // self._cell)
        tallies = [tally for period in timeline.periods for tally in (period.client, period.therapist)]
        self._most_words = max((tally.words for tally in tallies), default=0)
        self._hours: dict[int, float] = {}
        for gap in timeline.gaps:
            if gap.hours is not None:
                self._hours[gap.period] = max(gap.hours, self._hours.get(gap.period, 0))

    def lines(self) -> list[str]:
        """Heading, the rows of periods, and what the picture cannot show."""
        if not self._timeline.periods:
            return [f"{self._timeline.code}  no letters yet"]
        lines = self._heading()
        periods = self._timeline.periods
        for at in range(0, len(periods), self._in_row):
            since = f"{'':{self._label}}from {periods[at].first}" if len(periods) > self._in_row else ""
            lines += ["", since, *self._row(periods[at : at + self._in_row])]
        lines = [*lines, "", *self._remarks()]
        return [line for at, line in enumerate(lines) if line or lines[at - 1]]

    def _heading(self) -> list[str]:
        periods = self._timeline.periods
        counts = ", ".join(
            _count(sum(len(tally.letters) for tally in lane), noun)
            for lane, noun in (
                ([period.client for period in periods], "letter"),
                ([period.therapist for period in periods], "response"),
                ([period.others for period in periods], "other mail"),
            )
        )
        span = f"{periods[0].first} .. {periods[-1].end - timedelta(days=1)}"
        left = f"{self._timeline.code}  {counts}"
        if len(left) + len(span) + 2 <= self._width:
            return [left + span.rjust(self._width - len(left))]
        return [_clipped(left, self._width, self._glyphs.cut), span]

    def _row(self, periods: Sequence[Period]) -> list[str]:
        present = [tag for tag in self._tags if any(tag in period.tags for period in periods)]
        lanes = [
            self._lane(self._timeline.step.value, periods, self._number),
            self._lane("client", periods, lambda period: self._bar(period.client)),
            self._lane("reply", periods, lambda period: self._bar(period.therapist)),
            self._lane("hours", periods, self._waited),
        ]
        if any(period.others.letters for period in periods):
            lanes.append(self._lane("other", periods, self._others))
        return lanes + [self._lane(tag, periods, partial(self._theme, tag)) for tag in present]

    def _lane(self, name: str, periods: Sequence[Period], draw: Callable[[Period], str]) -> str:
        label = _clipped(name, self._label - 2, self._glyphs.cut)
        cells = ((draw(period) or self._glyphs.nothing).ljust(self._cell) for period in periods)
        return label + " " * (self._label - _columns(label)) + "".join(cells)

    def _number(self, period: Period) -> str:
        match self._timeline.step:
            case Step.WEEK:
                return str(period.number)[-(self._cell - 1) :]
            case Step.MONTH if period.first.month == 1:
                return str(period.first.year)[-(self._cell - 1) :]
            case Step.MONTH:
                return _MONTHS[period.first.month]
            case Step.YEAR:
                return str(period.first.year)

    def _bar(self, tally: Tally) -> str:
        if not tally.letters:
            return ""
        several = str(len(tally.letters)) if 1 < len(tally.letters) < 10 else "+" if len(tally.letters) > 1 else ""
        if not self._glyphs.bars:
            return _digits(max(1, round(tally.words / 100)), self._cell)
        height = -(-len(self._glyphs.bars) * tally.words // self._most_words) if self._most_words else 1
        return self._glyphs.bars[max(height, 1) - 1] + several

    def _waited(self, period: Period) -> str:
        hours = self._hours.get(period.number)
        if hours is None:
            return ""
        whole = max(0, round(hours))
        return _digits(whole, self._cell) if whole < 100 else _digits(whole // 24, self._cell - 1) + "d"

    def _others(self, period: Period) -> str:
        return _digits(len(period.others.letters), self._cell) if period.others.letters else ""

    def _theme(self, tag: str, period: Period) -> str:
        times = period.tags.get(tag, 0)
        return self._glyphs.mark + (_digits(times, self._cell - 1) if times > 1 else "") if times else ""

    def _remarks(self) -> list[str]:
        timeline = self._timeline
        remarks = [f"{self._measure()}; hours: from letter to response (d: days)"]
        waits = [gap for gap in timeline.gaps if gap.hours is not None]
        if waits:
            longest = max(waits, key=lambda gap: gap.hours or 0)
            remarks.append(f"longest wait: {longest.hours:.0f} hours, from {longest.letter} to {longest.response}")
        if timeline.waiting_since:
            remarks.append(f"waiting for a response: {timeline.waiting_since}")
        silent = timeline.without_letter
        if silent:
            remarks.append(f"{timeline.step.value}s without a letter: {_listed(silent)}")
        if len(timeline.tags) > len(self._tags):
            remarks.append(f"{len(timeline.tags) - len(self._tags)} more tags are not shown")
        return [_clipped(remark, self._width, self._glyphs.cut) for remark in remarks]

    def _measure(self) -> str:
        if not self._glyphs.bars:
            return "numbers: hundreds of words"
        return f"height: words, at most {self._most_words}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _digits(number: int, cell: int) -> str:
    """`number` in less than `cell` columns; what does not fit ends in a plus sign."""
    text, room = str(number), max(1, cell - 1)
    return text if len(text) <= room else "9" * (room - 1) + "+"


def _listed(numbers: Sequence[int]) -> str:
    """`3, 5-8, 12`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _columns(text: str) -> int:
    """How many columns a terminal gives `text`: two for wide characters, none for marks."""
    return sum(
        0 if unicodedata.combining(each) or unicodedata.category(each) in {"Mn", "Me", "Cf"} else _width_of(each)
        for each in text
    )


def _width_of(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _clipped(text: str, width: int, cut: str) -> str:
    if _columns(text) <= width:
        return text
    kept = ""
    for character in text:
        if _columns(kept + character) > width - 1:
            break
        kept += character
    return kept + cut
