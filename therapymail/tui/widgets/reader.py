"""The reader: verdict and facts of a letter in chrome, its text below, where it can say nothing about itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import zip_longest

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from therapymail.domain.ago import ago_in_words, reread_in_words
from therapymail.domain.kinds import Direction, LetterState
from therapymail.domain.local_days import local_day
from therapymail.domain.wording import author_words, both_clocks, enclosure_remark
from therapymail.practice.read import LetterText
from therapymail.tui.page import Line, Part, lay_out
from therapymail.tui.untrusted import line
from therapymail.tui.verdict import banner_of, holds_pieces
from therapymail.tui.widgets.letter_view import LetterView
from therapymail.tui.widgets.seal_banner import SealBanner

_HINT = (Line(Part.NOTE, Content()), Line(Part.NOTE, Content("  Enter opens the letter under the cursor.")))


class Reader(Vertical):
    """One letter. `found` is the letter shown, or None."""

    DEFAULT_CSS = """
    Reader { height: 1fr; }
    Reader > #facts { height: auto; padding: 0 1; color: $foreground-muted; background: $surface; }
    Reader > LetterView { padding-top: 1; }
    """

    def __init__(self, zone: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._zone = zone
        self.found: LetterText | None = None
        self.unfolded = False
        self.view = LetterView(id="text")  # where the text is
        self._banner, self._facts = SealBanner(), Static("", id="facts", markup=False)
        self._facts.display = False

    def compose(self) -> ComposeResult:
        """Banner, facts, text."""
        yield self._banner
        yield self._facts
        yield self.view

    def on_mount(self) -> None:
        """Say how to begin."""
        self.view.show_lines(_HINT)

    @property
    def holds_pieces(self) -> bool:
        """Whether something sealed that was not opened stands inside the letter shown, by its notes."""
        return self.found is not None and holds_pieces(self.found.judged)

    @property
    def holds_enclosures(self) -> bool:
        """Whether anything came with the letter shown."""
        return self.found is not None and self.found.reading is not None and bool(self.found.reading.enclosures)

    def lines_of(self, found: LetterText, *, unfolded: bool) -> tuple[Line, ...]:
        """The lines of a letter at this width: for a large one this takes long, and is done beside the interface."""
        if found.reading is None:
            return (Line(Part.NOTE, Content(_nothing(found))),)
        who = author_words(found.judged.letter.direction, found.client)
        listed = zip_longest(found.reading.enclosures, found.files)
        remarks = [enclosure_remark(verdict, who, outside=each.outside) for each, verdict in listed]
        return lay_out(found.reading, self.view.room, unfolded=unfolded, remarks=remarks)

    def show_letter(self, found: LetterText, lines: tuple[Line, ...], today: date, *, stay: bool = False) -> None:
        """Show a letter whose lines were laid out; `today` is the therapist's, `stay` where it is shown already."""
        if stay and self.found is not None:  # that it is being read just now is told the next time
            found = replace(found, rereads=self.found.rereads)
        self.found = found
        self._facts.display = True
        self._banner.banner = banner_of(found.judged, found.client)
        self._facts.update(self._facts_of(found, today))
        self.view.show_lines(lines, stay=stay)

    def forget(self) -> None:
        """Show nothing any more."""
        self.found, self.unfolded = None, False
        self._facts.display = False
        self._banner.banner = None
        self._facts.update(Content())
        self.view.show_lines(_HINT)

    def _facts_of(self, found: LetterText, today: date) -> Content:
        """Name, kind and times, from the record; nothing that the letter words."""
        letter = found.judged.letter
        toward = "to" if letter.direction is Direction.OUT else "from"
        who = f"{letter.kind.value} {toward} {letter.code or 'nobody known'}"
        parts = [
            Content.styled(str(letter.name or "Set aside"), "bold $foreground"),
            Content(f"  {who}, {letter.words} words, {ago_in_words(local_day(letter.received, self._zone), today)}"),
            Content(f"\nwritten   {both_clocks(letter.written, self._zone, found.client) or 'no date'}"),
            Content(f"\nreceived  {both_clocks(letter.received, self._zone, found.client)}"),
        ]
        if found.rereads:
            parts.append(Content(f"\nre-read   {reread_in_words(found.rereads, today)}"))
        if letter.tags:
            parts += [Content("\ntags      "), line(" ".join(letter.tags), "$text-accent")]
        return Content.assemble(*parts)


def _nothing(found: LetterText) -> str:
    if found.judged.letter.state is LetterState.TOO_LARGE:
        name = found.judged.letter.name
        return f"  Its text is not here. `therapymail read {name} --fetch` fetches it."
    return "  None of its text is shown."
