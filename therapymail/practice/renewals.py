"""Newer copies of keys that are held, as letters bring them: taken in by themselves, for they prove themselves.

PGP.md K4: new ends, new parts and revocations are signed by the key itself, which gpg checks. Nothing else ever changes
a held key without the therapist.
"""

from datetime import datetime

from therapymail.domain.client import Certificate
from therapymail.errors import KeyRefused, KeyUnknown
from therapymail.pgp.certificate_packets import key_fingerprints
from therapymail.pgp.certificates import brought_up_to_date
from therapymail.practice.certificate_intake import kept
from therapymail.practice.practice import Practice
from therapymail.vault import certificates, clients, key_changes
from therapymail.vault.connection import Vault, Writer

_TIMES = 3  # a key that another process changes meanwhile is looked at again


def hold_newer(writer: Writer, renewed: Certificate, client: str | None, now: datetime) -> None:
    """Hold a newer copy; a letter that one of its new parts signed is no sign of another key any more."""
    certificates.hold(writer, renewed, now)
    if client is not None:
        key_changes.recognise(writer, client, renewed.fingerprint, key_fingerprints(renewed.material), now)


def renew(practice: Practice, vault: Vault, fingerprint: str, packets: bytes) -> bool:
    """Bring the held key `fingerprint` together with another copy of it; whether that said anything new.

    Older copies take nothing back, and a copy that gpg finds fault with is passed over. Pin and confirmation stay.
    Raises VaultLocked, GnupgMissing, GnupgUnusable.
    """
    for _ in range(_TIMES):
        with vault.reading() as reader:
            try:
                held = certificates.certificate(reader, fingerprint)
            except KeyUnknown:
                return False
            addresses = clients.client_by_identity(reader, held.client).writes_from if held.client else ()
        try:
            with practice.gpg() as gpg:
                renewed = kept(gpg, brought_up_to_date(gpg, held.material, packets, addresses)).certificate
        except KeyRefused:
            return False
        if renewed.material == held.material:
            return False
        with vault.writing() as writer:
            if certificates.certificate(writer, fingerprint).material == held.material:
                hold_newer(writer, renewed, held.client, practice.clock())
                return True
    return False
