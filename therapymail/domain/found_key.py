"""A key that came with a letter: a candidate and nothing more, until the therapist pins it (HAZARDS S13)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from therapymail.domain.client import Certificate
from therapymail.domain.key_change import NoticedKey
from therapymail.domain.names import LetterName


class KeySource(StrEnum):
    """Where in a letter a key was."""

    HEADER = "header"  # an Autocrypt field of the mail's own header: whoever carried the mail could write it
    SEALED_HEADER = "sealed-header"  # an Autocrypt field inside the seal
    ENCLOSED = "enclosed"  # attached as a file
    SIGNATURE = "signature"  # not there itself: the letter's signature names it


@dataclass(frozen=True)
class FoundKey:
    """One key that came with a letter, inspected apart (PGP.md K3).

    `certificate` is None where the vault holds this candidate already; `problems` are sentences of ours.
    `signs`: a signature of the letter, which nobody could check, says it was made by this key. `noticed` is what that
    says of a client who has another key pinned; `newer` are packets of a pinned key that say more than is held. `parts`
    are its fingerprints, as far as the key itself signed that they are its.
    """

    fingerprint: str
    source: KeySource
    signs: bool
    certificate: Certificate | None = None
    problems: tuple[str, ...] = ()
    noticed: NoticedKey | None = None
    newer: bytes = field(default=b"", repr=False)
    parts: tuple[str, ...] = ()


class KeyPlace(NamedTuple):
    """A letter that a candidate came with; `received` is UTC, `letter` None where it is set aside now."""

    letter: LetterName | None
    received: datetime
    source: KeySource
    signs: bool


@dataclass(frozen=True)
class KeyCandidate:
    """A key that came with letters of the client with this identity, and with which, the earliest first."""

    client: str
    certificate: Certificate
    problems: tuple[str, ...]
    places: tuple[KeyPlace, ...]

    @property
    def signs(self) -> bool:
        """Whether a letter that came with it says it was signed by it: the client may have a new key (M06)."""
        return any(place.signs for place in self.places)
