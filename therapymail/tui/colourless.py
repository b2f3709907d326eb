"""The interface without colours (NO_COLOR): what only a colour would tell is told by reversing it."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

_STANDS_OUT = 48  # of 255: how far a ground is from the screen's own before it means something


class Colourless(LineFilter):
    """Takes every colour away. A ground that stands out (the row under the cursor, a verdict) becomes reversed."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same line without colours."""
        ground = background.rgb
        return [
            Segment(text, _without_colour(style, ground) if style is not None else None, control)
            for text, style, control in segments
        ]


@lru_cache(maxsize=1024)
def _without_colour(style: Style, ground: tuple[int, int, int]) -> Style:
    stands_out = _distance(style.bgcolor, ground) >= _STANDS_OUT
    return Style(
        bold=style.bold,
        dim=style.dim,
        italic=style.italic,
        underline=style.underline,
        strike=style.strike,
        reverse=stands_out != bool(style.reverse),
        meta=style.meta or None,
    )


def _distance(colour: RichColor | None, ground: tuple[int, int, int]) -> int:
    if colour is None or colour.is_default:
        return 0
    triplet = colour.get_truecolor()
    return max(abs(one - other) for one, other in zip(triplet, ground, strict=True))
