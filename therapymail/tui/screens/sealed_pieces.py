"""A sealed piece of a letter: opened on request, on a screen of its own, with a verdict on it alone (PGP.md A3)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from therapymail.domain.piece_path import PiecePath
from therapymail.domain.wording import author_words, enclosure_remark, piece_words
from therapymail.practice.open_piece import ListedPiece, OpenedPiece, open_piece_of_filed
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command, bindings
from therapymail.tui.page import Line, Part, lay_out
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.untrusted import line
from therapymail.tui.verdict import banner_of_piece
from therapymail.tui.widgets.chrome import KeyLine
from therapymail.tui.widgets.letter_view import LetterView
from therapymail.tui.widgets.seal_banner import SealBanner
from therapymail.tui.widgets.sheet import ChoiceSheet

_APART = "It stands for itself: what surrounds it in the mail says nothing of it, nor it of that."


class PieceScreen(RoomScreen):
    """One opened piece of the letter with `digest`."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("escape", "leave", "Back", "Back to what the piece stood in; its text goes from the screen."),
        Command("e", "pieces", "Sealed pieces", "Open something sealed that stands inside it, by itself."),
        Command("z", "fold", "Quotes", "Show what it quotes, or fold it away.", in_line=False),
    )
    BINDINGS: ClassVar = bindings(HERE)
    AUTO_FOCUS = "LetterView"
    DEFAULT_CSS = """
    PieceScreen #what { height: auto; padding: 0 1; color: $foreground-muted; background: $surface; }
    PieceScreen LetterView { padding-top: 1; }
    """

    def __init__(self, digest: bytes, path: PiecePath) -> None:
        super().__init__()
        self._digest, self._path = digest, path
        self._opened: OpenedPiece | None = None
        self._unfolded = False

    def body(self) -> ComposeResult:
        """Verdict, what it is, text."""
        with Vertical(id="piece"):
            yield SealBanner()
            yield Static("", id="what", markup=False)
            yield LetterView(id="text")

    def on_mount(self) -> None:
        """Open it."""
        self._open()

    @asking("piece")
    async def _open(self) -> None:
        opening = partial(open_piece_of_filed, self.room.practice, self._digest, self._path)
        self._opened = await self.room.aside(opening, "piece")
        self._draw()

    def _draw(self) -> None:
        opened = self._opened
        if opened is None:
            return
        self.query_one(SealBanner).banner = banner_of_piece(opened)
        named = Content.assemble(", ", line(opened.name)) if opened.name else Content()
        what = Content(f"Piece {opened.path} of {opened.count}: {piece_words(opened.kind.value)}")
        self.query_one("#what", Static).update(Content.assemble(what, named, f"\n{_APART}"))
        self.query_one(LetterView).show_lines(self._lines(opened))
        self.query_one(KeyLine).look_again()

    def _lines(self, opened: OpenedPiece) -> tuple[Line, ...]:
        if opened.reading is None:
            return (Line(Part.NOTE, Content("  None of its text is shown.")),)
        who = author_words(opened.direction, opened.client)
        remarks = [enclosure_remark(None, who, outside=each.outside) for each in opened.reading.enclosures]
        return lay_out(opened.reading, self.query_one(LetterView).room, unfolded=self._unfolded, remarks=remarks)

    def on_resize(self) -> None:
        """Lines are laid out for the width."""
        self._draw()

    def action_fold(self) -> None:
        """Show or fold away what it quotes."""
        self._unfolded = not self._unfolded
        self._draw()

    def action_pieces(self) -> None:
        """Ask which piece inside it is opened."""
        if self._opened is not None and self._opened.inner:
            choose_piece(self, self._digest, self._opened.inner)

    def action_leave(self) -> None:
        """Back to what it stood in."""
        self.forget()
        self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Pieces can be opened only where there are any."""
        if action == "pieces":
            return self._opened is not None and bool(self._opened.inner)
        return super().check_action(action, parameters)

    def forget(self) -> None:
        """Let go of its text."""
        self._opened = None
        for banner in self.query(SealBanner):
            banner.banner = None
        for view in self.query(LetterView):
            view.forget()


def choose_piece(screen: RoomScreen, digest: bytes, pieces: Sequence[ListedPiece]) -> None:
    """Ask which of `pieces` is opened, none of which was, and open that one."""

    def chosen(path: str | None) -> None:
        if path:
            screen.app.push_screen(PieceScreen(digest, PiecePath.parse(path)))

    choices = [(str(each.path), f"{each.path}  {piece_words(each.kind.value)}", each.name) for each in pieces]
    sheet = ChoiceSheet("Open which sealed piece, by itself?", *choices)
    screen.app.push_screen(sheet, chosen)
