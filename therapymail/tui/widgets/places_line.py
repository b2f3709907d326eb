"""The line on top of every screen: the places with their keys, the one where one is, and what lies above it."""

from __future__ import annotations

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from therapymail.tui.asking import app_of
from therapymail.tui.commands import shown_key
from therapymail.tui.places import PLACES


class PlacesLine(Widget):
    """Our own words and codes; a click goes to a place. No letter's words reach it."""

    DEFAULT_CSS = """
    PlacesLine { height: 1; padding: 0 1; background: $panel; color: $foreground-muted; }
    """

    def on_mount(self) -> None:
        """Follow where one is."""
        self.watch(self.app, "place", self._again, init=False)

    def _again(self) -> None:
        self.refresh()

    def render(self) -> RenderResult:
        """The line."""
        parts: list[Content] = []
        here = app_of(self).place
        for each in PLACES:
            if each.name == here:
                part = Content.styled(f" {shown_key(each.key)} {each.title} ", "bold reverse")
            else:
                part = Content.assemble((f" {shown_key(each.key)}", "$text-accent"), f" {each.title} ")
            parts.append(part)
        places = Content(" ").join(parts)
        heading = Content.styled(getattr(self.screen, "heading", ""), "bold $foreground")
        room = self.size.width - places.cell_length - 2
        heading = heading.truncate(max(0, room), ellipsis=True)
        gap = " " * max(0, self.size.width - places.cell_length - heading.cell_length)
        return Content.assemble(places, gap, heading)

    async def on_click(self, event: events.Click) -> None:
        """Go to the place under the mouse."""
        at = event.x - self.styles.padding.left
        for each in PLACES:
            width = len(shown_key(each.key)) + len(each.title) + 3
            if 0 <= at < width:
                await self.app.run_action(f"app.go('{each.name}')")
                return
            at -= width + 1
