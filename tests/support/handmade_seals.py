"""Seals that gpg 2.2 reads or must refuse and cannot write: OCB (packet 20), odd contents, no integrity (packet 9).

`python -m tests.support.handmade_seals therapymail/pgp/self_test` made what lies there: a throw-away key
without passphrase, and one OCB message to it.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.ciphers.aead import AESOCB3

_AES256, _OCB, _CHUNK_OCTET = 9, 2, 6
_CHUNK = 1 << (_CHUNK_OCTET + 6)
_IV = bytes(range(1, 16))
# Longer than gpg's buffer: it hands out text, and says okay, before it has seen the end (T7042).
TEXT = b"A self-test of therapymail: this opens as it stands, and is refused with one bit of its end changed.\n" * 90
_PARAMETERS = b"""Key-Type: EDDSA
Key-Curve: ed25519
Key-Usage: sign
Subkey-Type: ECDH
Subkey-Curve: cv25519
Subkey-Usage: encrypt
Name-Real: therapymail self-test
Expire-Date: 0
%no-protection
%commit
"""


def ocb_message(home: Path, fingerprint: str, packets: bytes) -> bytes:
    """`packets` (a literal, say) sealed to the secret key `fingerprint` of `home`, as gpg 2.4 does by --force-ocb."""
    session_packet, key = _session(home, fingerprint)
    return session_packet + aead_packet(key, packets)


def message_without_integrity(home: Path, fingerprint: str, packets: bytes) -> bytes:
    """`packets` sealed as PGP did before 2001: packet 9, OpenPGP's CFB, no MDC (RFC 4880 sections 5.7 and 13.9)."""
    session_packet, key = _session(home, fingerprint)
    prefix = bytes(range(16)) + bytes([14, 15])
    first = _cfb(key, bytes(16), prefix)
    body = first + _cfb(key, first[2:], packets)
    return session_packet + bytes([0xC9, 0xFF]) + len(body).to_bytes(4, "big") + body


def sealed_packets(home: Path, fingerprint: str, packets: bytes) -> bytes:
    """Any `packets` at all sealed with integrity protection (packet 18 version 1, RFC 9580 section 5.13.1)."""
    session_packet, key = _session(home, fingerprint)
    inside = bytes(range(16)) + bytes([14, 15]) + packets + b"\xd3\x14"
    body = b"\x01" + _cfb(key, bytes(16), inside + hashlib.sha1(inside).digest())
    return session_packet + bytes([0xD2, 0xFF]) + len(body).to_bytes(4, "big") + body


def _cfb(key: bytes, start: bytes, data: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), CFB(start)).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def _session(home: Path, fingerprint: str) -> tuple[bytes, bytes]:
    """A session-key packet for `fingerprint`, and the AES-256 key in it."""
    sealed = _gpg(home, "--recipient", fingerprint, "--compress-algo=none", "--encrypt", stdin=b"x").stdout
    shown = _gpg(home, "--show-session-key", "--decrypt", stdin=sealed).stderr
    found = re.search(rb"'9:([0-9A-F]{64})'", shown)
    assert found, "gpg shows an AES-256 session key"
    length = 2 + sealed[1] if sealed[0] == 0x84 else 3 + int.from_bytes(sealed[1:3], "big")
    return sealed[:length], bytes.fromhex(found[1].decode())


def aead_packet(session_key: bytes, packets: bytes) -> bytes:
    """Packet 20 (draft-ietf-openpgp-rfc4880bis-07 section 5.16) with `packets` inside."""
    head, cipher = bytes([0xD4, 1, _AES256, _OCB, _CHUNK_OCTET]), AESOCB3(session_key)
    chunks = [packets[at : at + _CHUNK] for at in range(0, len(packets), _CHUNK)]
    sealed = [cipher.encrypt(_nonce(i), chunk, head + i.to_bytes(8, "big")) for i, chunk in enumerate(chunks)]
    last = head + len(chunks).to_bytes(8, "big") + len(packets).to_bytes(8, "big")
    sealed.append(cipher.encrypt(_nonce(len(chunks)), b"", last))
    body = head[1:] + _IV + b"".join(sealed)
    return bytes([0xD4, 0xFF]) + len(body).to_bytes(4, "big") + body


def literal(text: bytes) -> bytes:
    """A literal packet (RFC 9580 section 5.9) without file name, dated 2020."""
    body = b"b\x00" + (1577836800).to_bytes(4, "big") + text
    return bytes([0xCB, 0xFF]) + len(body).to_bytes(4, "big") + body


def _nonce(index: int) -> bytes:
    return _IV[:7] + (int.from_bytes(_IV[7:], "big") ^ index).to_bytes(8, "big")


def _gpg(home: Path, *arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    base = ["gpg", "--homedir", str(home), "--batch", "--no-tty", "--no-options", "--trust-model", "always"]
    return subprocess.run([*base, *arguments], input=stdin, capture_output=True, check=True)


def _make(directory: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="tm-", dir="/tmp") as name:
        home = Path(name)
        _gpg(home, "--faked-system-time", "20200101T000000!", "--generate-key", stdin=_PARAMETERS)
        listing = _gpg(home, "--with-colons", "--list-keys").stdout
        fingerprint = next(line.split(b":")[9].decode() for line in listing.split(b"\n") if line.startswith(b"fpr"))
        directory.joinpath("key.gpg").write_bytes(_gpg(home, "--export-secret-keys", fingerprint).stdout)
        directory.joinpath("ocb.pgp").write_bytes(ocb_message(home, fingerprint, literal(TEXT)))
        subprocess.run(["gpgconf", "--homedir", name, "--kill", "all"], check=True)


if __name__ == "__main__":
    _make(Path(sys.argv[1]))
