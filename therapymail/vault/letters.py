"""Letters as they are listed, named and looked up: from the narrow table, never from texts or originals."""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Letter
from therapymail.domain.names import LetterName
from therapymail.domain.seal import SealFacts, facts_from_json
from therapymail.errors import LetterUnknown
from therapymail.vault.connection import Reader, Row
from therapymail.vault.moments import from_microseconds

if TYPE_CHECKING:
    from therapymail.domain.listing import ListFilter

_LETTERS = (
    "SELECT letter.id, digest, client, code, number, suffix, direction, kind, standing, state, received, written,"
    " subject, words, enclosures, facts, notes FROM letter LEFT JOIN client ON identity = client"
)
_NAMES = "SELECT digest, code, number, suffix, notes FROM letter LEFT JOIN client ON identity = client"
_FACTS = 15  # the column of _LETTERS
_T = TypeVar("_T")
_MANY = 500  # parameters of one IN list


# --- one letter ----------------------------------------------------------------------------------------


def letter(reader: Reader, name: LetterName) -> Letter:
    """The letter with this name. Raises LetterUnknown."""
    return _only(
        reader, "code = ? AND number = ? AND suffix = ?", (name.code, name.number, name.suffix), unknown=str(name)
    )


def letter_by_digest(reader: Reader, digest: bytes) -> Letter:
    """The letter with this digest. Raises LetterUnknown."""
    return _only(reader, "digest = ?", (digest,), unknown=digest.hex())


def row_id(reader: Reader, digest: bytes) -> int:
    """The row id, its place in time, of the letter with this digest. Raises LetterUnknown."""
    row = reader.row("SELECT id FROM letter WHERE digest = ?", (digest,))
    if row is None:
        raise LetterUnknown(digest.hex())
    found: int = row[0]
    return found


def names_of(reader: Reader, digests: Sequence[bytes]) -> dict[bytes, tuple[LetterName | None, tuple[str, ...]]]:
    """Name (None: set aside) and notes of those of these letters that are in the record."""
    found: dict[bytes, tuple[LetterName | None, tuple[str, ...]]] = {}
    for some in _portions(digests):
        for digest, code, number, suffix, notes in reader.rows(f"{_NAMES} WHERE digest IN ({_marks(some)})", some):
            name = None if number is None else LetterName(code, number, suffix)
            found[digest] = (name, tuple(json.loads(notes)))
    return found


def _only(reader: Reader, condition: str, parameters: Sequence[object], unknown: str) -> Letter:
    rows = reader.rows(f"{_LETTERS} WHERE {condition}", parameters)
    if not rows:
        raise LetterUnknown(unknown)
    return _as_letters(reader, rows)[0]


# --- lists ---------------------------------------------------------------------------------------------


def list_letters(reader: Reader, wanted: "ListFilter") -> list[Letter]:
    """The newest letters that meet `wanted`, newest first, at most `wanted.limit`."""
    conditions, parameters = _conditions(wanted)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = reader.rows(f"{_LETTERS}{where} ORDER BY letter.id DESC LIMIT ?", [*parameters, wanted.limit])
    return _as_letters(reader, rows)


def letters_by_ids(reader: Reader, ids: Sequence[int]) -> list[Letter]:
    """The letters with these row ids, in the order of `ids`: what a search found."""
    found: dict[int, Letter] = {}
    for some in _portions(ids):
        rows = reader.rows(f"{_LETTERS} WHERE letter.id IN ({_marks(some)})", some)
        found.update((each.order, each) for each in _as_letters(reader, rows))
    return [found[each] for each in ids if each in found]


def count_letters(reader: Reader) -> dict[tuple[str | None, LetterState, Standing], int]:
    """How many letters there are by client, state and standing: for coverage, `today` and lists of clients."""
    rows = reader.rows("SELECT client, state, standing, count(*) FROM letter GROUP BY client, state, standing")
    return {(client, LetterState(state), Standing(standing)): number for client, state, standing, number in rows}


