"""A sealed piece of a mail on the screen and as JSON: in a frame of its own, with a verdict on it alone (PGP.md A3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from therapymail.cli.letter_view import print_reading
from therapymail.cli.output import print_line
from therapymail.cli.shapes import reading_shape, verdict_shape
from therapymail.domain.kinds import LetterState
from therapymail.domain.wording import author_words, count_words, note_sentence, piece_words, seal_sentence

if TYPE_CHECKING:
    from pathlib import Path

    from therapymail.practice.open_piece import OpenedPiece


def print_piece(opened: OpenedPiece, gutter: str) -> None:
    """A piece: what it is, what its seal proved, and its text behind a gutter of its own."""
    named = f", {opened.name}" if opened.name else ""
    print_line(f"Piece {opened.path} of {opened.count}: {piece_words(opened.kind.value)}{named}")
    print_line("It stands for itself: what surrounds it in the mail says nothing of it, nor it of that.")
    print_line(seal_sentence(opened.verdict, author_words(opened.direction, opened.client), opened.facts.failure))
    for code in opened.verdict.notes:
        if sentence := note_sentence(code):
            print_line(sentence)
    if opened.verdict.signer:
        print_line(f"Signer    {opened.verdict.signer}")
    print_reading(opened.reading, gutter * 2, unread=LetterState.FAILED)
    if opened.inner:
        print_line()
        held = count_words(len(opened.inner), "sealed piece")
        print_line(f"Inside it {held}, unopened: `--piece {opened.inner[0].path}` opens the first.")


def piece_shape(opened: OpenedPiece) -> dict[str, Any]:
    """A piece as `--json` gives it."""
    return {
        "piece": opened.number,
        "path": str(opened.path),
        "pieces": opened.count,
        "inside": len(opened.inner),
        "kind": opened.kind.value,
        "name": opened.name,
        "client": opened.client.code if opened.client else None,
        "direction": opened.direction.value,
        "subject": opened.reading.subject if opened.reading else "",
        "verdict": verdict_shape(opened.verdict),
        **reading_shape(opened.reading),
        "reason": opened.not_opened().reason if opened.reading is None else None,
    }


def answer_with_piece(opened: OpenedPiece, gutter: str, save: Path | None, *, as_json: bool) -> None:
    """Print a piece and, if asked, write its file to `save`, mode 0600.

    Raises the error that says why there is nothing to read; UnusableInput where there is no file to be written, or
    one at `save` already; FileUnusable.
    """
    from therapymail.cli.output import print_json

    if save is not None and opened.reading is not None:
        _save(opened, save)
    if as_json:
        print_json(piece_shape(opened))
    else:
        print_piece(opened, gutter)
    if opened.reading is None:
        raise opened.not_opened()


def _save(opened: OpenedPiece, file: Path) -> None:
    from therapymail.errors import UnusableInput
    from therapymail.paths import place_private_file

    if opened.content is None:
        raise UnusableInput("--save", f"piece {opened.number} is no file")
    if not place_private_file(file, opened.content):
        raise UnusableInput("--save", "there is a file of that name already")
