"""What a search found, two lines each: the letter or note, and the passage with what was looked for marked in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content

from therapymail.domain.found import Hit, NoteHit, Snippet
from therapymail.domain.kinds import Direction, Standing
from therapymail.domain.sanitise import sanitise
from therapymail.domain.wording import local_text
from therapymail.tui.untrusted import line
from therapymail.tui.verdict import PROPOSED_GLYPH
from therapymail.tui.widgets.row_list import RowList


class HitList(RowList[Hit | NoteHit]):
    """Letters first, the newest or the best on top; then notes, where the search asks for them."""

    NOTHING = ""  # the line above says it

    def __init__(self, zone: str) -> None:
        super().__init__(id="hits")
        self._zone = zone
        self.codes: Mapping[str, str] = {}  # of clients, by identity: for notes

    def lines_of_row(self) -> int:
        """Two."""
        return 2

    def draw(self, row: Hit | NoteHit, width: int) -> Sequence[Content]:
        """Name, direction, day and subject; below, the passage."""
        head = self._letter(row) if isinstance(row, Hit) else self._note(row)
        return [head, Content.assemble("   ", passage(row.snippet, width - 4))]

    def _letter(self, hit: Hit) -> Content:
        letter = hit.letter
        arrow = "→" if letter.direction is Direction.OUT else "←"
        waits = (f"{PROPOSED_GLYPH} {letter.standing.value} ", "bold $text-warning")
        return Content.assemble(
            f" {letter.name or '-'} {arrow} ",
            (local_text(letter.received, self._zone)[:10] + "  ", "$foreground-muted"),
            waits if letter.standing is not Standing.ACCEPTED else "",
            line(letter.subject, "bold"),
        )

    def _note(self, hit: NoteHit) -> Content:
        note = hit.note
        about = self.codes.get(note.client or "", "")
        return Content.assemble(
            f" {note.name}   ",
            (local_text(note.written, self._zone)[:10] + "  ", "$foreground-muted"),
            (f"{note.name.kind.value} note{f' about {about}' if about else ''}", "bold $text-accent"),
        )


def passage(snippet: Snippet, room: int) -> Content:
    """The passage, beginning so late that the first find is in its first half; finds are marked."""
    shown = Content.styled(sanitise(snippet.text), "$foreground-muted")
    for start, end in snippet.marks:
        shown = shown.stylize("bold underline $text-accent", start, end)
    begin = max(0, snippet.marks[0][0] - room // 2) if snippet.marks else 0
    begin = snippet.text.find(" ", begin - 1) + 1 if begin else 0
    before = "… " if snippet.cut_before or begin else ""
    return Content.assemble(before, shown[begin:], " …" if snippet.cut_after else "")
