"""A fetched mail on its way into the record, and the one function that reads it for filing."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from therapymail.domain.attribution import Attribution, Authorship, Correspondents, attribute
from therapymail.domain.client import Client
from therapymail.domain.kinds import LetterState, Standing, first_kind
from therapymail.domain.letter import Filing, Place
from therapymail.domain.seal import OpeningFailure, Protection, SealFacts
from therapymail.mail import bounce
from therapymail.mail.headers import HeaderFields, read_headers
from therapymail.pgp.decrypter import Decrypter
from therapymail.pgp.opening import FoundMail, OpenedMail, look_at, open_found, open_mail
from therapymail.pgp.protected_headers import HeaderSource
from therapymail.practice.key_finder import KeyFinder
from therapymail.practice.offered_keys import with_offer
from therapymail.practice.opened_reading import reading_of

FOUND_IN_JUNK = "found-in-junk"
MEANT_FOR_OTHERS = "not-addressed-to-you"  # the note of a letter whose sealed header names other addressees
_A_DAY = timedelta(days=1)
_AN_HOUR = timedelta(hours=1)
_DATE_TOLERANCE = timedelta(days=2)


class AnsweredClients(Protocol):
    """Finds the clients whose accepted letters message ids name."""

    def __call__(self, message_ids: tuple[str, ...], *, only_ours: bool) -> tuple[Client, ...]:
        """Those clients; with `only_ours`, only by letters that were written to them."""
        ...


class AheadOpener(Decrypter, Protocol):
    """A Decrypter that can be told what it will be asked for next."""

    def expect(self, ciphertext: bytes) -> None:
        """Begin on `ciphertext` if there is room."""
        ...


@dataclass(frozen=True)
class Arrival:
    """One fetched mail: its exact bytes, where it lies, when the server received it, and when it was fetched (UTC)."""

    place: Place
    internal_date: datetime
    raw: bytes
    in_sent: bool = False
    in_junk: bool = False
    fetched: datetime | None = None

    @property
    def weight(self) -> int:
        """Bytes it holds in memory."""
        return len(self.raw)


@dataclass(frozen=True)
class TooLarge:
    """A mail of `size` bytes that was not fetched: only its header is known."""

    place: Place
    internal_date: datetime
    size: int
    header: HeaderFields
    in_sent: bool = False
    weight: int = 0
    fetched: datetime | None = None


@dataclass(frozen=True)
class PassedOver:
    """A mail that was looked at and is not for this record."""

    place: Place
    weight: int = 0


Incoming = Arrival | TooLarge | PassedOver


@dataclass(frozen=True)
class Begun:
    """A mail that was looked at, while gpg may be at work on it."""

    incoming: Incoming
    found: FoundMail | None = None


class ArrivalReader:
    """Reads incoming mail into what is filed of it, letting gpg begin on the next while the last is finished.

    `answered` gives the clients whose letters the message ids name, and is asked only where it matters; `finder`
    adds the keys that came along. Nothing a mail contains makes it raise.
    """

    def __init__(
        self, opener: AheadOpener, known: Correspondents, answered: AnsweredClients, finder: KeyFinder | None = None
    ) -> None:
        self._opener = opener
        self._known = known
        self._answered = answered
        self._finder = finder

    def begin(self, incoming: Incoming) -> Begun:
        """Look at a mail and hand what is sealed in it to gpg."""
        if not isinstance(incoming, Arrival):
            return Begun(incoming)
        found = look_at(incoming.raw)
        if found.ciphertext is not None:
            self._opener.expect(found.ciphertext)
        return Begun(incoming, found)

    def finish(self, begun: Begun) -> Filing | PassedOver:
        """What is filed of a mail, or that nothing is."""
        incoming = begun.incoming
        if isinstance(incoming, PassedOver):
            return incoming
        if isinstance(incoming, TooLarge):
            return _unread(incoming, self._known)
        opened = open_found(begun.found or look_at(incoming.raw), self._opener)
        read = read_opened(incoming, opened, self._known, self._answered)
        return _with_keys(read, opened, self._finder)


def read_arrival(
    arrival: Arrival,
    opener: Decrypter,
    known: Correspondents,
    answered: AnsweredClients,
    finder: KeyFinder | None = None,
) -> Filing | PassedOver:
    """Open and read one fetched mail, as ArrivalReader does."""
    opened = open_mail(arrival.raw, opener)
    read = read_opened(arrival, opened, known, answered)
    return _with_keys(read, opened, finder)


def _with_keys(read: Filing | PassedOver, opened: OpenedMail, finder: KeyFinder | None) -> Filing | PassedOver:
    """With the keys that came along, where they are looked for."""
    if finder is None or isinstance(read, PassedOver):
        return read
    return finder.with_keys(with_offer(read, opened), opened)


def read_opened(
    arrival: Arrival, opened: OpenedMail, known: Correspondents, answered: AnsweredClients
) -> Filing | PassedOver:
    """What is filed of a mail that was opened."""
    outer = read_headers(arrival.raw)
    inner = outer if opened.headers.source is HeaderSource.OUTER else read_headers(opened.headers.block)
    report = bounce.recognise(arrival.raw) if outer.may_be_delivery_report else None
    is_report = report is not None
    named = (*inner.in_reply_to, *inner.references, *(report.original_message_ids if report else ()))
    authorship = Authorship(
        authors=inner.from_addresses,
        addressees=inner.to_addresses,
        facts=opened.facts,
        received=received_time(arrival.internal_date, outer, arrival.fetched),
        in_sent=arrival.in_sent,
        is_delivery_report=is_report,
        failed_address=report.failed_address if report else None,
        answers=answered(named, only_ours=is_report) if named and _answers_matter(outer, known, is_report) else (),
    )
    decided = attribute(authorship, known)
    if decided.standing is Standing.SET_ASIDE and authorship.is_delivery_report:
        return PassedOver(arrival.place)  # about somebody else's mail
    if was_meant_for_others(opened, inner, known):
        decided = replace(decided, notes=(*decided.notes, MEANT_FOR_OTHERS))
    return _filing(arrival, inner, opened, authorship, decided, named)


def was_meant_for_others(opened: OpenedMail, inner: HeaderFields, known: Correspondents) -> bool:
    """Whether what is sealed names its addressees and we are none of them: a letter passed on (HAZARDS S29)."""
    addressees = {*inner.to_addresses, *inner.cc_addresses}
    if opened.headers.source is HeaderSource.OUTER or not addressees:
        return False
    return known.own_addresses.isdisjoint(addressees) and known.own_addresses.isdisjoint(inner.from_addresses)


def _unread(large: TooLarge, known: Correspondents) -> Filing:
    """What is filed of a mail that was too large to fetch: its place, until it is fetched by name."""
    header, received = large.header, received_time(large.internal_date, large.header, large.fetched)
    facts = SealFacts(Protection.FAILED, notes=("not-fetched",))
    authors, addressees = header.from_addresses, header.to_addresses
    decided = attribute(Authorship(authors, addressees, facts, received, in_sent=large.in_sent), known)
    return Filing(
        digest=hashlib.sha256(f"too large: {large.size} {header.message_id}".encode()).digest(),
        client=decided.client.identity if decided.client else None,
        direction=decided.direction,
        kind=first_kind(decided.direction, is_delivery_report=False),
        standing=decided.standing,
        state=LetterState.TOO_LARGE,
        received=received,
        written=header.date,
        message_id=header.message_id,
        in_reply_to=header.in_reply_to,
        author_address=authors[0] if authors else "",
        facts=facts,
        reading=None,
        original=None,
        size=large.size,
        places=(large.place,),
        notes=decided.notes,
    )


def _answers_matter(outer: HeaderFields, known: Correspondents, is_report: bool) -> bool:  # noqa: FBT001 - two facts in, one out
    """Only a delivery report, or an author nobody knows, is attributed by what it answers."""
    return is_report or not any(
        address in known.by_address or address in known.own_addresses for address in outer.from_addresses
    )


def _filing(
    arrival: Arrival,
    header: HeaderFields,
    opened: OpenedMail,
    said: Authorship,
    decided: Attribution,
    named: tuple[str, ...],
) -> Filing:
    reading, defects = reading_of(opened)
    return Filing(
        digest=opened.digest,
        client=decided.client.identity if decided.client else None,
        direction=decided.direction,
        kind=first_kind(decided.direction, is_delivery_report=said.is_delivery_report),
        standing=decided.standing,
        state=state_of(opened.facts),
        received=said.received,
        written=header.date,
        message_id=header.message_id,
        in_reply_to=named if said.is_delivery_report else header.in_reply_to,
        author_address=said.authors[0] if said.authors else "",
        facts=opened.facts,
        reading=reading,
        original=arrival.raw,
        size=len(arrival.raw),
        places=(arrival.place,),
        notes=(*decided.notes, *_notes(arrival, header.date, said.received), *defects),
    )


def state_of(facts: SealFacts) -> LetterState:
    """What is held of a letter with these facts: only a missing or locked key is worth waiting for."""
    if facts.failure is None:
        return LetterState.OPENED
    if facts.failure in {OpeningFailure.NO_KEY, OpeningFailure.LOCKED}:
        return LetterState.SEALED
    return LetterState.FAILED


def received_time(internal_date: datetime, outer: HeaderFields, fetched: datetime | None = None) -> datetime:
    """When the mail arrived: INTERNALDATE, or the topmost Received where that is over a day older.

    A migrated mailbox has the day of the migration as INTERNALDATE (DESIGN, the way of a letter). One that lies over
    a day after the mail was `fetched` is a server's mistake, if the mail's own Date does not bear it out: that Date is
    taken then, else a letter would wait for its response until that day (HAZARDS S30).
    """
    first = outer.topmost_received
    received = first if first is not None and internal_date - first > _A_DAY else internal_date
    if fetched is None or outer.date is None or received - fetched <= _A_DAY or outer.date - fetched > _A_DAY:
        return received
    return outer.date


def _notes(arrival: Arrival, written: datetime | None, received: datetime) -> tuple[str, ...]:
    """Codes for what a person should know: HAZARDS S30 (forged dates)."""
    notes = []
    if arrival.in_junk:
        notes.append(FOUND_IN_JUNK)
    if written is None:
        notes.append("no-date")
    elif abs(received - written) > _DATE_TOLERANCE or written - received > _AN_HOUR:
        notes.append("date-differs-from-receipt")
    return tuple(notes)
