"""The letterbook as Markdown: headings, quotes and marks are the page's own, and no letter can make any."""

from collections.abc import Iterable, Iterator, Sequence

from therapymail.domain.letterbook import Letterbook
from therapymail.domain.note import NoteText
from therapymail.exports.letter_blocks import Annotation, Block
from therapymail.exports.letterbook_view import (
    ShownBook,
    ShownChapter,
    ShownLetter,
    own_view,
    record_view,
)
from therapymail.exports.markdown_text import (
    markdown_line,
    markdown_paragraphs,
    marked_paragraph,
    quoted_markdown,
)
from therapymail.exports.placed_notes import ShownNote


def letterbook_markdown(book: Letterbook, *, notes: Sequence[NoteText] = ()) -> str:
    """The therapist's letterbook, `notes` beside the letters they are about (PRODUCT F15)."""
    view = record_view(book, notes)
    return _whole(view, f"{view.title}: letterbook")


def own_letterbook_markdown(book: Letterbook, *, therapist: str = "", client: str = "") -> str:
    """The client's own letterbook (PRODUCT F49): letters alone, names where they are given, no code."""
    view = own_view(book, therapist=therapist, client=client)
    return _whole(view, view.title)


def chapters_markdown(view: ShownBook) -> Iterator[str]:
    """Everything below the title and its lines, paragraph by paragraph."""
    for chapter in view.chapters:
        yield from _chapter(chapter)
    if view.last or view.loose:
        yield "## Beside the letters"
        yield from _items(view.last)
        for note in view.loose:
            yield from _note(note)


def _whole(view: ShownBook, title: str) -> str:
    parts = [f"# {markdown_line(title)}", *(markdown_line(line) for line in view.lines), *chapters_markdown(view)]
    return "\n\n".join(parts) + "\n"


def _chapter(chapter: ShownChapter) -> Iterator[str]:
    yield f"## {markdown_line(chapter.heading)}"
    if said := " · ".join(markdown_line(each) for each in (chapter.span, *chapter.said) if each):
        yield said
    for letter in chapter.letters:
        yield from _letter(letter)


def _letter(letter: ShownLetter) -> Iterator[str]:
    yield "### " + markdown_line(f"{letter.who}: {letter.subject}" if letter.subject.strip() else letter.who)
    yield " · ".join(markdown_line(each) for each in (*letter.facts, letter.when))
    yield from _items([
        *(f"{name}: {said}" for name, said in letter.told),
        *(_annotation(each) for each in letter.annotations if not each.mark),
        *(f"enclosed: {each}" for each in letter.enclosures),
    ])  # fmt: skip
    if letter.remark:
        yield markdown_line(letter.remark)
    for depth, blocks in letter.stretches:
        paragraphs = "\n\n".join(_paragraph(block) for block in blocks)
        yield quoted_markdown(paragraphs, depth) if depth else paragraphs
    if marked := [each for each in letter.annotations if each.mark]:
        yield "\n".join(f"- <sup>{each.mark}</sup> {markdown_line(_annotation(each))}" for each in marked)
    if letter.outside.strip():
        yield "**Outside the seal, not part of the letter:**"
        yield quoted_markdown(markdown_paragraphs(letter.outside), 1)
    for note in letter.notes:
        yield from _note(note)


def _paragraph(block: Block) -> str:
    texts, marks = [""], []
    for run in block.runs:
        texts[-1] += run.text
        if run.ends:
            texts.append("")
            marks.append("".join(f"<sup>{mark}</sup>" for mark in run.ends))
    return marked_paragraph(texts, marks, flows=block.flows)


def _annotation(each: Annotation) -> str:
    said = f"{each.kind}: {each.said}" if each.said else each.kind
    return f"{said} (the passage is no longer in the letter)" if each.gone else said


def _note(note: ShownNote) -> Iterator[str]:
    yield f"#### {markdown_line(note.heading)}"
    yield markdown_line(note.when)
    yield markdown_paragraphs(note.text)
    for when, text in note.amendments:
        yield f"Added {markdown_line(when)}:"
        yield markdown_paragraphs(text)


def _items(said: Iterable[str]) -> Iterator[str]:
    if items := [f"- {markdown_line(each)}" for each in said]:
        yield "\n".join(items)
