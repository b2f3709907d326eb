"""The list of what is on its way out: one line each, told apart by glyph, word and colour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.content import Content

from therapymail.tui import untrusted
from therapymail.tui.outbox_rows import OutboxRow, Rank
from therapymail.tui.widgets.row_list import RowList

_COLOURS = {
    Rank.UNCERTAIN: "bold $text-error",
    Rank.STOPPED: "bold $text-error",
    Rank.READ_AGAIN: "bold $text-warning",
    Rank.LEAVING: "$text-accent",
    Rank.HELD: "$foreground",
    Rank.DRAFT: "$foreground-muted",
    Rank.SENT: "$text-success",
}
_CODE, _STATE = 10, 34


class OutboxList(RowList[OutboxRow]):
    """The rows; `now` and `zone` are what their times are said by."""

    NOTHING: ClassVar[str] = "Nothing is written, held or on its way."

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._now: datetime | None = None
        self._zone = "UTC"
        self._name_width = 0

    def show(self, rows: Sequence[OutboxRow], now: datetime, zone: str) -> None:
        """Show `rows` as of `now`; the cursor stays with the letter it was on."""
        kept = self.row.name if self.row else None
        self._now, self._zone = now, zone
        self._name_width = max((len(row.shown_name) for row in rows), default=0)
        at = next((index for index, row in enumerate(rows) if row.name == kept), 0)
        self.show_rows(rows, at, as_of=(now, zone))

    def draw(self, row: OutboxRow, width: int) -> Sequence[Content]:
        """One line: glyph, name, client, state, and the subject where there is room."""
        assert self._now is not None
        colour = _COLOURS[row.rank]
        state = row.state(self._now, self._zone)
        line = Content.assemble(
            (f" {row.glyph} ", colour),
            (f"{row.shown_name:<{self._name_width}}  ", "$foreground"),
            (f"{row.code:<{_CODE}}  ", "$foreground"),
            (f"{state:<{_STATE}}  ", colour),
        )
        subject = untrusted.line(row.draft.content.subject if row.draft else "", "$foreground-muted")
        return [Content.assemble(line, subject).truncate(width, ellipsis=True)]
