"""The journal as an audit (F34): what an entry is about, without what it says, and what is wrong with one. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Store(StrEnum):
    """Which journal: that of the record, or that of the process notes."""

    RECORD = "record"
    PROCESS_NOTES = "process-notes"


@dataclass(frozen=True)
class AuditEntry:
    """One entry: when (UTC), what happened (`letter.filed`), about whom or which letter, by name where it has one.

    `device` is hex, `sequence` its place in that device's chain. `says`: False where what it said was erased.
    """

    store: Store
    device: str
    sequence: int
    at: datetime
    what: str
    about: str
    says: bool


@dataclass(frozen=True)
class AuditQuery:
    """Which entries: of a client (code), of kinds that begin so, from `since` to `until` (UTC); the newest `limit`."""

    code: str | None = None
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 50


_FOUND = {
    "altered": "it was changed, or the next was put in another place",
    "missing": "an entry is missing",
    "payload-altered": "what it says was changed",
    "payload-missing": "what it said was removed, and no entry says that it was erased",
    "payload-returned": "what it says is there, though an entry says that it was erased",
    "cut-short": "the chain goes on no further, though it was longer",
    "headless": "the chain has no end, or an end no chain",
}


def finding_phrase(finding: str) -> str:
    """What is wrong with an entry, as a phrase; `finding` as the vault calls it."""
    return _FOUND.get(finding, finding)
