"""Reading notes: lists of one kind at a time, one note whole, searches, and what an export may hold of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from therapymail.domain.found import NotesFound
from therapymail.domain.names import LetterName
from therapymail.domain.note import Amendment, Note, NoteDraft, NoteKind, NoteName, NoteText
from therapymail.domain.query import Query, Searched
from therapymail.errors import ClientUnknown, NoteUnknown, UnusableInput
from therapymail.practice import process_notes
from therapymail.practice.note import store_of
from therapymail.practice.note_links import exchange_numbers, letter_name
from therapymail.practice.pointing import PassageNow, passage_now
from therapymail.practice.practice import Practice
from therapymail.vault import clients, note_drafts, notes
from therapymail.vault.connection import Reader
from therapymail.vault.note_search import search_notes
from therapymail.vault.notes_store import notes_exported

_SEARCHED = {NoteKind.PROGRESS: Searched.NOTES, NoteKind.PROCESS: Searched.PROCESS}
NOBODY = "-"  # a client who was erased


@dataclass(frozen=True)
class NoteView:
    """A note as a person sees it: `code` of its client, `letter` and `exchange` by the names they have now.

    `note` is None where it is only begun, `draft` where nothing of it is being written.
    """

    name: NoteName
    code: str
    format: str
    note: Note | None
    draft: NoteDraft | None
    letter: LetterName | None
    exchange: int | None
    is_locked: bool

    @property
    def changed(self) -> datetime:
        """When it was last changed, or what is being written of it was (UTC)."""
        moments = [each.changed for each in (self.note, self.draft) if each is not None]
        return max(moments)


@dataclass(frozen=True)
class WholeNote:
    """A note whole. `passage` is where its passage stands in the letter's text now, `quoted` what it says."""

    view: NoteView
    text: str
    amendments: tuple[Amendment, ...]
    passage: tuple[int, int] | None = None
    quoted: str = ""


def list_notes(practice: Practice, kind: NoteKind, code: str | None = None) -> tuple[NoteView, ...]:
    """The notes of one kind, those being written first, then newest first; process notes never among the others.

    Raises ClientUnknown, VaultLocked, and ProcessNotesLocked for process notes.
    """
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code).identity if code else None
        if kind is NoteKind.PROCESS and not process_notes.exist(practice):
            return ()
        with store_of(practice, kind) as store, store.reading() as held:
            begun = {each.identity: each for each in note_drafts.drafts(held, kind)}
            found = notes.notes(held, kind, client)
        known = {each.identity for each in found}
        new = [each for each in begun.values() if each.identity not in known and client in {None, each.client}]
        seen = _Views(practice, reader)
        return (*map(seen.of_draft, new), *(seen.of_note(each, begun.get(each.identity)) for each in found))


def read_note(practice: Practice, name: NoteName) -> WholeNote:
    """One note whole, or what is being written of one that is only begun. Raises NoteUnknown, VaultLocked."""
    if name.kind is NoteKind.PROCESS and not process_notes.exist(practice):
        raise NoteUnknown(str(name))
    with practice.vault() as vault, vault.reading() as reader:
        with store_of(practice, name.kind) as store, store.reading() as held:
            begun = note_drafts.draft_or_none(held, name)
            kept = None if begun is not None and not _is_kept(held, name) else notes.whole(held, name)
        seen = _Views(practice, reader)
        if kept is None:
            assert begun, "one of the two is there"
            return WholeNote(seen.of_draft(begun), begun.text, ())
        return _with_passage(reader, kept, seen.of_note(kept.note, begun))


def search_in_notes(practice: Practice, kind: NoteKind, query: Query, limit: int) -> NotesFound:
    """The notes of one kind that `query` finds. Raises ClientUnknown, VaultLocked, ProcessNotesLocked."""
    if kind is NoteKind.PROCESS and not process_notes.exist(practice):
        return NotesFound((), 0)
    with practice.vault() as vault, vault.reading() as reader:
        by_code = {each.code: each.identity for each in clients.clients(reader)}

        def identity_of(code: str) -> str:
            if code not in by_code:
                raise ClientUnknown(code)
            return by_code[code]

        with store_of(practice, kind) as store, store.reading() as held:
            return search_notes(held, kind, query, limit, ZoneInfo(practice.settings.zone), identity_of)


def codes_by_identity(practice: Practice) -> dict[str, str]:
    """The code of each client, by identity. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return {each.identity: each.code for each in clients.clients(reader)}


# --- for exports ---------------------------------------------------------------------------------------


def notes_of_the_record(practice: Practice, code: str) -> tuple[NoteText, ...]:
    """Every progress note about a client, oldest first: what a record's export holds. Never a process note (F19)."""
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code).identity
        found = notes.notes(reader, NoteKind.PROGRESS, client)
        return tuple(notes.whole(reader, each.name) for each in reversed(found))


def process_notes_for_export(practice: Practice, code: str, reason: str) -> tuple[NoteText, ...]:
    """Every process note about a client, oldest first, for an export that includes them: only with a reason.

    The reason is journalled in their own store before anything is given out. Raises UnusableInput without one.
    """
    if not reason.strip():
        raise UnusableInput("reason", "process notes leave their store only with one, which is noted")
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code).identity
    if not process_notes.exist(practice):
        return ()
    with process_notes.open_store(practice) as store, store.writing() as writer:
        found = notes.notes(writer, NoteKind.PROCESS, client)
        notes_exported(writer, client, reason.strip(), len(found), practice.clock())
        return tuple(notes.whole(writer, each.name) for each in reversed(found))


# --- how a person sees them ----------------------------------------------------------------------------


class _Views:
    """Looks up names that notes only know by identity, each once."""

    def __init__(self, practice: Practice, reader: Reader) -> None:
        self._now = practice.clock()
        self._reader = reader
        self._codes = {each.identity: each.code for each in clients.clients(reader)}
        self._exchanges: dict[str, dict[bytes, int]] = {}

    def of_note(self, note: Note, begun: NoteDraft | None) -> NoteView:
        """A note that is kept; `begun` is what is being written of it."""
        return self._view(note, note, begun)

    def of_draft(self, begun: NoteDraft) -> NoteView:
        """A note that is only begun."""
        return self._view(begun, None, begun)

    def _view(self, about: Note | NoteDraft, note: Note | None, begun: NoteDraft | None) -> NoteView:
        links = about.links
        return NoteView(
            name=about.name,
            code=self._codes.get(about.client, NOBODY),
            format=about.format,
            note=note,
            draft=begun,
            letter=letter_name(self._reader, links.letter) if links.letter else None,
            exchange=self._exchange(about.client, links.exchange) if links.exchange else None,
            is_locked=note is not None and note.is_locked(self._now),
        )

    def _exchange(self, client: str, opened_by: bytes) -> int | None:
        if client not in self._exchanges:
            self._exchanges[client] = exchange_numbers(self._reader, client)
        return self._exchanges[client].get(opened_by)


def _with_passage(reader: Reader, kept: NoteText, view: NoteView) -> WholeNote:
    passage = kept.note.links.passage
    now = passage_now(reader, passage) if passage else PassageNow(None, "")
    return WholeNote(view, kept.text, kept.amendments, now.place, now.words)


def _is_kept(reader: Reader, name: NoteName) -> bool:
    try:
        notes.note(reader, name)
    except NoteUnknown:
        return False
    return True


def kinds_searched(searched: Iterable[Searched]) -> tuple[NoteKind, ...]:
    """The kinds of notes that a search is to look at."""
    wanted = frozenset(searched)
    return tuple(kind for kind, named in _SEARCHED.items() if named in wanted)
