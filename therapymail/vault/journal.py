"""The journal as it is stored: appending, erasing, reading in merged order, and proving the chains whole."""

import contextlib
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from therapymail.domain.journal import FIRST_PREVIOUS, NONCE_BYTES, Entry, payload_bytes, payload_hash
from therapymail.errors import UnusableInput, VaultDamaged
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.moments import from_microseconds, to_microseconds

Payload = dict[str, Any]
Tell = Callable[[int, int], None]  # how many of how many
ERASED = "journal.erased"
_TOLD_EVERY = 5000  # entries
_BROUGHT_ABOUT = ("letter_original", "client", "note")  # in whichever store there is
_GOES_ON = "backup.restored"  # vault/restored.py
_UNREADABLE = "backslashreplace"
_COLUMNS_AS_THEY_LIE = (
    "journal.device, journal.sequence, time, CAST(what AS BLOB), CAST(about AS BLOB), payload_hash, previous"
)
_COLUMNS = "journal.device, journal.sequence, time, what, about, payload_hash, previous"
_ENTRIES = f"SELECT {_COLUMNS}, payload FROM journal LEFT JOIN journal_payload USING (device, sequence)"  # noqa: S608 - fixed columns


@dataclass(frozen=True)
class Draft:
    """An entry to be: `what` happened, `about` which digest or identity (hex, or empty), and what there is to say.

    `payload` holds only what JSON holds, without loss: no tuples, no floats, string keys.
    """

    what: str
    about: str
    payload: Payload


def append(writer: Writer, what: str, about: str, payload: Payload, now: datetime) -> Entry:
    """Add one entry to this device's chain. Use `projection.record`, which also carries the entry out."""
    return append_all(writer, [Draft(what, about, payload)], now)[0]


def append_all(writer: Writer, drafts: Sequence[Draft], now: datetime) -> list[Entry]:
    """Add entries to this device's chain, in order.

    An entry's time is `now`, or just after the latest entry of any device where `now` is not later: so the
    merged order never puts an entry before one it was written after, even when the clock goes back.
    """
    if not drafts:
        return []
    device, sequence, previous, latest = _end_of_chain(writer)
    time = max(to_microseconds(now), latest + 1)
    entries, payloads = [], []
    nonces = secrets.token_bytes(NONCE_BYTES * len(drafts))
    for step, draft in enumerate(drafts):
        payload = payload_bytes(draft.payload)
        nonce = nonces[step * NONCE_BYTES : (step + 1) * NONCE_BYTES]
        sequence += 1
        entry = Entry(device, sequence, time + step, draft.what, draft.about, payload_hash(nonce, payload), previous)
        previous = entry.hash
        entries.append(entry)
        payloads.append((device, sequence, nonce, payload))
    _store(writer, entries, payloads, previous)
    return entries


def _store(writer: Writer, entries: list[Entry], payloads: list[tuple[bytes, int, bytes, bytes]], head: bytes) -> None:
    writer.run_many(
        "INSERT INTO journal (device, sequence, time, what, about, payload_hash, previous)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(e.device, e.sequence, e.time, e.what, e.about, e.payload_hash, e.previous) for e in entries],
    )
    writer.run_many("INSERT INTO journal_payload (device, sequence, nonce, payload) VALUES (?, ?, ?, ?)", payloads)
    last = entries[-1]
    writer.run(
        "INSERT INTO journal_head (device, sequence, time, hash) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (device) DO UPDATE"
        " SET sequence = excluded.sequence, time = excluded.time, hash = excluded.hash",
        (last.device, last.sequence, last.time, head),
    )


def _end_of_chain(reader: Reader) -> tuple[bytes, int, bytes, int]:
    """The id of this device, the sequence and hash of its last entry, and the latest time of any device's entry."""
    device = this_device(reader)
    head = reader.row("SELECT sequence, hash FROM journal_head WHERE device = ?", (device,))
    latest = reader.row("SELECT max(time) FROM journal_head")
    sequence, previous = head or (0, FIRST_PREVIOUS)
    return device, sequence, previous, latest[0] if latest and latest[0] is not None else -(2**62)


def this_device(reader: Reader) -> bytes:
    """The id under which this vault writes its chain. Raises VaultDamaged where none stands there."""
    found = reader.row("SELECT value FROM meta WHERE name = 'device'")
    try:
        return bytes.fromhex(found[0] if found else "-")
    except ValueError:
        raise VaultDamaged("the journal", "it does not say whose entries it adds") from None


# --- reading -------------------------------------------------------------------------------------------


def entries(reader: Reader) -> Iterator[tuple[Entry, Payload | None]]:
    """Every entry of every device by (time, device, sequence), with its payload, or None where it was erased."""
    for row in reader.each(f"{_ENTRIES} ORDER BY time, device, sequence"):
        yield Entry(*row[:7]), None if row[7] is None else json.loads(row[7])


