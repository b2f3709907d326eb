"""A certificate on its way into the vault: inspected apart, cut to what is needed, never put into a keyring first."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from therapymail.domain.client import Certificate, Client
from therapymail.domain.key_names import bears_one_of
from therapymail.errors import KeyRefused, KeyUnknown, UnusableInput
from therapymail.pgp.certificates import brought_up_to_date, inspect, minimal
from therapymail.pgp.runner import Gpg
from therapymail.practice.practice import Practice
from therapymail.vault import certificates, clients, key_candidates
from therapymail.vault.connection import Reader

_SHORTEST_ID = 16  # hex digits: a long key id


class Kept(NamedTuple):
    """A certificate as it would be held, and what is wrong with it, as sentences of ours."""

    certificate: Certificate
    problems: tuple[str, ...]


def certificate_from(
    practice: Practice, material: bytes, addresses: Sequence[str], *, although_another_address: bool = False
) -> Certificate:
    """The certificate in `material` as it is pinned: self-signatures only, and of its names those of `addresses`.

    Raises KeyRefused where it is no certificate, a secret key, or bears none of the addresses, unless that is accepted
    with `although_another_address`; KeyOfNoUse where nothing can be sealed to it (HAZARDS C24).
    """
    with practice.gpg() as gpg:
        inspect(gpg, material).refuse_unusable()
        reduced = minimal(gpg, material, addresses, although_another_address=although_another_address)
        return _kept(gpg, reduced).certificate


def kept(gpg: Gpg, material: bytes) -> Kept:
    """The certificate in `material` as a candidate: every harmless name stays. Raises KeyRefused."""
    return _kept(gpg, minimal(gpg, material))


def certificate_to_hold(
    practice: Practice, material: bytes, client: Client | None, *, although_another_address: bool = False
) -> Certificate:
    """What `material` makes of the record: a held certificate brought up to date (PGP.md K4), or a new one.

    A copy of a client's pinned key is taken whatever it says, also that it is revoked. Pinned to `client`, or a
    candidate, it is looked at as `certificate_from` does. Raises KeyRefused, KeyOfNoUse.
    """
    with practice.gpg() as gpg:
        fingerprint = inspect(gpg, material).fingerprint
        with practice.vault() as vault, vault.reading() as reader:
            held = next((each for each in certificates.held(reader) if each.fingerprint == fingerprint), None)
            whose = clients.client_by_identity(reader, held.client) if held and held.client else client
        if held is not None:
            addresses = whose.writes_from if whose else ()
            material = brought_up_to_date(gpg, held.material, material, addresses)
            if client is None or held.client == client.identity:
                return _kept(gpg, material).certificate
        elif client is None:
            return kept(gpg, material).certificate
    return certificate_from(practice, material, client.writes_from, although_another_address=although_another_address)


def _kept(gpg: Gpg, reduced: bytes) -> Kept:
    report = inspect(gpg, reduced)
    certificate = Certificate(
        fingerprint=report.fingerprint,
        material=reduced,
        uids=report.uids,
        created=report.created or datetime.fromtimestamp(0, UTC),
        expires=report.expires,
        can_encrypt=report.can_encrypt,
        client=None,
        parts=report.parts,
    )
    return Kept(certificate, report.problems)


def same_key(fingerprint: str, name: str) -> bool:
    """Whether `name` is that fingerprint or at least its last 16 digits, blanks and case aside."""
    digits = "".join(name.split()).upper().removeprefix("0X")
    return len(digits) >= _SHORTEST_ID and fingerprint.endswith(digits)


def held_fingerprint(reader: Reader, name: str) -> str:
    """The held certificate that `name` means: by fingerprint, its last digits, or the client it is pinned to.

    Raises KeyUnknown, and UnusableInput where several end so.
    """
    held = certificates.held(reader)
    found = [certificate.fingerprint for certificate in held if same_key(certificate.fingerprint, name)]
    if not found:
        found = [client.pins[0].fingerprint for client in clients.clients(reader)
                 if client.pins and client.code == name.upper()]  # fmt: skip
    if len(found) > 1:
        raise UnusableInput("fingerprint", "several keys end like this; give all of it")
    if not found:
        raise KeyUnknown(" ".join(name.split())[:64])
    return found[0]


def found_fingerprint(reader: Reader, name: str) -> str | None:
    """The candidate that `name` means, by fingerprint or its last digits; None where there is none.

    Raises UnusableInput where several end so.
    """
    found = {
        candidate.certificate.fingerprint
        for candidate in key_candidates.candidates(reader)
        if same_key(candidate.certificate.fingerprint, name)
    }
    if len(found) > 1:
        raise UnusableInput("fingerprint", "several keys end like this; give all of it")
    return found.pop() if found else None


def certificate_to_pin(
    practice: Practice, client: Client, name: str, *, although_another_address: bool = False
) -> Certificate | None:
    """What has to be held before the key that `name` means can be pinned to `client`: a candidate that came with mail.

    None where it is held already, or nothing of that name came. Raises KeyRefused where none of its names bears one
    of the client's addresses (HAZARDS S14), unless `although_another_address`; UnusableInput.
    """
    with practice.vault() as vault, vault.reading() as reader:
        for held in certificates.held(reader):
            if same_key(held.fingerprint, name):
                is_theirs = held.client == client.identity or bears_one_of(held.uids, client.writes_from)
                if not is_theirs and not although_another_address:
                    raise KeyRefused(held.fingerprint, "none of its names bears the client's address")
                return None
        fingerprint = found_fingerprint(reader, name)
        came = [each.certificate for each in key_candidates.candidates(reader, client.identity)]
    material = next((each.material for each in came if each.fingerprint == fingerprint), None)
    if not material:
        return None
    return certificate_from(practice, material, client.writes_from, although_another_address=although_another_address)
