"""The text of a letter to read: every line behind a gutter, so that none of it stands where our own words do (S8)."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from therapymail.tui.commands import Card, Command, bindings
from therapymail.tui.page import COMFORTABLE, Line, Part
from therapymail.tui.strips import strip_of
from therapymail.tui.widgets.quiet_scroll import QuietScroll
from therapymail.tui.word_marks import Marked

_GUTTERS = {
    Part.SUBJECT: " │ ",
    Part.TEXT: " │ ",
    Part.QUOTED: " ┆ ┆ ",
    Part.ENCLOSURE: " │ ",
    Part.UNSEALED: " ░ ░ ",
    Part.NOTE: " ",
    Part.FACT: " ",
    Part.HEAD: " ",
}
GUTTER_COLUMNS = 3
_MARKS = "Select words from here on: arrows go on, v again ends it. P tags them, B bookmarks them, M marks a milestone."
_MOST_SELECTED = 1500  # characters; of more only the ends are needed to find the place
_AN_END = 120


class LetterView(QuietScroll, can_focus=True):
    """Draws the lines of a letter that are in sight."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"letter-view--{part.value}" for part in Part} | {"letter-view--gutter"}
    HERE: ClassVar[tuple[Command, ...]] = (
        Command("down,j", "scroll_down", "Down", "One line down.", in_line=False),
        Command("up,k", "scroll_up", "Up", "One line up.", in_line=False),
        Command("pagedown,space,ctrl+d", "page_down", "Screenful down", "A screenful down.", in_line=False),
        Command("pageup,b,ctrl+u", "page_up", "Screenful up", "A screenful up.", in_line=False),
        Command("home,g", "scroll_home", "Beginning", "To the beginning of the letter.", in_line=False),
        Command("end,G", "scroll_end", "End", "To the end of the letter.", in_line=False),
        Command("v", "mark", "Select words", _MARKS, in_line=False),
        Command("right,l", "mark_on(1)", "A word more", "While you select: a word further on."),
        Command("left,h", "mark_on(-1)", "A word less", "While you select: a word back.", in_line=False),
        Command("escape", "unmark", "Select nothing", "While you select: give it up."),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)
    CARD: ClassVar[Card] = Card(
        "The letter",
        "What they wrote stands behind the line on the left, and nothing of it can stand anywhere else. What its seal"
        " proved is said above it, in our words.",
    )
    DEFAULT_CSS = """
    LetterView {
        height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; background: $background;
        & > .letter-view--gutter { color: $border; }
        & > .letter-view--subject { text-style: bold; }
        & > .letter-view--quoted { color: $foreground-muted; }
        & > .letter-view--unsealed { color: $text-error; }
        & > .letter-view--fact { color: $foreground-muted; }
        & > .letter-view--head { color: $text-accent; text-style: bold; }
        & > .letter-view--note { color: $foreground-muted; text-style: italic; }
    }
    LetterView:focus > .letter-view--gutter { color: $border-blurred; }
    """

    class Marking(Message):
        """Selecting by keys has begun, gone on or ended: other keys mean something now."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = ()
        self._marked: Marked | None = None  # while words are being selected by keys
        self.auto_links = False  # Textual would look for links of its own in each line

    @property
    def room(self) -> int:
        """Columns that text has."""
        return min(COMFORTABLE, self.size.width - GUTTER_COLUMNS - 1) if self.size.width else COMFORTABLE

    @property
    def text(self) -> str:
        """What is shown, for tests."""
        return "\n".join(line.content.plain for line in self._lines)

    def show_lines(self, lines: tuple[Line, ...], *, stay: bool = False) -> None:
        """Show these lines, from the top unless `stay`."""
        self._lines, self._marked = lines, None
        if self.is_attached and self.text_selection is not None:
            self.screen.clear_selection()
        self.virtual_size = Size(self.size.width, len(lines))
        if not stay:
            self.scroll_to(y=0, animate=False, force=True)
        self.refresh()

    def forget(self) -> None:
        """Show nothing any more."""
        self.show_lines(())

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width, at = self.size.width, y + self.scroll_offset.y
        if at >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[at]
        beside = "unsealed" if line.part is Part.UNSEALED else "gutter"
        gutter = self._strip(Content(_GUTTERS[line.part]), f"letter-view--{beside}")
        text = self._strip(line.content, f"letter-view--{line.part.value}")
        whole = Strip.join([gutter, text]).adjust_cell_length(width, self.rich_style)
        return self._with_selection(whole, at).apply_offsets(0, at)

    # --- what is selected with the mouse --------------------------------------------------------------------

    @property
    def selected(self) -> str:
        """The author's own words that are selected; of many the first and the last, with dots between."""
        selection = self.text_selection
        if selection is None:
            return ""
        found = []
        for at, line in enumerate(self._lines):
            span = selection.get_span(at)
            if span is not None and line.part is Part.TEXT:
                start, end = (max(0, each - GUTTER_COLUMNS) if each >= 0 else None for each in span)
                found.append(line.content.plain[start:end])
        words = " ".join(" ".join(found).split())
        if len(words) <= _MOST_SELECTED:
            return words
        return f"{words[:_AN_END].rpartition(' ')[0]} ... {words[-_AN_END:].partition(' ')[2]}"

    # --- what is selected with keys --------------------------------------------------------------------------

    def action_mark(self) -> None:
        """Begin to select at the first word in sight; again: that is all."""
        if self._marked is not None:
            self._mark(None)
        else:
            self._mark(Marked.begun(self._lines, self.scroll_offset.y))

    def key_escape(self, event: events.Key) -> None:
        """Before the screen takes the selection away by itself, and then goes back where one came from."""
        if self._marked is not None:
            event.stop()
            self.action_unmark()

    def action_unmark(self) -> None:
        """Select nothing."""
        self._mark(None)
        self.screen.clear_selection()

    def action_mark_on(self, words: int) -> None:
        """Go on by words."""
        if self._marked is not None:
            self._mark(self._marked.by_words(words))

    def action_scroll_down(self) -> None:
        """A line down: of the letter, or of what is being selected."""
        if self._marked is not None:
            self._mark(self._marked.by_lines(1))
        else:
            super().action_scroll_down()

    def action_scroll_up(self) -> None:
        """A line up, in the same way."""
        if self._marked is not None:
            self._mark(self._marked.by_lines(-1))
        else:
            super().action_scroll_up()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that go on with a selection mean something else without one."""
        if action in {"mark_on", "unmark"}:
            return self._marked is not None
        if action == "mark":
            return any(line.part is Part.TEXT for line in self._lines)
        return super().check_action(action, parameters)

    def _mark(self, marked: Marked | None) -> None:
        """Show what is selected; None ends the selecting, and what was selected stays so."""
        self._marked = marked
        if marked is not None:
            first, last = marked.first, marked.last
            begin = Offset(first.start + GUTTER_COLUMNS, first.line)
            self.screen.selections = {self: Selection(begin, Offset(last.end + GUTTER_COLUMNS, last.line))}
            self.scroll_to_region(Region(0, marked.here.line, 1, 1), animate=False, force=True)
        self.post_message(self.Marking())

    # --- what is copied --------------------------------------------------------------------------------------

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:  # noqa: ARG002 - it is our own
        """What is copied."""
        return self.selected, "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw it; where nothing is selected any more, nothing goes on being."""
        if selection is None:
            self._marked = None
        self.refresh()

    def _with_selection(self, strip: Strip, at: int) -> Strip:
        selection = self.text_selection
        span = selection.get_span(at) if selection is not None else None
        if span is None:
            return strip
        words = GUTTER_COLUMNS + self._lines[at].content.cell_length
        start, end = max(GUTTER_COLUMNS, span[0]), words if span[1] < 0 else min(span[1], words)
        if end <= start:
            return strip
        # Reversed, it is seen without colours, too.
        marked = Strip(Segment.apply_style(strip.crop(start, end), post_style=RichStyle(reverse=True)))
        return Strip.join([strip.crop(0, start), marked, strip.crop(end)])

    def _strip(self, content: Content, component: str) -> Strip:
        return strip_of(self, content, self.get_visual_style(component))
