"""Notes as they are stored, in the record and in the store of process notes alike; every change is a journal entry."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from therapymail.domain.journal import Entry
from therapymail.domain.note import Amendment, Note, NoteDraft, NoteKind, NoteLinks, NoteName, NoteText
from therapymail.errors import NoteLocked, NoteUnknown
from therapymail.vault import journal, note_index
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.indexing import bring_index_up_to_date_of
from therapymail.vault.journal import Payload
from therapymail.vault.marked_passages import passage_column, passage_in
from therapymail.vault.moments import SECOND, from_microseconds, to_microseconds
from therapymail.vault.projection import projects, record
from therapymail.vault.storable import storable

_NOTES = (
    "SELECT number, suffix, identity, client, format, written, changed, locks, letter, passage, exchange, words,"
    " (SELECT count(*) FROM note_amendment WHERE note = note.id), id FROM note"
)
_BY_IDS = f"{_NOTES} WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608 - fixed columns
_CLASH_SUFFIXES = ("", *"bcdefghijklmnopqrstuvwxyz")


# --- reading -------------------------------------------------------------------------------------------


def note(reader: Reader, name: NoteName) -> Note:
    """The note with this name, in the store that holds its kind. Raises NoteUnknown."""
    row = reader.row(f"{_NOTES} WHERE number = ? AND suffix = ?", (name.number, name.suffix))
    if row is None:
        raise NoteUnknown(str(name))
    return _note(name.kind, row)


def notes(reader: Reader, kind: NoteKind, client: str | None = None) -> list[Note]:
    """The notes of this store, newest first; `client` is an identity."""
    where, parameters = ("", ()) if client is None else (" WHERE client = ?", (client,))
    return [_note(kind, row) for row in reader.rows(f"{_NOTES}{where} ORDER BY id DESC", parameters)]


def whole(reader: Reader, name: NoteName) -> NoteText:
    """A note with its text and amendments. Raises NoteUnknown."""
    found = note(reader, name)
    row = reader.row("SELECT id, text FROM note WHERE identity = ?", (found.identity,))
    assert row, "it has just been found"
    added = reader.rows("SELECT written, text FROM note_amendment WHERE note = ? ORDER BY position", (row[0],))
    return NoteText(found, row[1], tuple(Amendment(from_microseconds(written), text) for written, text in added))


def texts_by_ids(reader: Reader, kind: NoteKind, ids: Sequence[int]) -> dict[int, tuple[Note, str, str]]:
    """By row id, each note with all it says and the language of that: what a search found."""
    found = {}
    for row in reader.rows(_BY_IDS, (json.dumps(list(ids)),)):
        said = whole(reader, NoteName(kind, row[0], row[1]))
        language = reader.row("SELECT language FROM note_indexed WHERE note = ?", (row[-1],))
        everything = "\n\n".join([said.text, *(each.text for each in said.amendments)])
        found[row[-1]] = (said.note, everything, language[0] if language else "")
    return found


def next_number(reader: Reader) -> int:
    """A number that no note of this store has, had, or is going to have."""
    row = reader.row(
        "SELECT max(number) FROM (SELECT number FROM note UNION ALL SELECT number FROM erased_note"
        " UNION ALL SELECT number FROM note_draft)"
    )
    return (row[0] or 0) + 1 if row else 1


def _note(kind: NoteKind, row: Row) -> Note:
    number, suffix, identity, client, template, written, changed, locks, letter, passage, exchange, words, added, _ = (
        row
    )
    return Note(
        name=NoteName(kind, number, suffix),
        identity=identity,
        client=client,
        format=template,
        written=from_microseconds(written),
        changed=from_microseconds(changed),
        locks=None if locks is None else from_microseconds(locks),
        links=links_of(letter, passage, exchange),
        words=words,
        amendments=added,
    )


def links_of(letter: bytes | None, passage: str, exchange: bytes | None) -> NoteLinks:
    """The links as three columns hold them."""
    return NoteLinks(letter, passage_in(passage), exchange)


def columns_of(links: NoteLinks) -> tuple[bytes | None, str, bytes | None]:
    """Three columns for the links."""
    passage = None if links.passage is None else links.passage.as_json()
    return links.letter, passage_column(passage), links.exchange


# --- changing ------------------------------------------------------------------------------------------


def add(writer: Writer, draft: NoteDraft, text: str, lock_after: timedelta | None, now: datetime) -> Note:
    """Keep a new note as `text`; it locks so long after now, or never."""
    links = draft.links
    payload: Payload = {
        "number": draft.name.number,
        "client": draft.client,
        "format": draft.format,
        "written": to_microseconds(now),
        "locks": None if lock_after is None else to_microseconds(now + lock_after),
        "letter": links.letter.hex() if links.letter else None,
        "passage": links.passage.as_json() if links.passage else None,
        "exchange": links.exchange.hex() if links.exchange else None,
        "text": storable(text),
    }
    record(writer, "note.written", draft.identity, payload, now)
    return note_by_identity(writer, draft.name.kind, draft.identity)


def rewrite(writer: Writer, name: NoteName, text: str, now: datetime) -> Note:
    """Let a note say `text` instead; what it said before stays in the journal. Raises NoteUnknown, NoteLocked."""
    found = note(writer, name)
    refuse_locked(writer, found, now)
    if whole(writer, name).text != storable(text):
        record(writer, "note.rewritten", found.identity, {"text": storable(text), "at": to_microseconds(now)}, now)
    return note(writer, name)


def amend(writer: Writer, name: NoteName, text: str, now: datetime) -> Note:
    """Add a dated `text` to a note, locked or not. Raises NoteUnknown."""
    found = note(writer, name)
    record(writer, "note.amended", found.identity, {"text": storable(text), "at": to_microseconds(now)}, now)
    return note(writer, name)


def erase(writer: Writer, found: Note, now: datetime) -> None:
    """Remove a note for good, with all that the journal says of it; its number is not given again.

    The journal keeps that there was a note and that it was erased. Whether it may be is for the caller to know:
    `refuse_locked` (H14: `Vault.clear_log` or `scrub` afterwards).
    """
    said = journal.entries_about(writer, found.identity)
    record(writer, "note.erased", found.identity, {"number": found.name.number}, now)
    writer.run("DELETE FROM note_draft WHERE identity = ?", (found.identity,))
    for entry, payload in said:
        if payload is not None and entry.what.startswith("note.") and entry.what != "note.erased":
            journal.erase(writer, entry.device, entry.sequence, now)


def erase_all_of(writer: Writer, kind: NoteKind, client: str, now: datetime) -> int:
    """Remove every note about a client (identity) from this store, locked or not, begun ones too; how many there were.

    For the erasure of a client; `Vault.scrub` then rewrites the file.
    """
    found = notes(writer, kind, client)
    for each in found:
        erase(writer, each, now)
    return len(found) + writer.run("DELETE FROM note_draft WHERE client = ?", (client,))


def refuse_locked(reader: Reader, found: Note, now: datetime) -> None:
    """Raise NoteLocked for a note that is only amended by now; a clock that was set back opens none (HAZARDS S23).

    What counts besides `now` is how far the journal's time has gone on since the note was written. A clock that once
    stood years ahead leaves the journal there: notes written afterwards can be changed all the same.
    """
    if found.is_locked(max(now, found.written + _gone_on_since(reader, found, now))):
        assert found.locks, "only a note that locks is locked"
        raise NoteLocked(str(found.name), f"{found.locks:%Y-%m-%d}")


def _gone_on_since(reader: Reader, found: Note, now: datetime) -> timedelta:
    """How far the journal's time has gone on since it told of the note, if it is ahead of `now` (else nothing)."""
    latest = journal.latest_time(reader)
    if latest is None or latest <= now:
        return timedelta(0)
    row = reader.row("SELECT min(time) FROM journal WHERE about = ? AND what = 'note.written'", (found.identity,))
    told = from_microseconds(row[0]) if row and row[0] is not None else found.written
    return latest - told


