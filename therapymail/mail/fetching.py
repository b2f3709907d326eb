"""Fetching mails and their headers from the open folder: in batches bounded by bytes, each whole or not at all."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from therapymail.mail.answers import FetchAnswer, fetch_answers, uid_sets
from therapymail.mail.connection import Connection
from therapymail.mail.headers import HeaderFields, read_headers
from therapymail.mail.wire import Refused

LARGEST_BYTES = 50_000_000  # a mail above this is fetched only when it is asked for by name
BATCH_MAILS = 200
BATCH_BYTES = 4_000_000  # what one batch holds in memory, unless one mail alone is larger
_SIZES_AT_ONCE = 2_000
_GLIMPSES_AT_ONCE = 250
_HEADER_BYTES = 65_536  # of one mail; what follows is a way to fill memory, not a header
_GLIMPSED = (
    b"BODY.PEEK[HEADER.FIELDS (FROM TO CC DATE MESSAGE-ID IN-REPLY-TO REFERENCES CONTENT-TYPE"
    b" AUTO-SUBMITTED RETURN-PATH X-FAILED-RECIPIENTS)]<0.%d>" % _HEADER_BYTES
)
_SEALED_TYPES = {"multipart/encrypted", "application/pgp-encrypted", "multipart/signed"}


class NotFetchedWhy(StrEnum):
    """Why a mail that was asked for is not there."""

    GONE = "gone"  # the server has no mail of this number any more
    TOO_LARGE = "too-large"
    INCOMPLETE = "incomplete"  # less came than the server holds, twice (HAZARDS C40)
    REFUSED = "refused"  # the server cannot give this one


@dataclass(frozen=True)
class FetchedMail:
    """One mail, exactly as the server holds it. `size` is len(raw) in bytes; `internaldate` UTC, None if absurd."""

    uid: int
    internaldate: datetime | None
    size: int
    raw: bytes


@dataclass(frozen=True)
class NotFetched:
    """A mail that was asked for and did not come whole. `size` in bytes as the server says, 0 if it does not."""

    uid: int
    why: NotFetchedWhy
    size: int = 0


@dataclass(frozen=True)
class Glimpse:
    """A mail's header without the mail: enough to decide whether it concerns us. Nothing in it is verified.

    `header.subject` and `header.topmost_received` are not asked for, so they are empty. `sealed_type`: its
    outermost media type is one of sealed or signed mail (text sealed inline does not show here).
    """

    uid: int
    internaldate: datetime | None
    size: int
    header: HeaderFields

    @property
    def sealed_type(self) -> bool:
        """Whether the outermost media type is one of sealed or signed mail."""
        return self.header.content_type in _SEALED_TYPES

    @property
    def parties(self) -> frozenset[str]:
        """Every usable address it comes from or goes to, canonical."""
        header = self.header
        return frozenset(address for address in header.from_addresses if address).union(
            header.to_addresses, header.cc_addresses
        )


def glimpses(connection: Connection, uids: Iterable[int]) -> Iterator[Glimpse]:
    """A glimpse of each of `uids` that still exists, ascending. Raises what the wire raises."""
    items = b"(RFC822.SIZE INTERNALDATE " + _GLIMPSED + b")"
    for numbers, batch in uid_sets(uids, most=_GLIMPSES_AT_ONCE):
        found = _answers(connection, numbers, items, batch, expected=len(batch) * _HEADER_BYTES)
        for uid in batch:
            if (answer := found.get(uid)) is not None:
                header = read_headers(answer.section or b"")
                yield Glimpse(uid, answer.internaldate, answer.size or 0, header)


def fetch(
    connection: Connection, uids: Iterable[int], *, batch: int = BATCH_MAILS, largest: int = LARGEST_BYTES
) -> Iterator[FetchedMail | NotFetched]:
    """Each of `uids` in ascending order, whole, or why not; memory stays near BATCH_BYTES.

    No flag is set (BODY.PEEK in a folder opened by EXAMINE). Raises what the wire raises; what was yielded
    until then is whole.
    """
    for numbers, known in uid_sets(uids, most=_SIZES_AT_ONCE):
        sizes = _answers(connection, numbers, b"(RFC822.SIZE INTERNALDATE)", known)
        for portion in _portions(known, sizes, batch, largest):
            yield from _portion(connection, portion, sizes, largest)


def _portions(known: list[int], sizes: dict[int, FetchAnswer], most: int, largest: int) -> Iterator[list[int]]:
    """`known` in portions of at most `most` mails and about BATCH_BYTES; what will not be fetched weighs nothing."""
    portion: list[int] = []
    weight = 0
    for uid in known:
        size = sizes[uid].size or 0 if uid in sizes else 0
        size = size if size <= largest else 0
        if portion and (len(portion) >= most or weight + size > BATCH_BYTES):
            yield portion
            portion, weight = [], 0
        portion.append(uid)
        weight += size
    if portion:
        yield portion


def _portion(
    connection: Connection, uids: list[int], sizes: dict[int, FetchAnswer], largest: int
) -> Iterator[FetchedMail | NotFetched]:
    wanted = [uid for uid in uids if uid in sizes and (sizes[uid].size or 0) <= largest]
    bodies = _bodies(connection, wanted, sum(sizes[uid].size or 0 for uid in wanted)) if wanted else {}
    for uid in uids:
        if uid not in sizes:
            yield NotFetched(uid, NotFetchedWhy.GONE)
        elif (size := sizes[uid].size or 0) > largest:
            yield NotFetched(uid, NotFetchedWhy.TOO_LARGE, size)
        elif (raw := bodies.pop(uid, None)) is not None and (raw or size == 0) and len(raw) >= size:
            yield FetchedMail(uid, sizes[uid].internaldate, len(raw), raw)
        else:
            yield _second_try(connection, uid, sizes[uid])


def _bodies(connection: Connection, uids: list[int], size: int) -> dict[int, bytes]:
    """The mails `uids` by UID. If the server refuses them together, those it gives singly."""
    found: dict[int, bytes] = {}
    for numbers, batch in uid_sets(uids, most=len(uids)):
        try:
            answers = _answers(connection, numbers, b"(BODY.PEEK[])", batch, expected=size)
        except Refused:
            if len(batch) == 1:
                continue
            for uid in batch:
                found.update(_bodies(connection, [uid], size))
            continue
        found.update({uid: answer.section for uid, answer in answers.items() if answer.section is not None})
    return found


def _second_try(connection: Connection, uid: int, first: FetchAnswer) -> FetchedMail | NotFetched:
    """Fetch one mail again that did not come, or came shorter than the server said it is (HAZARDS C40).

    Some servers only estimate RFC822.SIZE (Exchange does). So where the bytes still fall short, the server is
    asked whether anything follows them: nothing does, and the mail is whole.
    """
    size = first.size or 0
    numbers = str(uid).encode()
    raw = _bodies(connection, [uid], size).get(uid)
    if raw is None:
        there = _answers(connection, numbers, b"(RFC822.SIZE)", [uid])
        return NotFetched(uid, NotFetchedWhy.REFUSED if uid in there else NotFetchedWhy.GONE, size)
    if len(raw) < size:
        rest = _answers(connection, numbers, b"(BODY.PEEK[]<%d.1>)" % len(raw), [uid]).get(uid)
        if not raw or rest is None or rest.section is None or rest.section:
            return NotFetched(uid, NotFetchedWhy.INCOMPLETE, size)
    return FetchedMail(uid, first.internaldate, len(raw), raw)


def _answers(
    connection: Connection, numbers: bytes, items: bytes, wanted: Iterable[int], *, expected: int = 0
) -> dict[int, FetchAnswer]:
    """What came for `wanted`, by UID: lines about other mails, and flag changes nobody asked about, are left out.

    Answers about one mail that come in several lines are put together.
    """
    pieces: list[Any] = connection.command(b"UID FETCH", numbers, items, expected=expected).get("FETCH", [])
    asked = set(wanted)
    found: dict[int, FetchAnswer] = {}
    for answer in fetch_answers(pieces):
        if answer.uid in asked:
            earlier = found.get(answer.uid)
            found[answer.uid] = answer if earlier is None else _joined(earlier, answer)
    return found


def _joined(earlier: FetchAnswer, later: FetchAnswer) -> FetchAnswer:
    return FetchAnswer(
        earlier.uid,
        earlier.size if later.size is None else later.size,
        later.internaldate or earlier.internaldate,
        earlier.section if later.section is None else later.section,
    )
