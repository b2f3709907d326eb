"""Copies of a certificate as somebody else may write them: with packets its owner never made."""

import hashlib
import random
import time

from tests.support.sealing import packet
from therapymail.pgp.certificate_packets import each_packet

SIGNATURE, SUBKEY = 2, 14
_CREATED, _ISSUER, _KEY_FLAGS, _ISSUER_FINGERPRINT = 2, 16, 27, 33
_RSA, _EDDSA, _SHA256 = 1, 22, 8
_PUBLIC_KEY, _USER_ID = 6, 13


def forged_signature(kind: int, fingerprint: str, issuer: bytes | None = None, usage: int = 0) -> bytes:
    """A signature packet of this type that says that key made it; its key id says `issuer` (8 bytes), if given.

    The numbers that prove it are made up.
    """
    signed = _part(_CREATED, int(time.time()).to_bytes(4, "big"))
    signed += _part(_ISSUER_FINGERPRINT, b"\x04" + bytes.fromhex(fingerprint)) + _part(_KEY_FLAGS, bytes([usage]))
    beside = _part(_ISSUER, issuer or bytes.fromhex(fingerprint)[-8:])
    numbers = b"".join(b"\x01\x00\x80" + random.randbytes(31) for _ in range(2))
    head = bytes([4, kind, _EDDSA, _SHA256])
    areas = b"".join(len(each).to_bytes(2, "big") + each for each in (signed, beside))
    return packet(SIGNATURE, head + areas + b"\x12\x34" + numbers)


def with_packet(certificate: bytes, forged: bytes, at: int) -> bytes:
    """The certificate with one more packet in the place `at`, counted from its start; behind all where it is short."""
    packets = [certificate[each.start : each.end] for each in each_packet(certificate)]
    return b"".join([*packets[:at], forged, *packets[at:]])


def with_part_of(certificate: bytes, fingerprint: str, other: bytes) -> bytes:
    """The certificate (of key `fingerprint`) as if the primary key of `other` were a part of it; a forged binding."""
    key = next(each.body for each in each_packet(other))
    return certificate + packet(SUBKEY, key) + forged_signature(0x18, fingerprint, usage=2)


def unwieldy_key(name: str, *, bits: int = 8192, signatures: int = 100) -> bytes:
    """An RSA key whose exponent is as long as its modulus, with signatures of its own that do not verify."""
    body = bytes([4, 0x65, 0, 0, 0, _RSA]) + _number(bits) + _number(bits)
    fingerprint = hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body, usedforsecurity=False).hexdigest()
    signed = _part(_CREATED, bytes([0x66, 0, 0, 0])) + _part(_KEY_FLAGS, b"\x0f")
    beside = _part(_ISSUER, bytes.fromhex(fingerprint)[-8:])
    areas = b"".join(len(each).to_bytes(2, "big") + each for each in (signed, beside))
    head = bytes([4, 0x13, _RSA, _SHA256]) + areas + b"\x12\x34"
    made = b"".join(packet(SIGNATURE, head + _number(bits - 1)) for _ in range(signatures))
    return packet(_PUBLIC_KEY, body) + packet(_USER_ID, name.encode()) + made


def _number(bits: int) -> bytes:
    return bits.to_bytes(2, "big") + (random.getrandbits(bits) | 1 << (bits - 1) | 1).to_bytes((bits + 7) // 8, "big")


def _part(kind: int, content: bytes) -> bytes:
    return bytes([len(content) + 1, kind]) + content
