"""One line of content as the terminal gets it: the short way, for widgets that draw themselves line by line."""

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget


def strip_of(widget: Widget, content: Content, style: Style) -> Strip:
    """`content` on one line over `style`, as wide as it is.

    Textual's own way wraps, aligns, looks for links and gives every piece a style of its own: five times as long.
    """
    if "\n" in content.plain or "\t" in content.plain:
        content = content.split("\n", allow_blank=True)[0].expand_tabs()
    pieces = content.render(style, end="", parse_style=widget._get_style)  # noqa: SLF001 - what Content is rendered by
    return Strip([Segment(text, (style + look).rich_style) for text, look in pieces], content.cell_length)
