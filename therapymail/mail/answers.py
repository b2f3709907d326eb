"""What an IMAP server answers, taken apart: records, FETCH attributes, dates and UID sets. Pure; input is hostile."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# imaplib gives an untagged answer as bytes, or, where literals stand in it, as (text up to "{n}", literal) pairs
# and the rest as bytes.
Piece = bytes | tuple[bytes, bytes]
MAX_UID = 0xFFFFFFFF
_MOST_UIDS = 2_000_000  # 140 MB of them; no search for a client finds so many

_FETCH_START = re.compile(rb"\d+ \(")
_ITEM = re.compile(
    rb' *([A-Za-z][A-Za-z0-9.-]*(?:\[[^\]]*\])?(?:<\d+>)?) +(?:(NIL|\d+)|"((?:[^"\\]|\\.)*)"|(\{\d+\+?\})|\([^()]*\))'
)
_CLOSED = re.compile(rb"(?: +[A-Za-z].*)?\)\s*", re.DOTALL)  # perhaps after an item of a kind that we do not know
_DATE = re.compile(rb" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_MONTHS = {month: number for number, month in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}


@dataclass(frozen=True)
class FetchAnswer:
    """One message's part of a FETCH answer. `section` is the one BODY[…] asked for; None: it did not come.

    `size` is RFC822.SIZE in bytes; `internaldate` is UTC, without microseconds, None if absent or absurd.
    """

    uid: int
    size: int | None
    internaldate: datetime | None
    section: bytes | None


def records(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """The pieces that belong to one untagged answer each: literals first, the rest of the line last."""
    record: list[Piece] = []
    for piece in pieces:
        record.append(piece)
        if isinstance(piece, bytes):
            yield record
            record = []


def fetch_answers(pieces: Iterable[Piece]) -> Iterator[FetchAnswer]:
    """The FETCH answers among `pieces` that name a UID; unreadable ones, and those without a UID, are left out."""
    for record in records(pieces):
        answer = _fetch_answer(record)
        if answer is not None:
            yield answer


def _fetch_answer(record: Sequence[Piece]) -> FetchAnswer | None:
    """The answer in one record; its section is left out where the record shows that bytes were lost or doubled (C40).

    A literal that is longer or shorter than was said swallows what follows, or leaves some of itself: then another
    literal stands where none was announced, or the answer is not closed.
    """
    uid = 0
    size: int | None = None
    internaldate: datetime | None = None
    sections: list[bytes | None] = []
    first = is_sound = True
    for piece in record:
        text, literal = (piece, None) if isinstance(piece, bytes) else piece
        position = 0
        if first:
            start = _FETCH_START.match(text)
            if start is None:
                return None
            position, first = start.end(), False
        while item := _ITEM.match(text, position):
            position = item.end()
            name, number, quoted, marker = item.groups()
            name = name.upper()
            if name == b"UID" and number and number != b"NIL":
                uid = int(number[:11])
            elif name == b"RFC822.SIZE" and number and number != b"NIL":
                size = int(number[:19])
            elif name == b"INTERNALDATE" and quoted:
                internaldate = internaldate_in_utc(quoted)
            elif name.startswith(b"BODY["):
                sections += _section(number, quoted, literal if marker is not None else None)
        is_sound &= position == len(text) if literal is not None else _CLOSED.fullmatch(text, position) is not None
    section = sections[0] if is_sound and len(sections) == 1 else None
    return FetchAnswer(uid, size, internaldate, section) if 0 < uid <= MAX_UID else None


def _section(number: bytes | None, quoted: bytes | None, literal: bytes | None) -> list[bytes | None]:
    """The section that an item holds, in whichever way it was given; empty for none."""
    if literal is not None:
        return [literal]
    if quoted is not None:
        return [re.sub(rb"\\(.)", rb"\1", quoted)]
    return [b""] if number == b"NIL" else []


def internaldate_in_utc(text: bytes) -> datetime | None:
    """An INTERNALDATE (RFC 9051 date-time) in UTC; None for what is no date, or none that a calendar holds."""
    found = _DATE.fullmatch(text)
    month = _MONTHS.get(found[2].lower()) if found else None
    if found is None or month is None:
        return None
    offset = timedelta(hours=int(found[8]), minutes=int(found[9]))
    try:
        local = datetime(int(found[3]), month, int(found[1]), int(found[4]), int(found[5]), int(found[6]), tzinfo=UTC)
        return local - offset if found[7] == b"+" else local + offset
    except (ValueError, OverflowError):
        return None


def wire_date(moment: datetime) -> bytes:
    """`moment` as APPEND takes it (RFC 9051 date-time), in UTC and whole seconds."""
    utc = moment.astimezone(UTC)
    month = list(_MONTHS)[utc.month - 1].capitalize()
    return b"%02d-%b-%04d %02d:%02d:%02d +0000" % (utc.day, month, utc.year, utc.hour, utc.minute, utc.second)


@dataclass(frozen=True)
class Appended:
    """Where a mail lies that was just put into a folder (RFC 4315)."""

    uidvalidity: int
    uid: int


def appended_as(pieces: Iterable[Piece]) -> Appended | None:
    """The one place that an APPENDUID names; None where there is none."""
    for piece in pieces:
        found = re.fullmatch(rb"(\d{1,10}) (\d{1,10})", piece) if isinstance(piece, bytes) else None
        if found and 0 < int(found[2]) <= MAX_UID:
            return Appended(int(found[1]), int(found[2]))
    return None


def uid_set(uids: Sequence[int]) -> bytes:
    """Ascending `uids` as a sequence set, neighbours joined: 1,2,3,7 is `1:3,7`. It names exactly those."""
    parts: list[str] = []
    first = last = 0
    for uid in [*uids, 0]:
        if first and uid == last + 1:
            last = uid
            continue
        if first:
            parts.append(str(first) if first == last else f"{first}:{last}")
        first = last = uid
    return ",".join(parts).encode()


def uid_sets(uids: Iterable[int], *, most: int, longest: int = 7_000) -> Iterator[tuple[bytes, list[int]]]:
    """`uids`, made ascending and unique, in sets of at most `most` UIDs and `longest` bytes of command line."""
    ascending = sorted({uid for uid in uids if 0 < uid <= MAX_UID})
    at_once = max(1, min(most, longest // len(f"{MAX_UID},")))
    start = 0
    while start < len(ascending):
        batch = ascending[start : start + at_once]
        # Neighbours are joined, so more may fit than the worst case says; try once with `most`.
        wider = ascending[start : start + most]
        if len(wider) > len(batch) and len(uid_set(wider)) <= longest:
            batch = wider
        yield uid_set(batch), batch
        start += len(batch)


def uids_in_set(text: bytes) -> list[tuple[int, int]]:
    """The ranges of a sequence set, each (first, last) and ascending; parts that are no numbers are left out."""
    ranges: list[tuple[int, int]] = []
    for part in text.split(b","):
        first, colon, last = part.strip().partition(b":")
        if first.isdigit() and len(first) <= 10 and (not colon or (last.isdigit() and len(last) <= 10)):
            low, high = int(first), int(last) if colon else int(first)
            ranges.append((min(low, high), max(low, high)))
    return ranges


def search_answer(pieces: Iterable[Piece]) -> list[int]:
    """The UIDs of SEARCH answers, ascending and unique; a MODSEQ at the end is left out (RFC 7162)."""
    found: set[int] = set()
    for piece in pieces:
        if isinstance(piece, bytes):
            numbers = piece.partition(b"(")[0].split()
            found.update(int(number) for number in numbers if number.isdigit() and len(number) <= 10)
    return sorted(found)


def esearch_answer(pieces: Iterable[Piece]) -> list[int]:
    """The UIDs of ESEARCH answers with ALL (RFC 4731), ascending and unique."""
    found: set[int] = set()
    for piece in pieces:
        if isinstance(piece, bytes) and (all_uids := re.search(rb"\bALL ([0-9:,]+)", piece)):
            for first, last in uids_in_set(all_uids[1]):
                if len(found) + last - first > _MOST_UIDS:
                    break
                found.update(range(first, last + 1))
    return sorted(found)
