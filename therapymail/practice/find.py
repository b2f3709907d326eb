"""Finding letters and notes again by words and filters."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from therapymail.domain.found import NotesFound, Order, SearchResult
from therapymail.domain.note import NoteKind
from therapymail.domain.query import All, Any, Field, Filter, Query, Searched, searched_in
from therapymail.domain.query_text import read_query
from therapymail.practice.practice import Practice
from therapymail.vault.search import search


class SearchRequest(NamedTuple):
    """A search as typed; at most `limit` hits of each sort. `searched` is what is searched beside what it names."""

    text: str
    limit: int = 50
    order: Order = Order.DATE
    searched: tuple[Searched, ...] = ()

    def query(self) -> Query:
        """What it asks for. Raises QueryUnreadable."""
        typed = read_query(self.text)
        if not self.searched:
            return typed
        return All((typed, Any(tuple(Filter(Field.IN, each) for each in self.searched))))


class Found(NamedTuple):
    """What a search found: letters, and of the notes those kinds that it names by `in:`."""

    letters: SearchResult
    notes: tuple[tuple[NoteKind, NotesFound], ...] = ()


def search_letters(practice: Practice, asked: SearchRequest) -> SearchResult:
    """The letters that `asked` finds, days being those of the therapist. Raises QueryUnreadable, VaultLocked."""
    query = asked.query()
    with practice.vault() as vault, vault.reading() as reader:
        return search(reader, query, asked.limit, asked.order, ZoneInfo(practice.settings.zone))


def search_everything(practice: Practice, asked: SearchRequest) -> Found:
    """Letters, and notes where they are named: no process note is ever among what did not ask for them (F13, F19).

    Raises QueryUnreadable, ClientUnknown, VaultLocked, ProcessNotesLocked.
    """
    query = asked.query()
    letters, searched = search_letters(practice, asked), searched_in(query)
    if searched == {Searched.LETTERS}:
        return Found(letters)
    from therapymail.practice.note_reading import kinds_searched, search_in_notes

    kinds = kinds_searched(searched)
    return Found(letters, tuple((kind, search_in_notes(practice, kind, query, asked.limit)) for kind in kinds))
