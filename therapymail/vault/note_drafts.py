"""What is being written of notes: saved whole at each step, working state of its store, never in the journal."""

from datetime import datetime, timedelta

from therapymail.domain.note import Note, NoteDraft, NoteKind, NoteLinks, NoteName, Purpose
from therapymail.domain.note_template import cleaned
from therapymail.errors import NoteChanged, NoteUnknown, NothingWritten
from therapymail.vault import notes
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.identity import new_identity
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.storable import storable

_DRAFTS = (
    "SELECT number, suffix, identity, client, format, purpose, begun_with, text, letter, passage, exchange, begun,"
    " changed, revision FROM note_draft"
)


def draft(reader: Reader, name: NoteName) -> NoteDraft:
    """What is being written under this name. Raises NoteUnknown."""
    found = draft_or_none(reader, name)
    if found is None:
        raise NoteUnknown(str(name))
    return found


def draft_or_none(reader: Reader, name: NoteName) -> NoteDraft | None:
    """As `draft`, or None where nothing is being written."""
    row = reader.row(f"{_DRAFTS} WHERE number = ? AND suffix = ?", (name.number, name.suffix))
    return _draft(name.kind, row) if row else None


def drafts(reader: Reader, kind: NoteKind) -> list[NoteDraft]:
    """Everything that is being written in this store, the last changed first."""
    return [_draft(kind, row) for row in reader.rows(f"{_DRAFTS} ORDER BY changed DESC, number DESC")]


def begin_new(
    writer: Writer,
    kind: NoteKind,
    *,
    client: str,
    template: str,
    begun_with: str,
    text: str,
    links: NoteLinks,
    now: datetime,
) -> NoteDraft:
    """A note that is begun, with `text`; `client` is an identity, `template` a name."""
    name = NoteName(kind, notes.next_number(writer))
    begun = NoteDraft(
        name=name,
        identity=new_identity(),
        client=client,
        format=template,
        purpose=Purpose.NEW,
        begun_with=begun_with,
        text=storable(text),
        links=links,
        begun=now,
        changed=now,
        revision=1,
    )
    _insert(writer, begun)
    return begun


def begin_change(writer: Writer, name: NoteName, purpose: Purpose, now: datetime) -> NoteDraft:
    """A change of a note, or an amendment to it. To edit is also to go on with whatever was begun of it.

    Raises NoteUnknown, NoteLocked for a change of one that is locked, NoteChanged where an amendment is wanted and
    something else was begun.
    """
    begun = draft_or_none(writer, name)
    if begun is not None:
        if purpose is Purpose.AMENDMENT and begun.purpose is not purpose:
            raise NoteChanged(str(name))
        return begun
    found = notes.whole(writer, name)
    if purpose is Purpose.EDIT:
        notes.refuse_locked(writer, found.note, now)
    begun = NoteDraft(
        name=name,
        identity=found.note.identity,
        client=found.note.client,
        format=found.note.format,
        purpose=purpose,
        begun_with="",
        text=found.text if purpose is Purpose.EDIT else "",
        links=found.note.links,
        begun=now,
        changed=now,
        revision=1,
    )
    _insert(writer, begun)
    return begun


def save(writer: Writer, name: NoteName, text: str, *, builds_on: int | None, now: datetime) -> NoteDraft:
    """What is being written with `text`; its revision rises, unless it says that already.

    `builds_on` is the revision that was edited; None overwrites. Raises NoteUnknown, NoteChanged.
    """
    found = draft(writer, name)
    if builds_on is not None and builds_on != found.revision:
        raise NoteChanged(str(name))
    if storable(text) != found.text:
        writer.run(
            "UPDATE note_draft SET text = ?, changed = ?, revision = revision + 1 WHERE identity = ?",
            (storable(text), to_microseconds(now), found.identity),
        )
    return draft(writer, name)


def discard(writer: Writer, name: NoteName) -> None:
    """Remove what is being written. Raises NoteUnknown."""
    found = draft(writer, name)
    writer.run("DELETE FROM note_draft WHERE identity = ?", (found.identity,))


def keep(writer: Writer, name: NoteName, lock_after: timedelta | None, now: datetime) -> Note:
    """Make what is being written part of the notes: a note, its new text, or an amendment; the draft goes.

    Unused hints and empty headings are dropped. Raises NothingWritten where that leaves nothing (all stays as it
    is), NoteUnknown, NoteLocked.
    """
    found = draft(writer, name)
    text = cleaned(found.text, found.begun_with)
    if not text:
        raise NothingWritten
    # Before the entry: a number that is being written under is not given.
    writer.run("DELETE FROM note_draft WHERE identity = ?", (found.identity,))
    match found.purpose:
        case Purpose.NEW:
            return notes.add(writer, found, text, lock_after, now)
        case Purpose.EDIT:
            return notes.rewrite(writer, name, text, now)
        case Purpose.AMENDMENT:
            return notes.amend(writer, name, text, now)


def _insert(writer: Writer, begun: NoteDraft) -> None:
    writer.run(
        "INSERT INTO note_draft (identity, number, suffix, client, format, purpose, begun_with, text, letter,"
        " passage, exchange, begun, changed, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            begun.identity,
            begun.name.number,
            begun.name.suffix,
            begun.client,
            begun.format,
            begun.purpose.value,
            begun.begun_with,
            begun.text,
            *notes.columns_of(begun.links),
            to_microseconds(begun.begun),
            to_microseconds(begun.changed),
            begun.revision,
        ),
    )


def _draft(kind: NoteKind, row: Row) -> NoteDraft:
    number, suffix, identity, client, template, purpose, begun_with, text, letter, passage, exchange, *rest = row
    begun, changed, revision = rest
    return NoteDraft(
        name=NoteName(kind, number, suffix),
        identity=identity,
        client=client,
        format=template,
        purpose=Purpose(purpose),
        begun_with=begun_with,
        text=text,
        links=notes.links_of(letter, passage, exchange),
        begun=from_microseconds(begun),
        changed=from_microseconds(changed),
        revision=revision,
    )
