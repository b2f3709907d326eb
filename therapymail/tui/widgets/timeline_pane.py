"""The timeline of one client to walk in: lanes, what stands under the cursor in words, and the ways from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from therapymail.domain.day_words import days_in_words
from therapymail.domain.exporting import Exported
from therapymail.domain.lanes import HIDDEN, Lane
from therapymail.domain.text_width import broken
from therapymail.domain.timeline import Step, Timeline
from therapymail.domain.timeline_cells import mails_of, notes_of
from therapymail.domain.timeline_said import agreed_of, heading_of, mark_in_words, when
from therapymail.domain.timeline_text import periods_that_fit
from therapymail.errors import TherapymailError
from therapymail.practice.look_back import client_timeline
from therapymail.tui.asking import app_of, asking
from therapymail.tui.commands import Command, bindings
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.screens.told import Told, choose_letter
from therapymail.tui.timeline_tellings import comparison, every_mark, review, thread
from therapymail.tui.untrusted import line
from therapymail.tui.widgets.chrome import KeyLine
from therapymail.tui.widgets.sheet import ChoiceSheet
from therapymail.tui.widgets.timeline_lanes import TimelineLanes

_ASKED_FOR = "hidden until you ask: somebody may look over your shoulder"


class TimelinePane(Vertical):
    """What a screen or a tab holds of it; `focus_lanes` gives it the keys."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("t", "thread", "Thread", "Follow the theme or feeling of this lane through the letters."),
        Command("c", "compare", "Compare", "Keep this letter, then c on another shows the two side by side."),
        Command("v", "review", "Review", "What the exchanges since the last review held."),
        Command("w", "by('week')", "Weeks", "One column a week."),
        Command("m", "by('month')", "Months", "One column a month."),
        Command("y", "by('year')", "Years", "One column a year."),
        Command("x", "hide_lane", "Hide lane", "Hide this lane."),
        Command("H", "lanes", "Lanes", "Show and hide lanes; safety and process are hidden until you ask."),
        Command("e", "every_mark", "Every mark", "Every mark with what it stands for.", in_line=False),
        Command("b", "letterbook", "Letterbook", "Read the letterbook from this letter on.", in_line=False),
        Command("E", "export", "Export", "Write the timeline to a file.", in_line=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)
    DEFAULT_CSS = """
    TimelinePane { padding: 1 2 0 2; height: 1fr; }
    TimelinePane #what { height: auto; margin-bottom: 1; }
    TimelinePane TimelineLanes { max-height: 62%; }
    TimelinePane #said { height: 1fr; margin-top: 1; }
    """

    def __init__(self, code: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._code = code
        self._step: Step | None = None
        self._off = HIDDEN
        self._kept: str = ""  # the letter that another is compared with

    def compose(self) -> ComposeResult:
        """Counts, lanes, words."""
        yield Static(" ", id="what", markup=False)
        yield TimelineLanes()
        yield Static(" ", id="said", markup=False)

    def on_mount(self) -> None:
        """Count by what fits, weeks first."""
        self.count()

    @property
    def lanes(self) -> TimelineLanes:
        """The lanes."""
        return self.query_one(TimelineLanes)

    def focus_lanes(self) -> None:
        """Give the lanes the keys."""
        self.lanes.focus()

    # --- counting ------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the record again: what a tab is asked for."""
        self.count()

    @asking("timeline")
    async def count(self) -> None:
        """Read the record again."""
        await self._count(self._step, self._off)

    async def _count(self, step: Step | None, off: frozenset[Lane]) -> None:
        # Beside the record's thread: years of letters take a moment, and a search meanwhile should not wait.
        room = app_of(self)
        most = None if step else periods_that_fit(self.size.width or room.size.width)
        found = await room.aside(
            partial(client_timeline, room.practice, self._code, step, most=most, off=off), "timeline"
        )
        self._step, self._off = step, off
        what = Content.assemble((heading_of(found), "bold")) if found.periods else Content("No letters yet.")
        if agreed := agreed_of(found):
            what += Content.styled(f"\n{agreed}", "$foreground-muted")
        self.query_one("#what", Static).update(what)
        self.lanes.show_timeline(found)

    @asking("timeline")
    async def _look_at(self, step: Step | None, off: frozenset[Lane]) -> None:
        try:
            await self._count(step, off)
        except TherapymailError as refused:  # what was asked for stays hidden
            app_of(self).say_refused(refused)

    def action_by(self, step: str) -> None:
        """Count by another step."""
        self._look_at(Step(step), self._off)

    def action_hide_lane(self) -> None:
        """Hide the lane under the cursor."""
        row = self.lanes.current
        if row is not None:
            app_of(self).say(f"{row.lane.value} is hidden; H shows it again.")
            self._look_at(self._step, self._off | {row.lane})

    def action_lanes(self) -> None:
        """Show and hide lanes."""

        def toggled(name: str | None) -> None:
            if name:
                self._look_at(self._step, self._off ^ {Lane(name)})

        choices = [(lane.value, lane.value, self._lane_says(lane)) for lane in Lane]
        self.app.push_screen(ChoiceSheet("Show or hide a lane", *choices), toggled)

    def _lane_says(self, lane: Lane) -> str:
        if lane not in self._off:
            return "shown"
        return _ASKED_FOR if lane in HIDDEN else "hidden"

    # --- what stands under the cursor ----------------------------------------------------------------------

    @on(TimelineLanes.Moved)
    def moved(self) -> None:
        """Say it."""
        self._say()
        self.screen.query_one(KeyLine).look_again()

    def on_resize(self) -> None:
        """Words are broken for the width."""
        self.call_after_refresh(self._say)

    def _say(self) -> None:
        lanes, timeline = self.lanes, self.lanes.timeline
        said = self.query_one("#said", Static)
        if timeline is None or not timeline.periods or lanes.current is None:
            said.update(" ")
            return
        period = timeline.periods[lanes.period]
        days = days_in_words(period.first, period.end - timedelta(days=1))
        head = Content.assemble(
            (f"{when(timeline, period.number)}", "bold"), f"  {days}  ", line(lanes.current.name, "bold")
        )
        cell = lanes.cell
        if cell is not None and cell.said and not lanes.marks:
            head += line(f"  {cell.said}")
        width, room = max(20, said.size.width), max(1, said.size.height - 2)
        told = [each for mark in lanes.marks for each in broken(mark_in_words(timeline, mark), width, 2)]
        if not told:
            told = ["Nothing here."] if cell is None or not cell.said else []
        if len(told) > room:
            told = [*told[: room - 1], f"and {len(told) - room + 1} more lines; e shows every mark"]
        hidden = f"Not shown: {', '.join(lane.value for lane in timeline.off)}. H shows lanes." if timeline.off else ""
        lines = [head, *(Content(each) for each in told)]
        if hidden:
            lines += [Content()] * max(0, said.size.height - len(lines) - 1)
            lines.append(Content.styled(hidden, "$foreground-muted"))
        said.update(Content("\n").join(lines))

    # --- ways from here ------------------------------------------------------------------------------------

    @property
    def _mails(self) -> tuple[str, ...]:
        return mails_of(self._code, self.lanes.marks)

    @property
    def _screen(self) -> RoomScreen:
        screen = self.screen
        assert isinstance(screen, RoomScreen)
        return screen

    @on(TimelineLanes.Chosen)
    def chosen(self) -> None:
        """Open the letter of the mark; of several one is chosen."""
        timeline, mails = self.lanes.timeline, self._mails
        if timeline is not None and (notes := notes_of(self.lanes.marks)):
            told = {name: mark_in_words(timeline, each) for each in self.lanes.marks for name in each.ids}
            self._choose_note(told, notes)
            return
        if timeline is None or not mails:
            app_of(self).say("No letter stands here.")
            return
        told = {name: mark_in_words(timeline, mark) for mark in reversed(self.lanes.marks) for name in mark.ids}
        choose_letter(self._screen, "Which letter?", [(name, name, told[name]) for name in mails])

    def _choose_note(self, told: Mapping[str, str], notes: Sequence[str]) -> None:
        """Open the note there is, or let one be chosen."""

        def chosen(name: str | None) -> None:
            if name:
                self._open_note(name)

        if len(notes) == 1:
            chosen(notes[0])
        else:
            self.app.push_screen(ChoiceSheet("Which note?", *((name, name, told[name]) for name in notes)), chosen)

    @asking("going")
    async def _open_note(self, name: str) -> None:
        await app_of(self).ways.note(self._code, name)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done at this mark."""
        if not self.is_mounted or not self.query(TimelineLanes):
            return super().check_action(action, parameters)
        match action:
            case "thread":
                return self._theme is not None
            case "compare" | "letterbook":
                return bool(self._mails)
            case "hide_lane":
                return self.lanes.current is not None
        return super().check_action(action, parameters)

    @property
    def _theme(self) -> str | None:
        """The theme or feeling of the lane under the cursor, as the thread asks for it."""
        marks = self.lanes.marks
        match marks[0].lane if marks else None:
            case Lane.THEMES:
                return marks[0].label
            case Lane.FEELINGS:
                return f"feeling/{marks[0].label}"
        return None

    def action_thread(self) -> None:
        """Follow the theme."""
        if self._theme is not None:
            self.app.push_screen(Told(f"A theme with {self._code}", thread(self._code, self._theme)))

    def action_compare(self) -> None:
        """Keep a letter, or compare it with the one kept."""

        def chosen(name: str | None) -> None:
            if not name:
                return
            if not self._kept or self._kept == name:
                self._kept = name
                app_of(self).say(f"{name} is kept: c on another letter compares the two.")
                return
            one, self._kept = self._kept, ""
            self.app.push_screen(Told(f"{one} and {name}", comparison(self._code, one, name)))

        mails = self._mails
        if len(mails) == 1:
            chosen(mails[0])
        elif mails:
            title = f"Compare {self._kept} with" if self._kept else "Which letter to compare?"
            self.app.push_screen(ChoiceSheet(title, *((name, name, "") for name in mails)), chosen)

    def action_review(self) -> None:
        """What the exchanges since the last review held."""
        self.app.push_screen(Told(f"Review of {self._code}", review(self._code)))

    def action_every_mark(self) -> None:
        """Every mark with what it stands for."""
        timeline: Timeline | None = self.lanes.timeline
        if timeline is not None:
            self.app.push_screen(Told(f"Every mark of {self._code}", every_mark(timeline)))

    @asking("going")
    async def action_letterbook(self) -> None:
        """Read on from this letter."""
        mails = self._mails
        if mails:
            await app_of(self).ways.letterbook(self._code, mails[0])

    def action_export(self) -> None:
        """Write it to a file."""
        app_of(self).ways.export(self._code, Exported.TIMELINE)

    def forget(self) -> None:
        """Let go of the letter that was kept."""
        self._kept = ""
