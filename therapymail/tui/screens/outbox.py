"""The outbox: what is written, held, leaving or uncertain, what each means, and what can be done about it."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from therapymail.domain.outbox import OutboxEntry
from therapymail.domain.proof_text import proof_sentences
from therapymail.practice import outbox, write
from therapymail.practice.way_out import WayOut, way_out
from therapymail.tui import untrusted
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command, bindings
from therapymail.tui.outbox_rows import Doing, OutboxRow, Rank, outbox_rows
from therapymail.tui.places import OUTBOX
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.screens.second_reading import SecondReading
from therapymail.tui.screens.writing import WritingScreen
from therapymail.tui.widgets.chrome import KeyLine
from therapymail.tui.widgets.outbox_list import OutboxList
from therapymail.tui.widgets.row_list import RowList
from therapymail.tui.widgets.sheet import ChoiceSheet, SayingSheet

WIDE = 116  # columns from which what is known of a row stands beside the list
SENT_SHOWN = timedelta(days=7)
_LOOK_SECONDS = 2.0
_KEYS = {
    Doing.WRITE: "Enter goes on writing.",
    Doing.READ_AGAIN: "Enter reads it again and lets it go.",
    Doing.LOOK: "Enter reads it.",
    Doing.PROOF: "Enter shows what was proven of it before it left.",
    Doing.SETTLE: "s settles whether it was sent.",
    Doing.TAKE_BACK: "x takes it back: it is a draft again.",
    Doing.TRY_AGAIN: "t lets it leave now.",
    Doing.DISCARD: "Del throws it away.",
}
_DOINGS = {
    "take_back": Doing.TAKE_BACK,
    "try_again": Doing.TRY_AGAIN,
    "settle": Doing.SETTLE,
    "discard": Doing.DISCARD,
}


class OutboxScreen(RoomScreen):
    """Everything on its way out. It looks again by itself; nothing here waits for the network."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("enter", "open", "Open", "Go on writing, read a held letter again, or see what was proven."),
        Command("x", "take_back", "Take back", "Make it a draft again; possible until it has begun to leave."),
        Command("t", "try_again", "Leave now", "Let what was stopped, or waits, leave now."),
        Command("s", "settle", "Settle", "Say, or find out, whether an uncertain letter was sent."),
        Command("delete,backspace", "discard", "Discard", "Throw a draft away.", in_line=False),
    )
    BINDINGS: ClassVar = [*bindings(HERE)[1:]]
    PLACE: ClassVar = OUTBOX
    AUTO_FOCUS = "OutboxList"
    DEFAULT_CSS = """
    OutboxScreen #title { height: 1; padding: 0 1; background: $panel; text-style: bold; }
    OutboxScreen #way-out { height: 1fr; layout: vertical; }
    OutboxScreen OutboxList { height: 1fr; }
    OutboxScreen #known { height: 8; padding: 0 1; border-top: solid $border-blurred; }
    OutboxScreen.wide #way-out { layout: horizontal; }
    OutboxScreen.wide OutboxList { width: 1fr; }
    OutboxScreen.wide #known {
        width: 44; height: 100%; border-top: none; border-left: solid $border-blurred; padding: 0 2;
    }
    """

    def body(self) -> ComposeResult:
        """The list, and what is known of the row under the cursor."""
        yield Static("Drafts and outbox", id="title", markup=False)
        with Container(id="way-out"):
            yield OutboxList()
            yield Static(id="known", markup=False)

    def on_mount(self) -> None:
        """Look, and go on looking."""
        self._load()
        self.set_interval(_LOOK_SECONDS, self._look)

    def _look(self) -> None:
        if self.is_current:  # under another screen nobody sees it
            self._load()

    def on_screen_resume(self) -> None:
        """Look again when what lay above is gone."""
        self._load()

    def on_resize(self) -> None:
        """Put list and words side by side where there is room."""
        self.set_class(self.size.width >= WIDE, "wide")

    def record_changed(self) -> None:
        """Look again."""
        self._load()

    @asking("outbox")
    async def seek(self, name: str) -> None:
        """Look, and go to the row of the draft of this name, if there is one."""
        await self._look_now()
        listed = self.query_one(OutboxList)
        listed.cursor = next((at for at, row in enumerate(listed.rows) if str(row.name) == name), listed.cursor)

    @asking("outbox")
    async def _load(self) -> None:
        await self._look_now()

    async def _look_now(self) -> None:
        now = self.room.practice.clock()
        found = await self.room.ask(lambda practice: way_out(practice, now - SENT_SHOWN))
        self._show(found)

    def _show(self, found: WayOut) -> None:
        practice = self.room.practice
        now = practice.clock()
        rows = outbox_rows(found.drafts, found.entries, found.proofs, now)
        self.query_one("#title", Static).update(_title(rows))
        listed = self.query_one(OutboxList)
        if not listed.is_loaded or tuple(listed.rows) != rows:
            listed.show(rows, now, practice.settings.zone)

    @on(RowList.Moved)
    def moved(self) -> None:
        """Say what is known of the row under the cursor."""
        row, practice = self._row, self.room.practice
        self.query_one(KeyLine).look_again()
        if row is None:
            self.query_one("#known", Static).update(
                Content.styled("What you write and send stands here.", "$foreground-muted")
            )
            return
        now, zone = practice.clock(), practice.settings.zone
        subject = untrusted.line(row.draft.content.subject if row.draft else "", "bold")
        head = Content.assemble((f"{row.shown_name} to {row.code}", "bold"), "  ", subject)
        said = Content(" ".join(row.sentences(now, zone)))
        keys = Content.styled("\n".join(_KEYS[doing] for doing in row.doings()), "$foreground-muted")
        self.query_one("#known", Static).update(Content("\n").join([head, said, Content(), keys]))

    # --- what can be done ----------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done with the row under the cursor is offered."""
        if action not in _DOINGS or not self.is_mounted:
            return super().check_action(action, parameters)
        row = self._row
        return row is not None and _DOINGS[action] in row.doings()

    @property
    def _row(self) -> OutboxRow | None:
        return self.query_one(OutboxList).row

    def _can(self, doing: Doing) -> OutboxRow | None:
        """The row, if this can be done with it; else it is said."""
        row = self._row
        if row is None or doing in row.doings():
            return row
        self.room.say(f"{row.name} cannot do that now: {row.state(self.room.practice.clock(), self._zone)}.")
        return None

    @property
    def _zone(self) -> str:
        return self.room.practice.settings.zone

    @on(RowList.Chosen)
    def action_open(self) -> None:
        """Do the first thing that can be done with the row."""
        if (row := self._row) is None:
            return
        match row.opens:
            case Doing.READ_AGAIN:
                self.app.push_screen(SecondReading(row.name))
            case Doing.WRITE | Doing.LOOK:
                self.app.push_screen(WritingScreen(row.name))
            case _:
                self._show_proof(row)

    def _show_proof(self, row: OutboxRow) -> None:
        title = f"{row.shown_name} to {row.code}"
        if row.proof is None:
            self.app.push_screen(SayingSheet(title, Content("No proof before send is kept for it.")))
            return
        checks = Content("\n").join(
            Content.assemble(("◆ ", "$text-success"), sentence) for sentence in proof_sentences(row.proof)
        )
        self.app.push_screen(SayingSheet(title, Content("Proven of the exact bytes before they left:"), checks))

    @asking("act")
    async def action_take_back(self) -> None:
        """Make it a draft again."""
        if (row := self._can(Doing.TAKE_BACK)) is not None:
            await self.room.departures.take_back(row.name)
            self._load()

    @asking("act")
    async def action_try_again(self) -> None:
        """Let it leave now."""
        if (row := self._can(Doing.TRY_AGAIN)) is not None:
            entry = await self.room.ask(lambda practice: outbox.retry(practice, row.name, undo=True))
            self.room.departures.queued(entry)
            self._load()

    @asking("act")
    async def action_settle(self) -> None:
        """Ask how an uncertain letter is to be settled, and settle it."""
        if (row := self._can(Doing.SETTLE)) is None:
            return
        chosen = await self.app.push_screen_wait(settling_sheet(row))
        if chosen is not None:
            self.room.say(f"{row.name}: looking …")
            entry = await self.room.departures.settle(row.name, None if chosen == "look" else chosen)
            self.room.say(f"{row.name}: {_settled(entry)}.")
            self._load()

    @asking("act")
    async def action_discard(self) -> None:
        """Ask, and throw a draft away."""
        if (row := self._can(Doing.DISCARD)) is None:
            return
        gone = Content("What is written in it is gone for good.")
        sheet = SayingSheet(f"Throw {row.name} to {row.code} away?", gone, question="throw it away")
        if await self.app.push_screen_wait(sheet):
            await self.room.ask(lambda practice: write.discard(practice, row.name))
            self.room.say(f"{row.name} is gone.")
            self._load()


def settling_sheet(row: OutboxRow) -> ChoiceSheet:
    """How an uncertain letter can be settled; looking comes first, and absence proves nothing."""
    return ChoiceSheet(
        f"Was {row.name} to {row.code} sent?",
        ("look", "Look for it in Sent", "Found there, it was sent. Not found proves nothing."),
        ("sent", "It was sent", "They have it, or a copy came back: it goes on the record."),
        ("not-sent", "It was not sent", "They say that it never came: it can be tried again."),
        explained=Content("The mail host's last answer never came. Sending it again could make two of it."),
    )


def _settled(entry: OutboxEntry) -> str:
    return f"it was sent and is {entry.letter} on the record" if entry.letter else "not settled; nothing was found"


def _title(rows: tuple[OutboxRow, ...]) -> Content:
    waiting = sum(row.rank in {Rank.UNCERTAIN, Rank.STOPPED, Rank.READ_AGAIN} for row in rows)
    needs = f"   {waiting} {'needs' if waiting == 1 else 'need'} you" if waiting else ""
    return Content.assemble("Drafts and outbox", (needs, "$text-warning"))
