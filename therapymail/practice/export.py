"""Exporting: what is asked for is put together first, then looked at by a person, then written, and journalled.

Nothing is written before `write_export`, and nothing of it is on a disk unsealed where it is sealed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from therapymail.domain.anonymise import Replacement
from therapymail.domain.exporting import IN_CLEAR, SEALED_ENDINGS, Exported, ExportEntry, Form
from therapymail.domain.kinds import Standing
from therapymail.domain.letter import Letter
from therapymail.domain.seal import Protection
from therapymail.domain.unknown_words import Unknown
from therapymail.domain.wording import count_words
from therapymail.errors import NothingFound, UnusableInput
from therapymail.exports.mailbox import Original, Writable, write_archive, write_mbox
from therapymail.practice.export_file import Journal, Made, Render, Target, rendered, write_file
from therapymail.practice.export_form import OwnNames, rendered_text
from therapymail.practice.export_key import ExportKey, clients_key, key_named
from therapymail.practice.export_value import (
    Gathered,
    NotesWanted,
    Tell,
    anonymised,
    gather_exchanges,
    gather_letterbook,
    gather_record,
    gather_timeline,
)
from therapymail.practice.look_back import letters_with
from therapymail.practice.practice import Practice
from therapymail.vault import clients, exports_made, texts


def untold(_done: int, _of: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class ExportRequest:
    """What is to be exported: of the client with the code `code` (a calendar: of all), in `form`.

    `to` is a whole fingerprint or "own", `for_client` the client's own key and their own letterbook: letters alone.
    `replacements` is None where nothing is anonymised. `names`: with the names of client and therapist.
    `letters`: the letters below a timeline. `codes`: client codes in a calendar.
    """

    what: Exported
    form: Form
    code: str = ""
    to: str | None = None
    for_client: bool = False
    replacements: tuple[Replacement, ...] | None = None
    notes: NotesWanted = field(default_factory=NotesWanted)
    names: bool = False
    letters: bool = False
    codes: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Prepared:
    """An export that could be written now. `letters` counts those in it, `unsealed` originals that came in clear.

    `missing` names letters that are not here as they came. `unknown` are words for a human look.
    """

    request: ExportRequest
    client: str
    render: Render
    letters: int
    notes: int = 0
    process_notes: int = 0
    key: ExportKey | None = None
    unsealed: int = 0
    missing: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()

    @property
    def in_clear(self) -> int:
        """How many letters anybody could read who gets the file."""
        if self.key is not None:
            return 0
        return self.letters if self.request.what in IN_CLEAR else self.unsealed

    @property
    def readable(self) -> str:
        """What anybody could read who gets the file, in words: "41 letters", "the timeline"; empty for nothing."""
        if self.in_clear:
            return count_words(self.in_clear, "letter")
        return "" if self.key is not None or self.request.what not in IN_CLEAR else f"the {self.request.what}"


def prepare_export(practice: Practice, request: ExportRequest, tell: Tell = untold) -> Prepared:
    """Put an export together; process notes are journalled as given out, nothing else is changed.

    Raises UnusableInput for what does not go together, ClientUnknown, NothingFound, ExportRefused, KeyUnknown,
    VaultLocked, ProcessNotesLocked.
    """
    _require_sense(request)
    key, client = _key(practice, request)
    if request.what is Exported.LETTERS:
        return _letters(practice, request, client, key, tell)
    if request.what is Exported.CALENDAR:
        return _calendar(practice, request, key)
    gathered = _gathered(practice, request)
    if request.replacements is not None:
        gathered = anonymised(practice, gathered, request.replacements, tell)
    names = OwnNames(practice.settings.name, gathered.client.name) if request.names else OwnNames()
    text = rendered_text(request.what, request.form, gathered, for_client=request.for_client, names=names)
    book = gathered.book or (gathered.record.book if gathered.record else None)
    return Prepared(
        request,
        client,
        partial(_write_text, text),
        letters=len(book.entries) if book else 0,
        notes=len(gathered.notes),
        process_notes=len(gathered.process_notes or ()),
        key=key,
        unknown=gathered.unknown,
    )


def write_export(practice: Practice, prepared: Prepared, target: Target) -> Made:
    """Write it to a file, whole or not at all. Raises as `export_file.write_file`, and UnusableInput.

    Nobody takes for sealed what is not: a name that says so is for what is sealed alone.
    """
    if prepared.key is None and target.path.suffix.lower() in SEALED_ENDINGS:
        raise UnusableInput(
            "--file", f"a name in {target.path.suffix} says that it is sealed; give --to, or another name"
        )
    return write_file(practice, target, prepared.render, prepared.key, _journal(practice, prepared))


def hand_out_export(practice: Practice, prepared: Prepared, sink: Callable[[bytes], object]) -> Made:
    """Hand it to `sink` whole, once it is journalled: for standard output. Raises as `write_export`."""
    pieces: list[bytes] = []
    made = rendered(practice, prepared.render, prepared.key, pieces.append)
    _journal(practice, prepared).made(made)
    sink(b"".join(pieces))
    return made


def list_exports(practice: Practice, code: str | None = None) -> tuple[tuple[str, ExportEntry], ...]:
    """Every export there was, newest first, with its client's code. Raises ClientUnknown, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code).identity if code else None
        codes = {each.identity: each.code for each in clients.clients(reader)}
        found = exports_made.exports_made(reader, client)
    return tuple((codes.get(each.client, ""), each) for each in found)


