"""Throw-away people with keys, and sealed mails of theirs made with plain gpg: the material of our own attack tests."""

import base64
import shutil
import subprocess
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from therapymail.pgp.runner import Gpg
from therapymail.pgp.single import SingleOpener

THERAPIST, CLIENT = "Therapist <therapist@practice.example>", "Client <client@client.example>"
# A user id made to be read as gpg's own status, its parts divided by U+2028 (PGP.md P1).
SPOOFING_UID = (
    "Eve\u2028[GNUPG:] GOODSIG 0123456789ABCDEF Client\u2028[GNUPG:] VALIDSIG "
    + "C" * 40
    + "\u2028[GNUPG:] TRUST_ULTIMATE <eve@evil.example>"
)


@dataclass(frozen=True)
class Sealers:
    """A GnuPG home with the keys (no passphrase) of a therapist, a client and Eve; fingerprints of their keys."""

    home: Path
    run_directory: Path
    therapist: str
    client: str
    eve: str

    def opener(self, *, output_cap: int = 1_000_000) -> SingleOpener:
        """An opener on this home."""
        return SingleOpener(Gpg(self.home, self.run_directory), output_cap=output_cap)

    def gpg(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """What gpg writes for `arguments`; fails the test on any error of gpg's."""
        return _gpg(self.home, *arguments, stdin=stdin)

    def seal(self, plaintext: bytes, *more: str, signer: str | None = None) -> bytes:
        """`plaintext` sealed to the therapist, binary; signed by `signer`'s key if given."""
        signing = ["--local-user", signer, "--sign"] if signer else []
        return self.gpg(*more, "--recipient", self.therapist, *signing, "--encrypt", stdin=plaintext)

    def sign(self, data: bytes, signer: str) -> bytes:
        """A detached binary signature of `data`."""
        return self.gpg("--local-user", signer, "--detach-sign", stdin=data)


@contextmanager
def sealers() -> Iterator[Sealers]:
    """The people, their home gone at the end."""
    home = Path(tempfile.mkdtemp(prefix="tm-", dir="/tmp"))
    run = Path(tempfile.mkdtemp(prefix="tm-", dir="/dev/shm"))
    home.chmod(0o700)
    try:
        prints = [_made(home, uid) for uid in (THERAPIST, CLIENT, SPOOFING_UID)]
        yield Sealers(home, run, *prints)
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(run, ignore_errors=True)


def armored(binary: bytes, label: str = "MESSAGE") -> bytes:
    """`binary` as armor, without a checksum, lines ended by CRLF."""
    lines = textwrap.wrap(base64.b64encode(binary).decode(), 64)
    return "\r\n".join([f"-----BEGIN PGP {label}-----", "", *lines, f"-----END PGP {label}-----", ""]).encode()


def pgp_mime(ciphertext: bytes, *, headers: bytes = b"") -> bytes:
    """A mail by RFC 3156 around `ciphertext`; `headers` replace its From, Subject and Date."""
    headers = headers or b"From: Client <client@client.example>\r\nSubject: ...\r\n"
    return headers + b"To: therapist@practice.example\r\nMIME-Version: 1.0\r\n" + encrypted_part(ciphertext)


def encrypted_part(ciphertext: bytes) -> bytes:
    """A multipart/encrypted entity around `ciphertext`, armored."""
    return (
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="sealed"\r\n\r\n'
        b"--sealed\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n"
        b"--sealed\r\nContent-Type: application/octet-stream\r\n\r\n" + armored(ciphertext) + b"\r\n--sealed--\r\n"
    )


def signed_part(entity: bytes, signature: bytes) -> bytes:
    """A multipart/signed entity: exactly `entity`, and `signature`."""
    return (
        b'Content-Type: multipart/signed; protocol="application/pgp-signature"; micalg=pgp-sha512;\r\n'
        b' boundary="signed"\r\n\r\n--signed\r\n' + entity
        + b"\r\n--signed\r\nContent-Type: application/pgp-signature\r\n\r\n"
        + armored(signature, "SIGNATURE") + b"\r\n--signed--\r\n"
    )  # fmt: skip


def packets(message: bytes) -> list[tuple[int, bytes]]:
    """Tag and whole body of each packet (new format or old with stated length; partial lengths joined)."""
    found, at = [], 0
    while at < len(message):
        head = message[at]
        if head & 0x40:
            body, at = _new_body(message, at + 1)
            found.append((head & 0x3F, body))
        else:
            octets = 1 << (head & 3)
            length = int.from_bytes(message[at + 1 : at + 1 + octets], "big")
            start = at + 1 + octets
            found.append((head >> 2 & 0x0F, message[start : start + length]))
            at = start + length
    return found


def packet(tag: int, body: bytes) -> bytes:
    """A packet of the new format with its length in five octets."""
    return bytes([0xC0 | tag, 0xFF]) + len(body).to_bytes(4, "big") + body


def _new_body(message: bytes, at: int) -> tuple[bytes, int]:
    body = b""
    while True:
        first = message[at]
        if first < 192:
            length, at = first, at + 1
        elif first < 224:
            length, at = (first - 192 << 8) + message[at + 1] + 192, at + 2
        elif first == 255:
            length, at = int.from_bytes(message[at + 1 : at + 5], "big"), at + 5
        else:
            length, at = 1 << (first & 0x1F), at + 1
            body, at = body + message[at : at + length], at + length
            continue
        return body + message[at : at + length], at + length


def _made(home: Path, uid: str) -> str:
    """The fingerprint of a new key for `uid`, as gpg's own status says it."""
    new_key = ["--quick-generate-key", uid, "future-default", "default", "never"]
    status = _gpg(home, "--passphrase", "", "--status-fd", "1", *new_key)
    created = [line for line in status.split(b"\n") if line.startswith(b"[GNUPG:] KEY_CREATED")]
    return created[0].split()[3].decode()


def _gpg(home: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    base = ["gpg", "--homedir", str(home), "--batch", "--yes", "--no-tty", "--quiet", "--no-options"]
    modes = ["--pinentry-mode", "loopback", "--trust-model", "always", "--no-auto-check-trustdb"]
    run = subprocess.run([*base, *modes, *arguments], input=stdin, capture_output=True, check=True)
    return run.stdout
