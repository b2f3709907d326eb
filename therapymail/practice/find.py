"""Finding letters and notes again by words and filters."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from therapymail.domain.found import NotesFound, Order, SearchResult
from therapymail.domain.note import NoteKind
from therapymail.domain.query import All, Any, Field, Filter, Query, Searched, searched_in
from therapymail.domain.query_printed import as_text
from therapymail.practice.asked import read_asked, settle
from therapymail.practice.catching_up import Told, bring_older_blocks_up_to_date, untold
from therapymail.practice.practice import Practice
from therapymail.vault.search import search


class SearchRequest(NamedTuple):
    """A search as typed; at most `limit` hits of each sort. `searched` is what is searched beside what it names."""

    text: str
    limit: int = 50
    order: Order = Order.DATE
    searched: tuple[Searched, ...] = ()


class Found(NamedTuple):
    """What a search found: letters, and of the notes those kinds that it names by `in:`.

    `read_as` is how it was read, in the one form that `query_printed` gives.
    """

    letters: SearchResult
    read_as: str
    notes: tuple[tuple[NoteKind, NotesFound], ...] = ()


def query_of(practice: Practice, asked: SearchRequest) -> Query:
    """What `asked` asks for. Raises QueryUnreadable, VaultLocked."""
    typed = read_asked(practice, asked.text)
    if not asked.searched:
        return typed
    return All((typed, Any(tuple(Filter(Field.IN, each) for each in asked.searched))))


def search_letters(practice: Practice, asked: SearchRequest, told: Told = untold) -> SearchResult:
    """The letters that `asked` finds, days being those of the therapist; `told` hears of what has to be done first.

    Raises QueryUnreadable, ClientUnknown, VaultLocked, and where it asks for feelings UnusableInput, FileUnusable.
    """
    return _letters(practice, settle(practice, query_of(practice, asked), told), asked, told)


def _letters(practice: Practice, query: Query, asked: SearchRequest, told: Told) -> SearchResult:
    with practice.vault() as vault:
        bring_older_blocks_up_to_date(vault, told)
        with vault.reading() as reader:
            return search(reader, query, asked.limit, asked.order, ZoneInfo(practice.settings.zone))


def search_everything(practice: Practice, asked: SearchRequest, told: Told = untold) -> Found:
    """Letters, and notes where they are named: no process note is ever among what did not ask for them (F13, F19).

    Raises as `search_letters`, and ProcessNotesLocked.
    """
    typed = query_of(practice, asked)
    query, read_as = settle(practice, typed, told), as_text(typed)
    letters, searched = _letters(practice, query, asked, told), searched_in(query)
    if searched == {Searched.LETTERS}:
        return Found(letters, read_as)
    from therapymail.practice.note_reading import kinds_searched, search_in_notes

    kinds = kinds_searched(searched)
    return Found(letters, read_as, tuple((kind, search_in_notes(practice, kind, query, asked.limit)) for kind in kinds))