def standing_counts(reader: Reader) -> dict[tuple[str | None, Standing], int]:
    """How many letters there are by client and standing, read from indexes alone: for a list of clients at once."""
    totals = reader.rows("SELECT client, count(*) FROM letter GROUP BY client")
    apart = reader.rows(
        # Said so, SQLite uses the small index made for exactly these letters; otherwise it walks all of them.
        "SELECT client, standing, count(*) FROM letter WHERE standing IN ('proposed', 'set-aside')"
        " AND standing <> 'accepted' GROUP BY +client, +standing"
    )
    counts = {(client, Standing.ACCEPTED): number for client, number in totals}
    for client, standing, number in apart:
        counts[client, Standing(standing)] = number
        counts[client, Standing.ACCEPTED] -= number
    return counts


class Unopened(NamedTuple):
    """A letter kept as it came, to be tried again: `facts` say why it was not opened, or to which keys it is sealed."""

    digest: bytes
    state: LetterState
    facts: SealFacts


def unopened(reader: Reader) -> list[Unopened]:
    """Letters whose opening failed or waits for a key, newest first."""
    rows = reader.rows(
        "SELECT digest, state, facts FROM letter WHERE state IN (?, ?) AND state <> ? ORDER BY id DESC",
        (LetterState.SEALED, LetterState.FAILED, LetterState.OPENED),
    )
    return [Unopened(digest, LetterState(state), facts_from_json(json.loads(facts))) for digest, state, facts in rows]


def unattributed(reader: Reader) -> list[Letter]:
    """Opened letters to us that do not count: proposed ones and those set aside, newest first."""
    rows = reader.rows(
        f"{_LETTERS} WHERE standing <> ? AND state = ? AND direction = ? ORDER BY letter.id DESC",
        (Standing.ACCEPTED, LetterState.OPENED, Direction.IN),
    )
    return _as_letters(reader, rows)


def _conditions(wanted: "ListFilter") -> tuple[list[str], list[object]]:
    given = {
        "client = ?": wanted.client,
        "kind = ?": wanted.kind,
        "direction = ?": wanted.direction,
        "standing = ?": wanted.standing,
        "state = ?": wanted.state,
        "letter.id < ?": wanted.before,
        "letter.id IN (SELECT letter FROM letter_tag WHERE tag = ?)": wanted.tag,
    }
    present = {condition: value for condition, value in given.items() if value is not None}
    conditions = list(present)
    # Said in so many words, these let SQLite use the small indexes made for exactly these letters.
    if wanted.standing not in {None, Standing.ACCEPTED}:
        conditions.append("standing <> 'accepted'")
    if wanted.state not in {None, LetterState.OPENED}:
        conditions.append("state <> 'opened'")
    return conditions, list(present.values())


def _as_letters(reader: Reader, rows: Sequence[Row]) -> list[Letter]:
    tags = _tags_of(reader, [row[0] for row in rows])
    facts = json.loads(f"[{','.join([row[_FACTS] for row in rows])}]")  # at once takes half as long as one by one
    return [_as_letter(row, tags.get(row[0], ()), of_seal) for row, of_seal in zip(rows, facts, strict=True)]


# By what is stored: calling the enumerations takes several times as long, and lists are a thousand letters.
DIRECTIONS: dict[str, Direction] = {each.value: each for each in Direction}
KINDS: dict[str, Kind] = {each.value: each for each in Kind}
STANDINGS: dict[str, Standing] = {each.value: each for each in Standing}
STATES: dict[str, LetterState] = {each.value: each for each in LetterState}


