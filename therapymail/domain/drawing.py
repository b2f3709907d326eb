"""A drawing in text: lines of pieces, each with the part it plays, so that who prints it can give it a colour."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple


class Part(StrEnum):
    """What a piece of a drawing is; nothing is said by it that the text does not say."""

    PLAIN = "plain"
    HEADING = "heading"
    NAME = "name"  # of a row or a paragraph
    CLIENT = "client"
    THERAPIST = "therapist"
    NOTICE = "notice"  # late, over length, missing
    THEME = "theme"
    FEELING = "feeling"
    EVENT = "event"
    NOTHING = "nothing"


class Piece(NamedTuple):
    """Some text of one part; already harmless (`domain/sanitise`)."""

    text: str
    part: Part = Part.PLAIN


Line = tuple[Piece, ...]


def line_of(text: str, part: Part = Part.PLAIN) -> Line:
    """A line of one piece."""
    return (Piece(text, part),)


def text_of(lines: Iterable[Line]) -> str:
    """The drawing as text alone."""
    return "\n".join("".join(piece.text for piece in line).rstrip() for line in lines)


def side_by_side(left: Sequence[Line], right: Sequence[Line], width_of_left: int) -> list[Line]:
    """Two drawings beside each other, the first no wider than `width_of_left` columns."""
    from therapymail.domain.text_width import columns_of

    def at(lines: Sequence[Line], row: int) -> Line:
        return lines[row] if row < len(lines) else ()

    rows = []
    for row in range(max(len(left), len(right))):
        first = at(left, row)
        gap = width_of_left - sum(columns_of(piece.text) for piece in first)
        rows.append((*first, Piece(" " * max(gap, 0)), *at(right, row)))
    return rows