def entries_about(reader: Reader, about: str) -> list[tuple[Entry, Payload | None]]:
    """As `entries`, for those about one digest or identity (hex). Reads the whole journal."""
    rows = reader.rows(f"{_ENTRIES} WHERE about = ? ORDER BY time, device, sequence", (about,))
    return [(Entry(*row[:7]), None if row[7] is None else json.loads(row[7])) for row in rows]


def entries_of(reader: Reader, about: Sequence[str], kinds: Sequence[str]) -> list[tuple[Entry, Payload | None]]:
    """As `entries_about`, for several digests or identities and only these kinds. Reads the whole journal."""
    marks = ", ".join("?" * len(about)), ", ".join("?" * len(kinds))
    condition = f"about IN ({marks[0]}) AND what IN ({marks[1]})"
    rows = reader.rows(f"{_ENTRIES} WHERE {condition} ORDER BY time, device, sequence", (*about, *kinds))
    return [(Entry(*row[:7]), None if row[7] is None else json.loads(row[7])) for row in rows]


def latest_time(reader: Reader) -> datetime | None:
    """When the latest entry of any device was written, None in a vault without entries: no clock may be before it."""
    row = reader.row("SELECT max(time) FROM journal_head")
    return from_microseconds(row[0]) if row and row[0] is not None else None


def earliest_time(reader: Reader) -> datetime | None:
    """When the first entry of any device was written, None in a vault without entries."""
    row = reader.row("SELECT min(time) FROM journal")
    return from_microseconds(row[0]) if row and row[0] is not None else None


# --- erasing -------------------------------------------------------------------------------------------


def erase(writer: Writer, device: bytes, sequence: int, now: datetime) -> bool:
    """Remove what an entry says, for good, and append an entry that this was done; whether there was anything.

    The chain still verifies and says nothing. Whoever erases also removes what the entry had led to, so
    that `rebuild` finds the same. Raises UnusableInput for an entry that itself only tells of an erasure.
    """
    found = writer.row("SELECT what FROM journal WHERE device = ? AND sequence = ?", (device, sequence))
    if not found:
        return False
    if found[0] == ERASED:
        raise UnusableInput("journal entry", "what it says is only that another was erased")
    if not writer.run("DELETE FROM journal_payload WHERE device = ? AND sequence = ?", (device, sequence)):
        return False
    append(writer, ERASED, entry_name(device, sequence), {}, now)
    return True


def entry_name(device: bytes, sequence: int) -> str:
    """How one entry is named in another: device in hex, colon, sequence."""
    return f"{device.hex()}:{sequence}"


# --- proving -------------------------------------------------------------------------------------------


class ChainFinding(StrEnum):
    """What can be the matter with an entry."""

    ALTERED = "altered"  # it is not the entry that its successor, or the head, names
    MISSING = "missing"  # a sequence number is absent
    PAYLOAD_ALTERED = "payload-altered"
    PAYLOAD_MISSING = "payload-missing"  # and no entry says it was erased
    PAYLOAD_RETURNED = "payload-returned"  # an entry says it was erased
    CUT_SHORT = "cut-short"  # the chain's head was further on
    HEADLESS = "headless"  # the chain has no head, or a head no chain


@dataclass(frozen=True)
class ChainProblem:
    """Where a chain is not what was written; `device` in hex."""

    device: str
    sequence: int
    finding: ChainFinding


@dataclass(frozen=True)
class ChainReport:
    """What `verify` found: entries seen, payloads erased, and everything that is wrong (nothing: whole)."""

    entries: int
    erased: int
    problems: tuple[ChainProblem, ...]


def verify(reader: Reader, tell: Tell = lambda _done, _total: None) -> ChainReport:
    """Check every entry of every chain: hashes, gaps, payloads, erasures, and where each chain ends.

    Finds any edit, removal, insertion or new order, and a chain cut short. Reads the whole journal, and tells now and
    then how many entries it has seen, and how many there should be.
    """
    erasures = {
        about.decode("utf-8", _UNREADABLE)
        for (about,) in reader.each("SELECT CAST(about AS BLOB) FROM journal WHERE what = ?", (ERASED,))
    }
    heads = {device: (sequence, head, time) for device, sequence, head, time in _heads(reader)}
    should_be = sum(sequence for sequence, *_ in heads.values())
    walks: dict[bytes, _Walk] = {}
    rows = reader.each(
        f"SELECT {_COLUMNS_AS_THEY_LIE}, nonce, payload FROM journal"  # noqa: S608 - fixed columns
        " LEFT JOIN journal_payload USING (device, sequence) ORDER BY journal.device, journal.sequence"
    )
    for seen, row in enumerate(rows):
        if seen % _TOLD_EVERY == 0:
            tell(seen, should_be)
        walk = walks.setdefault(row[0], _Walk(row[0].hex(), erasures))
        walk.step(row)
    problems = [problem for device, walk in walks.items() for problem in walk.end(heads.pop(device, None))]
    problems += [
        ChainProblem(device.hex(), sequence, ChainFinding.CUT_SHORT) for device, (sequence, *_) in heads.items()
    ]
    problems += _without_entries(reader, sum(walk.seen - walk.erased for walk in walks.values()))
    gone = (_devices_before(reader) | {about.partition(":")[0] for about in erasures}) - {each.hex() for each in walks}
    problems += [ChainProblem(device, 0, ChainFinding.HEADLESS) for device in sorted(gone)]
    if this_device(reader) not in walks and _holds_anything(reader):
        problems.append(ChainProblem(this_device(reader).hex(), 0, ChainFinding.HEADLESS))
    return ChainReport(
        entries=sum(walk.seen for walk in walks.values()),
        erased=sum(walk.erased for walk in walks.values()),
        problems=tuple(problems),
    )


