"""The full-text index of notes: as that of letters (`index`), in a table of its own in either store.

It keeps no text either: what is taken out is computed again from the note, so it must be taken out before a change.
"""

from therapymail.domain.kinds import Direction, Standing
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.index import NO_LETTER, index_maker
from therapymail.vault.stems import detect_language
from therapymail.vault.terms import GAP, Property, filter_term, word_terms
from therapymail.vault.words import tokens as tokens_of

_MADE_BY = "note_index_made_by"
_PUT_IN = "INSERT INTO note_index (rowid, terms, text) VALUES (?, ?, ?)"
_TAKE_OUT = "INSERT INTO note_index (note_index, rowid, terms, text) VALUES ('delete', ?, ?, ?)"


def put_in(writer: Writer, note_id: int) -> None:
    """Make a note searchable, its amendments too."""
    client, words = _said(writer, note_id)
    language = detect_language(words)
    # A note is its therapist's own and counts: `from:me` and `is:accepted` find it as they find a letter.
    filters = " ".join(
        [
            filter_term(Property.ANY),
            filter_term(Property.DIRECTION, Direction.OUT),
            filter_term(Property.STANDING, Standing.ACCEPTED),
            filter_term(Property.CLIENT, client),
        ]
    )
    writer.run(_PUT_IN, (note_id, " ".join([filters, *word_terms(words, language)]), " ".join(words)))
    writer.run("INSERT INTO note_indexed (note, language, filters) VALUES (?, ?, ?)", (note_id, language, filters))
    writer.run("INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING", (_MADE_BY, index_maker()))


def take_out(writer: Writer, note_id: int) -> None:
    """Take every word of a note out, as it stands now; one that is not in the index is left be.

    What is taken out has to be named exactly: an index that another version filled is filled anew first.
    """
    if not is_current(writer):
        reindex(writer)
    row = writer.row("SELECT language, filters FROM note_indexed WHERE note = ?", (note_id,))
    if row is None:
        return
    _, words = _said(writer, note_id)
    writer.run(_TAKE_OUT, (note_id, " ".join([row[1], *word_terms(words, row[0])]), " ".join(words)))
    writer.run("DELETE FROM note_indexed WHERE note = ?", (note_id,))


def empty(writer: Writer) -> None:
    """Take everything out."""
    writer.run("INSERT INTO note_index (note_index) VALUES ('delete-all')")
    writer.run("DELETE FROM note_indexed")
    writer.run("DELETE FROM meta WHERE name = ?", (_MADE_BY,))


def leave_no_trace(writer: Writer) -> None:
    """Write the index anew after notes were taken out, as `index.leaving_no_trace` does."""
    nobody = (NO_LETTER, GAP, "")
    writer.run(_PUT_IN, nobody)
    writer.run("INSERT INTO note_index (note_index) VALUES ('optimize')")
    writer.run(_TAKE_OUT, nobody)


def is_current(reader: Reader) -> bool:
    """Whether this version cuts and stems words as the version did that filled the index."""
    row = reader.row("SELECT value FROM meta WHERE name = ?", (_MADE_BY,))
    return row is None or row[0] == index_maker()


def reindex(writer: Writer) -> int:
    """Fill the index anew; the number of notes. For a change of words or stems, and after an erasure (H14)."""
    ids = [note_id for (note_id,) in writer.rows("SELECT note FROM note_indexed ORDER BY note")]
    empty(writer)
    for note_id in ids:
        put_in(writer, note_id)
    return len(ids)


def languages(reader: Reader) -> tuple[str, ...]:
    """The languages of the notes in the index."""
    return tuple(
        language for (language,) in reader.rows("SELECT DISTINCT language FROM note_indexed ORDER BY language")
    )


def _said(reader: Reader, note_id: int) -> tuple[str, list[str]]:
    """The client and the running words of a note."""
    row = reader.row("SELECT client, text FROM note WHERE id = ?", (note_id,))
    assert row, "the index is told of notes that have a row"
    added = reader.rows("SELECT text FROM note_amendment WHERE note = ? ORDER BY position", (note_id,))
    return row[0], tokens_of("\n\n".join([row[1], *(text for (text,) in added)]))
