"""The caseload: everybody, each client by code, and what is nobody's; names and addresses never come here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.content import Content

from therapymail.practice.caseload import Caseload
from therapymail.tui.commands import Card
from therapymail.tui.verdict import PROPOSED_GLYPH, SET_ASIDE_GLYPH
from therapymail.tui.widgets.row_list import RowList


@dataclass(frozen=True)
class Shelf:
    """A list of letters one can choose: everybody's (`code` None), one client's, or those set aside."""

    code: str | None
    letters: int = 0
    proposed: int = 0
    set_aside: bool = False

    @property
    def title(self) -> str:
        """What the list calls it."""
        return "Set aside" if self.set_aside else self.code or "All"


class ClientList(RowList[Shelf]):
    """Everybody on top, then the clients by code."""

    NOTHING = "No clients."
    CARD: ClassVar[Card] = Card(
        "Whose letters",
        "Everybody by code, with how many letters there are and how many wait to be accepted. The letters beside are"
        " those of the client under the cursor; Enter goes on to them.",
    )

    def show_caseload(self, caseload: Caseload) -> None:
        """Show who there is, staying with the client under the cursor."""
        proposed = sum(each.proposed for each in caseload.clients)
        shelves = [Shelf(None, caseload.letters - caseload.set_aside, proposed)]
        shelves += [Shelf(each.client.code, each.letters, each.proposed) for each in caseload.clients]
        if caseload.set_aside:
            shelves.append(Shelf(None, caseload.set_aside, set_aside=True))
        chosen = (self.row.code, self.row.set_aside) if self.row else (None, False)
        at = next((index for index, each in enumerate(shelves) if (each.code, each.set_aside) == chosen), 0)
        self.show_rows(shelves, at)

    def draw(self, row: Shelf, width: int) -> Sequence[Content]:
        """Code, a mark for letters that wait to be accepted, and how many letters there are."""
        count = str(row.letters) if row.letters or row.code else ""
        waiting = f"{PROPOSED_GLYPH}{row.proposed} " if row.proposed else ""
        if row.set_aside:
            waiting = f"{SET_ASIDE_GLYPH} "
        title = Content.styled(row.title, "" if row.code else "italic")
        room = max(1, width - 3 - len(waiting) - len(count))
        title = title.truncate(room, ellipsis=True)
        gap = " " * max(1, width - 2 - title.cell_length - len(waiting) - len(count))
        return [Content.assemble(" ", title, gap, (waiting, "bold $text-warning"), (count, "$foreground-muted"), " ")]
