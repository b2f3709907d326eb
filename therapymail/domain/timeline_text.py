"""The timeline as text of any width: a picture in rows with what it means below, or all of it in words."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from therapymail.domain.drawing import Line, Part, Piece, line_of, text_of
from therapymail.domain.lanes import Lane
from therapymail.domain.periods import Step
from therapymail.domain.text_width import broken, clipped, columns_of, kept_apart, padded
from therapymail.domain.timeline import Period, Timeline
from therapymail.domain.timeline_rows import (
    BARS,
    BRIDGE,
    BY_THERAPIST,
    LATE,
    MARKED,
    MISSED,
    NOTHING,
    OVER_LENGTH,
    Cell,
    Row,
    rows_of,
)
from therapymail.domain.timeline_said import agreed_of, explained, heading_of, paragraphs_of, span_of, when_from_to

MIN_WIDTH = 40
MOST_TAGS = 12
BANDS = 2  # rows of periods, one below the other, that a step may take before a longer one is chosen
_MOST_LABEL = 16
_HANG = 15  # columns of the names of paragraphs
# Columns a period takes: the widest with which all periods stand in one row.
_CELLS = {Step.WEEK: (5, 4, 3), Step.MONTH: (5, 4), Step.YEAR: (6, 5)}
_WIDE, _WIDE_CELL = 120, 8  # on a wide screen they may be further apart
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CUT = "…"


def periods_that_fit(width: int) -> dict[Step, int]:
    """How many weeks and months a drawing of `width` columns has room for before it goes by the longer step."""
    room = max(width, MIN_WIDTH) - _MOST_LABEL - 2
    return {step: BANDS * (room // _CELLS[step][-1]) for step in (Step.WEEK, Step.MONTH)}


def timeline_text(timeline: Timeline, *, width: int = 80, plain: bool = False) -> str:
    """`timeline` as lines that are at most `width` columns (and at least MIN_WIDTH) wide."""
    return text_of(timeline_lines(timeline, width=width, plain=plain))


def timeline_lines(timeline: Timeline, *, width: int = 80, plain: bool = False) -> list[Line]:
    """As `timeline_text`, with the part that each piece plays. `plain` says every row in words, and in ASCII."""
    room = max(width, MIN_WIDTH)
    if not timeline.periods:
        return [line_of(f"{timeline.code}  no letters yet")]
    rows, tags_left = rows_of(timeline, MOST_TAGS)
    drawn = _in_words(timeline, rows, room) if plain else _picture(timeline, rows, room)
    more = [f"{clipped(tag, _MOST_LABEL, '~' if plain else _CUT)} ({times})" for tag, times in tags_left]
    below = [
        *([] if plain else [_legend(timeline, rows, room)]),
        *(_paragraph(said.name, said.items, room) for said in paragraphs_of(timeline)),
        *([_paragraph("more themes", more, room)] if more else []),
        *([_paragraph("not shown", [lane.value for lane in timeline.off], room)] if timeline.off else []),
    ]
    return [*_heading(timeline, room), (), *drawn, (), *(line for lines in below for line in lines)]


def explained_lines(timeline: Timeline, *, width: int = 80) -> list[Line]:
    """Every mark with what it stands for, lane by lane: what any count is made of."""
    lines: list[Line] = []
    for lane, said in explained(timeline):
        lines += [(), line_of(lane.value, Part.HEADING)]
        lines += [line_of(f"  {each}") for one in said for each in broken(one, max(width, MIN_WIDTH) - 2, 2)]
    return lines[1:]


def _heading(timeline: Timeline, width: int) -> list[Line]:
    left, span = heading_of(timeline), span_of(timeline)
    agreed = agreed_of(timeline)
    if columns_of(left) + len(span) + 2 <= width:
        first = [line_of(left + span.rjust(width - columns_of(left)), Part.HEADING)]
    else:
        first = [line_of(each, Part.HEADING) for each in (*broken(left, width, 2), span)]
    return [*first, *(line_of(each) for each in broken(agreed, width, 2) if agreed)]


# --- the picture ---------------------------------------------------------------------------------------


def _picture(timeline: Timeline, rows: Sequence[Row], width: int) -> Iterator[Line]:
    label = min(max(columns_of(row.name) for row in rows) if rows else 0, _MOST_LABEL)
    label = max(label, len(timeline.step.value)) + 2
    count, cell = len(timeline.periods), cells_of(timeline, width - label, width)
    in_row = max(1, (width - label) // cell)
    for at in range(0, count, in_row):
        band = slice(at, at + in_row)
        periods = timeline.periods[band]
        if count > in_row:
            if at:
                yield ()
            yield line_of(f"{'':{label}}from {periods[0].first}")
        yield (
            Piece(padded(timeline.step.value, label), Part.NAME),
            *(Piece(padded(name_of_period(timeline, period, cell), cell), Part.NAME) for period in periods),
        )
        for row in rows:
            if row.is_always or any(each.glyph or each.notice for each in row.cells[band]):
                name = padded(kept_apart(clipped(row.name, label - 2, _CUT)), label)
                yield (
                    Piece(name, Part.NAME),
                    *(piece for each in row.cells[band] for piece in _drawn(row, each, cell)),
                )


def cells_of(timeline: Timeline, room: int, width: int) -> int:
    """The columns of a period on a screen of `width`: the most with which all of them have `room`, else the least."""
    cells = ((_WIDE_CELL,) if width >= _WIDE else ()) + _CELLS[timeline.step]
    return next((each for each in cells if each * len(timeline.periods) <= room), cells[-1])


def _drawn(row: Row, content: Cell, cell: int) -> Iterator[Piece]:
    glyph, notice = content.glyph, content.notice
    if not glyph and not notice:
        yield Piece(padded(NOTHING, cell), Part.NOTHING)
        return
    room = cell - len(notice)
    if row.part in {Part.CLIENT, Part.THERAPIST} and len(glyph) > room:
        glyph = glyph[:1]  # the bar, without how many letters it is
    elif len(glyph) > cell:
        glyph = glyph[: cell - 1] + "+"
    fill = BRIDGE if content.is_bridge else " "
    yield Piece(glyph, row.part)
    if notice:
        yield Piece(notice, Part.NOTICE)
    yield Piece(fill * (cell - len(glyph) - len(notice)), Part.NOTHING)


def name_of_period(timeline: Timeline, period: Period, cell: int) -> str:
    """What a period is called above its column of `cell` columns."""
    match timeline.step:
        case Step.WEEK:
            return str(period.number)[-(cell - 1) :]
        case Step.MONTH if period.first.month == 1:
            return str(period.first.year)[-(cell - 1) :]
        case Step.MONTH:
            return _MONTHS[period.first.month]
        case Step.YEAR:
            return str(period.first.year)


def _legend(timeline: Timeline, rows: Sequence[Row], width: int) -> list[Line]:
    """What the glyphs mean that are in the picture."""
    seen = "".join(each.glyph + each.notice for row in rows for each in row.cells)
    names = {row.name for row in rows if any(each.glyph for each in row.cells)}
    most = max(tally.words for period in timeline.periods for tally in (period.client, period.therapist))
    meanings = (
        (any(bar in seen for bar in BARS), f"height: words, at most {most}"),
        (OVER_LENGTH in seen, f"{OVER_LENGTH} over the agreed length"),
        (LATE in seen, f"{LATE} late"),
        (MISSED in seen, f"{MISSED} agreed, and none came"),
        ("hours" in names, "hours: from letter to response (d: days)"),
        ("days" in names, "days: from response to letter"),
        (BY_THERAPIST in seen, f"{MARKED} in the client's, {BY_THERAPIST} in the therapist's alone"),
        (BRIDGE in seen, f"{BRIDGE} from rupture to repair"),
    )
    said = "; ".join(meaning for is_there, meaning in meanings if is_there)
    return [line_of(each) for each in broken(said, width, 2)] if said else []


# --- in words ------------------------------------------------------------------------------------------


def _in_words(timeline: Timeline, rows: Sequence[Row], width: int) -> Iterator[Line]:
    """Every row as a sentence."""
    if timeline.step is Step.WEEK:
        yield line_of(f"Week 1 begins on Monday {timeline.periods[0].first}.")
    for row in rows:
        if row.is_listed:
            continue
        items = []
        for _, some in groupby(enumerate(row.cells, 1), key=lambda each: _together(row, *each)):
            same = list(some)
            (first, cell), (last, _) = same[0], same[-1]
            if cell.glyph or cell.notice:
                said = f": {cell.said}" if cell.said else ""
                items.append(f"{when_from_to(timeline, first, last)}{said}")
        if items:
            yield from _paragraph(row.name, items, width)


def _together(row: Row, number: int, cell: Cell) -> tuple[int, str, bool]:
    """What periods have in common that are said at once: of themes alone, for amounts would seem to be of them all."""
    return 0 if row.lane is Lane.THEMES else number, cell.said, bool(cell.glyph)


def _paragraph(name: str, items: Sequence[str], width: int) -> list[Line]:
    """`name` and the items behind it, broken into lines between words."""
    hang = min(max(_HANG, columns_of(name) + 2), width // 2)
    label = padded(kept_apart(clipped(name, hang - 2, _CUT)), hang)
    lines = broken("; ".join(items), width - hang)
    return [(Piece(label if number == 0 else " " * hang, Part.NAME), Piece(text)) for number, text in enumerate(lines)]
