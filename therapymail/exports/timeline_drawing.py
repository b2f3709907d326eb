"""The lanes of a timeline as shapes of a picture: where each stands, what it is called and where it leads. Pure."""

from collections.abc import Iterator, Sequence

from therapymail.domain.lanes import Lane, Mark, Side
from therapymail.domain.periods import Step
from therapymail.domain.text_width import clipped
from therapymail.domain.timeline import Period, Timeline
from therapymail.domain.timeline_rows import Row, rows_of
from therapymail.exports.picture import Band, Layout, Shape
from therapymail.exports.timeline_view import TimelineTargets, period_words, said_of

MOST_TAGS = 12
_BAR = 66.0  # of the period with the most words on one side
_NOTICE = 14.0  # above a letter, for what stands out
_GAP_HEIGHT = 36.0
_YEAR = 12  # months
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def bands_of(timeline: Timeline, layout: Layout, targets: TimelineTargets) -> tuple[Band, ...]:
    """The pictures of `timeline`, one below the other, of about the same number of columns each."""
    periods = timeline.periods
    if not periods:
        return ()
    columns = _columns(timeline.step, len(periods), layout.most_columns)
    drawing = _Drawing(timeline, layout, targets, columns)
    return tuple(drawing.band(periods[at : at + columns]) for at in range(0, len(periods), columns))


