"""The vault: an encrypted database, opened with its raw key; work is done in units, each one transaction.

One anchor connection stays open while the vault is, so that SQLite keeps its shared state. The thread that
opened the vault works on one connection from unit to unit, because the pages it has deciphered are most of what
a search or a batch costs; every other thread gets a connection for each unit.
"""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Self

from sqlcipher3 import dbapi2 as sqlcipher

from therapymail.errors import FileUnusable, VaultDamaged, VaultLocked
from therapymail.vault import schema
from therapymail.vault.cipher import connect, refuse_unusable_file
from therapymail.vault.faults import file_faults
from therapymail.vault.key import key_as_hex

Row = tuple[Any, ...]
Parameters = Sequence[object] | Mapping[str, object]  # by place, or by name
_LOG_PATIENCE = 200  # milliseconds; it can be cleared another time
_READ_ONLY, _READ_AND_WRITE = "PRAGMA query_only = ON", "PRAGMA query_only = OFF"


class Reader:
    """One unit of work that only reads: everything in it sees the same moment of the vault."""

    def __init__(self, connection: sqlcipher.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """All rows that `sql` gives."""
        found: list[Row] = self._connection.execute(sql, parameters).fetchall()
        return found

    def row(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row that `sql` gives, or None."""
        found: Row | None = self._connection.execute(sql, parameters).fetchone()
        return found

    def each(self, sql: str, parameters: Parameters = ()) -> Iterator[Row]:
        """The rows that `sql` gives, one after another, without holding them all."""
        yield from self._connection.execute(sql, parameters)


class Writer(Reader):
    """One unit of work that writes: all of it is kept, or nothing."""

    def run(self, sql: str, parameters: Parameters = ()) -> int:
        """Carry out `sql`; the number of rows changed."""
        changed: int = self._connection.execute(sql, parameters).rowcount
        return changed

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Carry out `sql` for each of `rows`."""
        self._connection.executemany(sql, rows)


class Vault:
    """One practice's record while it is unlocked. Made by `create` or `open`; ends with `close` or a `with` block.

    `guard` is called before each unit of work and raises VaultLocked once the practice has been locked.
    """

    migrations: ClassVar[schema.Migrations] = schema.RECORD

    def __init__(self, path: Path, key_hex: str, guard: Callable[[], None], anchor: sqlcipher.Connection) -> None:
        self._path = path
        self._key_hex = key_hex
        self._guard = guard
        # Only ever used to stay open, and closed by whichever thread locks.
        self._anchor: sqlcipher.Connection | None = anchor
        self._owner = threading.get_ident()
        self._kept: sqlcipher.Connection | None = None
        self._kept_in_use = False

    @classmethod
    def create(cls, path: Path, raw_key: bytes, now: datetime, guard: Callable[[], None] = lambda: None) -> Self:
        """A new, empty vault at `path` under `raw_key` (32 bytes), made at `now`.

        It appears at `path` whole or not at all. Raises FileUnusable, also where a file already is.
        """
        if path.exists():
            raise FileUnusable(str(path), "there already is a vault")
        key_hex = key_as_hex(raw_key)
        with file_faults(path):
            schema.make_new(path, key_hex, now, cls.migrations)
            return cls(path, key_hex, guard, connect(path, key_hex, any_thread=True))

    @classmethod
    def open(cls, path: Path, raw_key: bytes, guard: Callable[[], None] = lambda: None) -> Self:
        """The vault at `path`, brought to this version's schema after a backup of the file.

        Raises VaultDamaged (not encrypted, truncated, empty, another key's), VaultNewer, FileUnusable.
        """
        key_hex = key_as_hex(raw_key)
        refuse_unusable_file(path)
        with file_faults(path):
            anchor = connect(path, key_hex, any_thread=True)
            try:
                schema.bring_up_to_date(anchor, path, key_hex, cls.migrations)
            except BaseException:
                anchor.close()
                raise
            return cls(path, key_hex, guard, anchor)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Reader]:
        """A unit of work that only reads. Raises VaultLocked, VaultDamaged, FileUnusable."""
        with self._unit("BEGIN", _READ_ONLY) as connection:
            yield Reader(connection)

    @contextlib.contextmanager
    def writing(self, *, durable: bool = True, to_finish: bool = False) -> Iterator[Writer]:
        """A unit of work that writes: kept whole at the end of the block, undone if the block raises.

        `durable` waits until the disk has it. Without it a power cut may undo whole units of work, in order
        and never in part: right for what is simply repeated, such as filing fetched mail. `to_finish` lets a lock
        that came meanwhile wait until it is done: only for what cannot be repeated, such as saying what happened.
        Raises VaultLocked, VaultDamaged, FileUnusable.
        """
        synchronous = "PRAGMA synchronous = FULL" if durable else "PRAGMA synchronous = NORMAL"
        guarded = not to_finish
        with self._unit("BEGIN IMMEDIATE", _READ_AND_WRITE, synchronous, guarded=guarded) as connection:
            yield Writer(connection)

    @contextlib.contextmanager
    def _unit(self, begin: str, *settings: str, guarded: bool = True) -> Iterator[sqlcipher.Connection]:
        if self._anchor is None:
            raise VaultLocked
        try:
            if guarded:
                self._guard()
        except VaultLocked:
            self._let_go()
            raise
        with file_faults(self._path), self._connection() as connection:
            for setting in settings:
                connection.execute(setting)
            connection.execute(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # A full disk makes SQLite roll back by itself.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlcipher.Connection]:
        """The connection kept for the owner's thread, or one of its own for another thread or a unit within a unit."""
        if threading.get_ident() != self._owner or self._kept_in_use:
            with contextlib.closing(connect(self._path, self._key_hex)) as connection:
                yield connection
            return
        if self._kept is None:
            self._kept = connect(self._path, self._key_hex, any_thread=True)
        self._kept_in_use = True
        try:
            yield self._kept
        except BaseException:
            self._let_go()
            raise
        finally:
            self._kept_in_use = False

    def _let_go(self) -> None:
        """Close the kept connection, and with it the pages it has deciphered."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()

    def scrub(self) -> None:
        """Rewrite the file without anything that was deleted, and forget the backups that still hold it.

        For erasure (HAZARDS H14, S27): takes as long as copying the vault. Raises as `writing` does.
        """
        if self._anchor is None:
            raise VaultLocked
        self._guard()
        self._let_go()  # a connection that reads an older moment would hinder the checkpoint
        with file_faults(self._path), contextlib.closing(connect(self._path, self._key_hex)) as connection:
            connection.execute("VACUUM")
            (hindered, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if hindered:
            raise FileUnusable(str(self._path), "another therapymail is using it")
        schema.forget_backups(self._path)

    def clear_log(self) -> bool:
        """Write the log into the file and empty it; False where another unit of work is in its way for now.

        What was discarded is overwritten in the file at once, but the log holds what was there before until the
        vault is closed: this is for one that stays open (HAZARDS H14). Raises as `writing` does.
        """
        if self._anchor is None:
            raise VaultLocked
        self._guard()
        with file_faults(self._path), contextlib.closing(connect(self._path, self._key_hex)) as connection:
            connection.execute(f"PRAGMA busy_timeout = {_LOG_PATIENCE}")
            (hindered, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not hindered

    def damage(self) -> tuple[str, ...]:
        """What an inspection of the whole file finds wrong, as short phrases; nothing when it is sound."""
        try:
            # A full disk may have left the file's last page incomplete: what belongs there is still in the log.
            with contextlib.suppress(FileUnusable):
                self.clear_log()
            with self.reading() as reader:
                findings = reader.rows("PRAGMA cipher_integrity_check") + reader.rows("PRAGMA quick_check(20)")
                findings += [("a row refers to nothing",)] * len(reader.rows("PRAGMA foreign_key_check"))
        except VaultDamaged as found:
            return (found.why,)
        return tuple(str(finding[0]) for finding in findings if finding[0] != "ok")

    def close(self) -> None:
        """Forget the key and let go of the file; a unit of work under way still ends well."""
        anchor, self._anchor, self._key_hex = self._anchor, None, ""
        if not self._kept_in_use:
            self._let_go()
        if anchor is not None:
            anchor.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
