"""A certificate on its way into the vault: inspected apart, cut to what is needed, never put into a keyring first."""

from collections.abc import Sequence
from datetime import UTC, datetime

from therapymail.domain.client import Certificate
from therapymail.errors import KeyRefused, KeyUnknown, UnusableInput
from therapymail.pgp.certificates import CertificateReport, inspect, minimal
from therapymail.practice.practice import Practice
from therapymail.vault import certificates, clients
from therapymail.vault.connection import Reader

_SHORTEST_ID = 16  # hex digits: a long key id


def inspected(practice: Practice, material: bytes) -> CertificateReport:
    """What `material` holds, as a client's key. Raises KeyRefused (HAZARDS S14, PGP.md K3)."""
    with practice.gpg() as gpg:
        report = inspect(gpg, material)
    if report.secret:
        raise KeyRefused(report.fingerprint, "it is a secret key; a client sends only the public one")
    return report


def certificate_from(practice: Practice, material: bytes, addresses: Sequence[str]) -> Certificate:
    """The certificate in `material` as it is held: self-signatures only, and of its names those of `addresses`.

    Raises KeyRefused where it is no certificate, a secret key, or bears none of the addresses.
    """
    report = inspected(practice, material)
    with practice.gpg() as gpg:
        kept = minimal(gpg, material, addresses)
        report = inspect(gpg, kept)
    return Certificate(
        fingerprint=report.fingerprint,
        material=kept,
        uids=report.uids,
        created=report.created or datetime.fromtimestamp(0, UTC),
        expires=report.expires,
        can_encrypt=report.can_encrypt,
        client=None,
    )


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
