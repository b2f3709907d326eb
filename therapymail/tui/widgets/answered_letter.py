"""The client's letter that is being answered, beside what is written: read only, its seal's verdict above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from therapymail.domain.arrangement import Piece, as_shown
from therapymail.domain.interleaving import paragraphs
from therapymail.domain.letter import Reading
from therapymail.domain.wording import author_words, local_text, seal_sentence
from therapymail.errors import explain
from therapymail.practice.read import LetterText
from therapymail.tui import untrusted
from therapymail.tui.commands import Card, Command, bindings


class AnsweredLetter(Vertical):
    """One letter of the record. What is above the line is ours; what is below it the client wrote (HAZARDS S8)."""

    DEFAULT_CSS = """
    AnsweredLetter { border-right: solid $border-blurred; }
    AnsweredLetter:focus-within { border-right: solid $border; }
    AnsweredLetter #verdict { height: auto; padding: 0 1; color: $foreground-muted; background: $surface; }
    AnsweredLetter #theirs { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    AnsweredLetter #theirs > Static { width: 100%; max-width: 74; height: auto; }
    """

    def compose(self) -> ComposeResult:
        """The verdict, and the letter below it."""
        yield Static(id="verdict", markup=False)
        with LetterScroll(id="theirs"):
            yield Static(id="text", markup=False)

    def show(self, found: LetterText, zone: str) -> None:
        """Show a letter, times on the clock of `zone`."""
        letter, reading = found.judged.letter, found.reading
        who = author_words(letter.direction, found.client)
        when = local_text(letter.written or letter.received, zone)
        seal = seal_sentence(found.judged.verdict, who, letter.facts.failure)
        self.query_one("#verdict", Static).update(
            Content.assemble((f"{letter.name}", "bold $foreground"), f"  {when}\n{seal}")
        )
        self.query_one("#text", Static).update(
            _text_of(found) if reading else Content(explain(found.not_opened()).sentence)
        )

    def focus_text(self) -> None:
        """Let the keys scroll the letter."""
        self.query_one("#theirs").focus()


class LetterScroll(VerticalScroll):
    """Text to scroll through by the keys people expect."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("j", "scroll_down", "Down", "One line down.", in_line=False),
        Command("k", "scroll_up", "Up", "One line up.", in_line=False),
        Command("space", "page_down", "Screenful down", "A screenful down.", in_line=False),
        Command("b", "page_up", "Screenful up", "A screenful up.", in_line=False),
        Command("g", "scroll_home", "Beginning", "To the beginning.", in_line=False),
        Command("G", "scroll_end", "End", "To the end.", in_line=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(HERE)
    CARD: ClassVar[Card] = Card("A text", "To read and scroll through; nothing in it is changed here.")


def _text_of(found: LetterText) -> Content:
    reading = found.reading
    assert reading is not None
    shown = as_shown(reading.pieces)
    parts = [untrusted.line(reading.subject, "bold")]
    for piece in _numbered(reading, shown.body) or (Content("(no text)"),):
        parts += [Content(), piece]
    if shown.below:
        parts += [Content(), Content.styled("Quoted from earlier letters:", "$foreground-muted")]
        parts += [untrusted.block(shown.below, "$foreground-muted")]
    return Content("\n").join(parts)


def _numbered(reading: Reading, body: Sequence[Piece]) -> list[Content]:
    """Own paragraphs with the numbers by which they are answered, what stands quoted between them muted.

    Where a paragraph runs on around a quotation, the numbers are those of the own words alone, and these come first.
    """
    whole = paragraphs(reading.text)
    apart = [() if piece.quoted else paragraphs(piece.text) for piece in body]
    if sum(map(len, apart)) != len(whole):
        quoted = [untrusted.block(piece.text, "$foreground-muted") for piece in body if piece.quoted]
        return [*(_paragraph(each.number, each.text) for each in whole), *quoted]
    said: list[Content] = []
    number = 0
    for piece, own in zip(body, apart, strict=True):
        if piece.quoted:
            said.append(untrusted.block(piece.text, "$foreground-muted"))
        for each in own:
            number += 1
            said.append(_paragraph(number, each.text))
    return said


def _paragraph(number: int, text: str) -> Content:
    return Content.assemble((f"[{number}] ", "$text-accent"), untrusted.block(text))
