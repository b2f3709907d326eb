"""The three types of mail that may be handed to SMTP, and who alone can make them.

A letter leaves only as `ProvenLetter`, which `pgp.proof` makes once the exact bytes have passed the proof
before send; two exceptions leave unsealed, with types and fixed wordings of their own. `tests/house` checks
that no other module makes any of them.
"""

import hashlib
from dataclasses import dataclass
from typing import Final, final


@dataclass(frozen=True)
class Proof:
    """What the proof before send found in the exact bytes, stored with the letter.

    `digest` is the SHA-256 of those bytes, `payload_digest` that of the decoded OpenPGP payload: the letter's
    identity on the record. `sealed_to` are the key ids that the packets name, `checks` the codes of what was held.
    """

    digest: str
    payload_digest: str
    sealed_to: tuple[str, ...]
    checks: tuple[str, ...]


class _Maker:
    """A right to make mail for SMTP: the modules that hold one are counted by a test."""


PROVER: Final = _Maker()  # pgp.proof alone
EXCEPTIONS: Final = _Maker()  # mail.notice and mail.onboarding alone


@final
@dataclass(frozen=True)
class ProvenLetter:
    """A sealed letter's exact bytes, which passed the proof; addresses are canonical."""

    raw: bytes
    sender: str
    recipient: str
    message_id: str
    proof: Proof
    maker: object

    def __post_init__(self) -> None:
        if self.maker is not PROVER or hashlib.sha256(self.raw).hexdigest() != self.proof.digest:
            raise TypeError("a letter for SMTP is made by pgp.proof alone")


@final
@dataclass(frozen=True)
class Notice:
    """A mail in one of our fixed wordings, without free text, quote, client code or subject."""

    raw: bytes
    sender: str
    recipient: str
    message_id: str
    maker: object

    def __post_init__(self) -> None:
        if self.maker is not EXCEPTIONS:
            raise TypeError("a notice is made by mail.notice alone")


@final
@dataclass(frozen=True)
class Onboarding:
    """The mail that introduces the own key to a client; nothing clinical in it."""

    raw: bytes
    sender: str
    recipient: str
    message_id: str
    maker: object

    def __post_init__(self) -> None:
        if self.maker is not EXCEPTIONS:
            raise TypeError("an onboarding mail is made by mail.onboarding alone")


Sendable = ProvenLetter | Notice | Onboarding
