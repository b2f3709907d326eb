"""Today: what asks for the therapist now; each item opens what it is about and offers its next step."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from therapymail.domain.day_words import moment_in_words, place_of_zone
from therapymail.domain.today import Item
from therapymail.domain.today_text import next_command, says
from therapymail.practice.caseload import glance
from therapymail.practice.today import Today
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command, bindings
from therapymail.tui.gathering import gathered_today
from therapymail.tui.places import TODAY
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.today_steps import Step, Way, next_step, opens
from therapymail.tui.widgets.chrome import KeyLine
from therapymail.tui.widgets.sheet import SayingSheet
from therapymail.tui.widgets.today_list import TodayList

_AGAIN = timedelta(minutes=1)  # what is due comes nearer


class TodayScreen(RoomScreen):
    """The first screen of a day, and the way back from everywhere."""

    PLACE: ClassVar = TODAY
    HERE: ClassVar[tuple[Command, ...]] = (
        Command("enter", "focused.choose", "Open", "Open what the item is about."),
        Command("n", "next_step", "Next step", "Take the item's next step: answer, go on writing, read again."),
    )
    BINDINGS: ClassVar = bindings(HERE[1:])
    AUTO_FOCUS = "TodayList"
    DEFAULT_CSS = """
    TodayScreen #moment { height: auto; padding: 1 2 1 2; }
    TodayScreen TodayList { height: 1fr; padding: 0 1; }
    """

    def body(self) -> ComposeResult:
        """The moment, and what asks."""
        yield Static(" ", id="moment", markup=False)
        yield TodayList(self.room.practice.settings.zone)

    def on_mount(self) -> None:
        """Look again as time goes by."""
        self.set_interval(_AGAIN.total_seconds(), self._as_time_goes_by)

    def on_screen_resume(self) -> None:
        """Look, now and whenever what lay above is gone."""
        self._look()

    def _as_time_goes_by(self) -> None:
        if self.is_current:
            self.record_changed()

    @property
    def listed(self) -> TodayList:
        """What asks."""
        return self.query_one(TodayList)

    @asking("today")
    async def _look(self) -> None:
        """Gather today anew where something was noted meanwhile, or a minute has gone by."""
        shown_at = self.listed.as_of
        now = self.room.practice.clock()
        if shown_at is None or now - shown_at >= _AGAIN or await self.room.ask(glance) != self.gathered_at:
            await self._gather()

    @asking("today")
    async def record_changed(self) -> None:  # type: ignore[override]  # carried out beside the interface
        """Gather today anew."""
        await self._gather()

    async def _gather(self) -> None:
        ahead, self.room.ahead = self.room.ahead, None
        asked = asyncio.wrap_future(ahead) if ahead is not None else self.room.ask(gathered_today)
        self.gathered_at, found = await asked
        self._show(found)

    def _show(self, found: Today) -> None:
        zone = self.room.practice.settings.zone
        moment = moment_in_words(found.now, zone, year=True)
        where = Content.styled(f"   {place_of_zone(zone)}", "$foreground-muted")
        self.query_one("#moment", Static).update(Content.assemble((moment, "bold"), where))
        self.listed.show_today(found)

    # --- what can be done ----------------------------------------------------------------------------------

    def called(self, command: Command) -> str:
        """Enter and n are called by what they would do now."""
        item = self.listed.row if self.is_mounted else None
        if item is not None and command.keys == "enter":
            return opens(item).name
        step = next_step(item) if item is not None else None
        return step.name if step is not None and command.action == "next_step" else command.name

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what the item offers."""
        item = self.listed.row if self.is_mounted else None
        if action == "focused.choose":
            return item is not None
        if action == "next_step":
            return item is not None and next_step(item) is not None
        return super().check_action(action, parameters)

    @on(TodayList.Moved)
    def moved(self) -> None:
        """What can be done is something else now."""
        self.query_one(KeyLine).look_again()

    @on(TodayList.Chosen)
    def chosen(self, chosen: TodayList.Chosen) -> None:
        """Open what the item is about."""
        if isinstance(chosen.row, Item):
            self._take(chosen.row, opens(chosen.row))

    def action_next_step(self) -> None:
        """Take the next step."""
        item = self.listed.row
        step = next_step(item) if item is not None else None
        if item is not None and step is not None:
            self._take(item, step)

    @asking("step")
    async def _take(self, item: Item, step: Step) -> None:
        ways = self.room.ways
        leads = {
            Way.LETTER: ways.letter,
            Way.REPLY: ways.reply,
            Way.DRAFT: ways.draft,
            Way.SECOND_READING: ways.second_reading,
            Way.OUTBOX: ways.outbox,
            Way.CLIENT: ways.client,
            Way.TIMELINE: ways.timeline,
            Way.REVIEW: ways.review,
            Way.KEYS: ways.keys,
            Way.AGREEMENT: ways.agreement,
            Way.WRITE: ways.write,
        }
        if step.way is Way.SAY:
            self._say(item)
        else:
            await leads[step.way](step.target)

    def _say(self, item: Item) -> None:
        """Say what an item is about, and the command for it."""
        zone, now = self.room.practice.settings.zone, self.room.practice.clock()
        step = Content.styled(next_command(item) or "Nothing needs to be done.", "$text-accent")
        self.app.push_screen(SayingSheet("What to do", Content(says(item, now, zone)), step))

    def forget(self) -> None:
        """Let go of what asked."""
        self.gathered_at = None
        self.query_one("#moment", Static).update("")
