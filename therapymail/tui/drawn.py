"""Lines of a drawing as the interface paints them: each part by the theme's colours, every piece made harmless."""

from textual.content import Content

from therapymail.domain.drawing import Line, Part
from therapymail.tui.untrusted import block

STYLES = {
    Part.PLAIN: "",
    Part.HEADING: "bold",
    Part.NAME: "$foreground-muted",
    Part.CLIENT: "$text-primary",
    Part.THERAPIST: "$text-secondary",
    Part.NOTICE: "bold $text-error",
    Part.THEME: "$text-accent",
    Part.FEELING: "$text-success",
    Part.EVENT: "$text-warning",
    Part.NOTHING: "$foreground-muted",
}


def painted(line: Line) -> Content:
    """One line of a drawing."""
    return Content("").join(block(piece.text, STYLES[piece.part]) for piece in line)
