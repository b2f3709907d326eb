"""Notes on the screen and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from therapymail.cli.output import narrate, print_line, print_table, print_text, utc_text
from therapymail.domain.wording import count_words, local_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from therapymail.domain.found import NoteHit, NotesFound
    from therapymail.domain.note import NoteName
    from therapymail.practice.note import NoteKept
    from therapymail.practice.note_reading import NoteView, WholeNote

_HEADINGS = ("ID", "CLIENT", "WRITTEN", "FORMAT", "WORDS", "ABOUT", "STATE")


def print_notes(found: Sequence[NoteView], zone: str) -> None:
    """A table of notes, without a word of theirs."""
    if not found:
        narrate("No notes.")
        return
    print_table(_HEADINGS, [_row(view, zone) for view in found])


def print_note(whole: WholeNote, zone: str, gutter: str) -> None:
    """One note with its amendments, behind a gutter."""
    view = whole.view
    print_line(f"{view.name}  {view.code}  {view.format}")
    if view.note is not None:
        print_line(f"Written   {local_text(view.note.written, zone)}")
        if view.note.changed != view.note.written:
            print_line(f"Changed   {local_text(view.note.changed, zone)}")
        if view.note.locks is not None:
            print_line(f"{'Locked' if view.is_locked else 'Locks':<10}{local_text(view.note.locks, zone)}")
    if about := _about(view):
        print_line(f"About     {about}")
    if whole.passage is not None:
        print_line(f"Passage   characters {whole.passage[0]}-{whole.passage[1]}")
        print_text(whole.quoted, gutter + "> ")
    print_line()
    print_text(whole.text, gutter)
    for written, text in whole.amendments:
        print_line()
        print_line(f"Added {local_text(written, zone)}")
        print_text(text, gutter)
    if view.draft is not None:
        narrate(f"Something of it is being written and not kept: `therapymail note edit {view.name}` goes on.")


def print_found(found: NotesFound, codes: Mapping[str, str], zone: str, shown: str) -> None:
    """The notes that a search found; `shown` says of which kind."""
    for hit in found.hits:
        note = hit.note
        print_line(f"{note.name}  {codes.get(note.client, '-')}  {local_text(note.written, zone)[:10]}  {_marked(hit)}")
    if not found.total:
        return  # the error says it
    total = count_words(found.total, shown)
    more = f", {len(found.hits)} shown; `--limit N` shows more" if len(found.hits) < found.total else ""
    narrate(f"{total}{more}.")


def narrate_kept(kept: NoteKept, zone: str) -> None:
    """That a note is kept, until when it can be changed, and which headings belong in the record."""
    note = kept.note
    until = f" It can be changed until {local_text(note.locks, zone)}." if note.locks is not None else ""
    narrate(f"{note.name} is kept, {count_words(note.words, 'word')}.{until}")
    if kept.of_the_record:
        named = ", ".join(f"“{heading}”" for heading in kept.of_the_record)
        verb = "belongs" if len(kept.of_the_record) == 1 else "belong"
        narrate(f"{named} {verb} in the record: write it in a progress note too (`therapymail note add`).")


def note_shape(view: NoteView) -> dict[str, Any]:
    """A note as lists give it, without a word of it; `state` is `kept`, `locked` or `draft`."""
    note = view.note
    return {
        "note": str(view.name),
        "kind": view.name.kind.value,
        "client": view.code,
        "format": view.format,
        "written": utc_text(note.written if note else None),
        "changed": utc_text(view.changed),
        "locks": utc_text(note.locks if note else None),
        "state": "draft" if note is None else "locked" if view.is_locked else "kept",
        "being_written": view.draft is not None,
        "words": note.words if note else 0,
        "amendments": note.amendments if note else 0,
        "letter": str(view.letter) if view.letter else None,
        "exchange": view.exchange,
    }


def whole_note_shape(whole: WholeNote) -> dict[str, Any]:
    """One note with what it says; `passage` is a range of its letter's text, null where there is none now."""
    added = [{"written": utc_text(each.written), "text": each.text} for each in whole.amendments]
    return {
        **note_shape(whole.view),
        "text": whole.text,
        "added": added,
        "passage": list(whole.passage) if whole.passage else None,
    }


def note_hit_shape(hit: NoteHit, codes: Mapping[str, str]) -> dict[str, Any]:
    """A note that a search found."""
    return {
        "note": str(hit.note.name),
        "client": codes.get(hit.note.client),
        "written": utc_text(hit.note.written),
        "snippet": hit.snippet.text,
        "marks": [list(mark) for mark in hit.snippet.marks],
    }


def gone_shape(name: NoteName) -> dict[str, Any]:
    """A note that was discarded."""
    return {"note": str(name), "discarded": True}


def _row(view: NoteView, zone: str) -> tuple[str, ...]:
    note = view.note
    state = "being written" if note is None else "locked" if view.is_locked else ""
    if note is not None and view.draft is not None:
        state = f"{state}, being written".removeprefix(", ")
    if note is not None and note.amendments:
        state = f"{state}, {count_words(note.amendments, 'amendment')}".removeprefix(", ")
    return (
        str(view.name),
        view.code,
        local_text(note.written, zone)[:10] if note else "",
        view.format,
        str(note.words) if note else "",
        _about(view),
        state,
    )


def _about(view: NoteView) -> str:
    about = [str(view.letter)] if view.letter else []
    return ", ".join([*about, *([f"exchange {view.exchange}"] if view.exchange is not None else [])])


def _marked(hit: NoteHit) -> str:
    from therapymail.cli.found_view import marked

    return marked(hit.snippet)
