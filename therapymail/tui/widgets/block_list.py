"""A list whose rows take as many lines as their words need, with headings between them: for some hundred rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

from textual.content import Content

from therapymail.tui.widgets.row_list import RowList

Row = TypeVar("Row")


class BlockList(RowList[Row]):
    """Rows of different heights. A subclass says how one is drawn, and which lines of it are a heading above it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._drawn: list[tuple[Sequence[Content], Sequence[Content]]] = []
        self._tops: list[int] = [0]

    def heading_of(self, index: int, width: int) -> Sequence[Content]:  # noqa: ARG002 - some wrap it
        """The lines above a row that do not belong to it."""
        return ()

    def measured(self) -> int:
        """Lay every row out for this width."""
        width = max(1, self.size.width)
        self._drawn = [(self.heading_of(index, width), self.draw(row, width)) for index, row in enumerate(self.rows)]
        self._tops = [0, *accumulate(len(heading) + len(lines) for heading, lines in self._drawn)]
        return self._tops[-1]

    def row_at(self, line: int) -> tuple[int, int]:
        """The row this line belongs to, and which of its lines it is, its heading's first."""
        index = bisect_right(self._tops, line) - 1
        return index, line - self._tops[index]

    def place_of(self, index: int) -> tuple[int, int]:
        """Where a row stands, its heading with it."""
        if index >= len(self._drawn):
            return 0, 1
        return self._tops[index], self._tops[index + 1] - self._tops[index]

    def lines_at(self, index: int, width: int) -> Sequence[Content]:  # noqa: ARG002 - laid out for it already
        """The lines of a row, its heading's first."""
        heading, lines = self._drawn[index]
        return [*heading, *lines]

    def style_at(self, index: int, part: int) -> str:
        """The row under the cursor stands out, its heading does not."""
        return super().style_at(index, part) if part >= len(self._drawn[index][0]) else ""

    def forget(self) -> None:
        """Show nothing any more."""
        self._drawn = []
        super().forget()
