"""A clinical executor, who takes over if the therapist cannot work, and what was sealed to them (DOMAIN)."""

import hashlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

STALE_AFTER = timedelta(days=365)  # F35: a pack, its drill and the will are looked at once a year
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


class VaultKey(IntEnum):
    """What a sealed file holds of the vault's key: nothing; the key; or the one before the vault got another."""

    NO = 0
    OPENS = 1
    TAKEN_BACK = 2


@dataclass(frozen=True)
class Executor:
    """Who takes over: how they are reached, their certificate (binary) and primary fingerprint, what they are asked.

    `identity` is empty for somebody new; `named` is when this was last said (UTC).
    """

    identity: str
    name: str
    contact: str
    fingerprint: str
    certificate: bytes
    instructions: str
    named: datetime = _UNKNOWN


@dataclass(frozen=True)
class ExecutorPack:
    """A file sealed to an executor: a pack of clients, or the vault's key, which is given apart.

    Of the file its SHA-256 (hex), how many clients are in it; no word of what it says. `words` is the SHA-256 of the
    words that stand in it, `drilled` when it was last shown to open with the executor's key alone. Times are UTC.
    """

    executor: str
    sha256: str
    clients: int
    vault_key: VaultKey
    words: str
    made: datetime = _UNKNOWN
    drilled: datetime | None = None


def digest_of_words(typed: str) -> str:
    """What is kept of the words of a pack: SHA-256 (hex) of them in small letters, one blank between."""
    return hashlib.sha256(" ".join(typed.lower().replace("-", " ").split()).encode()).hexdigest()


@dataclass(frozen=True)
class PackState:
    """How it stands with one executor: the newest pack, and what should be done; `says` is empty for nothing."""

    executor: Executor
    pack: ExecutorPack | None
    says: str = ""
    next_step: str = ""


def pack_states(executors: Sequence[Executor], packs: Sequence[ExecutorPack], now: datetime) -> tuple[PackState, ...]:
    """How it stands with each executor: a pack of the last twelve months, shown in them to open (F35)."""
    found = []
    for each in executors:
        own = [pack for pack in packs if pack.executor == each.identity and pack.vault_key is VaultKey.NO]
        newest = max(own, key=lambda pack: pack.made, default=None)
        found.append(PackState(each, newest, *_finding(each, newest, now)))
    return tuple(found)


def _finding(executor: Executor, pack: ExecutorPack | None, now: datetime) -> tuple[str, str]:
    again = f"Run `therapymail executor pack {shlex.quote(executor.name)} FILE`."
    if pack is None:
        return f"{executor.name} has no pack yet.", again
    if pack.made < executor.named:
        return f"What is on the record of {executor.name}, or their key, was changed after their pack was made.", again
    if now - pack.made > STALE_AFTER:
        return f"The pack for {executor.name} is of {pack.made:%Y-%m-%d}, over twelve months old.", again
    if pack.drilled is None or now - pack.drilled > STALE_AFTER:
        when = "never" if pack.drilled is None else "not for over twelve months"
        said = f"The pack for {executor.name} was {when} shown to open with their key."
        return said, "Let them open it, and run `therapymail executor drill` (docs/recovery.md)."
    return "", ""


@dataclass(frozen=True)
class PackClient:
    """A client as an executor needs them: nothing of what was written, only whom to reach and how."""

    code: str
    name: str
    addresses: tuple[str, ...]
    zone: str
    status: str
    fallback: str


@dataclass(frozen=True)
class PackPage:
    """All that stands in a pack. `therapist` is name and address, `places` where records and keys are."""

    executor: Executor
    therapist: tuple[str, str]
    clients: tuple[PackClient, ...]
    places: tuple[tuple[str, str], ...]
    words: str
    made: datetime
