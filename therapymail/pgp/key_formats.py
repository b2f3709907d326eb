"""Formats and methods of keys that GnuPG 2.2 and 2.4 cannot use, told from their packets alone (PGP.md AC6)."""

import functools

from therapymail.domain.key_fault import KeyFault
from therapymail.errors import KeyRefused
from therapymail.pgp.certificate_packets import CertificateOutline, key_packets, outline

_SUPPORTED_VERSIONS = frozenset({4})
# OpenPGP numbers that GnuPG 2.2 and 2.4 do not know: Kyber and the post-quantum drafts', X25519 to Ed448 of RFC 9580.
_POST_QUANTUM = frozenset({8, *range(30, 37)})
NOT_OF_GNUPG = _POST_QUANTUM | {25, 26, 27, 28}


def fault_of_format(found: CertificateOutline) -> KeyFault | None:
    """Why GnuPG cannot read any of this key: another version, or a primary key of a method that it does not know."""
    if found.versions - _SUPPORTED_VERSIONS:
        if max(found.versions) < max(_SUPPORTED_VERSIONS):
            return KeyFault.OLD_FORMAT
        return KeyFault.POST_QUANTUM if found.algorithms & _POST_QUANTUM else KeyFault.FORMAT
    return fault_of_method(found.primary_algorithms)


def fault_of_method(algorithms: frozenset[int]) -> KeyFault | None:
    """Why GnuPG cannot use keys of these methods (OpenPGP numbers); None where it knows them all."""
    if algorithms & _POST_QUANTUM:
        return KeyFault.POST_QUANTUM
    return KeyFault.NEWER_METHOD if algorithms & NOT_OF_GNUPG else None


@functools.lru_cache(maxsize=8)  # a client's letters bear the same key
def fault_of_material(material: bytes) -> KeyFault | None:
    """`fault_of_format` of a key that came with a mail, armored or binary; None also for what is no key at all."""
    try:
        return fault_of_format(outline(key_packets(material)))
    except KeyRefused:
        return None
