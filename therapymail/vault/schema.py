"""How a vault file comes to have this version's schema: made new, or migrated step by step after a backup."""

import contextlib
import os
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sqlcipher3 import dbapi2 as sqlcipher

from therapymail.errors import FileUnusable, VaultDamaged, VaultNewer
from therapymail.paths import PRIVATE_FILE, error_phrase
from therapymail.vault.cipher import connect
from therapymail.vault.moments import to_microseconds

DEVICE_BYTES = 16
NEWEST = 12  # the number of steps; said here so that opening an up-to-date vault reads no file for it
NEWEST_OF_NOTES = 1  # of the store of process notes, which has steps of its own
KEPT_BACKUPS = 3
_STEP_NAME = re.compile(r"([0-9]{4})_[a-z_]+\.sql")


class Migrations(NamedTuple):
    """The steps of one sort of store: the SQL of each, and how many there are (asked without reading a file)."""

    steps: Callable[[], tuple[str, ...]]
    newest: Callable[[], int]


@cache
def steps() -> tuple[str, ...]:
    """The SQL of every migration of the record; the one at index n leads from schema n to n + 1."""
    return _steps_in("therapymail.vault.migrations", NEWEST)


@cache
def steps_of_notes() -> tuple[str, ...]:
    """As `steps`, of the store of process notes."""
    return _steps_in("therapymail.vault.notes_migrations", NEWEST_OF_NOTES)


def _steps_in(package: str, newest: int) -> tuple[str, ...]:
    from importlib import resources

    files = resources.files(package)
    found = sorted((entry.name, entry) for entry in files.iterdir() if _STEP_NAME.fullmatch(entry.name))
    numbers = [int(name[:4]) for name, _ in found]
    assert numbers == list(range(1, newest + 1)), "migrations are numbered without a gap"
    return tuple(entry.read_text(encoding="utf-8") for _, entry in found)


RECORD = Migrations(lambda: steps(), lambda: NEWEST)  # noqa: PLW0108 - looked up at each call: tests add steps
PROCESS_NOTES = Migrations(steps_of_notes, lambda: NEWEST_OF_NOTES)


def schema_of(connection: sqlcipher.Connection) -> int:
    """The schema number of the open file; 0 for a new one."""
    number: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return number


def make_new(path: Path, key_hex: str, now: datetime, migrations: Migrations = RECORD) -> None:
    """A new vault at `path`, with a device id of its own. It is written beside and then named: whole or absent.

    Raises FileUnusable and what `faults` translates.
    """
    unnamed = path.with_name(f".new-{secrets.token_hex(8)}.db")
    try:
        _touch_private(unnamed)
        with contextlib.closing(connect(unnamed, key_hex)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            _take_steps(connection, migrations, first=0)
            connection.executemany(
                "INSERT INTO meta (name, value) VALUES (?, ?)",
                [("device", secrets.token_hex(DEVICE_BYTES)), ("made", str(to_microseconds(now)))],
            )
        _to_disk(unnamed)
        # `link` and not `rename`: a vault that appeared meanwhile is never overwritten.
        os.link(unnamed, path)
        _to_disk(path.parent)
    except OSError as error:
        raise FileUnusable(str(path), error_phrase(error)) from None
    finally:
        for left in (unnamed, *_companions(unnamed)):
            left.unlink(missing_ok=True)


def bring_up_to_date(
    connection: sqlcipher.Connection, path: Path, key_hex: str, migrations: Migrations = RECORD
) -> None:
    """Migrate the vault at `path`, which `connection` has open, if its schema is older, after a backup beside it.

    Raises VaultNewer, VaultDamaged (keyed, but no vault), FileUnusable (the backup finds no room: nothing was
    changed) and what `faults` translates.
    """
    found, newest = schema_of(connection), migrations.newest()
    if found == 0:
        raise VaultDamaged(path.name, "it holds no vault")
    if found > newest:
        raise VaultNewer(found, newest)
    if found < newest:
        _back_up(connection, path, key_hex, found)
        _take_steps(connection, migrations, first=found)
        _prune_backups(path)


def _take_steps(connection: sqlcipher.Connection, migrations: Migrations, first: int) -> None:
    """Every step after schema `first`, each in one transaction that also moves the schema's number."""
    for number, step in enumerate(migrations.steps()[first:], start=first + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have taken this step while we made our backup.
            if schema_of(connection) < number:
                for statement in _statements(step):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number:d}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _statements(script: str) -> list[str]:
    """The single statements of `script` (`executescript` would commit before it starts)."""
    statements, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlcipher.complete_statement(pending):
            statements.append(pending)
            pending = ""
    assert not pending.strip() or pending.lstrip().startswith("--"), "a migration ends with a whole statement"
    return statements


# --- backups before a migration ------------------------------------------------------------------------


def backups_of(path: Path) -> list[Path]:
    """The backups that migrations of the vault at `path` left beside it, oldest first."""
    return sorted(path.parent.glob(f"{path.stem}.before-schema-*.db"))


def forget_backups(path: Path) -> None:
    """Remove every backup that a migration left: after an erasure they would still hold what was erased."""
    _remove(backups_of(path))


def _prune_backups(path: Path) -> None:
    _remove(backups_of(path)[:-KEPT_BACKUPS])


def _remove(backups: list[Path]) -> None:
    for backup in backups:
        try:
            backup.unlink(missing_ok=True)
        except OSError as error:
            raise FileUnusable(str(backup), error_phrase(error)) from None


def _back_up(connection: sqlcipher.Connection, path: Path, key_hex: str, found: int) -> None:
    """A copy of the vault under the same key, taken page by page through SQLite: consistent at any moment."""
    backup = path.with_name(f"{path.stem}.before-schema-{found + 1:04d}.db")
    unnamed = path.with_name(f".new-{secrets.token_hex(8)}.db")
    try:
        _touch_private(unnamed)
        with contextlib.closing(connect(unnamed, key_hex)) as copy:
            connection.backup(copy)
        _to_disk(unnamed)
        unnamed.replace(backup)
        _to_disk(path.parent)
    except OSError as error:
        raise FileUnusable(str(path), error_phrase(error)) from None
    finally:
        for left in (unnamed, *_companions(unnamed)):
            left.unlink(missing_ok=True)


def _companions(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal"))


def _touch_private(path: Path) -> None:
    """An empty file with mode 0600: SQLite gives its log and shared memory the same mode."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
