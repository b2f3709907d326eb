"""A certificate on its way into the vault: inspected apart, cut to what is needed, never put into a keyring first."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from therapymail.domain.client import Certificate
from therapymail.errors import KeyUnknown, UnusableInput
from therapymail.pgp.certificates import inspect, minimal
from therapymail.pgp.runner import Gpg
from therapymail.practice.practice import Practice
from therapymail.vault import certificates, clients
from therapymail.vault.connection import Reader

_SHORTEST_ID = 16  # hex digits: a long key id


class Kept(NamedTuple):
    """A certificate as it would be held, and what is wrong with it, as sentences of ours."""

    certificate: Certificate
    problems: tuple[str, ...]


def certificate_from(practice: Practice, material: bytes, addresses: Sequence[str]) -> Certificate:
    """The certificate in `material` as it is held: self-signatures only, and of its names those of `addresses`.

    Raises KeyRefused where it is no certificate, a secret key, or bears none of the addresses.
    """
    with practice.gpg() as gpg:
        return kept(gpg, material, addresses).certificate


def kept(gpg: Gpg, material: bytes, addresses: Sequence[str] = ()) -> Kept:
    """As `certificate_from`; without `addresses` every harmless name stays. Raises KeyRefused."""
    reduced = minimal(gpg, material, addresses)
    report = inspect(gpg, reduced)
    certificate = Certificate(
        fingerprint=report.fingerprint,
        material=reduced,
        uids=report.uids,
        created=report.created or datetime.fromtimestamp(0, UTC),
        expires=report.expires,
        can_encrypt=report.can_encrypt,
        client=None,
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
