"""The one door for what mail, keys and servers say: harmless text that no widget reads as markup (HAZARDS S9, S10)."""

from textual.content import Content
from textual.style import Style

from therapymail.domain.sanitise import sanitise, sanitise_line


def line(text: str, style: Style | str = "") -> Content:
    """`text` on one line; nothing in it is markup, a link, or an order to the terminal."""
    return Content.styled(sanitise_line(text), style)


def block(text: str, style: Style | str = "") -> Content:
    """`text` with its lines; tabs become blanks."""
    return Content.styled(sanitise(text).expandtabs(8), style)
