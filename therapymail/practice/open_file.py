"""Opening a mail from a file without filing it: from anybody, for a look at what its seal proves."""

from dataclasses import dataclass
from datetime import datetime

from therapymail.domain.client import Client
from therapymail.domain.kinds import Direction, LetterState
from therapymail.domain.letter import Reading
from therapymail.domain.seal import SealFacts, Verdict, verdict_of
from therapymail.errors import FileNotOpened
from therapymail.mail.headers import read_headers
from therapymail.pgp.opening import open_mail
from therapymail.pgp.protected_headers import HeaderSource
from therapymail.pgp.single import SingleOpener
from therapymail.practice.arrival import reading_of, state_of
from therapymail.practice.correspondents import read_correspondents
from therapymail.practice.keyring import clients_keyring
from therapymail.practice.practice import Practice
from therapymail.practice.read import failure_phrase


@dataclass(frozen=True)
class OpenedFile:
    """A mail opened from a file and not filed. `client` is who its one author is known as, if anybody."""

    client: Client | None
    direction: Direction
    state: LetterState
    facts: SealFacts
    verdict: Verdict
    written: datetime | None
    reading: Reading | None
    notes: tuple[str, ...] = ()

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
    pins = (known.own_pin,) if is_own else client.pins if client else ()
    return OpenedFile(
        client=client,
        direction=Direction.OUT if is_own else Direction.IN,
        state=state_of(opened.facts),
        facts=opened.facts,
        # Without a record there is no time of receipt; what the mail says of itself has to do.
        verdict=verdict_of(opened.facts, pins, header.date or practice.clock()),
        written=header.date,
        reading=reading,
        notes=("several-from", *defects) if len(header.from_addresses) > 1 else defects,
    )
