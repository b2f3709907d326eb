"""The letters of the record as the journal's entries make them: the projection of filing and of filing again."""

import json
from collections.abc import Sequence

from therapymail.domain.journal import Entry
from therapymail.domain.kinds import LetterState, Standing
from therapymail.domain.letter import Reading
from therapymail.vault import texts
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.indexing import add_new_letter, add_opened_letter, bring_index_up_to_date
from therapymail.vault.journal import Payload
from therapymail.vault.letters import row_id
from therapymail.vault.moments import SECOND
from therapymail.vault.projection import projects
from therapymail.vault.stale import mark_stale

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_CLASH_SUFFIXES = ("", *"bcdefghijklmnopqrstuvwxyz")


@projects("letter.filed")
def _filed(writer: Writer, entry: Entry, payload: Payload) -> None:
    digest = bytes.fromhex(entry.about)
    letter_id = _free_id(writer, payload["received"], digest)
    if letter_id is None:
        return  # another device filed it first
    reading = _reading(writer, digest, payload)
    client, number = _whose(writer, payload)
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
        add_new_letter(writer, letter_id, reading, {**payload, "client": client})


@projects("letter.refiled")
def _refiled(writer: Writer, entry: Entry, payload: Payload) -> None:
    digest = bytes.fromhex(entry.about)
    letter_id = row_id(writer, digest)
    before = writer.row(
        "SELECT client, number, suffix, standing, state, direction, kind FROM letter WHERE id = ?", (letter_id,)
    )
    assert before, "row_id has just found it"
    reading = _reading(writer, digest, payload)
    client, number = _whose(writer, payload)
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


def _whose(reader: Reader, payload: Payload) -> tuple[str | None, int | None]:
    """Whose letter it is, and its number; nobody's, where it was taken for mail of a client who was erased since."""
    client = payload["client"]
    if client is None or reader.row("SELECT 1 FROM client WHERE identity = ?", (client,)) is None:
        return None, None
    return client, payload["number"]


def _reading(reader: Reader, digest: bytes, payload: Payload) -> Reading | None:
    return texts.reading(reader, digest) if payload["state"] == LetterState.OPENED else None


def _summary(reading: Reading | None) -> tuple[str, int, int]:
    """What a list shows of a letter's text: subject, words, number of enclosures."""
    return ("", 0, 0) if reading is None else (reading.subject, reading.words, len(reading.enclosures))


def place_in_time(received: int, digest: bytes) -> int:
    """The row id a letter asks for: the second it was received, ties settled by its digest."""
    return received // SECOND * SECOND + int.from_bytes(digest[:8], "big") % SECOND


def _free_id(reader: Reader, received: int, digest: bytes) -> int | None:
    """The row id for a letter, next to the one it asks for where that is taken; None where it is filed already."""
    wanted = place_in_time(received, digest)
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
