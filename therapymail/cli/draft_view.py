"""Drafts on the screen: a list, and one whole with its text behind a gutter."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from therapymail.cli.output import narrate, print_line, print_table, print_text
from therapymail.domain.draft import Draft, DraftEnclosure
from therapymail.domain.outbox_text import state_phrase
from therapymail.domain.wording import bytes_words, count_words, local_text

if TYPE_CHECKING:
    from therapymail.practice.write import DraftView

_LABEL_WIDTH = 10
_NOTES = {
    "metadata-removed": "what it said of camera, place or program is taken out",
    "may-name-its-author": "it may name its author; look at its properties",
}


def print_drafts(views: "Sequence[DraftView]", now: datetime, zone: str) -> None:
    """Drafts as a table, newest changed first."""
    if not views:
        narrate("No drafts. `therapymail write CODE` begins one.")
        return
    rows = [_row(view, now, zone) for view in views]
    print_table(("DRAFT", "CLIENT", "CHANGED", "WORDS", "STATE", "SUBJECT"), rows, flexible=5)


def print_draft(view: "DraftView", now: datetime, zone: str, gutter: str) -> None:
    """One draft whole."""
    draft = view.draft
    state = state_phrase(view.entry, now, zone) if view.entry else "draft"
    print_line(f"{draft.name}  {draft.kind.value} to {draft.code}  ({state})")
    _field("Answers", str(view.answers or ""))
    _field("Changed", f"{local_text(draft.changed, zone)} ({zone})")
    _field("Words", str(draft.content.words))
    _field("Subject", draft.content.subject)
    print_line()
    text = draft.content.text  # what a reply quotes leaves too, also where nothing is written above it
    print_text(text if text.strip() else "(nothing written)", gutter)
    print_enclosures(draft.enclosures)


def print_enclosures(enclosures: Sequence[DraftEnclosure]) -> None:
    """What goes with the letter, and what to know of each."""
    if not enclosures:
        return
    print_line()
    print_line(count_words(len(enclosures), "enclosure") + ":")
    for number, item in enumerate(enclosures, 1):
        notes = "; ".join(_NOTES.get(note, note.replace("-", " ")) for note in item.notes)
        said = f"  {number}  {item.name}  {item.media_type}, {bytes_words(item.size)}"
        print_line(f"{said}: {notes}" if notes else said, hang=5)


def narrate_kept(draft: Draft) -> None:
    """Say that a draft is kept, and how to go on."""
    enclosed = f", {count_words(len(draft.enclosures), 'enclosure')}" if draft.enclosures else ""
    narrate(f"{draft.name} to {draft.code} is kept as a draft: {count_words(draft.content.words, 'word')}{enclosed}.")
    narrate(f"`therapymail send {draft.name}` puts it into the outbox; `therapymail drafts edit {draft.name}` goes on.")


def _row(view: "DraftView", now: datetime, zone: str) -> tuple[str, ...]:
    draft = view.draft
    return (
        str(draft.name),
        draft.code,
        local_text(draft.changed, zone)[:10],
        str(draft.content.words),
        state_phrase(view.entry, now, zone) if view.entry else f"answers {view.answers}" if view.answers else "draft",
        draft.content.subject,
    )


def _field(label: str, value: str) -> None:
    if value:
        print_line(f"{label:<{_LABEL_WIDTH}}{value}", hang=_LABEL_WIDTH)
