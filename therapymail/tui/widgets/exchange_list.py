"""The exchanges with a client, newest first, above them all letters: each with whether its response is owed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.content import Content

from therapymail.practice.exchanges import ExchangesWith
from therapymail.tui.commands import Card
from therapymail.tui.widgets.row_list import RowList

_ROOMY = 18  # columns from which nothing is shortened


class ExchangeShelf(NamedTuple):
    """The letters of one exchange, or (`number` 0) all; `state` is ours, `is_late` where its response is overdue."""

    number: int
    letters: int
    state: str = ""
    is_late: bool = False


class ExchangeList(RowList[ExchangeShelf]):
    """Numbers and states alone."""

    NOTHING = "No exchanges."
    CARD: ClassVar[Card] = Card(
        "The exchanges",
        "An exchange is a client's letters and your response to them. Owed: a response is promised and not sent yet;"
        " late: its time has passed. The letters beside are those of the exchange under the cursor; Enter goes on to"
        " them.",
    )

    def show_exchanges(self, found: ExchangesWith, letters: int) -> None:
        """Show them, staying with the one under the cursor; `letters` are all there are with the client."""
        shelves = [ExchangeShelf(0, letters)]
        waiting = {each.number for each in found.standing.waiting}
        for each in reversed(found.course.exchanges):
            late = each.number in waiting and each.late_by(found.now) is not None
            state = "late" if late else "owed" if each.number in waiting else ""
            shelves.append(ExchangeShelf(each.number, len(each.mails), state, late))
        chosen = self.row.number if self.row else 0
        self.show_rows(shelves, next((at for at, each in enumerate(shelves) if each.number == chosen), 0))

    def draw(self, row: ExchangeShelf, width: int) -> Sequence[Content]:
        """Its number, whether a response is owed, and how many letters it has."""
        narrow = width < _ROOMY
        name = f"{'Exch.' if narrow else 'Exchange'} {row.number}"
        title = Content(name) if row.number else Content.styled("All" if narrow else "All letters", "italic")
        count = "" if narrow and row.state else str(row.letters)
        look = "bold $text-error" if row.is_late else "$text-warning"
        state = Content.styled(row.state if narrow else f"{row.state} ", look) if row.state else Content()
        gap = " " * max(1, width - 2 - title.cell_length - state.cell_length - len(count))
        return [Content.assemble(" ", title, gap, state, (count, "$foreground-muted"), " ")]
