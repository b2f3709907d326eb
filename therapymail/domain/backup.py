"""A backup as a value: what its manifest says of the files in it and of the record they hold. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from therapymail.errors import SealedFileRefused

FORMAT = 1  # of the archive and its manifest; a later one is refused in words
MANIFEST, LETTERS = "manifest.json", "letters.sha256"
VAULT, VAULT_KEY, NOTES, NOTES_KEY, CONFIG = "vault.db", "vault.key", "notes.db", "notes.key", "config.toml"
KEYRING = "keyring.pgp"  # the own secret keys, sealed once more to the own key alone
NOTES_LOG = "notes.db-wal"  # of process notes that were locked when whoever wrote last had been killed
TEXTS = "texts.json"  # the therapist's own templates and lists
NEEDED = (LETTERS, CONFIG, VAULT_KEY, VAULT, KEYRING, TEXTS)
MAX_MANIFEST_BYTES = 1 << 20
_ALL = (*NEEDED, NOTES, NOTES_LOG, NOTES_KEY)
_HEX = re.compile(r"[0-9a-f]{64}")
_FINGERPRINT = re.compile(r"[0-9A-F]{40}|[0-9A-F]{64}")
_DEVICE = re.compile(r"[0-9a-f]{32}")
_MOST = 1 << 62


@dataclass(frozen=True)
class FileInside:
    """One file of an archive: its size in bytes and SHA-256 (hex)."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class StoreState:
    """What a store held: its schema, the rows of each table, its journal's entries and each device's head.

    `heads` is by device (hex): sequence and hash (hex) of its last entry. `problems` counts what was wrong with the
    journal's chains even then.
    """

    schema: int
    device: str
    entries: int
    problems: int
    rows: Mapping[str, int]
    heads: Mapping[str, tuple[int, str]]

    @property
    def letters(self) -> int:
        """How many letters there are, as they came."""
        return self.rows.get("letter_original", 0)


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself: made when (UTC) and by which version, of a practice with which own key.

    `notes` is None where there are no process notes, or where they were locked and lie in it unexamined.
    """

    made: datetime
    by: str
    own_key: str
    files: Mapping[str, FileInside]
    record: StoreState
    notes: StoreState | None = None
    format: int = field(default=FORMAT)

    @property
    def total(self) -> int:
        """The bytes of all files together."""
        return sum(file.bytes for file in self.files.values())

    def to_json(self) -> bytes:
        """The manifest as it stands first in the archive."""
        value = {**asdict(self), "made": f"{self.made.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
        return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=True).encode("ascii") + b"\n"


def read_manifest(content: bytes) -> Manifest:
    """The manifest in `content`. Raises SealedFileRefused for any other and for one of a later version."""
    try:
        value = json.loads(content)
        if not isinstance(value, dict) or not isinstance(value.get("format"), int):
            raise SealedFileRefused(_NO_MANIFEST)
        if value["format"] > FORMAT:
            raise SealedFileRefused("a newer therapymail made it; install that, then try again")
        if value["format"] != FORMAT:
            raise SealedFileRefused(_NO_MANIFEST)
        return _manifest(value)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SealedFileRefused(_NO_MANIFEST) from None


_NO_MANIFEST = "it holds no backup"


def may_stand_in_a_backup(name: str) -> bool:
    """Whether a backup can hold a file of this name; there is none for any other in a practice."""
    return name in _ALL


def _manifest(value: dict[str, Any]) -> Manifest:
    made = datetime.strptime(value["made"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    files = {
        name: FileInside(_count(file["bytes"]), _matching(_HEX, file["sha256"]))
        for name, file in value["files"].items()
    }
    if not set(NEEDED) <= files.keys() or not all(map(may_stand_in_a_backup, files)):
        raise SealedFileRefused(_NO_MANIFEST)
    if (NOTES in files) != (NOTES_KEY in files):
        raise SealedFileRefused(_NO_MANIFEST)
    own_key = _matching(_FINGERPRINT, value["own_key"])
    notes = None if value["notes"] is None else _store(value["notes"])
    return Manifest(made, str(value["by"])[:40], own_key, files, _store(value["record"]), notes)


def _store(value: dict[str, Any]) -> StoreState:
    heads = {
        _matching(_DEVICE, device): (_count(sequence), _matching(_HEX, head))
        for device, (sequence, head) in value["heads"].items()
    }
    rows = {str(table): _count(count) for table, count in value["rows"].items()}
    device = _matching(_DEVICE, value["device"])
    return StoreState(_count(value["schema"]), device, _count(value["entries"]), _count(value["problems"]), rows, heads)


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST:
        raise ValueError("not a count")
    return value


def _matching(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError("not in its form")
    return value
