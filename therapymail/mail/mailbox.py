"""The account at its IMAP host: folders, how they stand, searching, glimpses, whole mails, waiting; one thing written.

The one thing ever put there is the copy of a letter that was sent; nothing of what is there is ever changed, but for
letters that the therapist erases there too, which are removed by their UIDs alone.
"""

import contextlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from threading import Event
from types import TracebackType
from typing import Self, TypeVar

from therapymail.config import HostSettings
from therapymail.domain.addresses import canonical_address
from therapymail.errors import ServerSaidNo, ServerUnreachable, UnusableInput
from therapymail.mail import fetching, idling, listing
from therapymail.mail.answers import (
    Appended,
    appended_as,
    esearch_answer,
    search_answer,
    uid_sets,
    uids_in_set,
    wire_date,
)
from therapymail.mail.connection import AsLiteral, Connection
from therapymail.mail.faults import DROPPED, as_our_errors
from therapymail.mail.fetching import BATCH_MAILS, LARGEST_BYTES, FetchedMail, Glimpse, NotFetched
from therapymail.mail.folder import Folder, FolderState, encoded_name
from therapymail.mail.wire import Refused, Stopped

_ADDRESSES_AT_ONCE = 12
_REMOVED_AT_ONCE = 500
_SEARCHED_FIELDS = (b"FROM", b"TO", b"CC", b"BCC")


Item = TypeVar("Item")


