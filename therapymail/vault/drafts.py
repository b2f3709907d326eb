"""Drafts: what is being written, saved whole at each step; working state of this vault, never in the journal."""

import json
from dataclasses import replace
from datetime import datetime

from therapymail.domain.draft import Draft, DraftContent, DraftEnclosure, DraftName
from therapymail.domain.kinds import Kind
from therapymail.errors import DraftChanged, DraftInOutbox, DraftUnknown, UnusableInput
from therapymail.vault.clients import client_by_identity
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.identity import new_identity
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.storable import storable

# A draft that was sent leaves its number and identity behind, without text: it is no draft any more.
_DRAFTS = (
    "SELECT number, draft.identity, client, code, subject, text, kind, created, changed, revision, answers"
    " FROM draft JOIN draft_text ON draft_text.draft = number JOIN client ON client.identity = client"
)


# --- reading -------------------------------------------------------------------------------------------


def draft(reader: Reader, name: DraftName) -> Draft:
    """The draft with this name, whether or not it is in the outbox. Raises DraftUnknown."""
    row = reader.row(f"{_DRAFTS} WHERE number = ?", (name.number,))
    if row is None:
        raise DraftUnknown(str(name))
    return _draft(row, _enclosures_of(reader, name.number))


def drafts(reader: Reader) -> list[Draft]:
    """Every draft that has not been sent, in the outbox or not, the one changed last first."""
    rows = reader.rows(f"{_DRAFTS} ORDER BY changed DESC, number DESC")
    return [_draft(row, _enclosures_of(reader, row[0])) for row in rows]


def count(reader: Reader) -> int:
    """How many drafts have not been sent, those in the outbox among them."""
    row = reader.row("SELECT count(*) FROM draft_text")
    return int(row[0]) if row else 0


def enclosure_data(reader: Reader, name: DraftName) -> list[bytes]:
    """The bytes of the draft's enclosures, in the order of `Draft.enclosures`. Raises DraftUnknown."""
    draft(reader, name)
    rows = reader.rows("SELECT data FROM draft_enclosure WHERE draft = ? ORDER BY id", (name.number,))
    return [data for (data,) in rows]


def _draft(row: Row, enclosures: tuple[DraftEnclosure, ...]) -> Draft:
    number, identity, client, code, subject, text, kind, created, changed, revision, answers = row
    return Draft(
        name=DraftName(number),
        identity=identity,
        client=client,
        code=code,
        content=DraftContent(subject, text),
        kind=Kind(kind),
        created=from_microseconds(created),
        changed=from_microseconds(changed),
        revision=revision,
        answers=answers,
        enclosures=enclosures,
    )


def _enclosures_of(reader: Reader, number: int) -> tuple[DraftEnclosure, ...]:
    rows = reader.rows(
        "SELECT name, media_type, length(data), notes FROM draft_enclosure WHERE draft = ? ORDER BY id", (number,)
    )
    return tuple(
        DraftEnclosure(name, media_type, size, tuple(json.loads(notes))) for name, media_type, size, notes in rows
    )


# --- writing -------------------------------------------------------------------------------------------


def new_draft(
    writer: Writer, *, client: str, kind: Kind, content: DraftContent, answers: bytes | None, now: datetime
) -> Draft:
    """A draft to the client with this identity; its number was never given before. Raises ClientUnknown.

    `answers` is the digest of the letter it replies to.
    """
    client_by_identity(writer, client)
    moment = to_microseconds(now)
    writer.run(
        "INSERT INTO draft (identity, client, kind, answers, created, changed, revision) VALUES (?, ?, ?, ?, ?, ?, 1)",
        (new_identity(), client, kind.value, answers, moment, moment),
    )
    row = writer.row("SELECT last_insert_rowid()")
    assert row, "a function of SQLite's always gives a row"
    writer.run(
        "INSERT INTO draft_text (draft, subject, text) VALUES (?, ?, ?)",
        (row[0], storable(content.subject), storable(content.text)),
    )
    return draft(writer, DraftName(row[0]))