def note_by_identity(reader: Reader, kind: NoteKind, identity: str) -> Note:
    """The note with this identity. Raises NoteUnknown."""
    row = reader.row(f"{_NOTES} WHERE identity = ?", (identity,))
    if row is None:
        raise NoteUnknown(identity)
    return _note(kind, row)


# --- carrying out --------------------------------------------------------------------------------------


@projects("note.written")
def _written(writer: Writer, entry: Entry, payload: Payload) -> None:
    if _row_id(writer, entry.about) is not None:
        return
    note_id = _free_id(writer, payload["written"], entry.about)
    writer.run(
        "INSERT INTO note (id, identity, number, suffix, client, format, written, changed, locks, letter, passage,"
        " exchange, words, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            note_id,
            entry.about,
            payload["number"],
            _free_suffix(writer, payload["number"]),
            payload["client"],
            payload["format"],
            payload["written"],
            payload["written"],
            payload["locks"],
            bytes.fromhex(payload["letter"]) if payload["letter"] else None,
            passage_column(payload["passage"]),
            bytes.fromhex(payload["exchange"]) if payload["exchange"] else None,
            len(payload["text"].split()),
            payload["text"],
        ),
    )
    note_index.put_in(writer, note_id)
    _tell_index_of_letters(writer, payload["letter"])


