"""A list that draws only the rows in sight: thousands of rows cost no more than the screenful."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.style import Style

from therapymail.tui.commands import Card, Command, bindings
from therapymail.tui.strips import strip_of
from therapymail.tui.widgets.quiet_scroll import QuietScroll

Row = TypeVar("Row")
_KEPT_STRIPS = 1000  # lines as they were drawn: some screenfuls


class RowList(QuietScroll, Generic[Row], can_focus=True):
    """Rows with a cursor, walked by arrows, vim keys and mouse. A subclass says how a row is drawn.

    `Content` is what rows are drawn with, so that nothing a letter says is read as markup.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--cursor", "row-list--cursor-away", "row-list--nothing"}
    HERE: ClassVar[tuple[Command, ...]] = (
        Command("down,j", "move(1)", "Down", "One row down.", in_line=False),
        Command("up,k", "move(-1)", "Up", "One row up.", in_line=False),
        Command("pagedown,ctrl+d", "page(1)", "Screenful down", "A screenful of rows down.", in_line=False),
        Command("pageup,ctrl+u", "page(-1)", "Screenful up", "A screenful of rows up.", in_line=False),
        Command("home,g", "to_first", "First", "To the first row.", in_line=False),
        Command("end,G", "to_last", "Last", "To the last row that is shown; again for more.", in_line=False),
        Command(
            "enter", "choose", "Choose", "Open what is under the cursor; a second click does it, too.", in_line=False
        ),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)
    CARD: ClassVar[Card | None] = Card("A list", "Rows to walk through, and to choose one of.")
    DEFAULT_CSS = """
    RowList {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        background: $background;
        & > .row-list--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
        & > .row-list--cursor-away { background: $surface-lighten-1; }
        & > .row-list--nothing { color: $foreground-muted; }
    }
    """
    NOTHING: ClassVar[str] = "Nothing here."
    LOADING: ClassVar[str] = ""  # what is said before the first rows come, where that may take a moment
    ALLOW_SELECT = False

    cursor: reactive[int] = reactive(0, repaint=False)

    @dataclass
    class Moved(Message):
        """The cursor came to a row; `row` is None where the list is empty."""

        list: RowList[Any]
        row: object | None

        @property
        def control(self) -> RowList[Any]:
            """The list."""
            return self.list

    @dataclass
    class Chosen(Message):
        """A row was chosen with Enter or a click."""

        list: RowList[Any]
        row: object

        @property
        def control(self) -> RowList[Any]:
            """The list."""
            return self.list

    @dataclass
    class EndReached(Message):
        """The cursor is near the last row: more rows may be wanted."""

        list: RowList[Any]

        @property
        def control(self) -> RowList[Any]:
            """The list."""
            return self.list

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._rows: list[Row] = []
        self._as_of: object = None
        self._kept: dict[tuple[int, int, Style, int, str], Strip] = {}
        self.is_loaded = False
        self.auto_links = False  # rows have no links, and Textual looks for them at a price

    # --- what a subclass says ------------------------------------------------------------------------------

    def lines_of_row(self) -> int:
        """How many lines each row takes at this width."""
        return 1

    def draw(self, row: Row, width: int) -> Sequence[Content]:
        """The lines of `row`, each at most `width` columns."""
        raise NotImplementedError

    # --- rows ----------------------------------------------------------------------------------------------

    @property
    def rows(self) -> Sequence[Row]:
        """The rows, the first on top."""
        return self._rows

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def show_rows(self, rows: Sequence[Row], cursor: int = 0, *, as_of: object = None) -> None:
        """Show `rows` from now on, the cursor on the row of that number.

        `as_of` is what their drawing depends on beside them, as a moment. Where all is as it was, nothing is drawn.
        """
        is_as_before = self.is_loaded and as_of == self._as_of and self._rows == list(rows)
        if not is_as_before:
            self._rows, self._as_of, self.is_loaded = list(rows), as_of, True
            self._draw_anew()
            self._measure()
        at = max(0, min(cursor, len(self._rows) - 1))
        if at == self.cursor:
            self.post_message(self.Moved(self, self.row))
            self._bring_into_sight()
        else:
            self.cursor = at
        if not is_as_before:
            self.refresh()

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Show more rows below those that are shown."""
        self._rows += rows
        self._measure()
        self.refresh()

    def replace_row(self, index: int, row: Row) -> None:
        """Show another row in the place of one."""
        self._rows[index] = row
        self._draw_anew()
        self.refresh()

    def forget(self) -> None:
        """Show nothing any more."""
        self._rows, self._as_of = [], None
        self._draw_anew()
        self.is_loaded = False
        self.set_reactive(RowList.cursor, 0)
        self._measure()
        self.refresh()

    def watch_cursor(self, before: int, now: int) -> None:
        """Tell, and keep the cursor in sight; no rows are drawn again but the one it left and the one it came to."""
        self._bring_into_sight()
        for index in (before, now):
            if 0 <= index < len(self._rows):
                self.refresh_lines(*self.place_of(index))
        self.post_message(self.Moved(self, self.row))
        if self._rows and self.cursor >= len(self._rows) - max(5, self._rows_in_sight()):
            self.post_message(self.EndReached(self))

    def validate_cursor(self, at: int) -> int:
        """A row that is there."""
        return max(0, min(at, len(self._rows) - 1))

    # --- what a person does --------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Go some rows down."""
        self.cursor += by

    def action_page(self, pages: int) -> None:
        """Go some screenfuls down."""
        self.cursor += pages * max(1, self._rows_in_sight() - 1)

    def action_to_first(self) -> None:
        """Go to the first row."""
        self.cursor = 0

    def action_to_last(self) -> None:
        """Go to the last row there is so far."""
        self.cursor = len(self._rows) - 1

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self.row is not None:
            self.post_message(self.Chosen(self, self.row))

    def on_click(self, event: events.Click) -> None:
        """Go to the row under the mouse; a second click chooses it."""
        at, _ = self.row_at(event.y + self.scroll_offset.y)
        if at < len(self._rows):
            is_again = at == self.cursor
            self.cursor = at
            if is_again or event.chain > 1:
                self.action_choose()

    # --- drawing -------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.size.width
        index, part = self.row_at(y + self.scroll_offset.y)
        if index >= len(self._rows):
            says = "" if y else self.LOADING if not self.is_loaded else "" if self._rows else self.NOTHING
            return self._strip(Content(f" {says}"), self._look("row-list--nothing"), width)
        look = self._look(self.style_at(index, part))
        wanted = (index, part, look, width, self.app.theme)
        if wanted not in self._kept:
            self._keep_drawn(index, width)
        return self._kept.get(wanted) or self._strip(Content(), look, width)

    def _keep_drawn(self, index: int, width: int) -> None:
        """Draw a row, and keep its lines: it is drawn once while it is in sight."""
        if len(self._kept) >= _KEPT_STRIPS:
            self._kept.clear()
        for part, content in enumerate(self.lines_at(index, width)):
            look = self._look(self.style_at(index, part))
            self._kept[index, part, look, width, self.app.theme] = self._strip(content, look, width)

    def _draw_anew(self) -> None:
        self._kept.clear()

    def lines_at(self, index: int, width: int) -> Sequence[Content]:
        """The lines of the row of that number."""
        return self.draw(self._rows[index], width)

    def style_at(self, index: int, part: int) -> str:  # noqa: ARG002 - a list whose rows have a head asks for it
        """How a line of a row looks: the row under the cursor stands out."""
        if index != self.cursor:
            return ""
        return "row-list--cursor" if self.has_focus else "row-list--cursor-away"

    def _look(self, component: str) -> Style:
        return self.get_visual_style(component) if component else self.visual_style

    def _strip(self, content: Content, style: Style, width: int) -> Strip:
        line = strip_of(self, content.truncate(width, ellipsis=True), style)
        return line.extend_cell_length(width, style.rich_style)

    def on_resize(self) -> None:
        """The rows may take another number of lines now."""
        self._measure()
        self._bring_into_sight()

    def watch_has_focus(self, _has_focus: bool) -> None:  # noqa: FBT001 - Textual's signature
        """No style of a list depends on it; Textual would look up all of them, and draw the bar."""

    def _on_focus(self, event: events.Focus) -> None:
        """As Textual's own, which would draw every row: only the cursor looks otherwise with focus."""
        event.prevent_default()
        self._focus_came(events.DescendantFocus(self), is_here=True)

    def _on_blur(self, event: events.Blur) -> None:
        """In the same way."""
        event.prevent_default()
        self._focus_came(events.DescendantBlur(self), is_here=False)

    def _focus_came(self, told: Message, *, is_here: bool) -> None:
        self.has_focus = is_here
        if self._rows:
            self.refresh_lines(*self.place_of(self.cursor))
        if self.parent is not None:
            self.parent.post_message(told)

    # --- where rows stand: a list whose rows differ in height says it otherwise -----------------------------

    def row_at(self, line: int) -> tuple[int, int]:
        """The number of the row to which this line of the list belongs, and which of the row's lines it is."""
        return divmod(line, self.lines_of_row())

    def place_of(self, index: int) -> tuple[int, int]:
        """The first line of a row, and how many it takes."""
        return index * self.lines_of_row(), self.lines_of_row()

    def _measure(self) -> None:
        self.virtual_size = Size(self.size.width, self.measured())

    def measured(self) -> int:
        """How many lines all rows take."""
        return len(self._rows) * self.lines_of_row()

    def _rows_in_sight(self) -> int:
        return max(1, self.size.height // self.lines_of_row())

    def _bring_into_sight(self) -> None:
        top, lines = self.place_of(self.cursor)
        region = Region(0, top, 1, lines)
        self.scroll_to_region(region, animate=False, force=True)
