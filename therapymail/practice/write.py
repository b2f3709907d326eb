"""Writing: drafts to a client, begun, kept and changed until they are sent; everything stays inside the vault."""

import mimetypes
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath, PureWindowsPath
from zoneinfo import ZoneInfo

from therapymail.domain.client import Client
from therapymail.domain.draft import Draft, DraftContent, DraftEnclosure, DraftName
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing, first_kind
from therapymail.domain.letter import Letter, Reading
from therapymail.domain.names import LetterName
from therapymail.domain.outbox import OutboxEntry
from therapymail.domain.quoting import quoted, who_wrote, with_footer
from therapymail.domain.sanitise import sanitise_line
from therapymail.domain.seal import Protection
from therapymail.domain.written import as_written, reply_subject
from therapymail.errors import DraftUnknown, LetterNotAccepted, LetterUnknown, UnusableInput
from therapymail.practice.practice import Practice
from therapymail.practice.read import read_letter
from therapymail.vault import clients, drafts, exchanges, letters, outbox, words_looked_at
from therapymail.vault.connection import Reader

MAX_ENCLOSURE_BYTES = 25_000_000
_MAX_NAME_CHARACTERS = 120
_UNNAMED = "enclosure"
_ITS_AUTHOR = "you"  # as the client reads it
# A reply is of the kind of what it answers where that is no letter but business between the two.
_ANSWERED_IN_KIND = frozenset({Kind.ADMIN, Kind.CLARIFICATION, Kind.AGREEMENT, Kind.CONSENT, Kind.CHECK_IN})


@dataclass(frozen=True)
class DraftView:
    """A draft, where it is in the outbox (None: not there), and the name of the letter it answers."""

    draft: Draft
    entry: OutboxEntry | None
    answers: LetterName | None


@dataclass(frozen=True)
class Answerable:
    """A letter that may be answered and quoted: of a client's, counting, and opened."""

    letter: Letter
    client: Client
    reading: Reading

    @property
    def quotable(self) -> Reading:
        """What may be quoted: nothing of a mail that only stands around sealed pieces (PGP.md section 13)."""
        facts = self.letter.facts
        stands_around = facts.protection is Protection.PARTLY and not facts.opened_with
        return Reading(self.reading.subject, "") if stands_around else self.reading

    def quotation(self) -> str:
        """The letter's own text as quotation, two blank lines above it to write on; its author reads "you" there."""
        said = quoted(self.quotable, _ITS_AUTHOR, self._when)
        return f"\n\n{said}" if said else ""

    def introduction(self) -> str:
        """The line above a quotation of it: "On 3 March 2026, you wrote:"."""
        return who_wrote(_ITS_AUTHOR, self._when)

    @property
    def _when(self) -> datetime:
        return (self.letter.written or self.letter.received).astimezone(ZoneInfo(self.client.zone))


def start_draft(practice: Practice, code: str, content: DraftContent, kind: Kind | None = None) -> Draft:
    """A new draft to the client `code`. Raises ClientUnknown, UnusableInput, VaultLocked."""
    _refuse_kind(kind)
    with practice.vault() as vault, vault.writing() as writer:
        client = clients.client_by_code(writer, code)
        return drafts.new_draft(
            writer,
            client=client.identity,
            kind=kind or first_kind(Direction.OUT, is_delivery_report=False),
            content=as_written(content),
            answers=None,
            now=practice.clock(),
        )


def start_reply(practice: Practice, name: str, kind: Kind | None = None) -> Draft:
    """A new draft that answers a letter and quotes it; it will go to the client's own address, whatever that mail said.

    Raises what `answerable` does, and UnusableInput for a kind that nobody writes.
    """
    found = answerable(practice, name)
    return begin_answer(practice, found, found.quotation(), kind)