@projects("note.rewritten")
def _rewritten(writer: Writer, entry: Entry, payload: Payload) -> None:
    with _changing(writer, entry.about) as note_id:
        writer.run(
            "UPDATE note SET text = ?, words = ?, changed = ? WHERE id = ?",
            (payload["text"], len(payload["text"].split()), payload["at"], note_id),
        )


@projects("note.amended")
def _amended(writer: Writer, entry: Entry, payload: Payload) -> None:
    with _changing(writer, entry.about) as note_id:
        writer.run(
            "INSERT INTO note_amendment (note, position, written, text)"
            " SELECT ?1, count(*), ?2, ?3 FROM note_amendment WHERE note = ?1",
            (note_id, payload["at"], payload["text"]),
        )
        writer.run("UPDATE note SET changed = ? WHERE id = ?", (payload["at"], note_id))


@projects("note.erased")
def _erased(writer: Writer, entry: Entry, payload: Payload) -> None:
    note_id = _row_id(writer, entry.about)
    if note_id is not None:
        note_index.take_out(writer, note_id)
        ((about,),) = writer.rows("DELETE FROM note WHERE id = ? RETURNING hex(letter)", (note_id,))
        _tell_index_of_letters(writer, about)
    writer.run(
        "INSERT INTO erased_note (identity, number) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (entry.about, payload["number"]),
    )


def _tell_index_of_letters(writer: Writer, digest: str | None) -> None:
    """Let `has:note` find the letter (digest in hex) that a note is about; process notes lie where no letters are."""
    if digest and writer.row("SELECT 1 FROM pragma_table_list('letter')"):
        bring_index_up_to_date_of(writer, [bytes.fromhex(digest)])


@contextmanager
def _changing(writer: Writer, identity: str) -> Iterator[int | None]:
    """The row id of a note whose words change within; the index follows. None, where it is erased: nothing is there."""
    note_id = _row_id(writer, identity)
    if note_id is not None:
        note_index.take_out(writer, note_id)
    yield note_id
    if note_id is not None:
        note_index.put_in(writer, note_id)


def _row_id(reader: Reader, identity: str) -> int | None:
    row = reader.row("SELECT id FROM note WHERE identity = ?", (identity,))
    return int(row[0]) if row else None


def _free_id(reader: Reader, written: int, identity: str) -> int:
    """The row id for a note: its place in time, as a letter's, so that dates and order need no join."""
    wanted = written // SECOND * SECOND + int(identity[:12], 16) % SECOND
    while reader.row("SELECT 1 FROM note WHERE id = ?", (wanted,)):
        wanted += 1
    return wanted


def _free_suffix(reader: Reader, number: int) -> str:
    """Empty, or the next letter where another device gave the number first: N-12b."""
    taken = {suffix for (suffix,) in reader.rows("SELECT suffix FROM note WHERE number = ?", (number,))}
    free: str = next(suffix for suffix in _CLASH_SUFFIXES if suffix not in taken)
    return free
