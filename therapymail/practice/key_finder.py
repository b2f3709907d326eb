"""Keys that come with clients' letters become candidates as these are filed: inspected apart, pinned to nobody."""

import threading
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol

from therapymail.domain.attribution import Correspondents
from therapymail.domain.client import Certificate, Client
from therapymail.domain.found_key import FoundKey, KeySource
from therapymail.domain.key_change import KeySign, NoticedKey, foreign_signers, is_named
from therapymail.domain.key_names import bears_one_of
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Filing
from therapymail.domain.seal import Protection, SealFacts, SignatureFinding
from therapymail.errors import KeyRefused
from therapymail.pgp.certificate_packets import is_revoked, key_fingerprints, key_packets, outline, says_more
from therapymail.pgp.certificates import brought_up_to_date
from therapymail.pgp.opening import OpenedMail
from therapymail.pgp.runner import Gpg
from therapymail.practice.certificate_intake import Kept, kept
from therapymail.practice.enclosed_keys import KeyMaterial, key_material
from therapymail.practice.practice import Practice
from therapymail.vault import certificates, key_candidates
from therapymail.vault.connection import Vault

# Of a pinned key more copies that say it is revoked: ten mails of a stranger must hide no revocation.
MOST_REVOKING = 100
MOST_NEW = 10  # keys inspected for one client in one sync: each costs gpg some tenths of a second
GIVEN_AWAY = "secret-key-enclosed"  # the note of a letter that a secret key came with
_IN_JUNK = "found-in-junk"
SEVERAL_FROM = "several-from"
ANOTHER_KEY = "another-key"  # the note of a letter that another key than the pinned one is said to have signed
_UNCHECKED = {SignatureFinding.KEY_UNKNOWN, SignatureFinding.UNCHECKED}


class OpensGpg(Protocol):
    """Gives a runner of gpg for as long as the context lasts (Practice.gpg)."""

    def __call__(self) -> AbstractContextManager[Gpg]:
        """That context."""
        ...


@dataclass(frozen=True)
class HeldBefore:
    """What the record knew of clients' keys when a sync began: candidates by client and fingerprint, pinned keys.

    `pinned` are the packets of each pinned key by fingerprint, `parts` all the fingerprints of those and of our own.
    """

    candidates: Mapping[tuple[str, str], Certificate]
    pinned: Mapping[str, bytes]
    parts: frozenset[str]