def answerable(practice: Practice, name: str) -> Answerable:
    """The letter with this name, if it may be answered and quoted.

    Quoted is only a letter of a client's that counts and was opened, and of it only what was sealed (HAZARDS S3, C3).
    Raises LetterUnknown, LetterNotAccepted, NotOpened, UnusableInput, VaultLocked.
    """
    found = read_letter(practice, name)
    letter, client = found.judged.letter, found.client
    _refuse_unanswerable(letter)
    if found.reading is None or letter.state is not LetterState.OPENED:
        raise found.not_opened()
    if client is None:
        raise UnusableInput("letter", "it is no client's, so there is nobody to answer")
    return Answerable(letter, client, found.reading)


def begin_answer(practice: Practice, found: Answerable, text: str, kind: Kind | None = None) -> Draft:
    """A new draft with `text` that answers a letter; "n of m" above what it quotes, where that is agreed (F38, F50).

    Raises UnusableInput for a kind nobody writes, VaultLocked.
    """
    _refuse_kind(kind)
    letter = found.letter
    with practice.vault() as vault, vault.writing() as writer:
        footer = _count_footer(writer, letter, practice.clock()) if kind in {None, Kind.RESPONSE} else ""
        return drafts.new_draft(
            writer,
            client=found.client.identity,
            kind=kind or (letter.kind if letter.kind in _ANSWERED_IN_KIND else Kind.RESPONSE),
            content=as_written(DraftContent(reply_subject(found.reading.subject), with_footer(text, footer))),
            answers=letter.digest,
            now=practice.clock(),
        )


def save(
    practice: Practice,
    name: DraftName,
    content: DraftContent,
    builds_on: int | None = None,
    *,
    before_lock: bool = False,
) -> Draft:
    """Keep what is written; nothing is written where it is the same already.

    `builds_on` is the revision it was written on: another one raises DraftChanged; None overwrites. With
    `before_lock` a lock that has just come waits for it, where the vault is still open: what somebody was typing
    when another process locked would be lost (HAZARDS C12). Raises DraftUnknown, DraftInOutbox, VaultLocked.
    """
    with practice.vault() as vault, vault.writing(to_finish=before_lock) as writer:
        before = drafts.draft(writer, name).content
        saved = drafts.save_draft(writer, name, as_written(content), builds_on=builds_on, now=practice.clock())
        words_looked_at.look_again(writer, name, _everything(before), _everything(saved.content))
        return saved


def list_drafts(practice: Practice) -> tuple[DraftView, ...]:
    """Every draft that is not sent, newest changed first. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        waiting = {entry.draft: entry for entry in outbox.entries(reader)}
        return tuple(_view(reader, draft, waiting.get(draft.name)) for draft in drafts.drafts(reader))


def show_draft(practice: Practice, name: DraftName) -> DraftView:
    """One draft. Raises DraftUnknown, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        draft = drafts.draft(reader, name)
        return _view(reader, draft, outbox.entry_or_none(reader, name))


def discard(practice: Practice, name: DraftName) -> None:
    """Throw a draft away for good, with its enclosures. Raises DraftUnknown, DraftInOutbox, VaultLocked."""
    with practice.vault() as vault:
        with vault.writing() as writer:
            drafts.discard_draft(writer, name)
        vault.clear_log()  # which would hold its words for as long as the vault is open


def discard_unwritten(practice: Practice, begun: Draft) -> bool:
    """Throw a draft away that is still as it was begun; whether it was. Raises VaultLocked."""
    with practice.vault() as vault:
        with vault.writing() as writer:
            try:
                now = drafts.draft(writer, begun.name)
            except DraftUnknown:
                return False
            is_written = now.content != begun.content or now.enclosures
            if is_written or outbox.entry_or_none(writer, begun.name) is not None:
                return False
            drafts.discard_draft(writer, begun.name)
        vault.clear_log()
    return True


