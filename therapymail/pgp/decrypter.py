"""What opening a mail asks of GnuPG: the Protocol between the message half and the gpg half of this room."""

from dataclasses import dataclass
from typing import Protocol

from therapymail.domain.seal import OpeningFailure, SignatureFact


@dataclass(frozen=True)
class Decrypted:
    """The answer to one ciphertext: either `plaintext`, or `failure` and no byte of it (HAZARDS H3, S1).

    `signatures` are those inside the same OpenPGP message. `sealed_to` are key ids (16 hex digits, zeros
    for a hidden one); `opened_with` is the own primary key's fingerprint, None for a message opened by a
    password (HAZARDS H4). `notes` are codes.
    """

    plaintext: bytes | None
    failure: OpeningFailure | None = None
    signatures: tuple[SignatureFact, ...] = ()
    sealed_to: tuple[str, ...] = ()
    opened_with: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unwrapped:
    """The content of data that is signed but not sealed; `content` is None where gpg gives none."""

    content: bytes | None
    signatures: tuple[SignatureFact, ...] = ()


class Decrypter(Protocol):
    """GnuPG as opening sees it. All data is binary OpenPGP, never armor (PGP.md D2).

    The one exception is a cleartext-signed block, which exists only as text: it may go to `unwrap_signed`.
    What a letter can cause is a value: failure, finding, None. What stands in the way of every letter
    (gpg missing, agent broken, run directory gone) is raised as an error of the family.
    """

    def decrypt(self, ciphertext: bytes) -> Decrypted:
        """The plaintext of `ciphertext`, only where DECRYPT_OK of PGP.md section 3 holds."""
        ...

    def verify_detached(self, signed: bytes, signature: bytes) -> tuple[SignatureFact, ...]:
        """Each signature of `signature` over exactly the bytes `signed`; empty where none can be read."""
        ...

    def unwrap_signed(self, data: bytes) -> Unwrapped:
        """The content and signatures of opaque-signed, compressed or plain literal `data`.

        The content is None unless gpg gives exactly one literal and nothing encrypted.
        """
        ...
