"""Secret keys that ask for SEIPD version 2, as newer programs make them: gpg's, with a self-signature of ours."""

import hashlib
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support.gnupg import output, throw_away_home
from tests.support.sealing import packet, packets
from therapymail.pgp.own_key import make_key

_BOTH_SEIPDS = 0x09  # features: SEIPD version 1 and version 2 (RFC 9580 section 5.2.3.32)
_EDDSA, _SHA512, _CERTIFICATION, _ABOUT_KEY = 22, 10, 0x13, 0x1F


def key_that_asks(name: str, address: str, *, on_the_key_itself: bool = False) -> bytes:
    """A binary secret key without passphrase whose certification says that it wants SEIPD version 2.

    `on_the_key_itself`: a direct-key signature says so too, as Sequoia and RFC 9580 programs make them.
    """
    with throw_away_home() as gpg:
        own = make_key(gpg, name, address, None)
        exported = gpg.run(["--export-secret-keys", "--", own], passphrase=b"").output
        assert output(gpg, ["--export", "--", own])
    found = packets(exported)
    tags = [tag for tag, _ in found]
    key, name_packet = found[0][1], found[tags.index(13)][1]
    public, secret = _parts(key)
    signed = b"\x99" + len(public).to_bytes(2, "big") + public
    named = signed + b"\xb4" + len(name_packet).to_bytes(4, "big") + name_packet
    remade = [(5, key)]
    if on_the_key_itself:
        remade.append((2, _signature(_ABOUT_KEY, public, secret, signed)))
    remade += [(13, name_packet), (2, _signature(_CERTIFICATION, public, secret, named)), *found[tags.index(7) :]]
    return b"".join(packet(tag, body) for tag, body in remade)


def _parts(key: bytes) -> tuple[bytes, Ed25519PrivateKey]:
    """The public part of a version 4 EdDSA key without passphrase, and its secret (RFC 9580 sections 5.5.2, 5.5.3)."""
    end = 6 + 1 + key[6]  # version, time, algorithm; then the curve's name
    bits = int.from_bytes(key[end : end + 2], "big")
    end += 2 + (bits + 7) // 8
    assert key[5] == _EDDSA
    assert key[end] == 0, "it has a passphrase"
    bits = int.from_bytes(key[end + 1 : end + 3], "big")
    scalar = key[end + 3 : end + 3 + (bits + 7) // 8]
    return key[:end], Ed25519PrivateKey.from_private_bytes(scalar.rjust(32, b"\0"))


def _signature(kind: int, public: bytes, secret: Ed25519PrivateKey, signed: bytes) -> bytes:
    """A version 4 signature (RFC 9580 section 5.2.3)."""
    fingerprint = hashlib.sha1(b"\x99" + len(public).to_bytes(2, "big") + public).digest()
    subpackets = [
        b"\x02" + int(time.time()).to_bytes(4, "big"),
        b"\x1b\x03",  # key flags: certify and sign
        b"\x0b\x09\x08\x07",  # AES
        b"\x15\x0a\x08",  # SHA-512, SHA-256
        bytes([30, _BOTH_SEIPDS]),
        b"\x21\x04" + fingerprint,
    ]
    hashed = b"".join(bytes([len(each)]) + each for each in subpackets)
    head = bytes([4, kind, _EDDSA, _SHA512]) + len(hashed).to_bytes(2, "big") + hashed
    digest = hashlib.sha512(signed + head + b"\x04\xff" + len(head).to_bytes(4, "big")).digest()
    made = secret.sign(digest)
    issuer = b"\x09\x10" + fingerprint[-8:]
    return head + len(issuer).to_bytes(2, "big") + issuer + digest[:2] + _mpi(made[:32]) + _mpi(made[32:])


def _mpi(octets: bytes) -> bytes:
    number = int.from_bytes(octets, "big")
    return number.bit_length().to_bytes(2, "big") + number.to_bytes((number.bit_length() + 7) // 8, "big")