def set_kind(practice: Practice, name: DraftName, kind: Kind) -> Draft:
    """Say what kind of mail a draft is. Raises UnusableInput, DraftUnknown, DraftInOutbox, VaultLocked."""
    _refuse_kind(kind)
    with practice.vault() as vault, vault.writing() as writer:
        return drafts.set_draft_kind(writer, name, kind, practice.clock())


def enclose(practice: Practice, name: DraftName, filename: str, data: bytes) -> Draft:
    """Put a file in with a draft: its last name alone, without what it says of place, machine or author (HAZARDS S21).

    Raises UnusableInput over 25 MB, DraftUnknown, DraftInOutbox, VaultLocked.
    """
    from therapymail.mail.metadata import without_metadata

    if len(data) > MAX_ENCLOSURE_BYTES:
        raise UnusableInput("enclosure", "it is larger than 25 MB, which few mail hosts take")
    shown = enclosure_name(filename)
    media_type = mimetypes.guess_type(shown)[0] or "application/octet-stream"
    cleaned = without_metadata(shown, media_type, data)
    enclosure = DraftEnclosure(shown, media_type, len(cleaned.data), cleaned.notes)
    with practice.vault() as vault, vault.writing() as writer:
        words_looked_at.look_again(writer, name, "", shown)
        return drafts.add_enclosure(writer, name, enclosure, cleaned.data, practice.clock())


def remove_enclosure(practice: Practice, name: DraftName, position: int) -> Draft:
    """Take the enclosure at `position` (from 0) out again. Raises UnusableInput, DraftUnknown, DraftInOutbox."""
    with practice.vault() as vault, vault.writing() as writer:
        return drafts.remove_enclosure(writer, name, position, practice.clock())


def enclosure_name(filename: str) -> str:
    """The name an enclosure is sent under: the last part of a path of any system, one harmless line."""
    last = PureWindowsPath(PurePath(filename).name).name
    shown = sanitise_line(last).strip(". ")
    stem, dot, ending = shown.rpartition(".")
    if len(shown) > _MAX_NAME_CHARACTERS:
        shown = f"{stem[: _MAX_NAME_CHARACTERS - 20]}{dot}{ending[:16]}" if stem else shown[:_MAX_NAME_CHARACTERS]
    return shown or _UNNAMED


def _count_footer(reader: Reader, letter: Letter, now: datetime) -> str:
    """The line "3 of 12" for the response to `letter`, where the terms that its exchange is under ask for it."""
    standing = exchanges.standing(reader, letter.client or "", now)
    if standing.agreement is None or not standing.agreement.terms.count_in_footer:
        return ""
    exchange = next((each for each in standing.waiting if letter.digest in each.letters), None)
    return f"{exchange.place} of {exchange.block_of}" if exchange is not None and exchange.place else ""


def _everything(content: DraftContent) -> str:
    return f"{content.subject}\n{content.text}"


def _refuse_kind(kind: Kind | None) -> None:
    if kind is Kind.BOUNCE:
        raise UnusableInput("kind", "a delivery report is nothing that is written")


def _refuse_unanswerable(letter: Letter) -> None:
    if letter.standing is Standing.PROPOSED:
        raise LetterNotAccepted(str(letter.name))
    if letter.standing is Standing.SET_ASIDE:
        raise UnusableInput("letter", "it is set aside and no client's, so there is nobody to answer")
    if letter.direction is Direction.OUT:
        raise UnusableInput("letter", f"you wrote it; `therapymail write {letter.code}` starts a new one")
    if letter.kind is Kind.BOUNCE:
        raise UnusableInput("letter", "a delivery report comes from a mail host, which nobody can answer")


def _view(reader: Reader, draft: Draft, entry: OutboxEntry | None) -> DraftView:
    return DraftView(draft, entry, _answered(reader, draft))


def _answered(reader: Reader, draft: Draft) -> LetterName | None:
    if draft.answers is None:
        return None
    try:
        return letters.letter_by_digest(reader, draft.answers).name
    except LetterUnknown:  # erased since
        return None
