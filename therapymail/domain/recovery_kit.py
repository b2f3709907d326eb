"""A recovery kit: the paper that brings the own key back, and reading one again from a file, a scan or typed text."""

import re
from dataclasses import dataclass
from datetime import datetime

PIECE_CHARACTERS = 640  # of one QR code: 12 to 15 cm of paper that any telephone reads
MOST_PIECES = 6  # beyond that nobody scans them: a long RSA key stands there as text alone
_SECRET = re.compile(r"-----BEGIN PGP PRIVATE KEY BLOCK-----.*?-----END PGP PRIVATE KEY BLOCK-----", re.DOTALL)
_REVOCATION = re.compile(r"-----BEGIN PGP PUBLIC KEY BLOCK-----.*?-----END PGP PUBLIC KEY BLOCK-----", re.DOTALL)


@dataclass(frozen=True)
class RecoveryKit:
    """What stands on the paper: whose key, in digits too; the secret key and the revocation certificate, armored.

    `protected`: the secret key opens with a passphrase alone, which does not stand there. `made` is in UTC.
    """

    name: str
    address: str
    fingerprint: str
    secret: str
    revocation: str
    protected: bool
    made: datetime


@dataclass(frozen=True)
class KitText:
    """What was read in a kit: the two armored blocks, empty where there is none."""

    secret: str
    revocation: str


def kit_text(text: str) -> KitText:
    """The armored blocks in `text`, which may be the page itself or what somebody scanned or typed from it."""
    lines = "\n".join(line.strip() for line in text.splitlines())
    found = [pattern.search(lines) for pattern in (_SECRET, _REVOCATION)]
    return KitText(*("" if each is None else f"{each[0]}\n" for each in found))


def secret_alone(content: bytes) -> bytes:
    """The secret key of a kit that is taken in as a file; what is no kit is given back as it is.

    The page holds the certificate that declares the key void, too: taken in with the key, it would do so (C33).
    """
    found = kit_text(content.decode("utf-8", "replace"))
    return found.secret.encode() if found.secret and found.revocation else content


def scanned_pieces(secret: str) -> tuple[str, ...]:
    """`secret` in pieces of whole lines for QR codes: read one after the other they are the text again.

    None at all where there would be too many.
    """
    pieces: list[str] = []
    for line in secret.strip().splitlines():
        if pieces and len(pieces[-1]) + len(line) < PIECE_CHARACTERS:
            pieces[-1] += f"{line}\n"
        else:
            pieces.append(f"{line}\n")
    return tuple(pieces) if len(pieces) <= MOST_PIECES else ()
