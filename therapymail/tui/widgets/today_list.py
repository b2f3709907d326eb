"""Today as a list: a heading for each section that has something, and each item as one sentence under its code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from textwrap import wrap
from typing import ClassVar

from textual.content import Content

from therapymail.domain.today import Item, Section
from therapymail.domain.today_text import heading, says
from therapymail.practice.today import Today
from therapymail.tui.commands import Card
from therapymail.tui.page import COMFORTABLE
from therapymail.tui.widgets.block_list import BlockList

_CODE_COLUMNS = 12
_PRESSING = {Section.PROPOSED, Section.LATE, Section.WITHIN_THE_DAY, Section.NOT_ARRIVED}


class TodayList(BlockList[Item]):
    """What asks for the therapist, most pressing first."""

    NOTHING = "Nothing waits for you."
    CARD: ClassVar[Card] = Card(
        "Today",
        "What asks for you now, most pressing first. Nothing here grades anybody: within a section the order is that"
        " of time. Enter opens what an item is about, n takes the next step.",
    )

    def __init__(self, zone: str) -> None:
        super().__init__()
        self._zone = zone
        self._now = datetime.min.replace(tzinfo=UTC)

    @property
    def as_of(self) -> datetime | None:
        """The moment as of which it is shown; None where nothing is yet."""
        return self._now if self.is_loaded else None

    def show_today(self, found: Today) -> None:
        """Show what was found, staying with the item under the cursor."""
        before, self._now = self.row, found.now
        at = next((index for index, item in enumerate(found.items) if before and _same(item, before)), 0)
        self.show_rows(found.items, at, as_of=found.now.replace(second=0, microsecond=0))

    def heading_of(self, index: int, width: int) -> Sequence[Content]:  # noqa: ARG002 - none is so long
        """The section, where it begins."""
        section = self.rows[index].section
        if index and self.rows[index - 1].section is section:
            return ()
        title = Content.styled(f" {heading(section)}", "bold $text-warning" if section in _PRESSING else "bold")
        return [title] if not index else [Content(), title]

    def lines_needed(self, row: Item, width: int) -> int:
        """As many as its sentence takes."""
        return len(self._wrapped(row, width))

    def draw(self, row: Item, width: int) -> Sequence[Content]:
        """The code, and beside it what is said of it."""
        style = "$foreground-muted" if row.section is Section.COMING else ""
        code = f"   {row.code:<{_CODE_COLUMNS - 3}}"
        return [
            Content.assemble((" " * _CODE_COLUMNS if number else code, "bold"), Content.styled(line, style))
            for number, line in enumerate(self._wrapped(row, width))
        ]

    def _wrapped(self, row: Item, width: int) -> list[str]:
        """What is said of an item, in lines; Content wraps with everything in sight, and takes ten times as long."""
        sentence = says(row, self._now, self._zone).removeprefix(f"{row.code}: ")
        sentence = sentence[:1].upper() + sentence[1:]
        room = max(20, min(COMFORTABLE, width - _CODE_COLUMNS - 3))
        if sentence.isascii():  # every character has one column
            return wrap(sentence, room, break_on_hyphens=False) or [""]
        return [each.plain for each in Content(sentence).wrap(room)]


def _same(one: Item, other: Item) -> bool:
    return (one.matter, one.code, one.draft, one.exchange) == (other.matter, other.code, other.draft, other.exchange)
