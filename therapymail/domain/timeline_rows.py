"""The rows of a drawn timeline: for each period what stands in the picture, and the same in words.

Every glyph has its words (PRODUCT F56): who cannot see the picture is told as much as who can.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from therapymail.domain.drawing import Part
from therapymail.domain.lanes import Lane, Mark, Side
from therapymail.domain.sanitise import sanitise_line
from therapymail.domain.timeline import Period, Tally, Timeline
from therapymail.domain.timeline_marks import FEELING
from therapymail.domain.wording import count_words

BARS = "▁▂▃▄▅▆▇█"
NOTHING, MARKED, BY_THERAPIST, EVENT, BRIDGE = "·", "■", "□", "◆", "─"
OVER_LENGTH, LATE, MISSED = "○", "!", "\u00d7"  # a multiplication sign: every font has it
RUPTURE, REPAIR = "rupture", "repair"


class Cell(NamedTuple):
    """One period of a row: the glyph (empty: nothing), and what it says in words beyond that something is there."""

    glyph: str = ""
    said: str = ""
    notice: str = ""  # glyphs of what stands out: late, over length, missing
    is_bridge: bool = False  # from a rupture to its repair


@dataclass(frozen=True)
class Row:
    """One row: `cells` one for each period. Where `is_listed`, the words stand in a paragraph of the lane's own."""

    name: str
    lane: Lane
    part: Part
    cells: tuple[Cell, ...]
    is_listed: bool = False
    is_always: bool = False  # drawn even where nothing is in it


class Rows(NamedTuple):
    """The rows that are drawn, and the tags that were too many, with how many mails bear each."""

    rows: tuple[Row, ...]
    tags_left: tuple[tuple[str, int], ...]


def rows_of(timeline: Timeline, most_tags: int) -> Rows:
    """Every row of `timeline`, in the order of the lanes; of themes the `most_tags` that the most mails bear."""
    by_period = _ByPeriod(timeline)
    themes = [tag for tag in timeline.tags if not tag.startswith(FEELING)] if Lane.THEMES not in timeline.off else []
    rows = [
        *(_letters(timeline, by_period) if Lane.LETTERS not in timeline.off else ()),
        *(_gaps(timeline, by_period) if Lane.GAPS not in timeline.off else ()),
        *(_theme(timeline, by_period, tag) for tag in themes[:most_tags]),
        *_feelings(timeline, by_period),
        *_events(timeline, by_period),
    ]
    rows = [row for row in rows if row.is_always or any(cell.glyph or cell.notice for cell in row.cells)]
    left = tuple((tag, sum(period.tags.get(tag, 0) for period in timeline.periods)) for tag in themes[most_tags:])
    return Rows(tuple(rows), left)


class _ByPeriod:
    """The marks of a timeline, found by lane and period."""

    def __init__(self, timeline: Timeline) -> None:
        self._found: dict[tuple[Lane, int], list[Mark]] = {}
        for mark in timeline.marks:
            self._found.setdefault((mark.lane, mark.period), []).append(mark)

    def __call__(self, lane: Lane, period: Period, *kinds: str, side: Side | None = None) -> list[Mark]:
        return [
            mark
            for mark in self._found.get((lane, period.number), ())
            if (not kinds or mark.kind in kinds) and (side is None or mark.side is side)
        ]


def _row(
    name: str, lane: Lane, part: Part, timeline: Timeline, cell: Callable[[Period], Cell], *, is_listed: bool = False
) -> Row:
    return Row(name, lane, part, tuple(cell(period) for period in timeline.periods), is_listed=is_listed)


# --- letters -------------------------------------------------------------------------------------------


