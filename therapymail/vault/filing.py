"""Filing fetched mail as letters, in batches, and filing again what could only be opened later."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from therapymail.domain.journal import Entry
from therapymail.domain.kinds import Direction, LetterState, Standing
from therapymail.domain.letter import Filing, Reading
from therapymail.domain.names import LetterName
from therapymail.domain.seal import facts_as_json
from therapymail.errors import LetterUnknown
from therapymail.vault import texts
from therapymail.vault.bounces import note_sent_again
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.copies import sorted_out
from therapymail.vault.filed_keys import note_keys
from therapymail.vault.indexing import add_new_letter, add_opened_letter, bring_index_up_to_date
from therapymail.vault.journal import Draft, Payload
from therapymail.vault.letters import known_message_ids, letter_by_digest, names_of, row_id
from therapymail.vault.moments import SECOND, to_microseconds
from therapymail.vault.places import add_places
from therapymail.vault.projection import projects, record, record_all
from therapymail.vault.stale import mark_stale
from therapymail.vault.statuses import kinds_after_closing
from therapymail.vault.storable import storable

DUPLICATE_MESSAGE_ID = "duplicate-message-id"
REPEATED_SIGNATURE = "repeated-signature"
ERASED = "erased"
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_CLASH_SUFFIXES = ("", *"bcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True)
class FiledAs:
    """What became of one filing: its name (None: set aside), its notes, and whether it is a new letter."""

    digest: bytes
    name: LetterName | None
    notes: tuple[str, ...]
    is_new: bool


# --- filing --------------------------------------------------------------------------------------------


def file_letters(writer: Writer, filings: Sequence[Filing], now: datetime) -> list[FiledAs]:
    """File fetched mail; what became of each, in the order given.

    A letter that is filed already only gets further places; one that was erased stays erased (note `erased`).
    Of two copies of one letter the one of higher standing holds, whichever came first: a stranger cannot put a
    letter out of sight by sending its ciphertext below another From.
    One that bears another letter's Message-ID is filed with the note `duplicate-message-id`: a stranger cannot
    suppress a letter by reusing its id. Names are given in order of time within the batch.
    Raises as `Vault.writing` does.
    """
    new, better = sorted_out(writer, filings)
    new.sort(key=lambda each: (_place_in_time(to_microseconds(each.received), each.digest), each.digest))
    fresh = kinds_after_closing(writer, _with_notes(writer, new))
    texts.keep_originals(writer, ((each.digest, each.original) for each in fresh if each.original is not None))
    texts.keep_readings(writer, ((each.digest, each.reading) for each in fresh if each.reading is not None))
    record_all(writer, _drafts(writer, fresh), now)
    for each in fresh:
        note_keys(writer, each, now)
    # Also for a letter that was erased: its place is known, so that it is not fetched again and again.
    add_places(writer, ((place, each.digest) for each in filings for place in each.places))
    for each in better:
        refile(writer, each, now)
    note_sent_again(writer, filings, now)
    return _outcomes(writer, filings, {each.digest for each in fresh})


def _with_notes(reader: Reader, fresh: list[Filing]) -> list[Filing]:
    """`fresh` with what only the record knows: ids and signatures that other letters bear already."""
    seen = set(known_message_ids(reader, (storable(each.message_id) for each in fresh)))
    signed: set[str] = set()
    noted = []
    for each in fresh:
        message_id, identities = storable(each.message_id), _signature_identities(each)
        if message_id in seen and DUPLICATE_MESSAGE_ID not in each.notes:
            each = replace(each, notes=(*each.notes, DUPLICATE_MESSAGE_ID))  # noqa: PLW2901 - the same filing, noted
        if identities & signed or _are_known(reader, identities):
            each = _repeated(each)  # noqa: PLW2901 - the same filing, noted
        if message_id:
            seen.add(message_id)
        signed |= identities
        noted.append(each)
    return noted


def _signature_identities(filing: Filing) -> set[str]:
    return {fact.identity for fact in filing.facts.signatures if fact.identity}


def _are_known(reader: Reader, identities: set[str]) -> bool:
    known = "SELECT 1 FROM letter_signature WHERE signature = ?"
    return any(reader.row(known, (identity,)) for identity in identities)


def _repeated(filing: Filing) -> Filing:
    """A signature that another letter bears: somebody put a letter into a new seal, or into a changed one.

    It is kept and noted; a client's counts only once the therapist accepts it (PGP.md I3, replays).
    """
    is_clients = filing.direction is Direction.IN and filing.standing is Standing.ACCEPTED
    standing = Standing.PROPOSED if is_clients else filing.standing
    return replace(filing, standing=standing, notes=(*filing.notes, REPEATED_SIGNATURE))


def _drafts(reader: Reader, fresh: list[Filing]) -> list[Draft]:
    numbers = _Numbers(reader)
    return [Draft("letter.filed", each.digest.hex(), _payload(each, numbers.next_of(each.client))) for each in fresh]


class _Numbers:
    """The numbers given to letters in one batch, going on from each client's last."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._last: dict[str, int] = {}

    def next_of(self, client: str | None) -> int | None:
        """The next number of a client's letters; None for a letter that is nobody's."""
        if client is None:
            return None
        if client not in self._last:
            row = self._reader.row("SELECT last_number FROM client_counter WHERE client = ?", (client,))
            self._last[client] = row[0] if row else 0
        self._last[client] += 1
        return self._last[client]


