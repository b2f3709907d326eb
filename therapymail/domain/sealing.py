"""The sealing policy: whether a letter may leave today, to whom and sealed to which keys. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from therapymail.domain.client import Certificate, Client, ClientStatus
from therapymail.domain.outbox import Agreed

SOON = timedelta(days=30)


class Hindrance(StrEnum):
    """Why a letter may not leave: each is worded, with its next step, in domain/sealing_text.py."""

    NO_KEY = "no-key"  # no key is pinned to the client
    KEY_NOT_HELD = "key-not-held"
    KEY_IS_OWN = "key-is-own"  # the therapist's own key was pinned to the client, who could not open it
    KEY_UNVERIFIED = "key-unverified"
    KEY_CHANGED = "key-changed"  # another one than when it was released
    KEY_CHANGE_OPEN = "key-change-open"  # a letter speaks for another key, and nobody has decided yet (M06)
    KEY_RETIRED = "key-retired"  # the therapist noted that it is not used any more
    KEY_PART_ENDED = "key-part-ended"  # the part chosen to seal to has ended, or is gone (PGP.md K5)
    KEY_EXPIRED = "key-expired"
    KEY_CANNOT_ENCRYPT = "key-cannot-encrypt"
    KEY_REVOKED = "key-revoked"  # its owner declared it void
    KEY_UNUSABLE = "key-unusable"  # gpg refused it at sealing
    OWN_KEY_UNUSABLE = "own-key-unusable"  # expired, revoked, or its secret part is missing
    ADDRESS_CHANGED = "address-changed"
    SEVERAL_RECIPIENTS = "several-recipients"
    CLIENT_PAUSED = "client-paused"
    CLIENT_CLOSED = "client-closed"
    CLIENT_REFERRED = "client-referred"
    OVERDUE = "overdue"  # it was to leave long ago: too much may have happened since
    ALREADY_SENT = "already-sent"  # a letter under its Message-ID is on the record, as sent
    RESTORED = "restored"  # it comes from a backup, and the mailbox has not been read since
    LEFT_SINCE = "left-since"  # it comes from a backup, and a letter with its words was sent since
    EMPTY = "empty"
    NAMES_ANOTHER = "names-another"  # another client, anywhere in it
    NO_MAILBOX = "no-mailbox"


_OF_STATUS = {
    ClientStatus.PAUSED: Hindrance.CLIENT_PAUSED,
    ClientStatus.CLOSED: Hindrance.CLIENT_CLOSED,
    ClientStatus.REFERRED: Hindrance.CLIENT_REFERRED,
}


@dataclass(frozen=True)
class SealingFacts:
    """Everything the policy looks at, as it is at this moment (UTC).

    `certificate` is the held certificate of the client's first pin, None where none is; `own_expires` when the
    own key does, `own_usable` whether gpg can sign and open with it. `agreed` is to whom the letter was
    released, None before that. `recipients` are the addresses asked for: one, the client's. `client_key_revoked` is
    whether that certificate says that it is void, `key_change_open` whether a key change stops letters to them.
    """

    client: Client
    certificate: Certificate | None
    own_fingerprint: str
    own_expires: datetime | None
    own_usable: bool
    now: datetime
    agreed: Agreed | None = None
    recipients: tuple[str, ...] = ()
    client_key_revoked: bool = False
    key_change_open: bool = False


@dataclass(frozen=True)
class Permit:
    """A letter may leave: to `address` alone, sealed to exactly `sealed_to` (client, own), signed by the own key.

    `client_expires_soon` is when the client's key expires, if within 30 days. `client_part` is the fingerprint of the
    one part of their key that it is sealed to, None: the newest that can be.
    """

    address: str
    client_fingerprint: str
    own_fingerprint: str
    client_expires_soon: datetime | None = None
    client_part: str | None = None

    @property
    def sealed_to(self) -> tuple[str, str]:
        """The two primary fingerprints the letter is sealed to."""
        return self.client_fingerprint, self.own_fingerprint


@dataclass(frozen=True)
class Refusal:
    """A letter may not leave, and every reason why."""

    hindrances: tuple[Hindrance, ...]


def decide(facts: SealingFacts) -> Permit | Refusal:
    """Whether a letter may leave now (PGP.md K6, D8; HAZARDS C2, C6, C7). Doubt refuses; nothing ever unseals."""
    hindrances = tuple(dict.fromkeys([*_of_client(facts), *_of_keys(facts), *_of_agreement(facts)]))
    if hindrances:
        return Refusal(hindrances)
    assert facts.certificate is not None
    pin = facts.client.pins[0]
    expires = seals_until(facts.certificate, pin.part)
    return Permit(
        address=facts.client.write_to,
        client_fingerprint=pin.fingerprint,
        own_fingerprint=facts.own_fingerprint,
        client_expires_soon=expires if expires is not None and expires - facts.now <= SOON else None,
        client_part=pin.part,
    )


def of_clients_key(facts: SealingFacts) -> tuple[Hindrance, ...]:
    """Every reason why nothing may be sealed to the client's key alone now: what they are given, not sent."""
    return tuple(each for each in _of_keys(facts) if each is not Hindrance.OWN_KEY_UNUSABLE)