def _letters(timeline: Timeline, by_period: _ByPeriod) -> Iterator[Row]:
    tallies = [tally for period in timeline.periods for tally in (period.client, period.therapist)]
    most = max((tally.words for tally in tallies), default=0)

    def bar(tally: Tally) -> tuple[str, str]:
        if not tally.letters:
            return "", ""
        several = len(tally.letters)
        height = -(-len(BARS) * tally.words // most) if most else 1
        count = "" if several == 1 else str(several) if several < 10 else "+"
        said = count_words(tally.words, "word")
        return BARS[max(height, 1) - 1] + count, said if several == 1 else f"{several} with {said}"

    def client(period: Period) -> Cell:
        glyph, said = bar(period.client)
        over = by_period(Lane.LETTERS, period, "over-length")
        late = by_period(Lane.GAPS, period, "late", side=Side.CLIENT)
        missed = by_period(Lane.GAPS, period, "missed")
        notices = [
            ("over length", OVER_LENGTH, over),
            (f"late by {', '.join(count_words(each.amount or 0, 'day') for each in late)}", LATE, late),
            ("none on an agreed day", MISSED, missed),
        ]
        words = [said, *(told for told, _, found in notices if found)]
        return Cell(glyph, ", ".join(filter(None, words)), "".join(mark for _, mark, found in notices if found))

    def reply(period: Period) -> Cell:
        glyph, said = bar(period.therapist)
        late = by_period(Lane.GAPS, period, "late", side=Side.THERAPIST)
        by = f"late by {', '.join(count_words(each.amount or 0, 'hour') for each in late)}" if late else ""
        return Cell(glyph, ", ".join(filter(None, (said, by))), LATE if late else "")

    def others(period: Period) -> Cell:
        number = len(period.others.letters)
        return Cell(str(number), count_words(number, "mail")) if number else Cell()

    for name, part, cell in (("client", Part.CLIENT, client), ("reply", Part.THERAPIST, reply)):
        cells = tuple(cell(period) for period in timeline.periods)
        yield Row(name, Lane.LETTERS, part, cells, is_always=True)
    yield _row("other", Lane.LETTERS, Part.PLAIN, timeline, others)


def _gaps(timeline: Timeline, by_period: _ByPeriod) -> Iterator[Row]:
    """How long the client waited for the response, and the therapist for the next letter: the longest of a period."""
    longest: dict[int, float] = {}
    for gap in timeline.gaps:
        if gap.hours is not None:
            longest[gap.period] = max(gap.hours, longest.get(gap.period, 0))

    def hours(period: Period) -> Cell:
        waited = longest.get(period.number)
        if waited is None:
            return Cell()
        whole = max(0, round(waited))
        return Cell(str(whole) if whole < 100 else f"{whole // 24}d", count_words(whole, "hour"))

    def days(period: Period) -> Cell:
        found = max((mark.amount or 0 for mark in by_period(Lane.GAPS, period, "between")), default=None)
        return Cell() if found is None else Cell(str(found), count_words(found, "day"))

    yield Row("hours", Lane.GAPS, Part.PLAIN, tuple(map(hours, timeline.periods)), is_always=True)
    yield _row("days", Lane.GAPS, Part.PLAIN, timeline, days)


# --- themes and feelings -------------------------------------------------------------------------------


def _theme(timeline: Timeline, by_period: _ByPeriod, tag: str) -> Row:
    def cell(period: Period) -> Cell:
        times = period.tags.get(tag, 0)
        if not times:
            return Cell()
        borne = [mark for mark in by_period(Lane.THEMES, period) if mark.label == tag]
        by_client = any(mark.side is Side.CLIENT for mark in borne)
        said = [f"{times} mails" if times > 1 else "", "" if by_client else "the therapist's"]
        glyph = (MARKED if by_client else BY_THERAPIST) + (str(times) if times > 1 else "")
        return Cell(glyph, ", ".join(filter(None, said)))

    return _row(tag, Lane.THEMES, Part.THEME, timeline, cell)


def _feelings(timeline: Timeline, by_period: _ByPeriod) -> Iterator[Row]:
    """A row for each family, the one that most mails name first."""
    counts: dict[str, int] = {}
    for mark in timeline.of(Lane.FEELINGS):
        counts[mark.label] = counts.get(mark.label, 0) + 1
    for family in sorted(counts, key=lambda each: -counts[each]):  # of equals the one that came first

        def cell(period: Period, family: str = family) -> Cell:
            named = [mark for mark in by_period(Lane.FEELINGS, period) if mark.label == family]
            if not named:
                return Cell()
            own = _words(mark for mark in named if mark.side is Side.CLIENT)
            answered = _words(mark for mark in named if mark.side is not Side.CLIENT)
            said = [", ".join(own), f"{', '.join(answered)} (the therapist's)" if answered else ""]
            return Cell(MARKED if own else BY_THERAPIST, "; ".join(filter(None, said)))

        yield _row(f"[{sanitise_line(family)}]", Lane.FEELINGS, Part.FEELING, timeline, cell)


def _words(marks: Iterable[Mark]) -> list[str]:
    return list(dict.fromkeys(sanitise_line(word) for mark in marks for word in mark.words))


# --- single events -------------------------------------------------------------------------------------

_EVENTS = (
    (Lane.MILESTONES, "milestones"),
    (Lane.AGREEMENTS, "agreement"),
    (Lane.SAFETY, "safety"),
    (Lane.NOTES, "notes"),
    (Lane.PROCESS, "process"),
    (Lane.REREADS, "re-read"),
    (Lane.TECHNOLOGY, "incidents"),
)


def _events(timeline: Timeline, by_period: _ByPeriod) -> Iterator[Row]:
    for lane, name in _EVENTS:
        bridges = _bridges(timeline.of(lane)) if lane is Lane.MILESTONES else frozenset()

        def cell(period: Period, lane: Lane = lane, bridges: frozenset[int] = bridges) -> Cell:
            found = by_period(lane, period)
            is_bridge = period.number in bridges
            if not found:
                return Cell(BRIDGE if is_bridge else "", "", is_bridge=is_bridge)
            glyph = EVENT + (str(len(found)) if len(found) > 1 else "")
            if lane is Lane.AGREEMENTS:
                glyph = f"v{found[-1].amount}"
            elif lane is not Lane.MILESTONES:
                glyph = str(len(found))
            return Cell(glyph, str(len(found)), is_bridge=is_bridge)

        yield _row(name, lane, Part.EVENT, timeline, cell, is_listed=True)


def _bridges(milestones: Sequence[Mark]) -> frozenset[int]:
    """The periods from a rupture up to and without the one of its repair; one that was not repaired has none (F47)."""
    found: set[int] = set()
    since: int | None = None
    for mark in milestones:
        if mark.kind == RUPTURE and since is None:
            since = mark.period
        elif mark.kind == REPAIR and since is not None:
            found.update(range(since, mark.period))
            since = None
    return frozenset(found)
