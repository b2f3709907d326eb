"""Facts of a seal as they were found at opening, and the verdict read from them and today's pins."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

DAY = timedelta(days=1)
_WEAK_DIGESTS = {1, 2, 3}  # MD5, SHA-1, RIPEMD-160 (RFC 9580 section 9.5)


class Protection(StrEnum):
    """How much of a mail was sealed to the own key."""

    SEALED = "sealed"
    PARTLY = "partly"
    NO = "no"
    FAILED = "failed"


class SignatureFinding(StrEnum):
    """What gpg found of one signature (its status keyword, PGP.md section 3)."""

    GOOD = "good"  # GOODSIG with VALIDSIG
    BAD = "bad"  # BADSIG
    EXPIRED = "expired"  # EXPSIG: the signature itself expired
    KEY_EXPIRED = "key-expired"  # EXPKEYSIG
    KEY_REVOKED = "key-revoked"  # REVKEYSIG
    KEY_UNKNOWN = "key-unknown"  # ERRSIG, no public key
    UNCHECKED = "unchecked"  # ERRSIG for another reason: algorithm, format


class OpeningFailure(StrEnum):
    """Why a mail could not be opened."""

    NO_KEY = "no-key"  # sealed to keys we do not hold
    LOCKED = "locked"  # the own key's passphrase is needed
    ALTERED = "altered"  # integrity check failed
    NO_INTEGRITY = "no-integrity"  # sealed without integrity protection
    DAMAGED = "damaged"  # truncated or not readable as OpenPGP
    UNSUPPORTED = "unsupported"  # a format this GnuPG cannot read (v6, SEIPDv2)
    TOO_LARGE = "too-large"  # opened text exceeds the cap
    TIMED_OUT = "timed-out"
    SYMMETRIC = "symmetric"  # sealed with a password, not to a key (H4)
    STRUCTURE = "structure"  # more than one plaintext, plaintext outside the seal (S4)


class SignatureFact(NamedTuple):
    """One signature. Fingerprints are upper-case hex; times are UTC; `digest` is an OpenPGP hash id.

    `identity` is gpg's SIG_ID: the same for the same signed content and time of signing, however it is wrapped.
    """

    finding: SignatureFinding
    signer: str | None = None  # primary key's fingerprint (VALIDSIG field 10), or the issuer of an unknown key
    made_at: datetime | None = None
    key_expires: datetime | None = None
    digest: int | None = None
    identity: str | None = None


class SealFacts(NamedTuple):
    """What was found when a mail was opened: journalled once, never edited.

    `sealed_to` are the key ids of the encrypted session keys (16 hex digits, zeros for a hidden one),
    `opened_with` the own key's fingerprint. `repairs` and `notes` are codes.
    """

    protection: Protection
    signatures: tuple[SignatureFact, ...] = ()
    sealed_to: tuple[str, ...] = ()
    opened_with: str | None = None
    failure: OpeningFailure | None = None
    repairs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Signature(StrEnum):
    """The verdict's word on the signature (the command-line contract)."""

    VERIFIED = "verified"
    PINNED = "pinned"
    OTHER = "other"
    UNKNOWN = "unknown"
    BAD = "bad"
    NONE = "none"


class KeyState(StrEnum):
    """The verdict's word on the signing key."""

    GOOD = "good"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Pin(NamedTuple):
    """A client's pinned primary fingerprint, and whether another channel confirmed it.

    `part` is the fingerprint of the encryption part that was chosen to seal to (PGP.md K5), None: the newest. Since
    `retired` (UTC) the key is not used any more: of what was received later its signature proves nothing.
    """

    fingerprint: str
    verified: bool
    part: str | None = None
    retired: datetime | None = None

    def speaks_for(self, received: datetime) -> bool:
        """Whether its signature counts for a letter received then."""
        return self.retired is None or received < self.retired


class Verdict(NamedTuple):
    """What the seal proved, as every screen and `--json` shows it."""

    encrypted: Protection
    signature: Signature
    signer: str | None
    key: KeyState | None
    repaired: bool
    notes: tuple[str, ...]


def verdict_of(facts: SealFacts, pins: tuple[Pin, ...], received: datetime) -> Verdict:
    """The verdict on `facts` for an author with `pins` (empty: nobody we know), `received` in UTC.

    PGP.md section 3 and rules I1 to I6: attributed only where the pinned key gives a good signature (or
    one made while the key was valid and received within a day) and no signature is bad.
    """
    notes = list(facts.notes)
    if len(facts.signatures) > 1:
        notes.append("several-signatures")
    if any(fact.digest in _WEAK_DIGESTS for fact in facts.signatures):
        notes.append("weak-digest")
    word, fact = _weigh(facts, {pin.fingerprint: pin for pin in pins if pin.speaks_for(received)}, received)
    return Verdict(
        encrypted=facts.protection,
        signature=word,
        signer=fact.signer if fact else None,
        key=_key_state(fact),
        repaired=bool(facts.repairs),
        notes=tuple(dict.fromkeys(notes)),
    )