def seals_until(certificate: Certificate, part: str | None) -> datetime | None:
    """When sealing to `certificate` ends, to the chosen `part` of it if there is one; None: never."""
    ends = [certificate.expires, *(each.expires for each in certificate.parts if each.fingerprint == part)]
    return min((end for end in ends if end is not None), default=None)


def _of_client(facts: SealingFacts) -> list[Hindrance]:
    found = [_OF_STATUS[facts.client.status]] if facts.client.status in _OF_STATUS else []
    if facts.recipients and set(facts.recipients) != {facts.client.write_to}:
        found.append(Hindrance.SEVERAL_RECIPIENTS)
    return found


def _of_keys(facts: SealingFacts) -> list[Hindrance]:
    found = []
    if not facts.own_usable or (facts.own_expires is not None and facts.own_expires <= facts.now):
        found.append(Hindrance.OWN_KEY_UNUSABLE)
    if not facts.client.pins:
        return [*found, Hindrance.NO_KEY]
    pin, certificate = facts.client.pins[0], facts.certificate
    if pin.fingerprint == facts.own_fingerprint:
        return [*found, Hindrance.KEY_IS_OWN]
    if certificate is None or certificate.fingerprint != pin.fingerprint:
        return [*found, Hindrance.KEY_NOT_HELD]
    if facts.key_change_open:
        found.append(Hindrance.KEY_CHANGE_OPEN)
    if pin.retired is not None:
        found.append(Hindrance.KEY_RETIRED)
    if not pin.verified:
        found.append(Hindrance.KEY_UNVERIFIED)
    return [*found, *of_certificate(certificate, pin.part, facts.now, revoked=facts.client_key_revoked)]


def of_certificate(certificate: Certificate, part: str | None, now: datetime, *, revoked: bool) -> list[Hindrance]:
    """What keeps anything from being sealed to it at `now`; the first reason says it all."""
    if revoked:
        return [Hindrance.KEY_REVOKED]
    if certificate.expires is not None and certificate.expires <= now:
        return [Hindrance.KEY_EXPIRED]
    if not certificate.can_encrypt:
        return [Hindrance.KEY_CANNOT_ENCRYPT]
    if part is None:
        return []
    there = {each.fingerprint: each.expires for each in certificate.parts}
    expires = there.get(part)
    if part not in there or (expires is not None and expires <= now):
        return [Hindrance.KEY_PART_ENDED]
    return []


def _of_agreement(facts: SealingFacts) -> list[Hindrance]:
    if facts.agreed is None:
        return []
    found = []
    if facts.agreed.address != facts.client.write_to:
        found.append(Hindrance.ADDRESS_CHANGED)
    if facts.client.pins and facts.client.pins[0].fingerprint != facts.agreed.fingerprint:
        found.append(Hindrance.KEY_CHANGED)
    return found
