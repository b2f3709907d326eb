"""Bookmarks at letters and passages as they are stored (F15); every change is a journal entry."""

from datetime import datetime

from therapymail.domain.bookmark import LetterBookmark
from therapymail.domain.journal import Entry
from therapymail.domain.mark_name import MarkName, MarkSort
from therapymail.domain.passage import Passage
from therapymail.errors import MarkUnknown
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.identity import new_identity
from therapymail.vault.journal import Payload
from therapymail.vault.letters import row_id
from therapymail.vault.mark_numbers import mark_name, next_number
from therapymail.vault.marked_passages import passage_column, passage_in
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.projection import projects, record
from therapymail.vault.storable import storable

# `place` is that among those with the same number, whichever of them this vault heard of first.
_BOOKMARKS = (
    "SELECT marked.number, identity, marked.letter, passage, said, made, place FROM"
    " (SELECT *, row_number() OVER (PARTITION BY number ORDER BY made, identity) AS place FROM letter_bookmark)"
    " AS marked"
    " JOIN letter ON letter.digest = marked.letter"
)
_IN_ORDER = "ORDER BY letter.id, passage <> '', json_extract(nullif(passage, ''), '$.first'), made, identity"


def bookmarks(reader: Reader, client: str | None = None) -> list[LetterBookmark]:
    """The bookmarks at letters of a client (identity), or all, oldest letter first, then by place."""
    where, parameters = ("", ()) if client is None else (" WHERE letter.client = ?", (client,))
    return [_bookmark(row) for row in reader.rows(f"{_BOOKMARKS}{where} {_IN_ORDER}", parameters)]


def bookmark(reader: Reader, name: MarkName) -> LetterBookmark:
    """The bookmark with this name. Raises MarkUnknown."""
    for row in reader.rows(f"{_BOOKMARKS} WHERE marked.number = ? ORDER BY place", (name.number,)):
        found = _bookmark(row)
        if found.name == name:
            return found
    raise MarkUnknown(str(name))


def set_bookmark(writer: Writer, letter: bytes, passage: Passage | None, said: str, now: datetime) -> LetterBookmark:
    """Keep a bookmark at a letter, or at a passage of it; one that is there already says `said` instead.

    Raises LetterUnknown.
    """
    row_id(writer, letter)
    there = next((each for each in bookmarks(writer) if (each.letter, each.passage) == (letter, passage)), None)
    if there and there.said == storable(said):
        return there
    identity = there.identity if there else new_identity()
    payload: Payload = {
        "identity": identity,
        "number": there.name.number if there else next_number(writer, "letter_bookmark"),
        "passage": passage.as_json() if passage else None,
        "said": storable(said),
        "made": to_microseconds(there.made if there else now),
    }
    record(writer, "letter.bookmarked", letter.hex(), payload, now)
    return next(each for each in bookmarks(writer) if each.identity == identity)


def remove_bookmark(writer: Writer, found: LetterBookmark, now: datetime) -> None:
    """Take a bookmark away."""
    record(writer, "letter.bookmark-removed", found.letter.hex(), {"identity": found.identity}, now)


def _bookmark(row: Row) -> LetterBookmark:
    number, identity, letter, passage, said, made, place = row
    return LetterBookmark(
        name=mark_name(MarkSort.BOOKMARK, number, place),
        identity=identity,
        letter=letter,
        passage=passage_in(passage),
        said=said,
        made=from_microseconds(made),
    )


@projects("letter.bookmarked")
def _set(writer: Writer, entry: Entry, payload: Payload) -> None:
    """Where the letter was erased meanwhile, there is no place for it."""
    said = [payload[name] for name in ("identity", "number", "said", "made")]
    writer.run(
        "INSERT INTO letter_bookmark (identity, number, said, made, letter, passage)"
        " SELECT ?1, ?2, ?3, ?4, digest, ?5 FROM letter WHERE digest = ?6"
        " ON CONFLICT (identity) DO UPDATE SET said = excluded.said",
        (*said, passage_column(payload["passage"]), bytes.fromhex(entry.about)),
    )


@projects("letter.bookmark-removed")
def _removed(writer: Writer, _entry: Entry, payload: Payload) -> None:
    writer.run("DELETE FROM letter_bookmark WHERE identity = ?", (payload["identity"],))
