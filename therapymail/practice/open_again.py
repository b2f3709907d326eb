"""Trying again: letters that could not be opened when they came, and letters that were too large to fetch."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from therapymail.domain.attribution import Correspondents
from therapymail.domain.kinds import Direction, LetterState, Standing
from therapymail.domain.letter import Filing, Letter, Place
from therapymail.domain.names import LetterName
from therapymail.errors import NotOpened, UnusableInput
from therapymail.mail.fetching import FetchedMail
from therapymail.mail.mailbox import Mailbox
from therapymail.pgp.decrypter import Decrypter
from therapymail.pgp.single import SingleOpener
from therapymail.practice.arrival import FOUND_IN_JUNK, Arrival, read_arrival
from therapymail.practice.correspondents import clients_answered, read_correspondents
from therapymail.practice.key_finder import KeyFinder, finder_for
from therapymail.practice.keyring import clients_keyring
from therapymail.practice.mailbox import open_mailbox
from therapymail.practice.practice import Practice
from therapymail.practice.renewals import renew
from therapymail.practice.single_run import only_run
from therapymail.vault import filing, letters, places, texts
from therapymail.vault.connection import Vault

LARGEST_BY_NAME = 512 * 1024 * 1024  # bytes; what a letter asked for by name may take in memory, opened or not
_NOWHERE = Place("", "", 0, 0)


@dataclass(frozen=True)
class OpenedAgain:
    """How many unopened letters were tried, and how many are open now."""

    tried: int
    opened: int


def open_again(practice: Practice) -> OpenedAgain:
    """Try every letter that is kept unopened, newest first: a key may have arrived since. Raises VaultLocked."""
    with practice.vault() as vault, _opener(practice) as opener:
        known = read_correspondents(practice, vault)
        finder = finder_for(practice, vault, known)
        with vault.reading() as reader:
            waiting = letters.unopened(reader)
        opened = sum(_try(practice, vault, opener, known, finder, each.digest) for each in waiting)
    return OpenedAgain(len(waiting), opened)


def read_again(practice: Practice, digests: Sequence[bytes]) -> int:
    """Read these opened letters again with the keys of today; how many of them count now that did not.

    Only where today's pins attribute one is it filed again. Raises VaultLocked, GnupgMissing, GnupgUnusable.
    """
    if not digests:
        return 0
    attributed = 0
    with practice.vault() as vault, _opener(practice) as opener:
        known = read_correspondents(practice, vault)
        finder = finder_for(practice, vault, known)
        for digest in digests:
            with vault.reading() as reader:
                letter = letters.letter_by_digest(reader, digest)
                original = texts.original(reader, digest)
            read = _read(vault, opener, known, finder, letter, original) if original is not None else None
            if (
                read is not None
                and read.standing is Standing.ACCEPTED
                and filing.REPEATED_SIGNATURE not in letter.notes
            ):
                with vault.writing() as writer:
                    filing.refile(writer, read, practice.clock())
                attributed += 1
    return attributed


def fetch_by_name(practice: Practice, name: str) -> None:
    """Fetch and file a letter that was too large to come by itself.

    Raises LetterUnknown, UnusableInput for a letter that is here already, NotOpened where the mail host no
    longer has it, and the errors of the mailbox.
    """
    wanted = LetterName.parse(name)
    with only_run(practice.paths), practice.vault() as vault:
        with vault.reading() as reader:
            letter = letters.letter(reader, wanted)
            where = places.places_of(reader, letter.digest)
        if letter.state is not LetterState.TOO_LARGE:
            raise UnusableInput("letter", f"{wanted} is in the record already")
        with open_mailbox(practice, vault) as mailbox, _opener(practice) as opener:
            fetched = _from_any_place(mailbox, where)
            if fetched is None:
                raise NotOpened(str(wanted), "the mail host no longer has it")
            known = read_correspondents(practice, vault)
            read = _read(vault, opener, known, finder_for(practice, vault, known), letter, fetched)
            if read is not None:
                with vault.writing() as writer:
                    filing.refile(writer, read, practice.clock())


@contextmanager
def _opener(practice: Practice) -> Iterator[Decrypter]:
    with practice.gpg(clients_keyring(practice)) as gpg:
        yield SingleOpener(gpg, output_cap=LARGEST_BY_NAME)


def _try(
    practice: Practice, vault: Vault, opener: Decrypter, known: Correspondents, finder: KeyFinder, digest: bytes
) -> bool:
    with vault.reading() as reader:
        letter = letters.letter_by_digest(reader, digest)
        original = texts.original(reader, digest)
    if original is None:
        return False
    read = _read(vault, opener, known, finder, letter, original)
    if read is None or read.state is not LetterState.OPENED:
        return False
    with vault.writing() as writer:
        filing.refile(writer, read, practice.clock())
    for key in read.keys:
        if key.newer:
            renew(practice, vault, key.fingerprint, key.newer)
    return True


def _read(
    vault: Vault, opener: Decrypter, known: Correspondents, finder: KeyFinder, letter: Letter, raw: bytes
) -> Filing | None:
    """What is filed of `raw` now, under the identity and at the time the letter already has."""
    # What counts as written by the therapist did so by their key or by lying in Sent: neither is lost by a later look.
    in_sent = letter.direction is Direction.OUT and letter.standing is Standing.ACCEPTED
    arrival = Arrival(_NOWHERE, letter.received, raw, in_sent, in_junk=FOUND_IN_JUNK in letter.notes)
    read = read_arrival(arrival, opener, known, partial(clients_answered, vault, known), finder)
    return (
        replace(read, digest=letter.digest, received=letter.received, places=()) if isinstance(read, Filing) else None
    )


def _from_any_place(mailbox: Mailbox, where: list[Place]) -> bytes | None:
    for place in where:
        if mailbox.open(place.folder).uidvalidity == place.uidvalidity:
            for mail in mailbox.fetch([place.uid], largest=LARGEST_BY_NAME):
                if isinstance(mail, FetchedMail):
                    return mail.raw
    return None
