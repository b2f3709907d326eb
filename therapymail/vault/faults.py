"""What SQLCipher reports, as errors of ours: which of them are the file's fault, and in which words."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from therapymail.errors import FileUnusable, TherapymailError, VaultDamaged

# Primary result codes of SQLite (https://www.sqlite.org/rescode.html); sqlcipher3 does not name them all.
_PERMISSION, _BUSY, _LOCKED, _READ_ONLY, _INPUT_OUTPUT, _CORRUPT = 3, 5, 6, 8, 10, 11
_FULL, _CANNOT_OPEN, _NOT_A_DATABASE = 13, 14, 26

_OF_THE_DISK = {
    _PERMISSION: "permission is denied",
    _BUSY: "another therapymail has been writing to it for too long",
    _LOCKED: "another therapymail has been writing to it for too long",
    _READ_ONLY: "it is read-only",
    _INPUT_OUTPUT: "the disk reports an error or is full",
    _FULL: "the disk is full",
    _CANNOT_OPEN: "it cannot be opened for writing",
}
_OF_THE_CONTENT = {
    _CORRUPT: "a part of it is damaged",
    _NOT_A_DATABASE: "the key does not open it, or it is damaged",
}


@contextlib.contextmanager
def file_faults(path: Path) -> Iterator[None]:
    """Within, faults of the file at `path` are raised as FileUnusable or VaultDamaged.

    Anything else SQLCipher reports (a violated constraint, an unknown column) is a bug and passes as it is.
    """
    try:
        yield
    except sqlcipher.Error as error:
        fault = file_fault(error, path)
        if fault is None:
            raise
        # Not chained: SQLite's own text may quote what was being written.
        raise fault from None


def file_fault(error: Exception, path: Path) -> TherapymailError | None:
    """What `error` says of the file at `path`, or None where it is no fault of the file."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _OF_THE_DISK:
        return FileUnusable(str(path), _OF_THE_DISK[code])
    if code in _OF_THE_CONTENT:
        return VaultDamaged(path.name, _OF_THE_CONTENT[code])
    return None
