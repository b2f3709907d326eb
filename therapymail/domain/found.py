"""What a search gives: hits with a passage each, how many there are, and how much could be searched."""

from enum import StrEnum
from typing import NamedTuple

from therapymail.domain.letter import Letter
from therapymail.domain.note import Note


class Order(StrEnum):
    """In which order hits come: newest first, or those first that say the words most."""

    DATE = "date"
    RELEVANCE = "relevance"


class Snippet(NamedTuple):
    """A passage of a letter in one line, not sanitised; `sanitise` changes none of its places.

    `marks` are the ranges, from and without, of what was searched for; `cut_before` and `cut_after` say
    whether the letter goes on beyond the passage.
    """

    text: str
    marks: tuple[tuple[int, int], ...] = ()
    cut_before: bool = False
    cut_after: bool = False


class Hit(NamedTuple):
    """A letter that matches. One that waits for the therapist's decision is marked by `letter.standing`."""

    letter: Letter
    snippet: Snippet


class Coverage(NamedTuple):
    """How many letters could be searched, of all that are filed: the others were not opened yet.

    Of those, `sealed` need a key that is not here, and `too_large` did not come by themselves.
    """

    searchable: int
    total: int
    sealed: int = 0
    too_large: int = 0


class SearchResult(NamedTuple):
    """The first hits. `total` counts all that match where `is_exact`; otherwise there are at least so many."""

    hits: tuple[Hit, ...]
    total: int
    is_exact: bool
    coverage: Coverage


class NoteHit(NamedTuple):
    """A note that matches; its passage may stand in an amendment."""

    note: Note
    snippet: Snippet


class NotesFound(NamedTuple):
    """The notes of one store that match, newest first; `total` counts all of them."""

    hits: tuple[NoteHit, ...]
    total: int
