"""A client's key change as an event: what speaks for another key, which of it stops letters, how it was resolved. Pure.

The rule and its reasons are in docs/decisions/key-change.md (PRODUCT M06, HAZARDS C27, PGP.md K4).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from therapymail.domain.names import LetterName
from therapymail.domain.seal import Pin, Protection, SealFacts, Signature, SignatureFinding, verdict_of

BELIEVED = 2  # dismissed signatures of one client; after them a letter has to answer one of ours to stop any
SHORTEST_NAME = 16  # hex digits of a key id, all that some signatures name


class KeySign(StrEnum):
    """What speaks for a client's having another key, the weakest first."""

    OFFERED = "offered"  # it came with a mail that nothing vouches for: whoever knows the address could send it
    VOUCHED = "vouched"  # it came inside the seal of a letter that the pinned key signed
    SIGNED = "signed"  # a letter from their address, sealed to the own key, names it as its signer
    IMPORTED = "imported"  # the therapist was given it as theirs


_STRENGTH = tuple(KeySign)
_BLOCKING = {KeySign.SIGNED, KeySign.IMPORTED}
_SPEAKING = {
    *(SignatureFinding.GOOD, SignatureFinding.KEY_EXPIRED),
    *(SignatureFinding.KEY_UNKNOWN, SignatureFinding.UNCHECKED),
}


class KeyResolution(StrEnum):
    """How the therapist resolved a key change."""

    PINNED = "pinned"  # it is theirs
    DISMISSED = "dismissed"  # it is not, or is not to be used: it never stops a letter again


class NoticedKey(NamedTuple):
    """A sign of another key, as filing notes it; `client` is an identity, `named` the id in a signature, if any.

    `fingerprint` is the primary one where the key itself is at hand, else what the signature names (40 or 16 digits).
    """

    client: str
    fingerprint: str
    sign: KeySign
    named: str = ""


@dataclass(frozen=True)
class KeyChange:
    """One other key of a client, beside the one that was pinned when it was found. Times are UTC.

    `pinned` is that pinned fingerprint, `letter` the first letter that spoke for it (None: set aside, or none did).
    `is_here`: the key itself is at hand, so that it can be pinned.
    """

    client: str
    fingerprint: str
    pinned: str
    sign: KeySign
    found: datetime
    letter: LetterName | None = None
    named: str = ""
    resolved: datetime | None = None
    resolution: KeyResolution | None = None
    why: str = ""
    is_here: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the therapist has not decided yet."""
        return self.resolved is None

    @property
    def blocks(self) -> bool:
        """Whether no letter leaves to this client until it is resolved."""
        return self.is_open and self.sign in _BLOCKING


class KeyEvent(NamedTuple):
    """One thing that happened to a client's keys: `what` is the journal's word, `detail` ours or the therapist's."""

    at: datetime
    what: str
    fingerprint: str
    detail: str = ""


def stops_letters(changes: Iterable[KeyChange]) -> bool:
    """Whether one of these keeps letters from leaving to the client."""
    return any(change.blocks for change in changes)


def is_stronger(sign: KeySign, before: KeySign) -> bool:
    """Whether `sign` says more than what was noticed before."""
    return _STRENGTH.index(sign) > _STRENGTH.index(before)


def is_worn_out(sign: KeySign, before: Iterable[KeyChange]) -> bool:
    """Whether so many signatures of other keys were dismissed that one more, by itself, stops nothing any more.

    Else somebody who sends a letter under a new key every day could keep a therapist from ever writing. What answers a
    letter of ours names an id that only its reader and the mail hosts have seen: that still counts.
    """
    dismissed = [each for each in before if each.resolution is KeyResolution.DISMISSED and each.sign is KeySign.SIGNED]
    return sign is KeySign.SIGNED and len(dismissed) >= BELIEVED


def is_blocking(sign: KeySign) -> bool:
    """Whether this alone stops letters: what costs a stranger no more than a mail in clear never does."""
    return sign in _BLOCKING


def foreign_signers(
    facts: SealFacts, pins: tuple[Pin, ...], received: datetime, elsewhere: Collection[str]
) -> tuple[str, ...]:
    """The keys that a letter from a client's address names as its signers, where none of them is that client's.

    Of a letter sealed to the own key alone: for a mail in clear anybody may have signed. `elsewhere` are the
    fingerprints known to be somebody else's: a letter they signed is not the client's, and no sign of anything. Nothing
    where a pinned key signed too, or any signature is bad.
    """
    if facts.protection is not Protection.SEALED:
        return ()
    if verdict_of(facts, pins, received).signature not in {Signature.OTHER, Signature.UNKNOWN}:
        return ()
    known = {*elsewhere, *(pin.fingerprint for pin in pins)}
    named = [fact.signer for fact in facts.signatures if fact.finding in _SPEAKING and fact.signer]
    return tuple(dict.fromkeys(name for name in named if not is_named(name, known)))


def is_named(name: str, fingerprints: Collection[str]) -> bool:
    """Whether `name`, a fingerprint or key id as a signature gives it, means one of `fingerprints`."""
    return len(name) >= SHORTEST_NAME and any(fingerprint.endswith(name) for fingerprint in fingerprints)