def save_draft(
    writer: Writer, name: DraftName, content: DraftContent, *, builds_on: int | None, now: datetime
) -> Draft:
    """The draft with `content` as its subject and text; its revision rises, unless it says that already.

    `builds_on` is the revision that was edited; None overwrites whichever there is.
    Raises DraftUnknown, DraftInOutbox, DraftChanged (another revision is there: nothing was overwritten).
    """
    found = _editable(writer, name)
    if builds_on is not None and builds_on != found.revision:
        raise DraftChanged(str(name))
    content = replace(content, subject=storable(content.subject), text=storable(content.text))
    if content == found.content:
        return found
    writer.run(
        "UPDATE draft_text SET subject = ?, text = ? WHERE draft = ?", (content.subject, content.text, name.number)
    )
    writer.run("UPDATE draft SET revision = revision + 1 WHERE number = ?", (name.number,))
    return _changed(writer, name, now)


def set_draft_kind(writer: Writer, name: DraftName, kind: Kind, now: datetime) -> Draft:
    """Say what kind of letter it is to be. Raises DraftUnknown, DraftInOutbox."""
    _editable(writer, name)
    writer.run("UPDATE draft SET kind = ? WHERE number = ?", (kind.value, name.number))
    return _changed(writer, name, now)


def add_enclosure(writer: Writer, name: DraftName, enclosure: DraftEnclosure, data: bytes, now: datetime) -> Draft:
    """Put a file with the draft, after those it has; its size is that of `data`. Raises DraftUnknown, DraftInOutbox."""
    _editable(writer, name)
    notes = json.dumps([storable(note) for note in enclosure.notes], separators=(",", ":"))
    writer.run(
        "INSERT INTO draft_enclosure (draft, name, media_type, notes, data) VALUES (?, ?, ?, ?, ?)",
        (name.number, storable(enclosure.name), storable(enclosure.media_type), notes, data),
    )
    return _changed(writer, name, now)


def remove_enclosure(writer: Writer, name: DraftName, position: int, now: datetime) -> Draft:
    """Take the enclosure at `position` (from 0) away again. Raises DraftUnknown, DraftInOutbox, UnusableInput."""
    found = _editable(writer, name)
    if not 0 <= position < len(found.enclosures):
        raise UnusableInput("enclosure", "the draft has no enclosure with this number")
    writer.run(
        "DELETE FROM draft_enclosure WHERE id ="
        " (SELECT id FROM draft_enclosure WHERE draft = ? ORDER BY id LIMIT 1 OFFSET ?)",
        (name.number, position),
    )
    return _changed(writer, name, now)


def discard_draft(writer: Writer, name: DraftName) -> None:
    """Remove a draft with everything in it; its number is not given again. Raises DraftUnknown, DraftInOutbox."""
    _editable(writer, name)
    writer.run("DELETE FROM draft WHERE number = ?", (name.number,))


def empty_sent_draft(writer: Writer, name: DraftName) -> None:
    """Remove what was written once it has been sent: the number and identity stay for the outbox (HAZARDS C13)."""
    writer.run("DELETE FROM draft_text WHERE draft = ?", (name.number,))
    writer.run("DELETE FROM draft_enclosure WHERE draft = ?", (name.number,))


def _editable(reader: Reader, name: DraftName) -> Draft:
    """The draft, if it may be changed: what is in the outbox is what its second reading is about."""
    found = draft(reader, name)
    row = reader.row("SELECT state FROM outbox WHERE draft = ?", (name.number,))
    if row is not None:
        raise DraftInOutbox(str(name), row[0])
    return found


def _changed(writer: Writer, name: DraftName, now: datetime) -> Draft:
    writer.run("UPDATE draft SET changed = ? WHERE number = ?", (to_microseconds(now), name.number))
    return draft(writer, name)
