"""Opening a mail from a file without filing it: from anybody, for a look at what its seal proves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from therapymail.domain.attribution import Correspondents
from therapymail.domain.client import Client
from therapymail.domain.kinds import Direction, LetterState
from therapymail.domain.letter import Reading
from therapymail.domain.seal import Pin, SealFacts, Verdict, verdict_of
from therapymail.domain.shown_author import shown_author
from therapymail.errors import FileNotOpened
from therapymail.mail.headers import HeaderFields, read_headers
from therapymail.pgp.opening import OpenedMail, open_mail
from therapymail.pgp.protected_headers import HeaderSource
from therapymail.pgp.single import SingleOpener
from therapymail.practice.arrival import MEANT_FOR_OTHERS, state_of, was_meant_for_others
from therapymail.practice.correspondents import read_correspondents
from therapymail.practice.judging import judge_enclosure
from therapymail.practice.keyring import clients_keyring
from therapymail.practice.opened_reading import reading_of
from therapymail.practice.practice import Practice
from therapymail.practice.read import failure_phrase

_SHOWN_AUTHORS = 5  # of a mail that names many


@dataclass(frozen=True)
class OpenedFile:
    """A mail opened from a file and not filed. `client` is who its one author is known as, if anybody.

    `author` is what the mail says of its author, safe to be shown (PGP.md I2), proven by nothing but the verdict;
    `files` are, of each enclosure, what a signature of its own proves (None without one).
    """

    client: Client | None
    direction: Direction
    state: LetterState
    facts: SealFacts
    verdict: Verdict
    written: datetime | None
    reading: Reading | None
    notes: tuple[str, ...] = ()
    author: str = ""
    files: tuple[Verdict | None, ...] = ()

    def not_opened(self) -> FileNotOpened:
        """The error that says why there is nothing to read."""
        return FileNotOpened("The mail", failure_phrase(self.facts.failure))


def open_file(practice: Practice, raw: bytes) -> OpenedFile:
    """Open the mail `raw`, filing nothing. Whatever it holds gives a result.

    Raises VaultLocked, GnupgMissing, GnupgUnusable, FileUnusable.
    """
    with practice.vault() as vault:
        known = read_correspondents(practice, vault)
    with practice.gpg(clients_keyring(practice)) as gpg:
        opened = open_mail(raw, SingleOpener(gpg))
    header = read_headers(raw if opened.headers.source is HeaderSource.OUTER else opened.headers.block)
    author = header.from_addresses[0] if len(header.from_addresses) == 1 else ""
    is_own = author in known.own_addresses
    client = known.by_address.get(author)
    reading, defects = reading_of(opened)
    pins = known.own_pins if is_own else unretired(client.pins) if client else ()
    # Without a record there is no time of receipt; what the mail says of itself has to do.
    moment = header.date or practice.clock()
    return OpenedFile(
        client=client,
        direction=Direction.OUT if is_own else Direction.IN,
        state=state_of(opened.facts),
        facts=opened.facts,
        verdict=verdict_of(opened.facts, pins, moment),
        written=header.date,
        reading=reading,
        notes=(*_notes(opened, header, known), *defects),
        author=_shown(header, known),
        files=tuple(judge_enclosure(each, pins, moment) for each in reading.enclosures) if reading else (),
    )


def unretired(pins: Iterable[Pin]) -> tuple[Pin, ...]:
    """Those that still speak for a mail of which nobody knows when it came: a retired key may be in other hands.

    They could write any date into it.
    """
    return tuple(pin for pin in pins if pin.retired is None)


def _notes(opened: OpenedMail, header: HeaderFields, known: Correspondents) -> tuple[str, ...]:
    """What the header says that a person should know: I1, S29."""
    several = ("several-from",) if len(header.from_addresses) > 1 else ()
    return (*several, MEANT_FOR_OTHERS) if was_meant_for_others(opened, header, known) else several


def _shown(header: HeaderFields, known: Correspondents) -> str:
    """Every mailbox that is named as author; names that could be taken for somebody known here left out."""
    others = {address: (client.name, client.write_to) for address, client in known.by_address.items()}
    others |= {address: ("", address) for address in known.own_addresses}
    return ", ".join(shown_author(each.name, each.address, others) for each in header.authors[:_SHOWN_AUTHORS])
