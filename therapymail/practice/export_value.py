"""What an export holds, gathered from the record in one pass, and anonymised where that was asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from therapymail.domain.anonymise import Anonymiser, Named, Replacement, anonymiser
from therapymail.domain.anonymised_value import anonymised_value, texts_in
from therapymail.domain.client import Client
from therapymail.domain.letterbook import Letterbook
from therapymail.domain.note import NoteText
from therapymail.domain.record import Record, ToldExchange, ToldMilestone, ToldNote
from therapymail.domain.timeline import Timeline
from therapymail.domain.unknown_words import Unknown, unknown_words
from therapymail.practice.exchanges import list_exchanges
from therapymail.practice.letterbook import letterbook
from therapymail.practice.look_back import client_timeline
from therapymail.practice.note_links import exchange_numbers, letter_name
from therapymail.practice.note_reading import notes_of_the_record, process_notes_for_export
from therapymail.practice.pointing import passage_now
from therapymail.practice.practice import Practice
from therapymail.vault import clients, milestones
from therapymail.vault.agreements import agreements_with
from therapymail.vault.connection import Reader

Tell = Callable[[int, int], None]  # done, of how many


@dataclass(frozen=True)
class NotesWanted:
    """Which notes go into an export: progress notes, and with a `reason` alone process notes."""

    progress: bool = False
    process: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Gathered:
    """What an export of one client holds; each is None, or empty, where the export has none of it.

    `unknown` are capitalised words that an anonymised one still holds, for a human look.
    """

    client: Client
    made: datetime
    book: Letterbook | None = None
    timeline: Timeline | None = None
    record: Record | None = None
    exchanges: tuple[ToldExchange, ...] = ()
    notes: tuple[NoteText, ...] = ()
    process_notes: tuple[NoteText, ...] | None = None
    unknown: tuple[Unknown, ...] = ()
    anonymised: bool = False

    @property
    def code(self) -> str:
        """The client's code, or what stands in its place."""
        holder = self.book or self.timeline or (self.record.book if self.record else None)
        return holder.code if holder else self.client.code


def gather_letterbook(practice: Practice, code: str, wanted: NotesWanted) -> Gathered:
    """The correspondence, and the notes that are wanted beside it. Raises ClientUnknown, UnusableInput, VaultLocked."""
    client = _client(practice, code)
    return Gathered(
        client,
        practice.clock(),
        book=letterbook(practice, client.code),
        notes=notes_of_the_record(practice, client.code) if wanted.progress else (),
        process_notes=_process_notes(practice, client, wanted),
    )


def gather_timeline(practice: Practice, code: str, *, with_letters: bool) -> Gathered:
    """The timeline, with the letters below it where they are wanted. Raises as `gather_letterbook`."""
    client = _client(practice, code)
    book = letterbook(practice, client.code) if with_letters else None
    return Gathered(client, practice.clock(), timeline=client_timeline(practice, client.code), book=book)


def gather_exchanges(practice: Practice, code: str) -> Gathered:
    """The exchanges. Raises as `gather_letterbook`."""
    found = list_exchanges(practice, code)
    told = tuple(map(found.told, found.course.exchanges))
    return Gathered(found.client, practice.clock(), exchanges=told)


def gather_record(practice: Practice, code: str, wanted: NotesWanted, *, with_names: bool) -> Gathered:
    """The whole record with progress notes; process notes only where they are wanted. Raises as `gather_letterbook`."""
    client, now = _client(practice, code), practice.clock()
    process = _process_notes(practice, client, wanted)
    progress = notes_of_the_record(practice, client.code)
    book, exchanges = letterbook(practice, client.code), list_exchanges(practice, client.code)
    with practice.vault() as vault, vault.reading() as reader:
        told = _Telling(reader, client)
        record = Record(
            book=book,
            status=client.status.value,
            added=client.added,
            made=now,
            exchanges=tuple(map(exchanges.told, exchanges.course.exchanges)),
            agreements=tuple(agreements_with(reader, client.identity)),
            milestones=told.milestones(),
            notes=tuple(map(told.note, progress)),
            process_notes=None if process is None else tuple(map(told.note, process)),
            name=client.name if with_names else "",
            addresses=client.writes_from if with_names else (),
        )
    return Gathered(client, now, record=record, notes=progress, process_notes=process)


