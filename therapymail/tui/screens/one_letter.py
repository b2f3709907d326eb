"""One letter above the screen from which it was opened: Escape leads back to where one was there."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult

from therapymail.domain.kinds import Standing
from therapymail.domain.local_days import local_day
from therapymail.practice.judging import JudgedLetter
from therapymail.practice.practice import Practice
from therapymail.practice.read import LetterText, read_filed, read_letter
from therapymail.practice.rereading import note_opened
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command, bindings
from therapymail.tui.screens.marking import MARK_COMMANDS, MarkingLetters
from therapymail.tui.widgets.chrome import KeyLine
from therapymail.tui.widgets.reader import Reader


class OneLetter(MarkingLetters):
    """The letter with this name, or this digest, in the reader; opening it here counts as reading it."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("escape", "leave", "Back", "Back to where the letter was opened from."),
        Command("a", "accept", "Accept", "Accept a proposed letter: from now on it counts."),
        Command("e", "pieces", "Sealed pieces", "Open something sealed inside the letter, by itself."),
        Command("r", "reply", "Reply", "Answer the letter."),
        Command("t", "tag", "Tag", "Give tags to the letter, or take them away."),
        Command("L", "letterbook", "Letterbook", "Read on from here, in the letterbook."),
        Command("T", "timeline", "Timeline", "Look back on the letters with the client."),
        Command("z", "fold", "Quotes", "Show what the letter quotes, or fold it away."),
        *MARK_COMMANDS,
        Command("K", "kind", "Kind", "Say what kind of mail the letter is.", in_line=False),
    )
    BINDINGS: ClassVar = bindings(HERE)
    AUTO_FOCUS = "LetterView"
    DEFAULT_CSS = """
    OneLetter Reader { max-width: 100; }
    """

    def __init__(self, which: str | bytes) -> None:
        super().__init__()
        self._which = which

    def body(self) -> ComposeResult:
        """The reader."""
        yield Reader(self.room.practice.settings.zone)

    def on_mount(self) -> None:
        """Open it."""
        self._open()

    # --- which letter is meant -----------------------------------------------------------------------------

    @property
    def heading(self) -> str:
        """Its name."""
        return str(self.letter.letter.name or "") if self.letter else ""

    @property
    def reader(self) -> Reader:
        """Where it is read."""
        return self.query_one(Reader)

    @property
    def letter(self) -> JudgedLetter | None:
        """The letter shown."""
        found = self.reader.found if self.is_mounted and self.query(Reader) else None
        return found.judged if found else None

    @property
    def code(self) -> str | None:
        """Its client."""
        return self.letter.letter.code or None if self.letter else None

    @property
    def writes_to(self) -> str | None:
        """Its client."""
        return self.code

    def open_digest(self, digest: bytes) -> None:
        """Show another letter."""
        self._which = digest
        self._open()

    # --- reading -------------------------------------------------------------------------------------------

    @asking("reading")
    async def _open(self) -> None:
        await self._show(stay=False)
        if self.letter is not None:
            await self.room.ask(partial(note_opened, digests=[self.letter.letter.digest]))

    @asking("layout")  # apart from reading, which it must not end: what is being opened is to be shown, and counted
    async def _again(self) -> None:
        await self._show(stay=True)

    async def _show(self, *, stay: bool) -> None:
        which, unfolded = self._which, self.reader.unfolded
        found = await self.room.ask(self._read)
        lines = await self.room.ask(lambda _: self.reader.lines_of(found, unfolded=unfolded))
        if self._which != which:  # another was opened meanwhile
            return
        today = local_day(self.room.practice.clock(), self.room.practice.settings.zone)
        self.reader.show_letter(found, lines, today, stay=stay)
        self.query_one(KeyLine).look_again()
        self.query_one("PlacesLine").refresh()

    def _read(self, practice: Practice) -> LetterText:
        if isinstance(self._which, bytes):
            return read_filed(practice, self._which)
        return read_letter(practice, self._which)

    def action_fold(self) -> None:
        """Show or fold away what the letter quotes."""
        self.reader.unfolded = not self.reader.unfolded
        self._again()

    def on_resize(self) -> None:
        """Lines are laid out for the width."""
        if self.letter is not None:
            self.call_after_refresh(self._again)

    def record_changed(self) -> None:
        """It may bear other tags, or stand otherwise."""
        if self.letter is not None:
            self._again()

    def letter_changed(self) -> None:
        """Its tags, kind or standing changed."""
        self._again()

    # --- what can be done ----------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done with this letter."""
        letter = self.letter.letter if self.letter else None
        match action:
            case "accept":
                return letter is not None and letter.standing is Standing.PROPOSED
            case "pieces":
                return letter is not None and self.reader.holds_pieces
            case "enclosures":
                return letter is not None and self.reader.holds_enclosures
            case "reply" | "tag" | "kind" | "passage" | "milestone" | "bookmark":
                return letter is not None and letter.name is not None
            case "timeline" | "letterbook":
                return bool(self.code)
        return super().check_action(action, parameters)

    @asking("going")
    async def action_letterbook(self) -> None:
        """Read on in the letterbook."""
        if self.letter is not None and self.code:
            await self.room.ways.letterbook(self.code, str(self.letter.letter.name))

    def forget(self) -> None:
        """Let go of which it was."""
        self._which = b""

    def action_leave(self) -> None:
        """Back to where it was opened from."""
        self.dismiss(None)
