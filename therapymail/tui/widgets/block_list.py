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
        self._heads: list[Sequence[Content]] = []
        self._tops: list[int] = [0]

    def heading_of(self, index: int, width: int) -> Sequence[Content]:  # noqa: ARG002 - some wrap it
        """The lines above a row that do not belong to it."""
        return ()

    def lines_needed(self, row: Row, width: int) -> int:
        """How many lines a row takes; a list of many rows may know it without drawing them."""
        return len(self.draw(row, width))

    def measured(self) -> int:
        """Where every row stands at this width."""
        width = max(1, self.size.width)
        self._heads = [self.heading_of(index, width) for index in range(len(self.rows))]
        lines = (self.lines_needed(row, width) for row in self.rows)
        self._tops = [0, *accumulate(len(head) + each for head, each in zip(self._heads, lines, strict=True))]
        return self._tops[-1]

    def row_at(self, line: int) -> tuple[int, int]:
        """The row this line belongs to, and which of its lines it is, its heading's first."""
        index = bisect_right(self._tops, line) - 1
        return index, line - self._tops[index]

    def place_of(self, index: int) -> tuple[int, int]:
        """Where a row stands, its heading with it."""
        if index >= len(self._heads):
            return 0, 1
        return self._tops[index], self._tops[index + 1] - self._tops[index]

    def lines_at(self, index: int, width: int) -> Sequence[Content]:
        """The lines of a row, its heading's first."""
        return [*self._heads[index], *self.draw(self.rows[index], width)]

    def style_at(self, index: int, part: int) -> str:
        """The row under the cursor stands out, its heading does not."""
        return super().style_at(index, part) if part >= len(self._heads[index]) else ""

    def forget(self) -> None:
        """Show nothing any more."""
        self._heads = []
        super().forget()
