"""Bookmarks at letters and at passages of letters: setting, listing and removing them (F15)."""

from dataclasses import dataclass

from therapymail.domain.bookmark import LetterBookmark
from therapymail.domain.mark_name import MarkName, MarkSort
from therapymail.domain.milestone import words_said
from therapymail.domain.names import LetterName
from therapymail.practice.note_links import letter_name
from therapymail.practice.pointing import PassageNow, passage_now, pointed_at
from therapymail.practice.practice import Practice
from therapymail.vault import bookmarks, clients
from therapymail.vault.connection import Reader


@dataclass(frozen=True)
class BookmarkView:
    """A bookmark with the name of its letter (None: it is set aside), and its passage where it has one."""

    bookmark: LetterBookmark
    letter: LetterName | None
    passage: PassageNow | None


def set_bookmark(practice: Practice, place: str, said: str = "", words: str | None = None) -> BookmarkView:
    """Set a bookmark at a letter, at `HERON-12:120-180`, or where `words` stand; `said` is why.

    One that is there already says `said` instead. Raises UnusableInput, LetterUnknown, NotOpened, VaultLocked.
    """
    why = words_said(said, "bookmark")
    with practice.vault() as vault, vault.writing() as writer:
        pointed = pointed_at(writer, place, words)
        made = bookmarks.set_bookmark(writer, pointed.letter.digest, pointed.passage, why, practice.clock())
        return _view(writer, made)


def list_bookmarks(practice: Practice, code: str | None = None) -> tuple[BookmarkView, ...]:
    """The bookmarks at letters with a client, or all, oldest letter first. Raises ClientUnknown, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code).identity if code else None
        return tuple(_view(reader, each) for each in bookmarks.bookmarks(reader, client))


def remove_bookmark(practice: Practice, name: str) -> BookmarkView:
    """Take a bookmark (B-2) away; what it was. Raises MarkUnknown, UnusableInput, VaultLocked."""
    wanted = MarkName.parse(MarkSort.BOOKMARK, name)
    with practice.vault() as vault, vault.writing() as writer:
        found = bookmarks.bookmark(writer, wanted)
        seen = _view(writer, found)
        bookmarks.remove_bookmark(writer, found, practice.clock())
        return seen


def _view(reader: Reader, found: LetterBookmark) -> BookmarkView:
    passage = passage_now(reader, found.passage) if found.passage else None
    return BookmarkView(found, letter_name(reader, found.letter), passage)
