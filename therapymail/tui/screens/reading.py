"""A list of letters beside the letter that is read: what the room's place of letters and a client's desk share."""

from __future__ import annotations

from functools import partial
from typing import Any

from textual import events, on
from textual.widget import Widget

from therapymail.domain.kinds import Standing
from therapymail.domain.local_days import local_day
from therapymail.practice.judging import JudgedLetter
from therapymail.practice.read import LettersRequest, LetterText, list_letters, read_filed
from therapymail.practice.rereading import note_opened
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command
from therapymail.tui.page import Line
from therapymail.tui.screens.marking import MARK_COMMANDS, MarkingLetters
from therapymail.tui.widgets.chrome import KeyLine
from therapymail.tui.widgets.letter_list import LetterList
from therapymail.tui.widgets.reader import Reader
from therapymail.tui.widgets.row_list import RowList

PAGE = 100
WIDE = 120  # columns from which the reader stands beside the lists

OPEN = Command("enter", "focused.choose", "Open", "Open the letter under the cursor; of a list of lists, go on to it.")
LETTER_COMMANDS: tuple[Command, ...] = (
    Command("escape", "back", "Back", "From the letter back to the list."),
    Command("a", "accept", "Accept", "Accept a proposed letter: from now on it counts."),
    Command("e", "pieces", "Sealed pieces", "Open something sealed inside the letter, by itself."),
    Command("w", "write", "Write", "Write a new letter to the client."),
    Command("r", "reply", "Reply", "Answer the letter."),
    Command("o", "outbox", "Outbox", "See drafts, and what is held, waits or has left.", in_line=False),
    Command("t", "tag", "Tag", "Give tags to the letter, or take them away."),
    *MARK_COMMANDS,
    Command("K", "kind", "Kind", "Say what kind of mail the letter is.", in_line=False),
    Command("T", "timeline", "Timeline", "Look back on the letters with the client."),
    Command("z", "fold", "Quotes", "Show what the letter quotes, or fold it away.", in_line=False),
    Command("n", "step(1)", "Older", "Open the next older letter.", in_line=False),
    Command("p", "step(-1)", "Newer", "Open the next newer letter.", in_line=False),
    Command("numbersign", "tags", "Tags", "See the tags in use.", in_line=False),
    Command("left,h", "pane(-1)", "Left", "Go to the column on the left.", in_line=False),
    Command("right,l", "pane(1)", "Right", "Go to the column on the right.", in_line=False),
)


