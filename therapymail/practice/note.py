"""Notes: begun, written step by step, kept, amended, discarded; progress notes in the record, process notes apart."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from therapymail.domain.note import Note, NoteDraft, NoteKind, NoteName, Purpose
from therapymail.domain.note_headings import headings_of_the_record
from therapymail.domain.note_template import cleaned, plain_ends
from therapymail.errors import NoteUnknown, UnusableInput
from therapymail.practice import process_notes
from therapymail.practice.note_links import LinkRequest, find_links, observed
from therapymail.practice.note_templates import find_template
from therapymail.practice.practice import Practice
from therapymail.vault import clients, note_drafts, notes
from therapymail.vault.connection import Vault

_PREFILLED = "Objective"
_NO_LINKS = LinkRequest()


@dataclass(frozen=True)
class NoteRequest:
    """A note to be begun: about the client `code`, by the template of this name or path.

    `prefill` fills "Objective" with what is observed of the letter or exchange; only where the template has it.
    """

    code: str
    kind: NoteKind
    template: str
    about: LinkRequest = _NO_LINKS
    prefill: bool = False


@dataclass(frozen=True)
class NoteKept:
    """A note that is kept. `of_the_record` are headings of a process note that belong in a progress note."""

    note: Note
    of_the_record: tuple[str, ...] = ()


@contextmanager
def store_of(practice: Practice, kind: NoteKind) -> Iterator[Vault]:
    """The open store that holds notes of this kind. Raises VaultLocked, ProcessNotesLocked and as either opens."""
    with practice.vault() if kind is NoteKind.PROGRESS else process_notes.open_store(practice) as store:
        yield store


def begin_note(practice: Practice, asked: NoteRequest) -> NoteDraft:
    """A note that is begun by its template; it is no note before it is kept.

    Raises ClientUnknown, UnusableInput, LetterUnknown, ExchangeUnknown, NotOpened, FileUnusable, VaultLocked.
    """
    template = find_template(practice, asked.kind, asked.template)
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, asked.code)
        links = find_links(reader, client, asked.about)
        filled = {}
        if asked.prefill:
            if _PREFILLED not in {heading for heading, _ in template.sections}:
                raise UnusableInput("--prefill", f"the template has no heading {_PREFILLED}")
            filled = {_PREFILLED: observed(practice, reader, client, links)}
    with store_of(practice, asked.kind) as store, store.writing() as writer:
        return note_drafts.begin_new(
            writer,
            asked.kind,
            client=client.identity,
            template=template.name,
            begun_with=template.rendered(),
            text=template.rendered(filled),
            links=links,
            now=practice.clock(),
        )


def begin_change(practice: Practice, name: NoteName, purpose: Purpose) -> NoteDraft:
    """A change of a note, or an amendment; what was begun already goes on.

    Raises NoteUnknown, NoteLocked, NoteChanged, VaultLocked.
    """
    _refuse_missing_store(practice, name)
    with store_of(practice, name.kind) as store, store.writing() as writer:
        return note_drafts.begin_change(writer, name, purpose, practice.clock())


def save_note(practice: Practice, name: NoteName, text: str, builds_on: int | None = None) -> NoteDraft:
    """Keep what is being written; `builds_on` is the revision it was written on, None overwrites.

    Raises NoteUnknown, NoteChanged, VaultLocked.
    """
    with store_of(practice, name.kind) as store, store.writing() as writer:
        return note_drafts.save(writer, name, plain_ends(text), builds_on=builds_on, now=practice.clock())


def keep_note(practice: Practice, name: NoteName) -> NoteKept:
    """Make what is being written a note, its new text or an amendment.

    A progress note can be changed for the setting's days from then. Raises NothingWritten, NoteUnknown, NoteLocked.
    """
    lock_after = timedelta(days=practice.settings.note_lock_days) if name.kind is NoteKind.PROGRESS else None
    with store_of(practice, name.kind) as store, store.writing() as writer:
        begun = note_drafts.draft(writer, name)
        kept = note_drafts.keep(writer, name, lock_after, practice.clock())
    is_process = name.kind is NoteKind.PROCESS
    said = headings_of_the_record(cleaned(begun.text, begun.begun_with)) if is_process else ()
    return NoteKept(kept, said)


def is_untouched(practice: Practice, begun: NoteDraft) -> bool:
    """Whether nothing was written into what was begun. Raises NoteUnknown, VaultLocked."""
    with store_of(practice, begun.name.kind) as store, store.reading() as reader:
        return note_drafts.draft(reader, begun.name).text == begun.text


def keep_apart(practice: Practice, begun: NoteDraft, text: str) -> NoteDraft:
    """What was written, as a note begun anew: the one it came from was changed, kept or discarded elsewhere."""
    with store_of(practice, begun.name.kind) as store, store.writing() as writer:
        return note_drafts.begin_new(
            writer,
            begun.name.kind,
            client=begun.client,
            template=begun.format,
            begun_with=begun.begun_with,
            text=plain_ends(text),
            links=begun.links,
            now=practice.clock(),
        )


def discard_begun(practice: Practice, name: NoteName) -> None:
    """Throw away what is being written under this name, and nothing else. Raises NoteUnknown, VaultLocked."""
    with store_of(practice, name.kind) as store:
        with store.writing() as writer:
            note_drafts.discard(writer, name)
        store.clear_log()


def discard_note(practice: Practice, name: NoteName) -> None:
    """Remove a note for good, with all that the journal says of it, or one that was only begun.

    A locked note of the record stays. Raises NoteUnknown, NoteLocked, VaultLocked.
    """
    _refuse_missing_store(practice, name)
    with store_of(practice, name.kind) as store:
        with store.writing() as writer:
            try:
                found = notes.note(writer, name)
            except NoteUnknown:
                note_drafts.discard(writer, name)
            else:
                notes.refuse_locked(writer, found, practice.clock())
                notes.erase(writer, found, practice.clock())
        store.clear_log()


def _refuse_missing_store(practice: Practice, name: NoteName) -> None:
    """A look for a process note makes no store."""
    if name.kind is NoteKind.PROCESS and not process_notes.exist(practice):
        raise NoteUnknown(str(name))