def _as_letter(row: Row, tags: Sequence[str], facts: dict[str, Any]) -> Letter:
    (order, digest, client, code, number, suffix, direction, kind, standing, state,
     received, written, subject, words, enclosures, _, notes) = row  # fmt: skip
    return Letter(  # by place: names take as long again as all the rest
        None if client is None else LetterName(code, number, suffix),
        digest,
        client,
        code or "",
        DIRECTIONS[direction],
        KINDS[kind],
        STANDINGS[standing],
        STATES[state],
        from_microseconds(received),
        None if written is None else from_microseconds(written),
        subject,
        words,
        enclosures,
        facts_from_json(facts),
        tuple(tags),
        () if notes == "[]" else tuple(json.loads(notes)),
        order,
    )


def _tags_of(reader: Reader, ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for some in _portions(ids):
        for letter_id, tag in reader.rows(
            f"SELECT letter, tag FROM letter_tag WHERE letter IN ({_marks(some)}) ORDER BY letter, tag",  # noqa: S608 - marks only
            some,
        ):
            found.setdefault(letter_id, []).append(tag)
    return found


# --- who answers whom ----------------------------------------------------------------------------------


def known_message_ids(reader: Reader, message_ids: Iterable[str]) -> frozenset[str]:
    """Which of these Message-IDs letters of ours bear."""
    found: set[str] = set()
    for some in _portions(sorted({each for each in message_ids if each})):
        rows = reader.rows(f"SELECT message_id FROM letter WHERE message_id IN ({_marks(some)})", some)  # noqa: S608 - marks only
        found.update(message_id for (message_id,) in rows)
    return frozenset(found)


def clients_answered(reader: Reader, message_ids: Sequence[str], *, only_ours: bool = False) -> tuple[str, ...]:
    """The identities of clients who wrote, or were written, an accepted letter with one of these Message-IDs.

    `only_ours` counts letters to them alone: nothing else can a delivery report be about.
    """
    directions = (Direction.OUT,) if only_ours else tuple(Direction)
    found: set[str] = set()
    for some in _portions(sorted({each for each in message_ids if each})):
        rows = reader.rows(
            f"SELECT DISTINCT client FROM letter WHERE message_id IN ({_marks(some)})"  # noqa: S608 - marks only
            f" AND standing = ? AND client IS NOT NULL AND direction IN ({_marks(directions)})",
            [*some, Standing.ACCEPTED, *directions],
        )
        found.update(client for (client,) in rows)
    return tuple(sorted(found))


def was_sent(reader: Reader, message_id: str) -> bool:
    """Whether a letter of ours with this Message-ID is on the record; none has the empty one."""
    found = reader.row(
        "SELECT 1 FROM letter WHERE message_id = ? AND message_id <> '' AND direction = ? AND standing = ?",
        (message_id, Direction.OUT, Standing.ACCEPTED),
    )
    return found is not None


def answered_by(reader: Reader, digest: bytes) -> bytes | None:
    """The client's letter (its digest) that a mail of ours answers, the newest that it names; None where it is none."""
    found = reader.row(
        "SELECT theirs.digest FROM letter ours JOIN letter_reference named ON named.letter = ours.id"
        " JOIN letter theirs ON theirs.message_id = named.message_id AND theirs.client = ours.client"
        " WHERE ours.digest = ? AND named.message_id <> '' AND theirs.direction = ? AND theirs.standing = ?"
        " ORDER BY theirs.received DESC, theirs.id DESC LIMIT 1",
        (digest, Direction.IN, Standing.ACCEPTED),
    )
    return None if found is None else found[0]


def is_named(reader: Reader, message_id: str) -> bool:
    """Whether any mail that came in answers, or reports about, the mail with this Message-ID.

    Ours are random: who names one has seen the mail, whatever else is to be thought of theirs.
    """
    found = reader.row(
        "SELECT 1 FROM letter_reference JOIN letter ON letter.id = letter_reference.letter"
        " WHERE letter_reference.message_id = ? AND direction = ?",
        (message_id, Direction.IN),
    )
    return found is not None


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _portions(values: Sequence[_T]) -> list[Sequence[_T]]:
    return [values[start : start + _MANY] for start in range(0, len(values), _MANY)]
