"""The lanes of a timeline, walked by keyboard and mouse: periods across, rows down, a cursor on one cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from therapymail.domain.lanes import Mark
from therapymail.domain.text_width import clipped, columns_of, kept_apart, padded
from therapymail.domain.timeline import Timeline
from therapymail.domain.timeline_cells import marks_in
from therapymail.domain.timeline_rows import NOTHING, Cell, Row, rows_of
from therapymail.domain.timeline_text import MOST_TAGS, cells_of, name_of_period
from therapymail.tui.commands import Card, Command, bindings
from therapymail.tui.drawn import STYLES
from therapymail.tui.strips import strip_of
from therapymail.tui.untrusted import block

_MOST_NAME = 16
MORE_BEFORE, MORE_AFTER = "\u2039", "\u203a"  # single angle quotation marks: every font has them
_HEAD = 1  # the line with the periods, which stays where it is


class TimelineLanes(Widget, can_focus=True):
    """`row` and `period` (from 0) are where the cursor is. Only what is in sight is drawn."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lanes--cursor", "lanes--cursor-away", "lanes--across"}
    HERE: ClassVar[tuple[Command, ...]] = (
        Command("enter", "choose", "Open", "Open the letter of the mark; of several you choose one."),
        Command("left,h", "walk(0, -1)", "Earlier", "To the period before.", in_line=False),
        Command("right,l", "walk(0, 1)", "Later", "To the next period.", in_line=False),
        Command("down,j", "walk(1, 0)", "Lane below", "To the lane below.", in_line=False),
        Command("up,k", "walk(-1, 0)", "Lane above", "To the lane above.", in_line=False),
        Command("n", "next_mark(1)", "Next mark", "To the next period with something in this lane.", in_line=False),
        Command("p", "next_mark(-1)", "Mark before", "To the mark before in this lane.", in_line=False),
        Command("pagedown,ctrl+d", "page(1)", "Screenful later", "A screenful of periods later.", in_line=False),
        Command("pageup,ctrl+u", "page(-1)", "Screenful back", "A screenful of periods earlier.", in_line=False),
        Command("home,g", "to_period(0)", "First period", "To the first period.", in_line=False),
        Command("end,G", "to_period(-1)", "Last period", "To the last period.", in_line=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)
    CARD: ClassVar[Card] = Card(
        "The lanes",
        "Periods run from left to right, lanes lie below each other. What stands under the cursor is said in words"
        " below; nothing here is scored.",
    )
    DEFAULT_CSS = """
    TimelineLanes {
        height: auto; background: $background;
        & > .lanes--across { background: $surface; }
        & > .lanes--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
        & > .lanes--cursor-away { background: $surface-lighten-1; }
    }
    """

    row: reactive[int] = reactive(0)
    period: reactive[int] = reactive(0)

    @dataclass
    class Moved(Message):
        """The cursor came to a cell."""

        lanes: TimelineLanes

        @property
        def control(self) -> TimelineLanes:
            """The lanes."""
            return self.lanes

    @dataclass
    class Chosen(Message):
        """The cell under the cursor was chosen with Enter or a second click."""

        lanes: TimelineLanes

        @property
        def control(self) -> TimelineLanes:
            """The lanes."""
            return self.lanes

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self.auto_links = False
        self.timeline: Timeline | None = None
        self._rows: tuple[Row, ...] = ()
        self._top = self._first = 0  # the first row and the first period in sight

    # --- what is shown -------------------------------------------------------------------------------------

    def show_timeline(self, timeline: Timeline) -> None:
        """Show it, the cursor on the same lane and day where they are still there, else on the newest mark."""
        before, name = self.timeline, self.current.name if self.current else ""
        day = before.periods[self.period].first if before and before.periods else None
        self.timeline = timeline
        self._rows = rows_of(timeline, MOST_TAGS).rows if timeline.periods else ()
        at = next((n for n, each in enumerate(timeline.periods) if day and each.first <= day < each.end), None)
        row = next((n for n, each in enumerate(self._rows) if each.name == name), min(self.row, len(self._rows) - 1))
        self._top = self._first = 0
        self.set_reactive(TimelineLanes.row, max(0, row))
        cells = self._rows[max(0, row)].cells if self._rows else ()
        newest = max((n for n, each in enumerate(cells) if each.glyph or each.notice), default=0)
        self.set_reactive(TimelineLanes.period, newest if at is None else at)
        self.refresh(layout=True)
        self.call_after_refresh(self._moved)

    def forget(self) -> None:
        """Show nothing any more."""
        self.timeline, self._rows = None, ()
        self.set_reactive(TimelineLanes.row, 0)
        self.set_reactive(TimelineLanes.period, 0)
        self.refresh(layout=True)

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.row] if self.row < len(self._rows) else None

    @property
    def cell(self) -> Cell | None:
        """The cell under the cursor."""
        row = self.current
        return row.cells[self.period] if row and self.period < len(row.cells) else None

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks under the cursor."""
        if self.timeline is None or self.current is None:
            return ()
        return marks_in(self.timeline, self.current, self.period + 1)

    # --- walking -------------------------------------------------------------------------------------------

    def validate_row(self, row: int) -> int:
        """One that is there."""
        return max(0, min(row, len(self._rows) - 1))

    def validate_period(self, period: int) -> int:
        """One that is there."""
        return max(0, min(period, len(self.timeline.periods) - 1 if self.timeline else 0))

    def watch_row(self, before: int, now: int) -> None:
        """Tell; no rows are drawn again but these two."""
        self._moved(before, now)

    def watch_period(self) -> None:
        """Tell."""
        self._moved(self.row)

    def _moved(self, *rows: int) -> None:
        shown = self._top, self._first
        self._bring_into_sight()
        if not rows or (self._top, self._first) != shown:
            self.refresh()
        else:
            width = self.size.width
            self.refresh(Region(0, 0, width, _HEAD), *(Region(0, _HEAD + at - self._top, width, 1) for at in rows))
        self.post_message(self.Moved(self))

    def action_walk(self, down: int, right: int) -> None:
        """Go to a cell beside."""
        self.row += down
        self.period += right

    def action_page(self, screenfuls: int) -> None:
        """Go some screenfuls of periods later."""
        self.period += screenfuls * max(1, self._in_sight - 1)

    def action_to_period(self, at: int) -> None:
        """Go to a period; -1 is the last."""
        self.period = at if at >= 0 else len(self.timeline.periods) - 1 if self.timeline else 0

    def action_next_mark(self, by: int) -> None:
        """Go to the next period of this row in which something is."""
        row = self.current
        cells = row.cells if row else ()
        at = self.period + by
        while 0 <= at < len(cells):
            if cells[at].glyph or cells[at].notice:
                self.period = at
                return
            at += by

    def action_choose(self) -> None:
        """Choose the cell."""
        if self.current is not None:
            self.post_message(self.Chosen(self))

    def on_click(self, event: events.Click) -> None:
        """Go to the cell under the mouse; a second click chooses it."""
        row, column = event.y - _HEAD + self._top, event.x - self._name_columns
        if not 0 <= row < len(self._rows):
            return
        at = (row, self._first + column // self._columns if column >= 0 else self.period)
        is_again = at == (self.row, self.period)
        self.row, self.period = at
        if is_again or event.chain > 1:
            self.action_choose()

    # --- measures ------------------------------------------------------------------------------------------

    @property
    def _name_columns(self) -> int:
        widest = max((columns_of(row.name) for row in self._rows), default=0)
        step = len(self.timeline.step.value) if self.timeline else 0
        return max(min(widest, _MOST_NAME), step) + 3

    @property
    def _columns(self) -> int:
        """Columns of one period."""
        if self.timeline is None:
            return 1
        return cells_of(self.timeline, self.size.width - self._name_columns - 1, self.size.width)

    @property
    def _in_sight(self) -> int:
        """How many periods fit beside the names."""
        return max(1, (self.size.width - self._name_columns - 1) // self._columns)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual asks so
        """The periods, and a line for each row."""
        return _HEAD + len(self._rows)

    def on_resize(self) -> None:
        """Other columns may fit now."""
        self._bring_into_sight()
        self.refresh()

    def _bring_into_sight(self) -> None:
        if not self.size.width or self.timeline is None:
            return
        rows, periods = max(1, self.size.height - _HEAD), self._in_sight
        self._top = min(max(self._top, self.row - rows + 1), self.row)
        self._top = max(0, min(self._top, len(self._rows) - rows))
        self._first = min(max(self._first, self.period - periods + 1), self.period)
        self._first = max(0, min(self._first, len(self.timeline.periods) - periods))

    # --- drawing -------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.size.width
        if self.timeline is None or not self.timeline.periods:
            return Strip.blank(width, self.rich_style)
        if y < _HEAD:
            return self._strip(self._head(), "", width)
        at = y - _HEAD + self._top
        if at >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        is_here = at == self.row
        parts, across = self._row(at), "lanes--across" if is_here else ""
        if not is_here:
            return self._strip(parts[0] + parts[1] + parts[2], "", width)
        cursor = "lanes--cursor" if self.has_focus else "lanes--cursor-away"
        left, cell, right = parts
        before, under = left.cell_length, cell.cell_length
        strips = [
            self._strip(left, across, before),
            self._strip(cell if cursor.endswith("away") else Content(cell.plain), cursor, under),
            self._strip(right, across, width - before - under),
        ]
        return Strip.join(strips).adjust_cell_length(width, self.rich_style)

    def _head(self) -> Content:
        """The periods, with arrows where there are more on either side."""
        assert self.timeline
        more = self._first > 0, self._first + self._in_sight < len(self.timeline.periods)
        label = padded(f"{MORE_BEFORE if more[0] else ' '} {self.timeline.step.value}", self._name_columns)
        parts: list[Content | tuple[str, str]] = [(label, "$foreground-muted")]
        for at in self._shown:
            name = padded(name_of_period(self.timeline, self.timeline.periods[at], self._columns), self._columns)
            parts.append((name, "bold $foreground" if at == self.period else "$foreground-muted"))
        parts.append((MORE_AFTER if more[1] else " ", "$foreground-muted"))
        return Content.assemble(*parts)

    @property
    def _shown(self) -> range:
        assert self.timeline
        return range(self._first, min(len(self.timeline.periods), self._first + self._in_sight))

    def _row(self, at: int) -> tuple[Content, Content, Content]:
        """What stands left of the cursor, below it, and right of it."""
        row, rows = self._rows[at], max(1, self.size.height - _HEAD)
        up, down = self._top > 0, self._top + rows < len(self._rows)
        hint = "↑" if up and at == self._top else "↓" if down and at == self._top + rows - 1 else " "
        name = padded(f"{hint} {kept_apart(clipped(row.name, _MOST_NAME, '…'))}", self._name_columns)
        style = "bold $foreground" if at == self.row else "$foreground-muted"
        cells = [self._cell(row, row.cells[each]) for each in self._shown]
        under = max(0, self.period - self._first)
        left = Content("").join([block(name, style), *cells[:under]])
        cell = cells[under] if under < len(cells) else Content()
        return left, cell, Content("").join(cells[under + 1 :])

    def _cell(self, row: Row, cell: Cell) -> Content:
        room = self._columns
        if not cell.glyph and not cell.notice:
            return Content.styled(padded(NOTHING, room), "$foreground-muted 50%")
        glyph, notice = cell.glyph[: max(1, room - len(cell.notice) - 1)], cell.notice
        fill = ("─" if cell.is_bridge else " ") * max(0, room - columns_of(glyph) - len(notice))
        return Content.assemble(
            (glyph, STYLES[row.part]), (notice, "bold $text-error"), (fill, "$foreground-muted")
        ).truncate(room)

    def _strip(self, content: Content, component: str, width: int) -> Strip:
        style = self.get_visual_style(component) if component else self.visual_style
        line = strip_of(self, content.truncate(max(0, width)), style)
        return line.extend_cell_length(max(1, width), style.rich_style)