def _weigh(facts: SealFacts, pins: dict[str, Pin], received: datetime) -> tuple[Signature, SignatureFact | None]:
    bad = [fact for fact in facts.signatures if fact.finding in {SignatureFinding.BAD, SignatureFinding.EXPIRED}]
    if bad:
        return Signature.BAD, bad[0]
    standing = [fact for fact in facts.signatures if _stands(fact, received)]
    for fact in standing:
        pin = pins.get(fact.signer or "")
        if pin:
            return (Signature.VERIFIED if pin.verified else Signature.PINNED), fact
    if standing:
        return Signature.OTHER, standing[0]
    revoked = [fact for fact in facts.signatures if fact.finding is SignatureFinding.KEY_REVOKED]
    if revoked:
        return Signature.BAD, revoked[0]
    if facts.signatures:
        return Signature.UNKNOWN, facts.signatures[0]
    return Signature.NONE, None


def _stands(fact: SignatureFact, received: datetime) -> bool:
    """Whether a signature counts: good, or made while its key was valid and received within a day."""
    if fact.finding is SignatureFinding.GOOD:
        return True
    if fact.finding is not SignatureFinding.KEY_EXPIRED or not fact.made_at or not fact.key_expires:
        return False
    return fact.made_at < fact.key_expires and abs(received - fact.made_at) <= DAY


def _key_state(fact: SignatureFact | None) -> KeyState | None:
    if fact is None:
        return None
    return {
        SignatureFinding.GOOD: KeyState.GOOD,
        SignatureFinding.KEY_EXPIRED: KeyState.EXPIRED,
        SignatureFinding.KEY_REVOKED: KeyState.REVOKED,
    }.get(fact.finding)


def facts_as_json(facts: SealFacts) -> dict[str, Any]:
    """`facts` as a JSON object; absent and empty values are left out."""
    signatures = [
        {
            "finding": fact.finding.value,
            "signer": fact.signer,
            "made_at": _seconds(fact.made_at),
            "key_expires": _seconds(fact.key_expires),
            "digest": fact.digest,
            "identity": fact.identity,
        }
        for fact in facts.signatures
    ]
    whole = {
        "protection": facts.protection.value,
        "signatures": [{k: v for k, v in item.items() if v is not None} for item in signatures],
        "sealed_to": list(facts.sealed_to),
        "opened_with": facts.opened_with,
        "failure": facts.failure.value if facts.failure else None,
        "repairs": list(facts.repairs),
        "notes": list(facts.notes),
    }
    return {key: value for key, value in whole.items() if value}


# By what is stored: lists of a thousand letters read these, and calling the enumerations takes several times as long.
_PROTECTIONS = {each.value: each for each in Protection}
_FINDINGS = {each.value: each for each in SignatureFinding}


def facts_from_json(stored: dict[str, Any]) -> SealFacts:
    """The facts in a JSON object made by `facts_as_json`. Raises KeyError or ValueError on anything else."""
    found = stored.get
    return SealFacts(
        _PROTECTIONS[stored["protection"]],
        tuple([_signature_from_json(item) for item in found("signatures", ())]),
        tuple(found("sealed_to", ())),
        found("opened_with"),
        OpeningFailure(stored["failure"]) if "failure" in stored else None,
        tuple(found("repairs", ())),
        tuple(found("notes", ())),
    )


def is_plainly_signed(stored: str, signers: Collection[str]) -> bool:
    """Whether facts as compact JSON say by their text: sealed, not repaired, one good signature, by one of `signers`.

    They need not be read for that: a quote within a value never stands there bare. False says nothing.
    """
    return (
        '"protection":"sealed"' in stored
        and '"repairs":' not in stored
        and stored.count('"finding":') == 1
        and '"finding":"good"' in stored
        and any(f'"signer":"{signer}"' in stored for signer in signers)
    )


def _signature_from_json(item: dict[str, Any]) -> SignatureFact:
    made_at, key_expires = item.get("made_at"), item.get("key_expires")
    return SignatureFact(
        _FINDINGS[item["finding"]],
        item.get("signer"),
        None if made_at is None else datetime.fromtimestamp(made_at, UTC),
        None if key_expires is None else datetime.fromtimestamp(key_expires, UTC),
        item.get("digest"),
        item.get("identity"),
    )


def _seconds(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None
