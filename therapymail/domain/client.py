"""A client of the practice as the record knows them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from therapymail.domain.seal import Pin


class ClientStatus(StrEnum):
    """Where the work with a client stands (F38)."""

    ACTIVE = "active"
    PAUSED = "paused"
    CLOSING = "closing"
    CLOSED = "closed"
    REFERRED = "referred"


@dataclass(frozen=True)
class Client:
    """A client. `identity` is 16 random bytes as hex, the name the journal uses; `code` is what screens show.

    `writes_from` are canonical addresses; `write_to` is one of them. `pins` are the fingerprints whose
    signature is attributed to this client, the first the one that letters are sealed to. `zone` is an
    IANA time zone name. Only these fields hold an identity, and only inside the vault.
    """

    identity: str
    code: str
    name: str
    write_to: str
    writes_from: tuple[str, ...]
    pins: tuple[Pin, ...]
    zone: str
    status: ClientStatus
    added: datetime


class Confirmation(NamedTuple):
    """That a fingerprint was confirmed by another channel: when (UTC), and `how` in the therapist's words."""

    at: datetime
    how: str


class EncryptionPart(NamedTuple):
    """A part of a key that can be sealed to: its fingerprint, since when and until when (UTC; None: without end)."""

    fingerprint: str
    created: datetime
    expires: datetime | None


class PinnedKey(NamedTuple):
    """A key pinned to a client as the record shows it; the first of several is the one letters are sealed to.

    `confirmed` is None until another channel confirmed it, `expires` where it has no end. `another_address`: it bears
    none of the client's addresses, and was chosen all the same (HAZARDS C31). `part` is the one of its encryption
    `parts` that the therapist chose to seal to (PGP.md K5), None: the newest. `retired` is since when its signature no
    longer counts (UTC).
    """

    fingerprint: str
    confirmed: Confirmation | None
    expires: datetime | None
    revoked: bool = False
    another_address: bool = False
    part: str | None = None
    parts: tuple[EncryptionPart, ...] = ()
    retired: datetime | None = None


@dataclass(frozen=True)
class Certificate:
    """A public key held as a row of the vault: minimal, without third-party signatures.

    `client` is the identity of the client it is pinned to, or None while it is only a candidate. `parts` are those it
    can be sealed to, the newest first, as gpg found them when it was taken; empty where an older version took it.
    """

    fingerprint: str
    material: bytes
    uids: tuple[str, ...]
    created: datetime
    expires: datetime | None
    can_encrypt: bool
    client: str | None
    parts: tuple[EncryptionPart, ...] = ()
