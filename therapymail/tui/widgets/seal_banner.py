"""The verdict above a letter: chrome of our own words that no letter can reach or imitate (HAZARDS S8)."""

from __future__ import annotations

from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from therapymail.tui.verdict import PROPOSED_GLYPH, Banner, Tone


class SealBanner(Widget):
    """Glyph, word and sentence on a ground of the verdict's own colour, from edge to edge."""

    DEFAULT_CSS = """
    SealBanner {
        dock: top; height: auto; max-height: 50%; padding: 0 1;
        border-left: outer $foreground-muted; background: $surface; color: $foreground;
        &.-proven { border-left: outer $success; background: $success-muted; color: $text-success; }
        &.-pinned { border-left: outer $primary; background: $primary-muted; color: $text-primary; }
        &.-unproven { border-left: outer $warning; background: $warning-muted; color: $text-warning; }
        &.-closed { border-left: outer $foreground-muted; background: $surface; }
        &.-alarm { border-left: outer $error; background: $error; color: $background; text-style: bold; }
        &.-nothing { border-left: blank; background: $background; }
    }
    """

    banner: reactive[Banner | None] = reactive(None, layout=True)

    def watch_banner(self, banner: Banner | None) -> None:
        """Take the verdict's look."""
        for tone in Tone:
            self.set_class(banner is not None and banner.mark.tone is tone, f"-{tone.value}")
        self.set_class(banner is None, "-nothing")

    def _size_updated(
        self,
        size: Size,
        virtual_size: Size,
        container_size: Size,
        layout: bool = True,  # noqa: ARG002, FBT001, FBT002 - Textual's signature
    ) -> bool:
        """The layout that told its size is the only one that is needed: Textual's own would ask for a second."""
        return super()._size_updated(size, virtual_size, container_size, layout=False)

    def render(self) -> RenderResult:
        """The words."""
        banner = self.banner
        if banner is None:
            return Content()
        words = Content.styled(f"{banner.mark.glyph} {banner.mark.word}", "bold reverse")
        waiting = Content.styled(f" {PROPOSED_GLYPH} PROPOSED ", "bold reverse") if banner.proposed else Content()
        said = " ".join((banner.sentence, *banner.remarks))
        return Content.assemble(" ", words, waiting, "  ", said)