class _Telling:
    """Notes and milestones with the names that letters and exchanges have now."""

    def __init__(self, reader: Reader, client: Client) -> None:
        self._reader, self._client = reader, client
        self._numbers = exchange_numbers(reader, client.identity)

    def note(self, found: NoteText) -> ToldNote:
        """A note with what it is about."""
        links = found.note.links
        quoted = passage_now(self._reader, links.passage).words if links.passage else ""
        exchange = self._numbers.get(links.exchange) if links.exchange else None
        return ToldNote(str(found.note.name), found, self._letter(links.letter), exchange, quoted)

    def milestones(self) -> tuple[ToldMilestone, ...]:
        """Those of the client."""
        found = milestones.milestones(self._reader, self._client.identity)
        return tuple(
            ToldMilestone(str(each.name), each.kind.value, each.said, each.day, self._letter(each.letter))
            for each in found
        )

    def _letter(self, digest: bytes | None) -> str:
        name = letter_name(self._reader, digest) if digest else None
        return str(name) if name else ""


def _client(practice: Practice, code: str) -> Client:
    with practice.vault() as vault, vault.reading() as reader:
        return clients.client_by_code(reader, code)


def _process_notes(practice: Practice, client: Client, wanted: NotesWanted) -> tuple[NoteText, ...] | None:
    return process_notes_for_export(practice, client.code, wanted.reason) if wanted.process else None


# --- anonymised ----------------------------------------------------------------------------------------


def anonymised(
    practice: Practice, gathered: Gathered, chosen: Sequence[Replacement], tell: Tell = lambda _done, _of: None
) -> Gathered:
    """`gathered` with the names, addresses and codes of everybody here and the `chosen` words replaced (F31).

    Raises UnusableInput where the replacements contradict each other.
    """
    made = anonymiser(_everybody(practice, gathered.client), chosen)
    changed = replace(
        gathered,
        book=_book(gathered.book, made, tell),
        timeline=anonymised_value(gathered.timeline, made),
        record=_record(gathered.record, made, tell),
        exchanges=anonymised_value(gathered.exchanges, made),
        notes=anonymised_value(gathered.notes, made),
        process_notes=anonymised_value(gathered.process_notes, made),
        anonymised=True,
    )
    held = (changed.book, changed.timeline, changed.record, changed.exchanges, changed.notes, changed.process_notes)
    return replace(changed, unknown=unknown_words(texts_in(held), made.put_in))


def _everybody(practice: Practice, about: Client) -> list[Named]:
    with practice.vault() as vault, vault.reading() as reader:
        others = [each for each in clients.clients(reader) if each.identity != about.identity]
    own = Named("[therapist]", (practice.settings.name,), (practice.settings.email,))
    named = [(about, "[client]", "CLIENT")]
    named += [(each, f"[client {number}]", f"CLIENT{number}") for number, each in enumerate(others, start=2)]
    return [
        *(Named(by, (each.name,), each.writes_from, (each.code,), code_by) for each, by, code_by in named),
        own,
    ]


def _book(book: Letterbook | None, made: Anonymiser, tell: Tell) -> Letterbook | None:
    """Letter by letter: it takes some milliseconds each."""
    if book is None:
        return None
    entries = []
    for number, entry in enumerate(book.entries, start=1):
        entries.append(anonymised_value(entry, made))
        tell(number, len(book.entries))
    return replace(anonymised_value(replace(book, entries=()), made), entries=tuple(entries))


def _record(record: Record | None, made: Anonymiser, tell: Tell) -> Record | None:
    if record is None:
        return None
    book = _book(record.book, made, tell)
    assert book is not None
    rest = anonymised_value(replace(record, book=replace(record.book, entries=())), made)
    return replace(rest, book=book, anonymised=True)
