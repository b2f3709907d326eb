"""A picture as a value: shapes with their places, what each says and where it leads, and how wide it may be."""

from dataclasses import dataclass
from typing import NamedTuple


class Shape(NamedTuple):
    """One shape. `form` is rect (x, y, width, height), circle (x, y, radius), line (x, y, x, y) or text (x, y).

    `style` are classes of the style sheet; `title` is what it says, `href` where it leads; empty: it is only drawn.
    """

    form: str
    at: tuple[float, ...]
    style: str = ""
    text: str = ""
    title: str = ""
    href: str = ""


class Band(NamedTuple):
    """A stretch of the timeline as one picture, `width` and `height` in its own units."""

    width: float
    height: float
    title: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Layout:
    """How a picture is laid out: names beside the rows or (`label` 0) above them, and how many columns it may have."""

    name: str
    width: float
    label: float
    most_columns: int
    widest: float


WIDE = Layout("wide", 760, 108, 52, 54)
NARROW = Layout("narrow", 340, 0, 20, 34)
