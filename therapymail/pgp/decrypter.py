"""What opens OpenPGP data: the one interface between what a mail is made of and the gpg that opens it.

Data is always binary OpenPGP packets (PGP.md D2: armor is removed before gpg sees anything), except where
`unwrap_signed` is given a cleartext-signed block, which exists only as text.
"""

from dataclasses import dataclass
from typing import Protocol

from therapymail.domain.seal import OpeningFailure, SignatureFact


@dataclass(frozen=True)
class Decrypted:
    """What came of opening one sealed message.

    `plaintext` is bytes only if the message passed PGP.md section 3's predicate in full and was sealed to
    one of our own keys (H3, H4); otherwise None, and `failure` says why. `signatures` are the facts gpg
    found inside; on a failure they are empty, for nothing counts before the seal holds (HP2). `sealed_to`
    are key ids (16 upper-case hex digits, zeros for a hidden recipient); `opened_with` is the primary
    fingerprint of the own key. `notes` are codes: `not-encrypted`, `aead`, `opened-twice`.
    """

    plaintext: bytes | None
    failure: OpeningFailure | None = None
    signatures: tuple[SignatureFact, ...] = ()
    sealed_to: tuple[str, ...] = ()
    opened_with: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unwrapped:
    """What came of taking the signature layer off opaque- or cleartext-signed data: never a sign of sealing.

    `content` is the signed text whatever became of its signatures (they say if it may be believed), or None
    where gpg gives no single text.
    """

    content: bytes | None
    signatures: tuple[SignatureFact, ...] = ()


class Decrypter(Protocol):
    """Opens sealed messages and checks signatures. Hostile input never raises; a missing gpg does (GnupgMissing)."""

    def decrypt(self, ciphertext: bytes) -> Decrypted:
        """Open one sealed message (binary packets)."""
        ...

    def verify_detached(self, signed: bytes, signature: bytes) -> tuple[SignatureFact, ...]:
        """The facts of a detached `signature` (binary packets) over exactly `signed`; empty where it holds none."""
        ...

    def unwrap_signed(self, data: bytes) -> Unwrapped:
        """Take the signature layer off opaque-signed packets (binary) or a cleartext-signed block (its text)."""
        ...
