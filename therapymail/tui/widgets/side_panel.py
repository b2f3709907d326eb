"""Beside what is written: what a look over it says, the client's questions, news, what is agreed, the last notes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from therapymail.domain.draft import DraftContent
from therapymail.domain.looking_over import questions_left
from therapymail.domain.looking_over_text import foreign_sentences, remark_sentence
from therapymail.domain.wording import local_text
from therapymail.practice.beside import Beside
from therapymail.practice.look_over import LookedOver
from therapymail.practice.note_reading import NoteView
from therapymail.tui import untrusted
from therapymail.tui.widgets.answered_letter import LetterScroll

_MOST_NOTES = 5


class SidePanel(LetterScroll):
    """Headings in our words, the client's questions and news below them; drawn anew as one writes."""

    DEFAULT_CSS = """
    SidePanel { width: 40; padding: 0 1; background: $surface; border-left: solid $border-blurred; display: none; }
    SidePanel:focus { border-left: solid $border; }
    SidePanel > Static { width: 100%; height: auto; }
    """

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(id="beside", markup=False)

    def show(self, beside: Beside, looked: LookedOver | None, content: DraftContent, zone: str) -> None:
        """Show what is beside the draft as it stands; times on the clock of `zone`."""
        self.query_one("#beside", Static).update(panel_text(beside, looked, content, zone))

    def forget(self) -> None:
        """Let go of it."""
        self.query_one("#beside", Static).update("")


def panel_text(beside: Beside, looked: LookedOver | None, content: DraftContent, zone: str) -> Content:
    """Everything beside a draft, section by section; what is empty has none."""
    sections = [
        ("Look over", list(_looked(looked))),
        ("Their questions", list(_questions(beside, content))),
        ("News since your last response", [_news(str(each.letter), each.text) for each in beside.updates]),
        ("Agreed", [untrusted.line(f"{label}: {text}") for label, text in beside.facts]),
        ("Notes", list(_notes(beside, zone))),
    ]
    parts = [Content("\n").join([Content.styled(title, "bold"), *lines]) for title, lines in sections if lines]
    return Content("\n\n").join(parts) if parts else Content.styled("Nothing is beside this draft.", "italic")


def _looked(looked: LookedOver | None) -> Iterable[Content]:
    if looked is None:
        return
    for sentence in foreign_sentences(looked.foreign):
        yield untrusted.line(f"STOPS IT: {sentence}", "bold $text-error")
    for remarked in looked.remarks:
        yield Content.assemble("· ", untrusted.line(remark_sentence(remarked)))


def _questions(beside: Beside, content: DraftContent) -> Iterable[Content]:
    """The questions in their letter, each with whether it is taken up or quoted yet."""
    quoted = "\n".join(line.lstrip("> ") for line in content.text.split("\n") if line.startswith(">"))
    own = "\n".join(line for line in content.text.split("\n") if not line.startswith(">"))
    left = set(questions_left(beside.answered, quoted, own))
    for question in beside.questions:
        is_open = question in left
        mark = ("○ ", "$text-warning") if is_open else ("● ", "$foreground-muted")
        yield Content.assemble(mark, untrusted.line(question, "" if is_open else "$foreground-muted"))


def _news(name: str, text: str) -> Content:
    return Content.assemble((f"{name} ", "$text-accent"), untrusted.block(text.strip("\n")))


def _notes(beside: Beside, zone: str) -> Iterable[Content]:
    """The last notes, those that come first with their words."""
    for view, text in zip_longest(beside.notes[:_MOST_NOTES], beside.note_texts):
        yield untrusted.line(_note(view, zone), "$text-accent")
        if text and text.strip():
            yield untrusted.block(text.strip(), "$foreground-muted")


def _note(view: NoteView, zone: str) -> str:
    when = local_text(view.note.written, zone)[:10] if view.note else "being written"
    about = str(view.letter) if view.letter else f"exchange {view.exchange}" if view.exchange else ""
    return f"{view.name}  {when}  {about}".rstrip()
