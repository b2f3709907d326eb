"""The lines at the foot of every screen: what goes on, and which keys matter here. No letter's words reach them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult, RenderResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from therapymail.tui.asking import app_of
from therapymail.tui.offers import Offer, offers_everywhere, offers_here
from therapymail.tui.status import Said, fitting

_BETWEEN = 2  # columns between two keys
_SHOWN = ("departure", "said", "due", "coverage", "waiting", "mailbox")


class StatusLine(Widget):
    """Our own words: a departure that can be taken back, or what was last said; what is due, waits, and goes on."""

    DEFAULT_CSS = """
    StatusLine { height: 1; padding: 0 1; background: $panel; color: $foreground-muted; }
    """

    def on_mount(self) -> None:
        """Follow what the app says."""
        for name in _SHOWN:
            self.watch(self.app, name, self._again, init=False)

    def _again(self) -> None:
        self.refresh()

    def render(self) -> RenderResult:
        """The line."""
        app, width = app_of(self), self.size.width
        left = Content.styled(app.departure, "bold $text-warning") if app.departure else Content(app.said)
        left = left.truncate(width, ellipsis=True)
        parts = (Said(app.due, 4), Said(app.waiting, 2), Said(app.coverage, 1), Said(app.mailbox, 3))
        right = fitting(parts, width - left.cell_length - (_BETWEEN if left.cell_length else 0))
        return Content.assemble(left, " " * (width - left.cell_length - len(right)), right)


class _Key(NamedTuple):
    """A key in the line, and the columns it takes."""

    offer: Offer
    start: int
    shown: Content

    @property
    def end(self) -> int:
        return self.start + self.shown.cell_length


class KeyLine(Widget):
    """The keys that matter here and now, as many as the line holds; those of every screen stay on the right.

    A click on one is as good as the key.
    """

    DEFAULT_CSS = """
    KeyLine { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[str, int], ...] = ()

    def on_mount(self) -> None:
        """Follow the focus."""
        self.watch(self.screen, "focused", self.look_again, init=False)

    def look_again(self) -> None:
        """What can be done may be something else now: the line is drawn only where it is."""
        if self.size.width and _in_words(self._keys()) != self._shown:
            self.refresh()

    def render(self) -> RenderResult:
        """The line."""
        parts: list[Content] = []
        at, keys = 0, list(self._keys())
        self._shown = _in_words(keys)
        for key in keys:
            parts += [Content(" " * (key.start - at)), key.shown]
            at = key.end
        return Content.assemble(*parts)

    def _keys(self) -> Iterator[_Key]:
        """The keys as they stand: those of here from the left on, those of everywhere at the right."""
        screen, width = self.screen, self.size.width
        everywhere = list(_placed(offers_everywhere(screen), 0, width))
        taken = everywhere[-1].end if everywhere else 0
        yield from _placed(offers_here(screen), 0, width - taken - _BETWEEN)
        for key in everywhere:
            yield key._replace(start=key.start + width - taken)

    async def on_click(self, event: events.Click) -> None:
        """Do what the key under the mouse does."""
        at = event.x - self.styles.padding.left
        for key in list(self._keys()):
            if key.start <= at < key.end:
                await self.app.run_action(key.offer.command.action, key.offer.owner)
                return


def _in_words(keys: Iterable[_Key]) -> tuple[tuple[str, int], ...]:
    return tuple((key.shown.plain, key.start) for key in keys)


def _placed(offers: Iterable[Offer], start: int, end: int) -> Iterator[_Key]:
    """The keys that can be pressed now, one after another, as many as fit; one key never stands there twice."""
    seen: set[str] = set()
    for offer in offers:
        key = offer.command.shown_keys[0]
        if not offer.command.in_line or key in seen or not offer.is_possible:
            continue
        seen.add(key)
        shown = Content.assemble((key, "bold $text-accent"), f" {offer.name}")
        if start + shown.cell_length > end:
            return
        yield _Key(offer, start, shown)
        start += shown.cell_length + _BETWEEN


class Foot(Vertical):
    """Both lines."""

    DEFAULT_CSS = """
    Foot { dock: bottom; height: 2; }
    """

    def compose(self) -> ComposeResult:
        """What goes on, and the keys."""
        yield StatusLine()
        yield KeyLine()
