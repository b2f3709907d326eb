"""The tabs of a screen in one line: names with their keys, the open one marked; our own words alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


@dataclass(frozen=True)
class Tab:
    """One tab: its `key` opens it, `says` is for the help."""

    name: str
    key: str
    title: str
    says: str


class TabsLine(Widget):
    """The tabs; a click opens one. No letter's words reach it."""

    DEFAULT_CSS = """
    TabsLine { height: 1; padding: 0 1; background: $surface; color: $foreground-muted; }
    """
    opened: reactive[str] = reactive("")
    notice: reactive[str] = reactive("")  # our own words on the right, such as that something waits for a decision

    @dataclass
    class Asked(Message):
        """The tab of this name was asked for."""

        name: str

    def __init__(self, tabs: Sequence[Tab]) -> None:
        super().__init__()
        self._tabs = tuple(tabs)

    def render(self) -> RenderResult:
        """The line."""
        shown = Content(" ").join([self._drawn(each) for each in self._tabs])
        room = self.size.width - shown.cell_length
        notice = Content.styled(self.notice, "$text-warning").truncate(max(0, room - 2), ellipsis=True)
        return Content.assemble(shown, " " * max(0, room - notice.cell_length), notice)

    def _drawn(self, tab: Tab) -> Content:
        if tab.name == self.opened:
            return Content.styled(f" {tab.key} {tab.title} ", "bold underline $foreground")
        return Content.assemble((f" {tab.key}", "$text-accent"), f" {tab.title} ")

    def on_click(self, event: events.Click) -> None:
        """Open the tab under the mouse."""
        at = event.x - self.styles.padding.left
        for each in self._tabs:
            width = len(each.key) + len(each.title) + 3
            if 0 <= at < width:
                self.post_message(self.Asked(each.name))
                return
            at -= width + 1