class ReadingLetters(MarkingLetters):
    """Lists and a reader; with few columns the reader takes the place of the lists.

    A subclass puts its `shelves`, a LetterList and a Reader into `#panes`, and says in `request` which letters to list.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - Textual declares it so
    DEFAULT_CSS = """
    ReadingLetters {
        & #panes { height: 1fr; }
        & #letters { width: 1fr; }
        & #reader { width: 77; border-left: vkey $border; }
        &.-narrow #reader { display: none; width: 1fr; border-left: none; }
        &.-narrow.-reading #reader { display: block; }
        &.-narrow.-reading #shelves { display: none; }
        &.-narrow.-reading #letters { display: none; }
    }
    """

    is_letter_open = False

    def _note_open(self, *, is_open: bool) -> None:
        """With few columns the reader comes or goes; with more, no style changes, which would cost the most."""
        self.is_letter_open = is_open
        self.set_class(is_open and self.size.width < WIDE, "-reading")

    # --- what a subclass says ------------------------------------------------------------------------------

    @property
    def shelves(self) -> RowList[Any]:
        """The list on the left, of which one row says what letters are listed."""
        raise NotImplementedError

    def request(self, limit: int, before: int | None = None) -> LettersRequest:
        """The letters to list."""
        raise NotImplementedError

    # --- the panes -----------------------------------------------------------------------------------------

    @property
    def letters(self) -> LetterList:
        """The letters that are listed."""
        return self.query_one(LetterList)

    @property
    def reader(self) -> Reader:
        """The letter being read."""
        return self.query_one(Reader)

    @property
    def letter(self) -> JudgedLetter | None:
        """The letter that is meant: the one being read, else the one under the cursor."""
        if self.is_reading and self.reader.found:
            return self.reader.found.judged
        return self.letters.row

    @property
    def is_reading(self) -> bool:
        """Whether the letter in the reader is what is meant."""
        return self.reader.found is not None and (self.is_letter_open or self.reader.view.has_focus)

    # --- lists ---------------------------------------------------------------------------------------------

    @asking("letters")
    async def show_shelf(self, *, stay: bool = False) -> None:
        """Read the newest letters of the shelf; `stay` with the letter under the cursor."""
        before = self.letters.row
        number = max(PAGE, len(self.letters.rows)) if stay else PAGE
        found = await self.room.ask(partial(list_letters, asked=self.request(limit=number)))
        digest = before.letter.digest if stay and before else None
        at = next((index for index, each in enumerate(found) if each.letter.digest == digest), 0)
        self.letters.show_rows(found, at)

    @asking("letters")
    async def show_more(self) -> None:
        """Read the page below the last letter that is shown."""
        last = self.letters.rows[-1].letter.order
        found = await self.room.ask(partial(list_letters, asked=self.request(limit=PAGE, before=last)))
        self.letters.add_rows(found)

    @on(LetterList.EndReached, "#letters")
    def letters_end_reached(self) -> None:
        """Fetch the next page, if there may be one."""
        if len(self.letters.rows) % PAGE == 0 and len(self.letters.rows):
            self.show_more()

    @on(LetterList.Chosen, "#letters")
    def letters_chosen(self, chosen: LetterList.Chosen) -> None:
        """Open the letter."""
        if isinstance(chosen.row, JudgedLetter):
            self.open_letter(chosen.row.letter.digest)

    # --- reading -------------------------------------------------------------------------------------------

    @asking("reading")
    async def open_letter(self, digest: bytes) -> None:
        """Open the letter with this digest in the reader."""
        self._note_open(is_open=True)
        self._show(await self._laid_out(digest, unfolded=False), unfolded=False)
        self.reader.view.focus()
        await self.room.ask(partial(note_opened, digests=[digest]))

    def open_digest(self, digest: bytes) -> None:
        """Open the letter with this digest: for the commands."""
        self.open_letter(digest)

    async def _laid_out(self, digest: bytes, *, unfolded: bool) -> tuple[LetterText, tuple[Line, ...]]:
        found = await self.room.ask(partial(read_filed, digest=digest))
        return found, await self.room.ask(lambda _: self.reader.lines_of(found, unfolded=unfolded))

    def _show(self, laid_out: tuple[LetterText, tuple[Line, ...]], *, unfolded: bool, stay: bool = False) -> None:
        self.reader.unfolded = unfolded
        today = local_day(self.room.practice.clock(), self.room.practice.settings.zone)
        self.reader.show_letter(*laid_out, today, stay=stay)
        self.keys_changed()

    @asking("layout")  # apart from reading, which it must not end: what is being opened is to be shown, and counted
    async def lay_out_again(self) -> None:
        """The same letter, at another width or with its quotes."""
        before, unfolded = self.reader.found, self.reader.unfolded
        if before is None:
            return
        laid_out = await self._laid_out(before.judged.letter.digest, unfolded=unfolded)
        if self.reader.found is before:  # no other was opened meanwhile, and this one not put away
            self._show(laid_out, unfolded=unfolded, stay=True)

    def on_resize(self) -> None:
        """Lines are laid out for the width, and the reader stands beside the lists or in their place."""
        self._note_open(is_open=self.is_letter_open)
        if self.reader.found is not None:
            self.call_after_refresh(self.lay_out_again)

    def action_fold(self) -> None:
        """Show or fold away what the letter quotes."""
        self.reader.unfolded = not self.reader.unfolded
        self.lay_out_again()

    def action_step(self, by: int) -> None:
        """Open a neighbour of the letter in the list."""
        self.letters.cursor += by
        if self.letters.row is not None:
            self.open_letter(self.letters.row.letter.digest)

    def action_back(self) -> None:
        """From the letter to the list; its text goes from the screen."""
        if self.is_letter_open:
            self._note_open(is_open=False)
            self.reader.forget()
            self.letters.focus()
            self.keys_changed()

    def action_pane(self, by: int) -> None:
        """Go to the column beside."""
        panes: list[Widget] = [self.shelves, self.letters, self.reader.view]
        seen = [pane for pane in panes if pane.display and pane.size.width]
        at = next((index for index, pane in enumerate(seen) if pane.has_focus), 0)
        if self.has_class("-reading"):
            self.action_back()
        else:
            seen[max(0, min(at + by, len(seen) - 1))].focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done now: nothing is accepted that is not proposed, and there is no way back from the lists."""
        if not self.query(LetterList):  # it is being made, or taken away
            return super().check_action(action, parameters)
        if action == OPEN.verb:
            return any(each.has_focus and each.row is not None for each in (self.shelves, self.letters))
        if action == "accept":
            return self.letter is not None and self.letter.letter.standing is Standing.PROPOSED
        if action == "back":
            return self.is_letter_open
        if action == "enclosures":
            return self.is_reading and self.reader.holds_enclosures
        if action in {"passage", "milestone", "bookmark"}:
            return self.letter is not None and self.letter.letter.name is not None
        if action == "pieces":
            return self.is_reading and self.reader.holds_pieces
        if action == "reply":
            return self.letter is not None and self.letter.letter.name is not None
        return super().check_action(action, parameters)

    @on(LetterList.Moved)
    @on(events.DescendantFocus)
    def keys_changed(self) -> None:
        """What can be done now may be something else."""
        self.query_one(KeyLine).look_again()

    def letter_changed(self) -> None:
        """A letter's tags, kind or standing changed: show it and the lists anew."""
        self.record_changed()
        self.lay_out_again()