def _payload(filing: Filing, number: int | None) -> Payload:
    return {
        "received": to_microseconds(filing.received),
        "size": filing.size,
        **_assessment(filing, number),
    }


def _assessment(filing: Filing, number: int | None) -> Payload:
    """What opening a mail decides, and may decide otherwise when it is opened again with another key at hand."""
    return {
        "client": filing.client,
        "number": number,
        "direction": filing.direction.value,
        "kind": filing.kind.value,
        "standing": filing.standing.value,
        "state": filing.state.value,
        "written": to_microseconds(filing.written) if filing.written else None,
        "message_id": storable(filing.message_id),
        "in_reply_to": [storable(each) for each in filing.in_reply_to],
        "author": storable(filing.author_address),
        "facts": facts_as_json(filing.facts),
        "notes": [storable(each) for each in filing.notes],
    }


def _outcomes(reader: Reader, filings: Sequence[Filing], new: set[bytes]) -> list[FiledAs]:
    named = names_of(reader, [each.digest for each in filings])
    return [
        FiledAs(each.digest, *named[each.digest], is_new=each.digest in new)
        if each.digest in named
        else FiledAs(each.digest, None, (ERASED,), is_new=False)
        for each in filings
    ]


# --- filing again --------------------------------------------------------------------------------------


def refile(writer: Writer, filing: Filing, now: datetime) -> FiledAs:
    """Let a filed letter say what a later opening found: its state, facts, author, dates, and text.

    Name, kind and tags stay, the kind only while the direction does; so does the therapist's acceptance. A
    reading is kept from then on. Where the later finding makes it another client's letter, or nobody's, it is
    named anew. Raises LetterUnknown.
    """
    digest = filing.digest
    row = writer.row("SELECT client, number FROM letter WHERE digest = ?", (digest,))
    if row is None:
        raise LetterUnknown(digest.hex())
    if filing.original is not None:
        texts.keep_originals(writer, [(digest, filing.original)])
    if filing.reading is not None:
        texts.keep_readings(writer, [(digest, filing.reading)])
    number = row[1] if row[0] == filing.client else _Numbers(writer).next_of(filing.client)
    record(writer, "letter.refiled", digest.hex(), _assessment(filing, number), now)
    add_places(writer, ((place, digest) for place in filing.places))
    note_keys(writer, filing, now)
    letter = letter_by_digest(writer, digest)
    return FiledAs(digest, letter.name, letter.notes, is_new=False)


# --- carrying out --------------------------------------------------------------------------------------


@projects("letter.filed")
def _filed(writer: Writer, entry: Entry, payload: Payload) -> None:
    digest = bytes.fromhex(entry.about)
    letter_id = _free_id(writer, payload["received"], digest)
    if letter_id is None:
        return  # another device filed it first
    reading = _reading(writer, digest, payload)
    client, number = payload["client"], payload["number"]
    writer.run(
        "INSERT INTO letter (id, digest, client, number, suffix, direction, kind, standing, state, received, written,"
        " subject, words, enclosures, size, message_id, author_address, facts, notes)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            letter_id,
            digest,
            client,
            number,
            _suffix(writer, client, number),
            payload["direction"],
            payload["kind"],
            payload["standing"],
            payload["state"],
            payload["received"],
            payload["written"],
            *_summary(reading),
            payload["size"],
            payload["message_id"],
            payload["author"],
            _json(payload["facts"]),
            _json(payload["notes"]),
        ),
    )
    _set_references(writer, letter_id, payload["in_reply_to"])
    _set_signatures(writer, letter_id, payload["facts"])
    mark_stale(writer, client)
    if reading is not None:
        add_new_letter(writer, letter_id, reading, payload)


