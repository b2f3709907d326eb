"""One draft made ready to leave: sealed, proven, and opened again as any letter is: we can read what we send."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from therapymail.domain.addresses import canonical_address
from therapymail.domain.attribution import Correspondents
from therapymail.domain.autocrypt import autocrypt_value
from therapymail.domain.departure import ProvenLetter
from therapymail.domain.draft import Draft
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Filing, Place
from therapymail.domain.mail_headers import LetterHeaders
from therapymail.domain.seal import OpeningFailure
from therapymail.domain.sealing import Hindrance, Permit
from therapymail.errors import KeyRefused, NotProven, PassphraseNeeded, SealingFailed
from therapymail.mail.composing import letter_parts
from therapymail.mail.headers import read_headers
from therapymail.pgp.autocrypt_certificate import autocrypt_certificate
from therapymail.pgp.canaries import canaries_of
from therapymail.pgp.certificate_packets import with_only_part
from therapymail.pgp.opening import OpenedMail, open_mail
from therapymail.pgp.own_key_care import own_certificate
from therapymail.pgp.proof import Expected, prove
from therapymail.pgp.proof_inside import prove_inside
from therapymail.pgp.protected_entity import protected_entity
from therapymail.pgp.runner import Gpg
from therapymail.pgp.sealed_mail import sealed_mail
from therapymail.pgp.sealing import seal
from therapymail.pgp.single import SingleOpener
from therapymail.practice.arrival import Arrival, read_opened
from therapymail.practice.correspondents import clients_answered, read_correspondents
from therapymail.practice.practice import Practice
from therapymail.vault import certificates, clients, drafts, texts
from therapymail.vault.connection import Reader, Vault

_NOWHERE = Place("", "", 0, 0)


@dataclass(frozen=True)
class Ready:
    """A letter that may leave now, and what the record will say of it once it has (`received` is then set)."""

    letter: ProvenLetter
    filing: Filing


@dataclass(frozen=True)
class Written:
    """All that goes into one letter, read from the vault in one moment."""

    headers: LetterHeaders
    parts: tuple[bytes, ...]
    certificate: bytes  # the client's
    canaries: tuple[str, ...]
    client_part: str | None = None  # the one part of it to seal to, where one was chosen


class Sealer:
    """Makes drafts ready, one after another; for one thread. Made by `sealer`."""

    def __init__(self, practice: Practice, vault: Vault, gpg: Gpg, known: Correspondents) -> None:
        self._practice = practice
        self._vault = vault
        self._gpg = gpg
        self._known = known
        self._own = own_certificate(gpg, practice.settings.own_key)
        address = canonical_address(practice.settings.email)
        self._autocrypt = autocrypt_value(address, autocrypt_certificate(gpg, self._own, address))

    def make_ready(self, draft: Draft, permit: Permit, message_id: str) -> Ready:
        """`draft` sealed as `permit` says, under `message_id`, dated now, and proven.

        Raises SealingFailed, NotProven, PassphraseNeeded, PassphraseWrong, UnusableInput (what cannot stand in a
        header), GnupgMissing, GnupgUnusable, FileUnusable, VaultLocked.
        """
        with self._vault.reading() as reader:
            written = self._written(reader, draft, permit, message_id)
        entity = protected_entity(written.headers, written.parts, self._autocrypt)
        armor = seal(
            self._gpg,
            entity,
            own=permit.own_fingerprint,
            own_certificate=self._own,
            client_certificate=written.certificate,
            client_fingerprint=permit.client_fingerprint,
        )
        expected = self._expected(written)
        letter = prove(sealed_mail(written.headers, armor), expected)
        filing, opened = self._read_own(letter.raw, draft.kind)
        prove_inside(letter, opened.payload or b"", expected, offers_key=bool(self._autocrypt))
        if filing.client != draft.client or filing.digest.hex() != letter.proof.payload_digest:
            raise NotProven("is-the-clients")
        return Ready(letter, filing)

    def read_own(self, raw: bytes, kind: Kind) -> Filing:
        """What the record says of a letter of ours with these bytes: exactly what opening its copy in Sent would.

        So it is opened, at the price of one more operation of the own key. That also shows before it leaves that
        we shall be able to read it (HAZARDS C17), and gives the same facts, signature's identity among them.
        Raises NotProven where it does not open as our own sealed letter, PassphraseNeeded, GnupgMissing, GnupgUnusable.
        """
        return self._read_own(raw, kind)[0]

    def _read_own(self, raw: bytes, kind: Kind) -> tuple[Filing, OpenedMail]:
        arrival = Arrival(_NOWHERE, self._practice.clock(), raw)  # not as lying in Sent: our signature has to prove it
        opener = SingleOpener(self._gpg, output_cap=max(2 * len(raw), 1 << 20))
        opened = open_mail(raw, opener)
        read = read_opened(arrival, opened, self._known, partial(clients_answered, self._vault, self._known))
        if not isinstance(read, Filing):
            raise NotProven("opens-for-us")
        if read.facts.failure is OpeningFailure.LOCKED:
            raise PassphraseNeeded
        as_ours = (LetterState.OPENED, Direction.OUT, Standing.ACCEPTED)
        if (read.state, read.direction, read.standing) != as_ours:
            raise NotProven("opens-for-us")
        return replace(read, kind=kind, places=()), opened

    def _written(self, reader: Reader, draft: Draft, permit: Permit, message_id: str) -> Written:
        data = drafts.enclosure_data(reader, draft.name)
        answered, before = _thread(reader, draft.answers)
        client = clients.client_by_identity(reader, draft.client)
        headers = LetterHeaders(
            sender_name=self._practice.settings.name,
            sender=canonical_address(self._practice.settings.email),
            recipient=permit.address,
            date=self._practice.clock(),
            subject=draft.content.subject,
            message_id=message_id,
            in_reply_to=answered,
            references=before,
        )
        return Written(
            headers,
            tuple(letter_parts(draft.content.text, list(zip(draft.enclosures, data, strict=True)))),
            to_seal_to(certificates.certificate(reader, permit.client_fingerprint).material, permit.client_part),
            canaries_of(draft.content, [each.name for each in draft.enclosures], [client.name, client.code]),
            permit.client_part,
        )

    def _expected(self, written: Written) -> Expected:
        headers = written.headers
        return Expected(
            sender=headers.sender,
            recipient=headers.recipient,
            message_id=headers.message_id,
            client_certificate=written.certificate,
            own_certificate=self._own,
            canaries=written.canaries,
            sender_name=headers.sender_name,
            references=headers.ancestors,
            date=headers.date,
            client_part=written.client_part,
        )


def to_seal_to(material: bytes, part: str | None) -> bytes:
    """The client's certificate, cut to the chosen part (PGP.md K5). Raises SealingFailed where that is gone."""
    if part is None:
        return material
    try:
        return with_only_part(material, part)
    except KeyRefused:
        raise SealingFailed(Hindrance.KEY_PART_ENDED) from None


@contextmanager
def sealer(practice: Practice, vault: Vault) -> Iterator[Sealer]:
    """A Sealer with its gpg. Raises VaultLocked, GnupgMissing, GnupgUnusable."""
    known = read_correspondents(practice, vault)
    with practice.gpg() as gpg:  # without the clients' keyring: their key comes from the vault, ours verifies our own
        yield Sealer(practice, vault, gpg, known)


def _thread(reader: Reader, answers: bytes | None) -> tuple[str, tuple[str, ...]]:
    """The Message-ID of the letter that is answered, and those before it: only what stood outside its seal.

    What its author kept inside stays inside (HAZARDS S17).
    """
    original = texts.original(reader, answers) if answers else None
    if original is None:
        return "", ()
    header = read_headers(original)
    return header.message_id, header.references
