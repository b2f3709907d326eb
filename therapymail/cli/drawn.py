"""Printing a drawing: in colour on a terminal that has them, the same text without everywhere else."""

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TextIO

from therapymail.cli.asking import wants_more
from therapymail.cli.output import rows_that_fit
from therapymail.domain.drawing import Line, Part
from therapymail.domain.sanitise import sanitise
from therapymail.domain.wording import count_words

# Select Graphic Rendition (ECMA-48 8.3.117), of the sixteen colours that every theme of a terminal chooses itself.
_COLOURS = {
    Part.HEADING: "1",
    Part.CLIENT: "36",
    Part.THERAPIST: "35",
    Part.NOTICE: "1;31",
    Part.THEME: "34",
    Part.FEELING: "32",
    Part.EVENT: "33",
    Part.NOTHING: "2",
}


def has_colours(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether colours are wanted: on a terminal that has them, unless NO_COLOR is set (no-color.org; F56)."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM", "dumb") != "dumb"


def print_drawing(lines: Iterable[Line], *, plain: bool = False) -> None:
    """A drawing on standard output, every piece made harmless; `plain` takes no colour.

    On a terminal a screenful at a time, as long as the person goes on.
    """
    is_coloured = not plain and has_colours(sys.stdout, os.environ)
    drawn = [painted(line, is_coloured=is_coloured) + "\n" for line in lines]
    room = max(rows_that_fit(), 1) if sys.stdout.isatty() else len(drawn)
    while drawn:
        # what is left of no more than the question would take is shown with the rest
        shown = len(drawn) if len(drawn) <= room + 1 else room
        sys.stdout.writelines(drawn[:shown])
        sys.stdout.flush()
        drawn = drawn[shown:]
        if drawn and not wants_more(f"{count_words(len(drawn), 'line')} more."):
            return


def painted(line: Line, *, is_coloured: bool) -> str:
    """One line as it is written, without blanks at its end."""
    pieces = [(sanitise(piece.text).replace("\n", " "), _COLOURS.get(piece.part)) for piece in line]
    while pieces and not pieces[-1][0].strip():
        pieces.pop()
    if pieces:
        pieces[-1] = (pieces[-1][0].rstrip(), pieces[-1][1])
    return "".join(
        f"\x1b[{colour}m{text}\x1b[0m" if is_coloured and colour and text.strip() else text for text, colour in pieces
    )