@projects("letter.refiled")
def _refiled(writer: Writer, entry: Entry, payload: Payload) -> None:
    digest = bytes.fromhex(entry.about)
    letter_id = row_id(writer, digest)
    before = writer.row(
        "SELECT client, number, suffix, standing, state, direction, kind FROM letter WHERE id = ?", (letter_id,)
    )
    assert before, "row_id has just found it"
    reading = _reading(writer, digest, payload)
    client, number = payload["client"], payload["number"]
    suffix = before[2] if before[:2] == (client, number) else _suffix(writer, client, number)
    direction = payload.get("direction", before[5])  # the first entries of this kind do not say
    stays_accepted = before[3] == Standing.ACCEPTED and client is not None and client == before[0]
    writer.run(
        "UPDATE letter SET client = ?, number = ?, suffix = ?, direction = ?, kind = ?, standing = ?, state = ?,"
        " written = ?, subject = ?, words = ?, enclosures = ?, message_id = ?, author_address = ?, facts = ?,"
        " notes = ? WHERE id = ?",
        (
            client,
            number,
            suffix,
            direction,
            before[6] if before[5] == direction else payload["kind"],
            Standing.ACCEPTED.value if stays_accepted else payload["standing"],
            payload["state"],
            payload["written"],
            *_summary(reading),
            payload["message_id"],
            payload["author"],
            _json(payload["facts"]),
            _json(payload["notes"]),
            letter_id,
        ),
    )
    writer.run("DELETE FROM letter_reference WHERE letter = ?", (letter_id,))
    _set_references(writer, letter_id, payload["in_reply_to"])
    writer.run("DELETE FROM letter_signature WHERE letter = ?", (letter_id,))
    _set_signatures(writer, letter_id, payload["facts"])
    mark_stale(writer, before[0])
    mark_stale(writer, client)
    if reading is not None and before[4] != LetterState.OPENED:
        add_opened_letter(writer, letter_id, reading)
    else:
        bring_index_up_to_date(writer, letter_id)


def _reading(reader: Reader, digest: bytes, payload: Payload) -> Reading | None:
    return texts.reading(reader, digest) if payload["state"] == LetterState.OPENED else None


def _summary(reading: Reading | None) -> tuple[str, int, int]:
    """What a list shows of a letter's text: subject, words, number of enclosures."""
    return ("", 0, 0) if reading is None else (reading.subject, reading.words, len(reading.enclosures))


def _place_in_time(received: int, digest: bytes) -> int:
    """The row id a letter asks for: the second it was received, ties settled by its digest."""
    return received // SECOND * SECOND + int.from_bytes(digest[:8], "big") % SECOND


def _free_id(reader: Reader, received: int, digest: bytes) -> int | None:
    """The row id for a letter, next to the one it asks for where that is taken; None where it is filed already."""
    wanted = _place_in_time(received, digest)
    looked_up = "SELECT (SELECT 1 FROM letter WHERE digest = ?), (SELECT 1 FROM letter WHERE id = ?)"
    while True:
        ((filed, taken),) = reader.rows(looked_up, (digest, wanted))
        if filed:
            return None
        if not taken:
            return wanted
        wanted += 1


def _suffix(writer: Writer, client: str | None, number: int | None) -> str:
    """Take the name of this number; empty, or the next letter where another device gave it first: HERON-12b."""
    if client is None or raise_counter(writer, client, number):
        return ""
    rows = writer.rows("SELECT suffix FROM letter WHERE client = ? AND number = ?", (client, number))
    taken = {suffix for (suffix,) in rows}
    free: str = next(suffix for suffix in _CLASH_SUFFIXES if suffix not in taken)
    return free


def _set_references(writer: Writer, letter_id: int, message_ids: Sequence[str]) -> None:
    writer.run_many(
        "INSERT INTO letter_reference (letter, position, message_id) VALUES (?, ?, ?)",
        [(letter_id, position, message_id) for position, message_id in enumerate(message_ids)],
    )


def _set_signatures(writer: Writer, letter_id: int, facts: Payload) -> None:
    identities = {fact["identity"] for fact in facts.get("signatures", []) if "identity" in fact}
    writer.run_many(
        "INSERT INTO letter_signature (signature, letter) VALUES (?, ?)",
        [(identity, letter_id) for identity in sorted(identities)],
    )


def raise_counter(writer: Writer, client: str | None, number: int | None) -> bool:
    """Remember that a client's letters have come to `number`, never to give it again; whether they had not."""
    return client is not None and bool(
        writer.run(
            "UPDATE client_counter SET last_number = ?1 WHERE client = ?2 AND last_number < ?1",
            (number, client),
        )
    )


def _json(value: object) -> str:
    return "[]" if value == [] else _encode(value)
