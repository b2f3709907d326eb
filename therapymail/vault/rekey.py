"""Another raw key for a store: the file is rewritten in one transaction, so that a kill leaves the one or the other."""

import contextlib
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from therapymail.errors import FileUnusable, VaultDamaged
from therapymail.vault import schema
from therapymail.vault.cipher import connect, refuse_unusable_file
from therapymail.vault.faults import file_fault, file_faults
from therapymail.vault.key import key_as_hex

_NOT_REKEYED = "it could not be put under another key (the disk may be full, or another therapymail was writing)"


def opens_with(path: Path, raw_key: bytes) -> bool:
    """Whether the store at `path` opens with `raw_key` (32 bytes). Raises FileUnusable."""
    try:
        refuse_unusable_file(path)
        with file_faults(path):
            connect(path, key_as_hex(raw_key)).close()
    except VaultDamaged:
        return False
    return True


def rekey(path: Path, raw_key: bytes, new: bytes) -> None:
    """Put the store at `path` under `new`: whoever has `raw_key` opens it no more. Takes as long as copying it.

    Killed at any moment it opens with exactly one of the two. Migrations' backups, which are under the key before, go.
    Raises FileUnusable (a full disk, another process at work), VaultDamaged: then it is as it was.
    """
    refuse_unusable_file(path)
    with file_faults(path), contextlib.closing(connect(path, key_as_hex(raw_key))) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")  # whoever writes is waited for, and named as what is in the way
        connection.execute("ROLLBACK")
        try:
            connection.execute(f"PRAGMA rekey = \"x'{key_as_hex(new)}'\"")
        except sqlcipher.OperationalError as error:
            if file_fault(error, path) is None:  # SQLCipher says of each failure the same, and takes the work back
                raise FileUnusable(str(path), _NOT_REKEYED) from None
            raise
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()  # else the last to close it does that
    if not opens_with(path, new):
        raise FileUnusable(str(path), "it did not take its new key")
    schema.forget_backups(path)
