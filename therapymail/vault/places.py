"""Where letters lie on the mail host and how far each folder has been read: working state, not record."""

from collections.abc import Iterable, Sequence

from therapymail.domain.letter import Place
from therapymail.domain.mailbox import Bookmark
from therapymail.vault.connection import Reader, Writer

_FOLDER_TABLES = ("place", "bookmark", "searched_address", "stranger")


# --- places --------------------------------------------------------------------------------------------


def add_places(writer: Writer, places: Iterable[tuple[Place, bytes]]) -> None:
    """Note that a copy of the letter with this digest lies at each place; a place known already stays as it is."""
    writer.run_many(
        "INSERT INTO place (account, folder, uidvalidity, uid, digest) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        ((place.account, place.folder, place.uidvalidity, place.uid, digest) for place, digest in places),
    )


def places_of(reader: Reader, digest: bytes) -> list[Place]:
    """Where copies of the letter with this digest were seen."""
    rows = reader.rows(
        "SELECT account, folder, uidvalidity, uid FROM place WHERE digest = ?"
        " ORDER BY account, folder, uidvalidity, uid",
        (digest,),
    )
    return [Place(*row) for row in rows]


def known_uids(reader: Reader, account: str, folder: str, uidvalidity: int) -> set[int]:
    """The UIDs of a folder whose mail is filed: an interrupted import goes on without fetching them again."""
    rows = reader.rows(
        "SELECT uid FROM place WHERE account = ? AND folder = ? AND uidvalidity = ?", (account, folder, uidvalidity)
    )
    return {uid for (uid,) in rows}


def remove_places(writer: Writer, account: str, folder: str, uidvalidity: int, uids: Iterable[int]) -> None:
    """Forget places that the mail host no longer has; the letters stay in the record."""
    for table in ("place", "stranger"):
        writer.run_many(
            f"DELETE FROM {table} WHERE account = ? AND folder = ? AND uidvalidity = ? AND uid = ?",  # noqa: S608 - fixed tables
            ((account, folder, uidvalidity, uid) for uid in uids),
        )


def drop_places(writer: Writer, account: str, folder: str) -> None:
    """Forget all that is remembered of a folder: it was renumbered or is gone. The letters stay in the record."""
    for table in _FOLDER_TABLES:
        writer.run(f"DELETE FROM {table} WHERE account = ? AND folder = ?", (account, folder))  # noqa: S608 - fixed tables


# --- bookmarks -----------------------------------------------------------------------------------------


def bookmark(reader: Reader, account: str, folder: str) -> Bookmark | None:
    """How far this folder has been read, or None if it never was."""
    row = reader.row(
        "SELECT folder, uidvalidity, uidnext, highestmodseq, messages FROM bookmark WHERE account = ? AND folder = ?",
        (account, folder),
    )
    return Bookmark(*row) if row else None


def bookmarks(reader: Reader, account: str) -> dict[str, Bookmark]:
    """How far each folder of this account has been read."""
    rows = reader.rows(
        "SELECT folder, uidvalidity, uidnext, highestmodseq, messages FROM bookmark WHERE account = ?", (account,)
    )
    return {row[0]: Bookmark(*row) for row in rows}


def set_bookmark(writer: Writer, account: str, bookmark: Bookmark) -> None:
    """Remember how far a folder has been read. Belongs in the unit of work that files its letters."""
    writer.run(
        "INSERT INTO bookmark (account, folder, uidvalidity, uidnext, highestmodseq, messages)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, folder) DO UPDATE SET"
        " uidvalidity = excluded.uidvalidity, uidnext = excluded.uidnext,"
        " highestmodseq = excluded.highestmodseq, messages = excluded.messages",
        (
            account,
            bookmark.folder,
            bookmark.uidvalidity,
            bookmark.uidnext,
            bookmark.highestmodseq,
            bookmark.messages,
        ),
    )


# --- the history of addresses --------------------------------------------------------------------------


def searched_addresses(reader: Reader, account: str, folder: str) -> frozenset[str]:
    """The client addresses whose older mail in this folder has been looked for."""
    rows = reader.rows("SELECT address FROM searched_address WHERE account = ? AND folder = ?", (account, folder))
    return frozenset(address for (address,) in rows)


def set_searched_addresses(
    writer: Writer, account: str, folder: str, uidvalidity: int, addresses: Iterable[str]
) -> None:
    """Note that the older mail of `addresses` in this folder has been fetched."""
    writer.run_many(
        "INSERT INTO searched_address (account, folder, address, uidvalidity) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (account, folder, address) DO UPDATE SET uidvalidity = excluded.uidvalidity",
        ((account, folder, address, uidvalidity) for address in addresses),
    )


# --- mail from nobody we know --------------------------------------------------------------------------


def note_strangers(writer: Writer, places: Sequence[Place]) -> None:
    """Note sealed or signed mail from nobody we know, which stays on the mail host."""
    writer.run_many(
        "INSERT INTO stranger (account, folder, uidvalidity, uid) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        ((place.account, place.folder, place.uidvalidity, place.uid) for place in places),
    )


def strangers(reader: Reader) -> list[Place]:
    """Where such mail lies, without what has been filed since."""
    rows = reader.rows(
        "SELECT account, folder, uidvalidity, uid FROM stranger"
        " EXCEPT SELECT account, folder, uidvalidity, uid FROM place"
        " ORDER BY account, folder, uidvalidity, uid"
    )
    return [Place(*row) for row in rows]
