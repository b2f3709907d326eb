"""The clients in a list: code, where the work stands, what is due next, what waits; names and addresses never."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar

from textual.content import Content

from therapymail.domain.wording import count_words
from therapymail.practice.client_rows import ClientRow
from therapymail.tui.commands import Card
from therapymail.tui.status import due_phrase
from therapymail.tui.widgets.row_list import RowList

_CODE, _STATUS, _COUNT = 12, 10, 9


class ClientRows(RowList[ClientRow]):
    """One line a client; those whose work is over come last, and are dimmed."""

    NOTHING = "No clients yet. `therapymail client add CODE ADDRESS` adds the first."
    CARD: ClassVar[Card] = Card(
        "The clients",
        "Everybody by code. Names and addresses are shown only where you ask for one: N says who it is.",
    )

    def __init__(self) -> None:
        super().__init__()
        self._now = datetime.min.replace(tzinfo=UTC)

    def show_clients(self, rows: Sequence[ClientRow], now: datetime) -> None:
        """Show these clients, staying with the one under the cursor."""
        before, self._now = self.row, now
        code = before.client.code if before else None
        at = next((at for at, each in enumerate(rows) if each.client.code == code), 0)
        self.show_rows(rows, at, as_of=now.replace(second=0, microsecond=0))

    def draw(self, row: ClientRow, width: int) -> Sequence[Content]:
        """Code, status, what is due, what waits to be read and accepted, letters."""
        quiet = "$foreground-muted"
        code = Content.styled(f" {row.client.code}", quiet if row.is_over else "bold")
        code = code.truncate(_CODE, ellipsis=True)
        status = row.client.status.value
        due = due_phrase(row.due, self._now).partition(": ")[2]
        is_late = row.due is not None and row.due.moment < self._now
        waits = Content("  ").join(
            [
                *([Content.styled(f"{row.unread} unread", "bold $text-primary")] if row.unread else []),
                *([Content.styled(f"{row.proposed} to accept", "bold $text-warning")] if row.proposed else []),
            ]
        )
        count = Content.styled(f"{row.letters:>{_COUNT - 1}} ", quiet)
        room = max(1, width - _CODE - 1 - _STATUS - waits.cell_length - 1 - count.cell_length)
        said = Content.styled(due, "$text-warning" if is_late else "").truncate(room, ellipsis=True)
        return [
            Content.assemble(
                code, " " * (_CODE + 1 - code.cell_length), (f"{status:<{_STATUS}}", quiet),
                said, " " * (room - said.cell_length), waits, " ", count,
            )
        ]  # fmt: skip

    @staticmethod
    def heads(width: int) -> Content:
        """What stands above the columns."""
        left = f" {'Client':<{_CODE}}{'Status':<{_STATUS}}Next"
        return Content.styled(left + f"{'Letters':>{max(1, width - len(left) - 1)}} ", "$foreground-muted")


def known_of(row: ClientRow) -> str:
    """What is known of a client in a line: letters and the block."""
    parts = [count_words(row.letters, "letter")]
    if row.balance is not None:
        parts.append(f"{row.balance.used} of {row.balance.size} exchanges")
    if row.owed:
        parts.append(f"{count_words(row.owed, 'response')} owed")
    return ", ".join(parts)