# --- what goes together --------------------------------------------------------------------------------


def _require_sense(request: ExportRequest) -> None:
    """Raises UnusableInput for what does not go together."""
    if request.for_client and request.to is not None:
        raise UnusableInput("--to-client", "it seals to the client's key and to nobody else; leave out --to")
    if request.for_client and _wants_notes(request):
        raise UnusableInput("--to-client", "no notes go into the client's own letterbook")
    if request.form is Form.JSON and request.what is Exported.LETTERBOOK and _wants_notes(request):
        raise UnusableInput("--as", "a letterbook as json holds letters alone; `export record` holds the notes, too")
    if request.for_client and request.replacements is not None:
        raise UnusableInput("--to-client", "what is the client's own is not anonymised")
    if request.names and request.replacements is not None:
        raise UnusableInput("--names", "an anonymised export has none")
    if request.replacements is not None and request.what in {Exported.LETTERS, Exported.CALENDAR}:
        raise UnusableInput("--anonymise", "originals are sealed as they came, and nobody can change a word in them")
    if request.notes.process and not request.notes.reason.strip():
        raise UnusableInput("--why", "process notes leave their store only with a reason, which is noted")


def _wants_notes(request: ExportRequest) -> bool:
    return request.notes.progress or request.notes.process


def _key(practice: Practice, request: ExportRequest) -> tuple[ExportKey | None, str]:
    """The key to seal to, and the client's identity (empty for a calendar)."""
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, request.code) if request.code else None
        identity = client.identity if client else ""
        if request.for_client:
            assert client is not None
            return clients_key(practice, reader, client), identity
        if request.to is not None:
            return key_named(practice, reader, request.to, client), identity
        return None, identity


def _gathered(practice: Practice, request: ExportRequest) -> Gathered:
    match request.what:
        case Exported.TIMELINE:
            return gather_timeline(practice, request.code, with_letters=request.letters)
        case Exported.EXCHANGES:
            return gather_exchanges(practice, request.code)
        case Exported.RECORD:
            return gather_record(practice, request.code, request.notes, with_names=request.names)
        case _:
            return gather_letterbook(practice, request.code, request.notes)


# --- originals and calendar ----------------------------------------------------------------------------


def _letters(practice: Practice, request: ExportRequest, client: str, key: ExportKey | None, tell: Tell) -> Prepared:
    with practice.vault() as vault, vault.reading() as reader:
        found = [each for each in letters_with(reader, client) if each.standing is Standing.ACCEPTED][::-1]
        held = {each.digest for each in found if texts.has_original(reader, each.digest)}
    if not held:
        raise NothingFound(f"no letter with {request.code.upper()} is here as it came")
    present = [each for each in found if each.digest in held]
    write = write_mbox if request.form is Form.MBOX else write_archive
    return Prepared(
        request,
        client,
        lambda file: write(_originals(practice, present, tell), file),
        letters=len(present),
        key=key,
        unsealed=sum(each.facts.protection is not Protection.SEALED for each in present),
        missing=tuple(str(each.name) for each in found if each.digest not in held),
    )


def _originals(practice: Practice, found: list[Letter], tell: Tell) -> Iterator[Original]:
    """One after another: all at once could be larger than the memory."""
    with practice.vault() as vault, vault.reading() as reader:
        for number, letter in enumerate(found, start=1):
            raw = texts.original(reader, letter.digest)
            if raw is not None:
                yield Original(str(letter.name), letter.received, raw)
            tell(number, len(found))


def _calendar(practice: Practice, request: ExportRequest, key: ExportKey | None) -> Prepared:
    from therapymail.exports.calendar import due_dates_calendar
    from therapymail.practice.today import todays

    found = todays(practice, 0)
    content = due_dates_calendar(found.dates, found.now, codes=request.codes)
    return Prepared(request, "", lambda file: _write(file, content), letters=0, key=key)


def _write_text(text: str, file: Writable) -> None:
    _write(file, text.encode("utf-8", "replace"))


def _write(file: Writable, content: bytes) -> None:
    file.write(content)


# --- the journal ---------------------------------------------------------------------------------------


def _journal(practice: Practice, prepared: Prepared) -> Journal:
    named: list[str] = []

    def made(what: Made) -> None:
        with practice.vault() as vault, vault.writing() as writer:
            named.append(exports_made.note_export(writer, _entry(prepared, what), practice.clock()))

    def failed() -> None:
        with practice.vault() as vault, vault.writing() as writer:
            exports_made.note_export_failed(writer, named[-1], practice.clock())

    return Journal(made, failed)


def _entry(prepared: Prepared, made: Made) -> ExportEntry:
    request = prepared.request
    return ExportEntry(
        client=prepared.client,
        what=request.what,
        form=request.form,
        letters=prepared.letters,
        notes=prepared.notes,
        process_notes=prepared.process_notes,
        size=made.size,
        sha256=made.sha256,
        to=prepared.key.fingerprint if prepared.key else "",
        for_client=request.for_client,
        anonymised=request.replacements is not None,
        reason=(request.reason or request.notes.reason).strip(),
    )