def _heads(reader: Reader) -> list[Row]:
    return reader.rows("SELECT device, sequence, hash, time FROM journal_head")


def _without_entries(reader: Reader, said: int) -> list[ChainProblem]:
    """Payloads beyond those `said` by entries: each where its entry should be."""
    rows = reader.rows("SELECT count(*) FROM journal_payload")
    if rows == [(said,)]:
        return []
    sql = "SELECT device, sequence FROM journal_payload EXCEPT SELECT device, sequence FROM journal"
    return [ChainProblem(device.hex(), sequence, ChainFinding.MISSING) for device, sequence in reader.rows(sql)]


def _devices_before(reader: Reader) -> set[str]:
    """Devices (hex) that a restored vault says it goes on from: their chains are in it."""
    sql = "SELECT payload FROM journal JOIN journal_payload USING (device, sequence) WHERE what = ?"
    found = set()
    for (payload,) in reader.rows(sql, (_GOES_ON,)):
        with contextlib.suppress(ValueError, AttributeError):  # altered: that is told where it lies
            found.add(json.loads(payload).get("device", ""))
    return {device for device in found if isinstance(device, str)} - {""}


def _holds_anything(reader: Reader) -> bool:
    """Whether there is something that only a journal entry can have brought about."""
    present = {name for (name,) in reader.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    looked_at = (f"SELECT 1 FROM {table} LIMIT 1" for table in _BROUGHT_ABOUT if table in present)  # noqa: S608 - fixed
    return any(reader.row(sql) is not None for sql in looked_at)


def _as_it_lies(row: Row) -> Entry:
    """The entry in `row`; what is no text any more is told by its hash."""
    device, sequence, time, what, about, said, previous = row[:7]
    texts = what.decode("utf-8", _UNREADABLE), about.decode("utf-8", _UNREADABLE)
    return Entry(device, sequence, time, *texts, said, previous)


class _Walk:
    """A walk along one device's chain, entry by entry."""

    def __init__(self, device: str, erasures: set[str]) -> None:
        self._device = device
        self._erasures = erasures
        self._sequence = 0
        self._hash = FIRST_PREVIOUS
        self._time = 0
        self._problems: list[ChainProblem] = []
        self.seen = 0
        self.erased = 0

    def step(self, row: Row) -> None:
        entry = _as_it_lies(row)
        if entry.sequence < 1:
            self._note(entry.sequence, ChainFinding.ALTERED)
            return
        if entry.sequence != self._sequence + 1:
            self._note(self._sequence + 1, ChainFinding.MISSING)
        elif entry.previous != self._hash:
            # The first entry has no predecessor that could have been altered.
            self._note(max(self._sequence, 1), ChainFinding.ALTERED)
        self._check_payload(entry, nonce=row[7], payload=row[8])
        self._sequence, self._hash, self._time = entry.sequence, entry.hash, entry.time
        self.seen += 1

    def _check_payload(self, entry: Entry, nonce: bytes | None, payload: bytes | None) -> None:
        told_erased = f"{self._device}:{entry.sequence}" in self._erasures
        if nonce is None or payload is None:
            self.erased += 1
            if not told_erased:
                self._note(entry.sequence, ChainFinding.PAYLOAD_MISSING)
        elif told_erased:
            self._note(entry.sequence, ChainFinding.PAYLOAD_RETURNED)
        elif payload_hash(nonce, payload) != entry.payload_hash:
            self._note(entry.sequence, ChainFinding.PAYLOAD_ALTERED)

    def end(self, head: tuple[int, bytes, int] | None) -> list[ChainProblem]:
        if head is None:
            self._note(self._sequence, ChainFinding.HEADLESS)
        elif head[0] > self._sequence:
            self._note(self._sequence + 1, ChainFinding.CUT_SHORT)
        elif head != (self._sequence, self._hash, self._time):
            self._note(self._sequence, ChainFinding.ALTERED)
        return self._problems

    def _note(self, sequence: int, finding: ChainFinding) -> None:
        self._problems.append(ChainProblem(self._device, sequence, finding))
