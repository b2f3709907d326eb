"""Reading: lists of letters, and one letter whole."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from therapymail.domain.client import Client
from therapymail.domain.departure import Proof
from therapymail.domain.kinds import LetterState, Standing
from therapymail.domain.letter import Letter, Reading
from therapymail.domain.listing import ListFilter
from therapymail.domain.names import LetterName
from therapymail.domain.query import All, Field, Filter, Query
from therapymail.domain.seal import OpeningFailure, Verdict
from therapymail.domain.wording import failure_sentence
from therapymail.errors import NotFetchedYet, NotOpened
from therapymail.practice.asked import asked_query
from therapymail.practice.catching_up import Told, untold
from therapymail.practice.judging import Judge, JudgedLetter, placed
from therapymail.practice.practice import Practice
from therapymail.vault import clients, letters, rereads, sent, texts
from therapymail.vault.connection import Reader
from therapymail.vault.sent import Sending


@dataclass(frozen=True)
class LettersRequest:
    """Which letters to list: of the client with the code `client`, found by `query`, newest first.

    `before` is the `Letter.order` of the last letter of the page before; a query has but one page.
    """

    client: str | None = None
    query: str | None = None
    proposed: bool = False
    set_aside: bool = False
    limit: int = 50
    before: int | None = None


@dataclass(frozen=True)
class LetterText:
    """A letter whole. `reading` is None where it was not opened; `client` where it is nobody's.

    `sending` is how a letter left from here, None for any other. `files` are, of each
    enclosure, what a signature of its own proves (None without one). `first_read` is when it was opened here first
    (UTC), `rereads` the therapist's days on which it was read again, oldest first.
    """

    judged: JudgedLetter
    reading: Reading | None
    client: Client | None
    sending: Sending | None = None
    files: tuple[Verdict | None, ...] = ()
    first_read: datetime | None = None
    rereads: tuple[date, ...] = ()

    @property
    def proof(self) -> Proof | None:
        """The proof before send of a letter that left from here; None for any other."""
        return self.sending.proof if self.sending else None

    def not_opened(self) -> NotOpened:
        """The error that says why there is nothing to read."""
        letter = self.judged.letter
        if letter.state is LetterState.TOO_LARGE:
            return NotFetchedYet(str(letter.name), "it is too large to come by itself")
        return NotOpened(str(letter.name or "The letter"), failure_phrase(letter.facts.failure))


def failure_phrase(failure: OpeningFailure | None) -> str:
    """Why a letter was not opened, as an error says it."""
    return failure_sentence(failure) if failure else "it could not be read"


def list_letters(practice: Practice, asked: LettersRequest, told: Told = untold) -> tuple[JudgedLetter, ...]:
    """The newest letters that were asked for; `told` hears of what a query needs done first.

    Raises ClientUnknown, QueryUnreadable, UnusableInput, VaultLocked.
    """
    query = asked_query(practice, asked.query, told) if asked.query else None
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, asked.client) if asked.client else None
        judge = Judge.of(practice, reader)
        if query is not None:
            return placed(reader, judge.all_judged(_found(practice, reader, query, asked, client)))
        standing = Standing.PROPOSED if asked.proposed else Standing.SET_ASIDE if asked.set_aside else None
        wanted = ListFilter(
            client=client.identity if client else None, standing=standing, limit=asked.limit, before=asked.before
        )
        return placed(reader, judge.all_judged(letters.list_letters(reader, wanted)))


def read_letter(practice: Practice, name: str) -> LetterText:
    """One letter with its text. Raises LetterUnknown, UnusableInput, VaultLocked."""
    wanted = LetterName.parse(name)
    with practice.vault() as vault, vault.reading() as reader:
        return _whole(practice, reader, letters.letter(reader, wanted))


def read_filed(practice: Practice, digest: bytes) -> LetterText:
    """The letter with this digest; one that is set aside has no name. Raises LetterUnknown, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return _whole(practice, reader, letters.letter_by_digest(reader, digest))


def _whole(practice: Practice, reader: Reader, found: Letter) -> LetterText:
    judge = Judge.of(practice, reader)
    reading, sending = texts.reading(reader, found.digest), sent.sending_of(reader, found.digest)
    files = judge.files(found, reading.enclosures) if reading else ()
    (judged,) = placed(reader, [judge.judged(found)])
    first_read, again = rereads.first_read(reader, found.digest), rereads.rereads_of(reader, found.digest)
    return LetterText(judged, reading, judge.client_of(found), sending, files, first_read, again)


def _found(
    practice: Practice, reader: Reader, query: Query, asked: LettersRequest, client: Client | None
) -> list[Letter]:
    """The letters that `query` finds, and that the other conditions of the list let through."""
    from therapymail.vault.search import find_ids

    parts = [query]
    if client:
        parts.append(Filter(Field.CLIENT, client.code))
    if asked.proposed or asked.set_aside:
        parts.append(Filter(Field.IS, (Standing.PROPOSED if asked.proposed else Standing.SET_ASIDE).value))
    ids = find_ids(reader, All(tuple(parts)), asked.limit, ZoneInfo(practice.settings.zone))
    return letters.letters_by_ids(reader, ids)