class Mailbox:
    """One logged-in connection, for one thread. Folders are opened by EXAMINE only (but to `remove`): no flag is set.

    Every method raises ServerUnreachable when the connection is gone or silent and ServerSaidNo when the server
    refuses or cannot be understood; after the former, and after an answer that makes no sense, the connection
    is closed and only a new `connect` helps. Made by `account.connect`.
    """

    def __init__(self, host: HostSettings, connection: Connection) -> None:
        self.host = host
        self._connection = connection
        self._open: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Log out if the server still listens, and close the connection. Never fails."""
        if not self._connection.wire.ended:
            with contextlib.suppress(OSError, Connection.Error, Stopped):
                self._connection.wire.send(b"BYE LOGOUT\r\n")
        self._connection.wire.shutdown()

    @property
    def pushes(self) -> bool:
        """Whether the server tells by itself that something changed (IDLE, RFC 2177)."""
        return bool(self._connection.can("IDLE"))

    def folders(self) -> tuple[Folder, ...]:
        """Every folder of the account, INBOX first."""
        with self._talking("listing the folders"):
            return listing.list_folders(self._connection)

    def states(self, folders: Iterable[Folder | str]) -> dict[str, FolderState]:
        """How `folders` stand, by name, in a constant number of round trips; folders that have gone are missing."""
        names = [folder if isinstance(folder, str) else folder.name for folder in folders]
        with self._talking("asking how the folders stand"):
            return listing.folder_states(self._connection, names)

    def open(self, folder: str) -> FolderState:
        """Open `folder` for reading only (EXAMINE); how it stands. ServerSaidNo if it is not there."""
        with self._talking("opening a folder"):
            self._open = None
            answer = self._connection.command(b"EXAMINE", encoded_name(folder))
            self._connection.wire.state, self._connection.wire.is_readonly = "SELECTED", True
            values = {name.encode(): _number(pieces) for name, pieces in answer.items()}
            values[b"MESSAGES"] = values.get(b"EXISTS")
            state = listing.state_from(folder, {name: value for name, value in values.items() if value is not None})
            if state is not None and state.uidnext == 0:
                state = listing.folder_states(self._connection, [folder]).get(folder, state)
            self._connection.wire.news = False
        if state is None:
            raise ServerSaidNo(self.host.host, "opening a folder")
        self._open = folder
        return state

    def search_addresses(self, addresses: Sequence[str]) -> list[int]:
        """The UIDs, ascending, of mails in the open folder from, to or copied to any of `addresses`.

        A superset: servers look for parts of addresses and some for words, so what comes is to be checked.
        Raises UnusableInput for what is no address, before anything is sent (HAZARDS S12).
        """
        canonical = sorted({canonical_address(address) for address in addresses})
        found: set[int] = set()
        with self._talking("searching a folder"):
            for start in range(0, len(canonical), _ADDRESSES_AT_ONCE):
                found.update(self._search_any(canonical[start : start + _ADDRESSES_AT_ONCE]))
        return sorted(found)

    def _search_any(self, addresses: Sequence[str]) -> list[int]:
        ascii_only = all(address.isascii() for address in addresses)
        keys = [
            [field, _quoted(address.encode()) if ascii_only else AsLiteral(address.encode())]
            for address in addresses
            for field in _SEARCHED_FIELDS
        ]
        charset = [] if ascii_only else [b"CHARSET", b"UTF-8"]
        answer = self._connection.command(b"UID SEARCH", *charset, *_any_of(keys))
        return search_answer(answer.get("SEARCH", []))

    def search_delivery_reports(self) -> list[int]:
        """The UIDs, ascending, of mails in the open folder that look like delivery reports (RFC 3464, or older ways).

        A superset, as with addresses: what comes is to be checked.
        """
        keys = [
            [b"HEADER", b"CONTENT-TYPE", b'"delivery-status"'],
            [b"HEADER", b"X-FAILED-RECIPIENTS", b'""'],
            [b"FROM", b'"mailer-daemon"'],
            [b"FROM", b'"postmaster@"'],
        ]
        with self._talking("searching a folder"):
            answer = self._connection.command(b"UID SEARCH", *_any_of(keys))
            return sorted(search_answer(answer.get("SEARCH", [])))

    def new_uids(self, after_uid: int) -> list[int]:
        """The UIDs above `after_uid` in the open folder, ascending."""
        with self._talking("looking for new mail"):
            # "n:*" always names the last mail too, even where its UID is below n (RFC 9051 section 6.4.8).
            answer = self._connection.command(b"UID SEARCH", b"UID", b"%d:*" % (max(0, after_uid) + 1))
            return [uid for uid in search_answer(answer.get("SEARCH", [])) if uid > after_uid]

    def uids(self) -> list[int]:
        """The UIDs of all mails in the open folder, ascending."""
        with self._talking("looking for what is still there"):
            if self._connection.can("ESEARCH"):
                answer = self._connection.command(b"UID SEARCH", b"RETURN", b"(ALL)", b"ALL")
                return esearch_answer(answer.get("ESEARCH", []))
            return search_answer(self._connection.command(b"UID SEARCH", b"ALL").get("SEARCH", []))

    def gone(self, known: Collection[int], since: int | None = None) -> frozenset[int]:
        """Which of the UIDs `known` are no longer in the open folder.

        With `since`, a HIGHESTMODSEQ at which all of them were there, a server with QRESYNC names them itself;
        else all UIDs are compared.
        """
        if since is None or not self._connection.vanished_known:
            return frozenset(known) - set(self.uids())
        with self._talking("looking for what is still there"):
            modifiers = b"(CHANGEDSINCE %d VANISHED)" % max(1, since)
            answer = self._connection.command(b"UID FETCH", b"1:*", b"(UID)", modifiers)
        ascending = sorted(known)
        gone: set[int] = set()
        for piece in answer.get("VANISHED", []):
            for first, last in uids_in_set(piece.rpartition(b" ")[2]) if isinstance(piece, bytes) else ():
                gone.update(ascending[bisect_left(ascending, first) : bisect_right(ascending, last)])
        return frozenset(gone)

    def glimpses(self, uids: Iterable[int]) -> Iterator[Glimpse]:
        """A glimpse of each of `uids` in the open folder that still exists, ascending, in batches."""
        return self._guarded("reading headers", lambda: fetching.glimpses(self._connection, uids))

    def fetch(
        self, uids: Iterable[int], *, batch: int = BATCH_MAILS, largest: int = LARGEST_BYTES
    ) -> Iterator[FetchedMail | NotFetched]:
        """Each of `uids` in the open folder, ascending: whole, or why not. `largest` in bytes of one mail.

        A mail that did not come whole is never a FetchedMail (HAZARDS C40). Memory stays at a few megabytes.
        """
        return self._guarded(
            "fetching mail", lambda: fetching.fetch(self._connection, uids, batch=batch, largest=largest)
        )

    def find_message_id(self, folder: str, message_id: str) -> list[int]:
        """The UIDs, ascending, of mails in `folder`, which is open afterwards, whose Message-ID is exactly this one.

        Raises ServerSaidNo if the folder is not there, UnusableInput for what is no id, before anything is sent.
        """
        if not (message_id.isascii() and message_id.isprintable() and message_id.strip()):
            raise UnusableInput("Message-ID", "it must be printable ASCII")
        self.open(folder)
        with self._talking("searching a folder"):
            key = (b"HEADER", b"MESSAGE-ID", _quoted(message_id.encode()))
            found = search_answer(self._connection.command(b"UID SEARCH", *key).get("SEARCH", []))
        return [glimpse.uid for glimpse in self.glimpses(found) if glimpse.header.message_id == message_id]

    def append(self, folder: str, raw: bytes, date: datetime) -> Appended | None:
        """Put the copy of a sent letter, its exact bytes, into `folder`, marked as seen, dated `date` (UTC).

        Gives where it lies now, None where the server does not say (no UIDPLUS, RFC 4315). ServerSaidNo: it was
        not put there; ServerUnreachable: it may have been.
        """
        with self._talking("filing the copy of a letter"):
            arguments = (encoded_name(folder), b"(\\Seen)", _quoted(wire_date(date)), AsLiteral(raw))
            return appended_as(self._connection.command(b"APPEND", *arguments).get("APPENDUID", []))

    def make_folder(self, name: str) -> None:
        """Make the folder `name`. Raises ServerSaidNo where the server will not."""
        with self._talking("making a folder"):
            self._connection.command(b"CREATE", encoded_name(name))

    @property
    def removes_singly(self) -> bool:
        """Whether the server can remove single mails (UIDPLUS, RFC 4315), and not only all that are marked."""
        return bool(self._connection.can("UIDPLUS"))

    def remove(self, folder: str, uidvalidity: int, uids: Iterable[int]) -> bool:
        """Remove exactly these mails from `folder`, for good; False, and nothing is touched, where it was renumbered.

        By UID EXPUNGE: mails that somebody else has marked as deleted stay. The caller has looked at `removes_singly`.
        """
        with self._talking("removing mail"):
            self._open = None
            answer = self._connection.command(b"SELECT", encoded_name(folder))
            self._connection.wire.state, self._connection.wire.is_readonly = "SELECTED", False
            if _number(answer.get("UIDVALIDITY", [])) != uidvalidity:
                return False
            for some, _ in uid_sets(uids, most=_REMOVED_AT_ONCE):
                self._connection.command(b"UID STORE", some, b"+FLAGS.SILENT", b"(\\Deleted)")
                self._connection.command(b"UID EXPUNGE", some)
        return True

    def idle(self, stop: Event, seconds: float) -> bool:
        """Wait until the server says that the open folder changed (True), `stop` is set or `seconds` pass (False)."""
        with self._talking("waiting for mail"):
            return idling.idle(self._connection, stop, seconds)

    def _guarded(self, doing: str, start: Callable[[], Iterator[Item]]) -> Iterator[Item]:
        items = start()
        while True:
            with self._talking(doing):
                try:
                    item = next(items)
                except StopIteration:
                    return
            yield item

    @contextlib.contextmanager
    def _talking(self, doing: str) -> Iterator[None]:
        """Talk to the server; close the connection on anything but a plain NO or an error of the caller's."""
        if self._connection.wire.ended:
            raise ServerUnreachable(self.host.host, self.host.port, DROPPED)
        sound = False
        try:
            with as_our_errors(self.host, doing):
                try:
                    yield
                    sound = True
                except (Refused, UnusableInput):
                    sound = True
                    raise
        finally:
            if not sound:
                self._connection.wire.shutdown()


def _number(pieces: Sequence[object]) -> int | None:
    last = pieces[-1] if pieces else None
    return int(last) if isinstance(last, bytes) and last.isdigit() and len(last) <= 20 else None


def _quoted(text: bytes) -> bytes:
    return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def _any_of(keys: Sequence[Sequence[bytes]]) -> list[bytes]:
    """The search keys joined by OR as a balanced tree: servers limit how deep it may go."""
    if len(keys) == 1:
        return list(keys[0])
    middle = len(keys) // 2
    return [b"OR", *_any_of(keys[:middle]), *_any_of(keys[middle:])]
