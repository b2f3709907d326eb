"""Keys that come with clients' letters become candidates as these are filed: inspected apart, pinned to nobody."""

import threading
from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

from therapymail.domain.attribution import Correspondents
from therapymail.domain.found_key import FoundKey, KeySource
from therapymail.domain.kinds import Direction, Kind, LetterState
from therapymail.domain.letter import Filing
from therapymail.domain.seal import SealFacts, SignatureFinding
from therapymail.errors import KeyRefused
from therapymail.pgp.certificate_packets import key_fingerprints, key_packets, outline
from therapymail.pgp.opening import OpenedMail
from therapymail.pgp.runner import Gpg
from therapymail.practice.certificate_intake import Kept, kept
from therapymail.practice.enclosed_keys import KeyMaterial, key_material
from therapymail.practice.practice import Practice
from therapymail.vault import key_candidates
from therapymail.vault.connection import Vault

MOST_NEW = 10  # keys inspected for one client in one sync: each costs gpg some tenths of a second
GIVEN_AWAY = "secret-key-enclosed"  # the note of a letter that a secret key came with
_IN_JUNK = "found-in-junk"
_UNCHECKED = {SignatureFinding.KEY_UNKNOWN, SignatureFinding.UNCHECKED}


class OpensGpg(Protocol):
    """Gives a runner of gpg for as long as the context lasts (Practice.gpg)."""

    def __call__(self) -> AbstractContextManager[Gpg]:
        """That context."""
        ...


class KeyFinder:
    """Adds to a filing the keys that came with it; shared by the threads of one sync, who ask gpg one at a time.

    Of `candidates` (client and fingerprint) only a further place is noted. Pinned keys and our own are no news.
    What is no single public key of version 4 with a usable name is passed over (PGP.md K3, HAZARDS S13, S14): such an
    enclosure stays what it is, an enclosure. A secret key is never taken (D9); the letter gets a note of it.
    """

    def __init__(self, gpg: OpensGpg, known: Correspondents, candidates: Collection[tuple[str, str]]) -> None:
        self._gpg = gpg
        self._candidates = frozenset(candidates)
        everybody = known.by_address.values()
        self._settled = {(client.identity, pin.fingerprint) for client in everybody for pin in client.pins}
        self._own = known.own_pin.fingerprint
        self._inspected: dict[tuple[str, bytes], Kept | None] = {}
        self._turn = threading.Lock()

    def with_keys(self, filing: Filing, opened: OpenedMail) -> Filing:
        """`filing` with the keys that came with it, if it is a client's mail. Raises what gpg's absence raises."""
        if not _may_bring_keys(filing) or filing.original is None or filing.client is None:
            return filing
        found: dict[str, FoundKey] = {}
        notes = filing.notes
        for given in key_material(filing.original, opened, filing.reading):
            packets = _packets(given)
            if _is_secret(packets):
                notes = tuple(dict.fromkeys((*notes, GIVEN_AWAY)))
            elif key := self._found(filing.client, packets, given.source, filing.facts):
                found.setdefault(key.fingerprint, key)
        return replace(filing, keys=tuple(found.values()), notes=notes) if found or notes != filing.notes else filing

    def _found(self, client: str, packets: bytes, source: KeySource, facts: SealFacts) -> FoundKey | None:
        try:
            fingerprints = key_fingerprints(packets)
        except KeyRefused:
            return None
        if fingerprints[0] == self._own or (client, fingerprints[0]) in self._settled:
            return None
        key = FoundKey(fingerprints[0], source, _signs(fingerprints, facts))
        if (client, fingerprints[0]) in self._candidates:
            return key
        found = self._inspect(client, packets)
        return replace(key, certificate=found.certificate, problems=found.problems) if found else None

    def _inspect(self, client: str, packets: bytes) -> Kept | None:
        """What gpg makes of it in a home of its own, asked once for each key; None beyond MOST_NEW of a client."""
        with self._turn:
            if (client, packets) not in self._inspected:
                if sum(whose == client for whose, _ in self._inspected) >= MOST_NEW:
                    return None
                self._inspected[client, packets] = self._apart(packets)
            return self._inspected[client, packets]

    def _apart(self, packets: bytes) -> Kept | None:
        try:
            with self._gpg() as gpg:
                return kept(gpg, packets)
        except KeyRefused:
            return None


def finder_for(practice: Practice, vault: Vault, known: Correspondents) -> KeyFinder:
    """The finder for one sync of `practice`. Raises VaultLocked."""
    with vault.reading() as reader:
        candidates = key_candidates.known(reader)
    return KeyFinder(practice.gpg, known, candidates)


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


def _may_bring_keys(filing: Filing) -> bool:
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
