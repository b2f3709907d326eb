"""The head of a writing desk: to whom, under which key, what would keep it from leaving. No letter can reach it."""

from __future__ import annotations

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from therapymail.practice.desk import Desk
from therapymail.tui import desk_text, untrusted


class DeskHead(Widget):
    """What stands above a letter that is being written; empty until `show`."""

    DEFAULT_CSS = """
    DeskHead { height: auto; padding: 0 1; background: $panel; color: $foreground; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._left = self._right = Content()
        self._below = Content()

    def show(self, desk: Desk, zone: str, *, notice: str = "") -> None:
        """Show the head of `desk`, times on the clock of `zone`; `notice` (our own words) stands last."""
        self._left = untrusted.line(desk_text.addressed_to(desk), "bold")
        self._right = Content.styled(str(desk.draft.name), "$foreground-muted")
        hindrances = desk_text.standing_hindrances(desk)
        lines = [Content.styled(desk_text.key_sentence(desk, zone), "$foreground-muted")]
        if hindrances:
            names = {"draft": str(desk.draft.name), "code": desk.draft.code}
            why, step = desk_text.refusal_sentences(hindrances, **names)
            lines += [Content.assemble((why, "bold $text-error"), " ", (step, "$text-error"))]
        if notice:
            lines.append(Content.styled(notice, "$text-warning"))
        self._below = Content("\n").join(lines)
        self.refresh(layout=True)

    def render(self) -> RenderResult:
        """The lines."""
        room = self.size.width - self._left.cell_length - self._right.cell_length
        first = Content.assemble(self._left, " " * max(room, 1), self._right)
        return Content("\n").join([first, self._below])
