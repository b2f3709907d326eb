"""Letters in a list: one line each where there is room, two where there is not; the verdict as a glyph beside each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content

from therapymail.domain.kinds import Direction, Standing
from therapymail.domain.wording import local_text
from therapymail.practice.judging import JudgedLetter
from therapymail.tui.commands import Card
from therapymail.tui.untrusted import line
from therapymail.tui.verdict import PROPOSED_GLYPH, SET_ASIDE_GLYPH, Mark, Tone, mark_of
from therapymail.tui.widgets.row_list import RowList

TONES = {
    Tone.PROVEN: "$text-success",
    Tone.PINNED: "$text-primary",
    Tone.UNPROVEN: "$text-warning",
    Tone.CLOSED: "$foreground-muted",
    Tone.ALARM: "bold $text-error",
}
_ONE_LINE = 58  # columns from which a letter fits on one line
_ROOMY = 92  # columns from which the verdict's word and the tags have room too


class LetterList(RowList[JudgedLetter]):
    """The letters of one shelf, newest first."""

    NOTHING = "No letters."
    CARD: ClassVar[Card] = Card(
        "The letters",
        "Newest first. From the left: a mark where a letter waits to be accepted, a mark for what its seal proved (see"
        " below), its name, → for one you wrote and ← for one that came, the day, what kind of mail it is, its length,"
        " and its subject. Enter opens the letter under the cursor; passing over it opens nothing.",
    )

    def __init__(self, zone: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._zone = zone

    def lines_of_row(self) -> int:
        """Two in a narrow column, else one."""
        return 1 if self.size.width >= _ONE_LINE or not self.size.width else 2

    def draw(self, row: JudgedLetter, width: int) -> Sequence[Content]:
        """Standing, verdict, name, direction, day, words, subject and tags of a letter."""
        letter, mark = row.letter, mark_of(row)
        at = Content.assemble(" ", standing_mark(row), (mark.glyph, TONES[mark.tone]), " ")
        arrow = "→" if letter.direction is Direction.OUT else "←"
        name = f"{letter.name or '-'!s:<10}"
        when = local_text(letter.received, self._zone)
        subject = line(letter.subject) if letter.subject else Content.styled(_unread(mark), "italic")
        if self.lines_of_row() == 2:
            first = Content.assemble(at, f"{name.rstrip()} {arrow} ", (when[:10], "$foreground-muted"))
            words = f"{letter.words} words"
            left = width - first.cell_length - len(words) - 1
            if left > 0:  # else the day matters more
                first += Content.styled(" " * left + words, "$foreground-muted")
            second = Content.assemble("    ", subject.truncate(max(1, width - 5), ellipsis=True))
            return [first, second.stylize("$foreground-muted")]
        roomy = width >= _ROOMY
        shown = when if roomy else when[:10]
        kind = letter.kind.value
        head = Content.assemble(
            at,
            f"{name} {arrow} ",
            (shown, "$foreground-muted"),
            f" {kind:<9.9} ",
            (f"{letter.words:>5} ", "$foreground-muted"),
        )
        verdict = Content.styled(f"{mark.word.lower():<13} ", TONES[mark.tone]) if roomy else Content()
        tags = line(" ".join(letter.tags), "$text-accent") if letter.tags else Content()
        room = width - head.cell_length - verdict.cell_length - 1
        tags = tags.truncate(max(0, min(room // 3, tags.cell_length)), ellipsis=True)
        beside = tags.cell_length + 1 if tags.cell_length else 0
        subject = subject.truncate(max(1, room - beside), ellipsis=True)
        gap = " " * max(0, room - subject.cell_length - tags.cell_length)
        return [Content.assemble(head, verdict, subject, gap, tags)]


def standing_mark(judged: JudgedLetter) -> tuple[str, str]:
    """A mark for a letter that waits to be accepted or is nobody's; a blank for any other."""
    if judged.letter.standing is Standing.PROPOSED:
        return (PROPOSED_GLYPH, "bold $text-warning")
    return (SET_ASIDE_GLYPH if judged.letter.standing is Standing.SET_ASIDE else " ", "$foreground-muted")


def _unread(mark: Mark) -> str:
    return f"({mark.word.lower()})" if mark.tone is Tone.CLOSED else "(no subject)"
