"""The command `open`: read a sealed mail from a file without filing it."""

from pathlib import Path
from typing import Annotated

import typer

from therapymail.cli.surroundings import JsonOption, PieceOption, SaveOption, surroundings


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("open")(open_)


def open_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A saved mail or OpenPGP file; - for standard input.")],
    *,
    piece: PieceOption = None,
    save: SaveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open a sealed mail from a file; nothing is filed.

    \b
    Examples:
      therapymail open letter.eml
      therapymail open - < letter.eml
      therapymail open letter.eml --piece 1 --save scan.png
    """
    from therapymail.cli.asking import read_input
    from therapymail.cli.output import print_json
    from therapymail.practice.open_file import open_file

    around = surroundings(context)
    practice = around.unlocked()
    if piece is not None or save is not None:
        from therapymail.cli.piece_view import answer_with_piece
        from therapymail.domain.piece_path import PiecePath
        from therapymail.practice.open_piece import open_piece_of_file

        wanted = PiecePath.parse(piece) if piece is not None else PiecePath()
        found = open_piece_of_file(practice, read_input(file), wanted)
        answer_with_piece(found, around.gutter, save, as_json=as_json)
        return
    opened = open_file(practice, read_input(file))
    if as_json:
        from therapymail.cli.shapes import opened_file_shape

        reason = opened.not_opened().reason if opened.reading is None else None
        print_json({**opened_file_shape(opened), "reason": reason})
    else:
        from therapymail.cli.letter_view import print_opened_file

        print_opened_file(opened, practice.settings.zone, around.gutter)
    if opened.reading is None:
        raise opened.not_opened()
