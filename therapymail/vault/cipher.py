"""One SQLCipher connection as this vault needs it, and the proof that the file is encrypted."""

from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from therapymail.errors import FileUnusable, VaultDamaged
from therapymail.paths import error_phrase

PLAIN_HEADER = b"SQLite format 3\0"  # https://www.sqlite.org/fileformat.html; a sealed file starts with a salt
PAGE_BYTES = 4096  # SQLCipher's own; part of the file's format from the first vault on
BUSY_SECONDS = 10.0

_SETTINGS = (
    "PRAGMA foreign_keys = ON",
    # Deleted content is overwritten in the file at once (HAZARDS H14; the index has a setting of its own).
    "PRAGMA secure_delete = ON",
    # Sorting and temporary tables stay in memory: a temporary file would be a place letters escape to.
    "PRAGMA temp_store = MEMORY",
    "PRAGMA mmap_size = 0",
    "PRAGMA cache_size = -16000",
    # Up to 16 MB of log between checkpoints: filing in bulk writes the same pages of the index again and again.
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA journal_size_limit = 16777216",
    # A file someone has swapped cannot bring functions or views that run in our name.
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    # The index's list of words, see `beginnings`; it stores nothing, and a reading connection could not make it.
    "CREATE VIRTUAL TABLE temp.indexed_word USING fts5vocab(main, letter_index, instance)",
)


def connect(path: Path, key_hex: str, *, any_thread: bool = False) -> sqlcipher.Connection:
    """A connection to the existing file at `path`, keyed, proven to be encrypting, with our settings.

    `key_hex` is 64 hex digits. Raises sqlcipher errors for what `faults` translates, VaultDamaged and
    FileUnusable.
    """
    connection = sqlcipher.connect(
        path.absolute().as_uri() + "?mode=rw",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,  # transactions are begun and ended in `connection` alone
        check_same_thread=not any_thread,
        cached_statements=256,
    )
    try:
        _key(connection, key_hex)
        _prove_encrypted(connection, path)
        for setting in _SETTINGS:
            connection.execute(setting)
    except BaseException:
        connection.close()
        raise
    return connection


def _key(connection: sqlcipher.Connection, key_hex: str) -> None:
    # SQLCipher otherwise reports page faults on standard error, past our own sentences.
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key_hex}'\"")
    # The file's format stays that of SQLCipher 4 whatever a later library prefers.
    connection.execute("PRAGMA cipher_compatibility = 4")


def _prove_encrypted(connection: sqlcipher.Connection, path: Path) -> None:
    """Refuse a library that would write in clear, and a key that is not this file's."""
    version = connection.execute("PRAGMA cipher_version").fetchone()
    if not version or not version[0]:
        raise FileUnusable(str(path), "the SQLite of this Python does not encrypt; nothing was written")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()


def refuse_unusable_file(path: Path) -> None:
    """Look at the file from outside, before any library touches it: SQLite takes a file of one byte for a new one.

    Raises VaultDamaged for an empty, cut or plain file, FileUnusable where it cannot be read or is not there.
    """
    log = path.with_name(path.name + "-wal")
    try:
        with path.open("rb") as file:
            start = file.read(len(PLAIN_HEADER))
        length = path.stat().st_size
        # A log may hold what an interrupted write of the file's last page left incomplete.
        may_be_completed = log.exists() and log.stat().st_size > 0
    except OSError as error:
        raise FileUnusable(str(path), error_phrase(error)) from None
    if not start:
        raise VaultDamaged(path.name, "it is empty")
    if start == PLAIN_HEADER:
        raise VaultDamaged(path.name, "it is not encrypted")
    if length < PAGE_BYTES or (length % PAGE_BYTES and not may_be_completed):
        raise VaultDamaged(path.name, "its end is missing")