class _Drawing:
    """One timeline being drawn in one layout."""

    def __init__(self, timeline: Timeline, layout: Layout, targets: TimelineTargets, columns: int) -> None:
        self._timeline = timeline
        self._layout = layout
        self._targets = targets
        self._cell = min(layout.widest, (layout.width - layout.label) / columns)
        self._marks: dict[tuple[Lane, int], list[Mark]] = {}
        for mark in timeline.marks:
            self._marks.setdefault((mark.lane, mark.period), []).append(mark)
        self._rows = [
            row for row in rows_of(timeline, MOST_TAGS).rows if not (row.lane is Lane.LETTERS and row.name == "reply")
        ]
        self._number = {id(mark): at for at, mark in enumerate(timeline.of(Lane.MILESTONES), 1)}
        most_by_client = max((each.client.words for each in timeline.periods), default=0)
        most_by_therapist = max((each.therapist.words for each in timeline.periods), default=0)
        self._scale = _BAR / (max(most_by_client, most_by_therapist) or 1)
        self._above = max(24.0, most_by_client * self._scale) + _NOTICE
        self._below = max(18.0, most_by_therapist * self._scale) + 4
        self._most_hours = max((gap.hours or 0 for gap in timeline.gaps), default=0) or 1

    def band(self, periods: Sequence[Period]) -> Band:
        """These periods as one picture."""
        shapes: list[Shape] = []
        y = 34.0
        for row in self._drawn(periods):
            if not self._layout.label:
                y += 14
            drawn, height = self._row(row, periods, y)
            shapes += self._named(row, y, height)
            shapes += drawn
            y += height + (8 if row.lane in {Lane.LETTERS, Lane.GAPS} else 3)
        axis = list(self._axis(periods, y))
        first, last = period_words(self._timeline, periods[0]), period_words(self._timeline, periods[-1])
        title = f"{self._timeline.code}: {first}" + (f" to {last}" if len(periods) > 1 else "")
        return Band(self._layout.width, round(y + 4, 1), title, (*axis, *shapes))

    def _drawn(self, periods: Sequence[Period]) -> Iterator[Row]:
        """The rows that say something in these periods; letters and responses are drawn as one."""
        for row in self._rows:
            if row.is_always or any(self._borne(row, each) for each in periods) or _has_bridge(row, periods):
                yield row

    def _row(self, row: Row, periods: Sequence[Period], y: float) -> tuple[list[Shape], float]:
        if row.lane is Lane.LETTERS and row.name == "client":
            return list(self._letters(periods, y)), self._above + self._below
        if row.lane is Lane.GAPS and row.name == "hours":
            return list(self._hours(row, periods, y)), _GAP_HEIGHT
        if row.lane in {Lane.THEMES, Lane.FEELINGS}:
            return list(self._squares(row, periods, y)), 15.0
        if row.lane is Lane.MILESTONES:
            most = max(len(self._of(Lane.MILESTONES, each)) for each in periods)
            return list(self._milestones(row, periods, y)), 19.0 * max(1, most)
        return list(self._dots(row, periods, y)), 17.0

    # --- the frame -----------------------------------------------------------------------------------

    def _x(self, at: int) -> float:
        return round(self._layout.label + at * self._cell, 1)

    def _named(self, row: Row, y: float, height: float) -> Iterator[Shape]:
        names = {"client": "letters", "hours": "hours to reply", "days": "days to next", "other": "other mails"}
        name = names.get(row.name, row.name) if row.lane in {Lane.LETTERS, Lane.GAPS} else row.name
        if not self._layout.label:
            yield Shape("text", (0, round(y - 4, 1)), "name", clipped(name, 40, "\u2026"))
        elif name == "letters":
            yield Shape("text", (0, round(y + self._above - 8, 1)), "name", "letters")
            yield Shape("text", (0, round(y + self._above + 16, 1)), "name", "responses")
        else:
            yield Shape("text", (0, round(y + height / 2 + 4, 1)), "name", clipped(name, 16, "\u2026"))

    def _axis(self, periods: Sequence[Period], bottom: float) -> Iterator[Shape]:
        """Names of months above the columns, their numbers below; a line where a month (of months: a year) begins."""
        every = max(1, round(26 / self._cell))
        spoken = -99.0
        for at, period in enumerate(periods):
            x, first = self._x(at), period.first
            begins = first.day <= 7 if self._timeline.step is Step.WEEK else first.month == 1
            if at == 0 or begins:
                if at:
                    yield Shape("line", (x, 20, x, round(bottom, 1)), "month")
                word = _axis_word(self._timeline.step, period, is_first=at == 0)
                if word and x - spoken > 6.5 * len(word) + 14:
                    yield Shape("text", (x + (3 if at else 0), 12), "name", word)
                    spoken = x
            if self._timeline.step is Step.WEEK and at % every == 0:
                yield Shape("text", (round(x + self._cell / 2, 1), 27), "week", str(period.number))

    def _of(self, lane: Lane, period: Period) -> list[Mark]:
        return self._marks.get((lane, period.number), [])

    def _borne(self, row: Row, period: Period) -> list[Mark]:
        return [mark for mark in self._of(row.lane, period) if _belongs(mark, row)]

    def _told(self, mark: Mark, period: Period) -> tuple[str, str]:
        """What a mark says, and where it leads."""
        said = said_of(mark, self._targets)
        names = ", ".join(name for name, _ in said.names)
        words = f"{names}: {said.words}" if names else said.words
        return f"{period_words(self._timeline, period)}, {words}", self._targets.of_marks(mark.ids, period.number)

    # --- letters and the time between ----------------------------------------------------------------

    def _letters(self, periods: Sequence[Period], y: float) -> Iterator[Shape]:
        line = round(y + self._above, 1)
        yield Shape("line", (self._layout.label, line, self._x(len(periods)), line), "base")
        width = round(min(self._cell * 0.62, 26), 1)
        for at, period in enumerate(periods):
            x = round(self._x(at) + (self._cell - width) / 2, 1)
            tops = {Side.CLIENT: line - 1, Side.THERAPIST: line + 1}
            for mark in self._of(Lane.LETTERS, period):
                if mark.side is None or mark.kind not in {"letter", "response"}:
                    continue
                is_client = mark.side is Side.CLIENT
                height = max(2.0, round((mark.amount or 0) * self._scale, 1))
                top = tops[mark.side] - height if is_client else tops[mark.side]
                tops[mark.side] = top - 1 if is_client else top + height + 1
                title, href = self._told(mark, period)
                yield Shape("rect", (x, round(top, 1), width, height), mark.side.value, "", title, href)
            yield from self._notices(period, round(x + width / 2, 1), round(tops[Side.CLIENT], 1), line)

    def _notices(self, period: Period, middle: float, top: float, line: float) -> Iterator[Shape]:
        """Over length as an open circle above the letter, an agreed day without a letter as a cross on the line."""
        over = next((mark for mark in self._of(Lane.LETTERS, period) if mark.kind == "over-length"), None)
        if over:
            yield Shape("circle", (middle, round(top - 6, 1), 3.2), "over", "", *self._told(over, period))
        for mark in self._of(Lane.GAPS, period):
            if mark.kind == "missed":
                yield Shape("text", (middle, line - 4), "missed", "\u00d7", *self._told(mark, period))
            elif mark.kind == "late" and mark.side is Side.CLIENT:
                place = (middle, round(top - (13 if over else 4), 1))
                yield Shape("text", place, "late-letter", f"+{mark.amount}d", *self._told(mark, period))

    def _hours(self, row: Row, periods: Sequence[Period], y: float) -> Iterator[Shape]:
        """The longest wait of each period as a bar, what was beyond the promise on top of it, and its hours."""
        bottom = y + _GAP_HEIGHT
        width = round(min(self._cell * 0.3, 10), 1)
        for at, period in enumerate(periods):
            found = [mark for mark in self._of(Lane.GAPS, period) if mark.kind in {"gap", "waiting"}]
            if not found:
                continue
            mark = max(found, key=lambda each: each.amount or 0)
            late = max(
                (each.amount or 0 for each in self._of(Lane.GAPS, period)
                 if each.kind == "late" and each.side is not Side.CLIENT), default=0,
            )  # fmt: skip
            title, href = self._told(mark, period)
            title += f", {late} hours late" if late else ""
            scale = (_GAP_HEIGHT - 11) / max(self._most_hours, mark.amount or 0)
            height = max(2.0, round((mark.amount or 0) * scale, 1))
            beyond = min(height, round(late * scale, 1))
            x = round(self._x(at) + self._cell / 2, 1)
            style = "wait" if mark.kind == "gap" else "wait open"
            left, top = round(x - width / 2, 1), round(bottom - height, 1)
            yield Shape("rect", (left, top, width, height), style, "", title, href)
            if beyond:
                yield Shape("rect", (left, top, width, beyond), "late")
            if self._cell >= 24 or late:
                words = row.cells[period.number - 1].glyph + ("!" if late else "")
                yield Shape("text", (x, round(top - 2.5, 1)), "late hours" if late else "hours", words)

    # --- everything else -----------------------------------------------------------------------------

    def _squares(self, row: Row, periods: Sequence[Period], y: float) -> Iterator[Shape]:
        size = round(min(self._cell - 2, 30), 1)
        for at, period in enumerate(periods):
            cell = row.cells[period.number - 1]
            borne = self._borne(row, period)
            if not borne:
                continue
            ids = [name for mark in borne for name in mark.ids]
            said = f": {cell.said}" if cell.said else ""
            names = ", ".join(dict.fromkeys(ids))
            title = f"{period_words(self._timeline, period)}, {row.name}{said} ({names})"
            is_own = any(mark.side is Side.CLIENT for mark in borne)
            style = f"{row.lane.value} {'' if is_own else 'answered '}n{min(len(set(ids)), 3)}"
            x = round(self._x(at) + (self._cell - size) / 2, 1)
            href = self._targets.of_marks(ids, period.number)
            yield Shape("rect", (x, round(y + 1.5, 1), size, 12), style, "", title, href)

    def _milestones(self, row: Row, periods: Sequence[Period], y: float) -> Iterator[Shape]:
        """Numbered, for the list below the picture; a line leads from a rupture to its repair."""
        for at, period in enumerate(periods):
            if row.cells[period.number - 1].is_bridge:
                since = round(self._x(at) + self._cell / 2, 1)
                yield Shape("line", (since, y + 9, min(since + self._cell, self._x(len(periods))), y + 9), "bridge")
            for level, mark in enumerate(self._of(Lane.MILESTONES, period)):
                middle, line = round(self._x(at) + self._cell / 2, 1), round(y + 9 + 19 * level, 1)
                title, _ = self._told(mark, period)
                number = self._number[id(mark)]
                yield Shape("circle", (middle, line, 8), "stone", "", title, f"#milestone-{number}")
                yield Shape("text", (middle, round(line + 3.6, 1)), "number", str(number))

    def _dots(self, row: Row, periods: Sequence[Period], y: float) -> Iterator[Shape]:
        for at, period in enumerate(periods):
            found = self._borne(row, period)
            if not found:
                continue
            middle = round(self._x(at) + self._cell / 2, 1)
            told = [self._told(mark, period) for mark in found]
            title = "; ".join(dict.fromkeys(words for words, _ in told))
            href = told[0][1] if len(told) == 1 else f"#period-{period.number}"
            if len(found) > 1 or row.lane in {Lane.AGREEMENTS, Lane.GAPS}:
                words = row.cells[period.number - 1].glyph or str(len(found))
                yield Shape("text", (middle, round(y + 12.5, 1)), f"count {row.lane.value}", words, title, href)
            else:
                yield Shape("circle", (middle, round(y + 8.5, 1), 3.6), f"dot {row.lane.value}", "", title, href)


def _columns(step: Step, many: int, most: int) -> int:
    """How many columns each picture has: about the same number, of months whole years."""
    if step is Step.MONTH and many > most:
        return most // _YEAR * _YEAR
    return -(-many // -(-many // most))


def _has_bridge(row: Row, periods: Sequence[Period]) -> bool:
    return any(row.cells[each.number - 1].is_bridge for each in periods)


def _belongs(mark: Mark, row: Row) -> bool:
    match row.lane:
        case Lane.THEMES:
            return mark.label == row.name
        case Lane.FEELINGS:
            return f"[{' '.join(mark.label.split())}]" == row.name
        case Lane.LETTERS:
            return mark.kind in {"other", "after-closing"}
        case Lane.GAPS:
            return mark.kind == "between"
        case _:
            return True


def _axis_word(step: Step, period: Period, *, is_first: bool) -> str:
    first = period.first
    match step:
        case Step.WEEK:
            return _MONTHS[first.month] + (f" {first.year}" if is_first or first.month == 1 else "")
        case Step.MONTH:
            return str(first.year) if first.month == 1 else f"{_MONTHS[first.month]} {first.year}"
        case Step.YEAR:
            return str(first.year)
