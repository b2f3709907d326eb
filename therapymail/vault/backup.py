"""A store's part in a backup: a sound copy taken while others work on it, what it holds, and the sum of each letter."""

import contextlib
import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from therapymail.domain.backup import StoreState
from therapymail.errors import FileUnusable, VaultDamaged
from therapymail.paths import PRIVATE_FILE, error_phrase
from therapymail.vault import journal, schema
from therapymail.vault.cipher import connect, refuse_unusable_file
from therapymail.vault.connection import Reader
from therapymail.vault.faults import file_faults
from therapymail.vault.key import key_as_hex

Tell = Callable[[int, int], None]  # bytes done, of how many; what it raises ends the work
_PAGES = 2048  # copied between two calls of `tell`: 8 MB
_PREFIX = ".backup-"
# Where SQLite's processes lock each other out of a file (https://www.sqlite.org/src/file/src/os.h, PENDING_BYTE).
_LOCK_BYTES = (0x40000000, 512)


@contextlib.contextmanager
def copy_of_store(path: Path, raw_key: bytes, tell: Tell = lambda _done, _total: None) -> Iterator[Path]:
    """A copy of the store at `path`, as it is at one moment, under the same key and beside it; gone at the end.

    Others read and write meanwhile. Raises VaultDamaged, FileUnusable (no room), and what `tell` raises.
    """
    key_hex = key_as_hex(raw_key)
    with _unnamed_file(path) as copy, file_faults(path):
        with (
            contextlib.closing(connect(path, key_hex)) as source,
            contextlib.closing(connect(copy, key_hex)) as target,
        ):
            # One moment for all steps: without it SQLite begins anew whenever somebody writes.
            source.execute("BEGIN")
            size = int(source.execute("PRAGMA page_size").fetchone()[0])
            source.execute("SELECT count(*) FROM sqlite_schema").fetchone()

            def told(_status: int, remaining: int, total: int) -> None:
                tell((total - remaining) * size, total * size)

            source.backup(target, pages=_PAGES, progress=told, sleep=0.0)
            source.execute("ROLLBACK")
        yield copy


def files_as_they_lie(path: Path) -> dict[str, bytes]:
    """The files of a store that is locked, by name, byte for byte, read while nobody has it open.

    Its log is among them where whoever wrote last was killed. Raises FileUnusable where another process has it open.
    """
    log = path.with_name(f"{path.name}-wal")
    try:
        with path.open("r+b") as file:
            start, length = _LOCK_BYTES
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)
            # Read through the descriptor that holds the lock: closing another would let go of it.
            found = {path.name: file.read()}
            if log.exists() and log.stat().st_size:
                found[log.name] = log.read_bytes()
            return found
    except BlockingIOError:
        raise FileUnusable(str(path), "another therapymail is using it") from None
    except OSError as error:
        raise FileUnusable(str(path), error_phrase(error)) from None


def state_of_store(path: Path, raw_key: bytes) -> StoreState:
    """What the store at `path` holds, of whatever schema; its journal's chains are walked. Nothing is migrated.

    Raises VaultDamaged, FileUnusable.
    """
    with _reading(path, raw_key) as reader:
        report = journal.verify(reader)
        tables = [name for (name,) in reader.rows(_TABLES)]
        return StoreState(
            schema=_number(reader, "PRAGMA user_version"),
            device=journal.this_device(reader).hex(),
            entries=report.entries,
            problems=len(report.problems),
            rows={name: _number(reader, f'SELECT count(*) FROM "{name}"') for name in tables},  # noqa: S608 - its own
            heads={
                device.hex(): (sequence, head.hex())
                for device, sequence, head in reader.rows("SELECT device, sequence, hash FROM journal_head")
            },
        )


def sums_of_letters(path: Path, raw_key: bytes) -> Iterator[bytes]:
    """A line for each letter as it came, in the order of the file: SHA-256 of its bytes, two blanks, its digest.

    Raises VaultDamaged, FileUnusable.
    """
    with _reading(path, raw_key) as reader:
        for digest, raw in reader.each("SELECT digest, raw FROM letter_original ORDER BY rowid"):
            yield f"{hashlib.sha256(raw).hexdigest()}  {digest.hex()}\n".encode("ascii")


def require_sound(path: Path, raw_key: bytes) -> None:
    """Check every page of the store at `path`. Raises VaultDamaged, FileUnusable."""
    with _reading(path, raw_key) as reader:
        findings = reader.rows("PRAGMA cipher_integrity_check") + reader.rows("PRAGMA quick_check(1)")
        findings += reader.rows("PRAGMA foreign_key_check")
    if [finding for finding in findings if finding[0] != "ok"]:
        raise VaultDamaged(path.name, "a part of it is damaged")


def newest_schemas() -> tuple[int, int]:
    """The schemas of record and process notes that this version knows."""
    return schema.NEWEST, schema.NEWEST_OF_NOTES


def remove_left_behind(directory: Path) -> None:
    """Remove the copies of backups that were killed. Raises FileUnusable."""
    for file in directory.glob(f"{_PREFIX}*"):
        pid = file.name.removeprefix(_PREFIX).partition("-")[0]
        if not pid.isdigit() or not Path(f"/proc/{pid}").exists():
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                raise FileUnusable(str(file), error_phrase(error)) from None


_TABLES = (
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '*_index*'"
    " ORDER BY name"
)


def _number(reader: Reader, sql: str) -> int:
    row = reader.row(sql)
    assert row, "it always gives a row"
    return int(row[0])


@contextlib.contextmanager
def _reading(path: Path, raw_key: bytes) -> Iterator[Reader]:
    refuse_unusable_file(path)
    with file_faults(path), contextlib.closing(connect(path, key_as_hex(raw_key))) as connection:
        connection.execute("BEGIN")
        try:
            yield Reader(connection)
        except sqlcipher.OperationalError:
            raise VaultDamaged(path.name, "it holds no vault") from None
        connection.execute("ROLLBACK")


@contextlib.contextmanager
def _unnamed_file(path: Path) -> Iterator[Path]:
    """An empty private file beside `path`, whose name says whose it is; it and what SQLite puts beside it go again."""
    file = path.with_name(f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}.db")
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
    except OSError as error:
        raise FileUnusable(str(path), error_phrase(error)) from None
    try:
        yield file
    finally:
        for left in path.parent.glob(f"{file.name}*"):
            left.unlink(missing_ok=True)
