"""Searching the notes of one store, newest first, in the language that letters are searched in."""

from collections.abc import Callable
from datetime import UTC, tzinfo

from therapymail.domain.found import NoteHit, NotesFound
from therapymail.domain.note import NoteKind
from therapymail.domain.query import Query, Searched
from therapymail.vault import note_index, notes
from therapymail.vault.connection import Reader
from therapymail.vault.matching import Surroundings, stretches
from therapymail.vault.snippets import Marker

_FOUND = "SELECT rowid FROM note_index WHERE note_index MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC"
_SEARCHED = {NoteKind.PROGRESS: Searched.NOTES, NoteKind.PROCESS: Searched.PROCESS}


def search_notes(
    reader: Reader,
    kind: NoteKind,
    query: Query,
    limit: int = 50,
    zone: tzinfo = UTC,
    identity_of: Callable[[str], str] = str,
) -> NotesFound:
    """The notes of this store that `query` finds, whose days are those of `zone`, the first `limit` with a passage.

    `identity_of` gives the client that a code means, which only the record knows. Raises ClientUnknown as it does.
    """
    around = Surroundings(note_index.languages(reader), zone, identity_of, _SEARCHED[kind])
    ids = [
        row_id
        for each in stretches(query, around)
        for (row_id,) in reader.rows(_FOUND, (each.expression, each.first, each.end))
    ]
    marker = Marker(query)
    found = notes.texts_by_ids(reader, kind, ids[:limit])
    shown = [found[row_id] for row_id in ids[:limit]]
    hits = tuple(NoteHit(note, marker.snippet("", text, language)) for note, text, language in shown)
    return NotesFound(hits, len(ids))