class KeyFinder:
    """Adds to a filing the keys that came with it; shared by the threads of one sync, who ask gpg one at a time.

    Of a candidate that says nothing new only a further place is noted. Our own key is no news, and a pinned one only
    where it says more than is held. What is no single public key of version 4 with a usable name is passed over
    (PGP.md K3, HAZARDS S13, S14): such an enclosure stays what it is. A secret key is never taken (D9); the letter gets
    a note of it. A sealed letter from a client's address that names another key as its signer is a sign of a key
    change (domain/key_change.py), whether that key came along or not.
    """

    def __init__(self, gpg: OpensGpg, known: Correspondents, held: HeldBefore) -> None:
        self._gpg = gpg
        self._held = held
        self._clients = known.by_address
        everybody = known.by_address.values()
        self._settled = {(client.identity, pin.fingerprint) for client in everybody for pin in client.pins}
        self._own = {pin.fingerprint for pin in known.own_pins}
        self._inspected: dict[tuple[str, bytes], Kept | None] = {}
        self._renewed: dict[tuple[str, bytes], tuple[str, ...]] = {}
        self._turn = threading.Lock()

    def with_keys(self, filing: Filing, opened: OpenedMail) -> Filing:
        """`filing` with the keys that came with it, if it is a client's mail. Raises what gpg's absence raises."""
        client = self._clients.get(filing.author_address)
        if client is None or not may_bring_keys(filing) or filing.original is None:
            return filing
        found: dict[str, FoundKey] = {}
        notes = filing.notes
        for given in key_material(filing.original, opened, filing.reading) if filing.client is not None else ():
            packets = _packets(given)
            if _is_secret(packets):
                notes = tuple(dict.fromkeys((*notes, GIVEN_AWAY)))
            elif key := self._found(client, packets, given.source, filing):
                found.setdefault(key.fingerprint, key)
        keys = (*found.values(), *self._named_only(client, filing, found.values()))
        if any(key.noticed and key.noticed.sign is KeySign.SIGNED for key in keys):
            notes = tuple(dict.fromkeys((*notes, ANOTHER_KEY)))
        return replace(filing, keys=keys, notes=notes) if keys or notes != filing.notes else filing

    def _found(self, client: Client, packets: bytes, source: KeySource, filing: Filing) -> FoundKey | None:
        try:
            parts = key_fingerprints(packets)
        except KeyRefused:
            return None
        fingerprint = parts[0]
        if fingerprint in self._own:
            return None
        if (client.identity, fingerprint) in self._settled:
            return self._newer(client, packets, FoundKey(fingerprint, source, _signs(parts, filing.facts)))
        certificate = self._held.candidates.get((client.identity, fingerprint))
        problems: tuple[str, ...] = ()
        fresh = None
        if certificate is None or says_more(packets, certificate.material):
            fresh = self._inspect(client.identity, packets, certificate)
        if fresh is not None:
            certificate, problems = fresh
        if certificate is None:
            return None
        # Which parts are its own the key has signed, and gpg has checked: in a mail anything may stand behind it.
        parts = _parts(certificate.material)
        signs = _signs(parts, filing.facts)
        key = FoundKey(fingerprint, source, signs, fresh and fresh.certificate, problems, parts=parts)
        return replace(key, noticed=self._noticed(client, key, certificate, filing))

    def _newer(self, client: Client, packets: bytes, key: FoundKey) -> FoundKey | None:
        """A copy of a pinned key, where it may say more than the one that is held; few of a client in one sync."""
        held = self._held.pinned.get(key.fingerprint)
        if held is None or not says_more(packets, held):
            return None
        mine = (client.identity, packets)
        with self._turn:
            if mine in self._renewed:
                return replace(key, parts=self._renewed[mine])
            many = sum(whose == client.identity for whose, _ in self._renewed)
            if many >= (MOST_REVOKING if is_revoked(packets) else MOST_NEW):
                return None
            self._renewed[mine] = parts = self._parts_together(held, packets)
        return replace(key, newer=packets, parts=parts)

    def _parts_together(self, held: bytes, packets: bytes) -> tuple[str, ...]:
        """The parts of a pinned key with those that another copy adds, as far as the key itself says they are its."""
        if set(_parts(packets)) <= set(_parts(held)):
            return _parts(held)
        try:
            with self._gpg() as gpg:
                return _parts(brought_up_to_date(gpg, held, packets, ()))
        except KeyRefused:
            return _parts(held)

    def _noticed(self, client: Client, key: FoundKey, certificate: Certificate, filing: Filing) -> NoticedKey | None:
        """What the letter that a key came with says for it; nothing of a key that bears none of their addresses."""
        for name in self._foreign_signers(client, filing):
            if is_named(name, key.parts):
                return NoticedKey(client.identity, key.fingerprint, KeySign.SIGNED, name)
        if not bears_one_of(certificate.uids, client.writes_from):
            return None
        is_vouched = filing.standing is Standing.ACCEPTED and filing.facts.protection is Protection.SEALED
        sign = KeySign.VOUCHED if is_vouched and key.source is not KeySource.HEADER else KeySign.OFFERED
        return NoticedKey(client.identity, key.fingerprint, sign)

    def _named_only(self, client: Client, filing: Filing, found: Collection[FoundKey]) -> list[FoundKey]:
        """The other keys that a letter names as its signers without bringing them."""
        named = []
        for name in self._foreign_signers(client, filing):
            if any(is_named(name, key.parts) for key in found):
                continue
            known = [fingerprint for (whose, fingerprint) in self._held.candidates
                     if whose == client.identity and is_named(name, (fingerprint,))]  # fmt: skip
            fingerprint = known[0] if known else name
            noticed = NoticedKey(client.identity, fingerprint, KeySign.SIGNED, name)
            named.append(FoundKey(fingerprint, KeySource.SIGNATURE, signs=True, noticed=noticed))
        return named

    def _foreign_signers(self, client: Client, filing: Filing) -> tuple[str, ...]:
        if SEVERAL_FROM in filing.notes:
            return ()
        return foreign_signers(filing.facts, client.pins, filing.received, self._held.parts)

    def _inspect(self, client: str, packets: bytes, before: Certificate | None) -> Kept | None:
        """What gpg makes of it in a home of its own, asked once for each key; None beyond MOST_NEW of a client."""
        with self._turn:
            if (client, packets) not in self._inspected:
                if sum(whose == client for whose, _ in self._inspected) >= MOST_NEW:
                    return None
                self._inspected[client, packets] = self._apart(packets, before)
            return self._inspected[client, packets]

    def _apart(self, packets: bytes, before: Certificate | None) -> Kept | None:
        try:
            with self._gpg() as gpg:
                return kept(gpg, brought_up_to_date(gpg, before.material, packets, ()) if before else packets)
        except KeyRefused:
            return None


def finder_for(practice: Practice, vault: Vault, known: Correspondents) -> KeyFinder:
    """The finder for one sync of `practice`. Raises VaultLocked."""
    with vault.reading() as reader:
        found = key_candidates.candidates(reader, also_pinned=True)
        pinned = {each.fingerprint: each.material for each in certificates.held(reader) if each.client}
    parts = {part for packets in pinned.values() for part in _parts(packets)}
    held = HeldBefore(
        {(each.client, each.certificate.fingerprint): each.certificate for each in found},
        pinned,
        frozenset({*(pin.fingerprint for pin in known.own_pins), *parts}),
    )
    return KeyFinder(practice.gpg, known, held)


def _parts(packets: bytes) -> tuple[str, ...]:
    try:
        return key_fingerprints(packets)
    except KeyRefused:
        return ()


def _packets(given: KeyMaterial) -> bytes:
    """Its binary packets; none where it is too large or no key."""
    try:
        return key_packets(given.material)
    except KeyRefused:
        return b""


def _is_secret(packets: bytes) -> bool:
    """Whether any part of a secret key is among these packets."""
    try:
        return outline(packets).secret
    except KeyRefused:
        return False


def may_bring_keys(filing: Filing) -> bool:
    """Whether it is a client's own mail: no delivery report, nothing from the junk folder (HAZARDS S13)."""
    return (
        filing.direction is Direction.IN
        and filing.kind is not Kind.BOUNCE
        and filing.state is LetterState.OPENED
        and _IN_JUNK not in filing.notes
    )


def _signs(fingerprints: tuple[str, ...], facts: SealFacts) -> bool:
    """Whether a signature that could not be checked names this key, by fingerprint or key id."""
    return any(
        fact.finding in _UNCHECKED and fact.signer and any(each.endswith(fact.signer) for each in fingerprints)
        for fact in facts.signatures
    )
