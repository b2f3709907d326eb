"""Removing everything of one client from a store: rows, words of the index, and what the journal says (S27, H14).

`OF_CLIENT`, `WITH_LETTERS`, `BY_ITSELF` and `OF_NOBODY` name every table there is; a test walks through all tables of
both stores and fails where one is not named here. `Vault.scrub` afterwards rewrites the file without what was removed.
"""

import json
from collections.abc import Callable, Collection
from datetime import datetime
from typing import NamedTuple

from therapymail.vault import clients, index, journal, note_index
from therapymail.vault.client_entries import CalledBy, entries_of_client
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.erased_notes import note_erased_notes
from therapymail.vault.erasures import Traces, note_erasure
from therapymail.vault.indexing import take_from_index
from therapymail.vault.journal import Draft, Payload, entry_name
from therapymail.vault.projection import record_all

_KEYS = "fingerprint IN (SELECT value FROM json_each(:keys))"
_LETTERS = "digest IN (SELECT unhex(value) FROM json_each(:letters))"
_THEIR_LETTERS = "(SELECT unhex(value) AS digest FROM json_each(:letters))"
# By table, which rows go, in an order in which they can: what refers before what it refers to.
OF_CLIENT = {
    "exchange_letter": f"client = :client OR {_LETTERS}",
    "exchange": "client = :client",
    "course": "client = :client",
    "bounce": f"client = :client OR {_LETTERS}",
    "exchange_correction": f"client = :client OR {_LETTERS}",
    "agreement": "client = :client",
    "client_status": "client = :client",
    "invitation": "client = :client",
    "milestone": "client = :client",
    "image": "client = :client",
    "key_change": "client = :client",
    "key_candidate": "client = :client",
    "note": "client = :client",
    "note_draft": "client = :client",
    "outbox": "draft IN (SELECT number FROM draft WHERE client = :client)",
    "draft": "client = :client",
    "draft_word": "word IN (SELECT value FROM json_each(:words))",
    "saved_search": "name IN (SELECT value FROM json_each(:searches))",
    "searched_address": "address IN (SELECT value FROM json_each(:addresses))",
    "retention": "client = :client",
    "legal_hold": "client = :client",
    "pin": "client = :client",
    "certificate": _KEYS,
    "stale_course": "client = :client",
    "client_counter": "client = :client",
    "client_address": "client = :client",
}
WITH_LETTERS = {
    "place": _LETTERS,
    "sent_copy": _LETTERS,
    "letter": _LETTERS,
    "letter_text": _LETTERS,
    "letter_original": _LETTERS,
}
# What goes with the rows above, by the schema's own rules or by what is done before.
BY_ITSELF = {
    *("letter_reference", "letter_signature", "letter_tag", "letter_sent", "letter_sent_again", "passage_tag"),
    *("exchange_tag", "letter_bookmark", "letter_read", "letter_reread", "milestone_place", "key_found"),
    *("autocrypt_offer", "draft_text", "draft_enclosure", "outbox_sealed", "note_amendment", "certificate_part"),
    *("pin_part", "pin_retired", "client"),
    *("letter_index", "letter_indexed", "index_language", "note_index", "note_indexed", "journal_payload"),
    *("index_block", "index_block_part", "index_bits"),  # a block that a letter leaves is one no longer (index.py)
}
# What holds nothing of a client: hashes and times of the journal, what was erased, the machine's own state, and who
# takes over from the therapist.
OF_NOBODY = {
    *("journal", "journal_head", "erased_letter", "erased_note", "erasure", "bookmark", "stranger", "secret", "meta"),
    *("backup_made", "backup_checked", "recovery_kit", "executor", "executor_pack", "own_key_past"),
}
_COUNTED = {
    "letters": "SELECT json_array_length(:letters)",
    "bytes": f"SELECT coalesce(sum(length(raw)), 0) FROM letter_original WHERE {_LETTERS}",  # noqa: S608 - fixed, all
    "places": f"SELECT count(*) FROM place WHERE {_LETTERS}",  # noqa: S608
    "drafts": "SELECT count(*) FROM draft WHERE client = :client",
    "notes": "SELECT (SELECT count(*) FROM note WHERE client = :client)"
    " + (SELECT count(*) FROM note_draft WHERE client = :client)",
    "tags": f"SELECT (SELECT count(*) FROM letter_tag JOIN letter ON id = letter WHERE {_LETTERS})"  # noqa: S608
    f" + (SELECT count(*) FROM passage_tag JOIN {_THEIR_LETTERS} ON digest = letter)"
    f" + (SELECT count(*) FROM exchange_tag JOIN {_THEIR_LETTERS} ON digest = letter)",
    "marks": "SELECT (SELECT count(*) FROM milestone WHERE client = :client)"  # noqa: S608
    " + (SELECT count(*) FROM image WHERE client = :client)"
    f" + (SELECT count(*) FROM letter_bookmark JOIN {_THEIR_LETTERS} ON digest = letter)",
    "agreements": "SELECT count(*) FROM agreement WHERE client = :client",
    "keys": f"SELECT (SELECT count(*) FROM certificate WHERE {_KEYS})"  # noqa: S608
    " + (SELECT count(*) FROM key_candidate WHERE client = :client)",
    "addresses": "SELECT json_array_length(:addresses)",
    "searches": "SELECT json_array_length(:searches)",
}

BEGUN, NOT_REWRITTEN = "erasing", "erasing_rewrite"  # names in `meta`: what a kill leaves to be done


class Found(NamedTuple):
    """What a client's erasure removes: counts by what they count, their entries, and what must be remembered.

    `parameters` are those of the conditions above; `called` is what the client was ever called.
    """

    counts: dict[str, int]
    entries: list[tuple[bytes, int]]
    traces: Traces
    parameters: dict[str, str]
    called: CalledBy


def erase_client(
    writer: Writer, client: str, certified: Callable[[dict[str, int]], Payload], reason: str, now: datetime
) -> Payload:
    """Remove a client (identity) and all that is theirs from the record, and journal it; the certificate of it.

    `certified` makes that from the counts. All in the caller's unit of work; `Vault.scrub` then rewrites the file.
    """
    found = find(writer, client)
    certificate = certified(found.counts)
    letters = f"SELECT id, digest FROM letter WHERE {_LETTERS} ORDER BY id"  # noqa: S608 - fixed
    with index.leaving_no_trace(writer):
        for letter_id, digest in writer.rows(letters, found.parameters):
            take_from_index(writer, letter_id, digest)
    _take_notes_out(writer, client)
    for table, condition in (*OF_CLIENT.items(), *WITH_LETTERS.items(), ("client", "identity = :client")):
        writer.run(f"DELETE FROM {table} WHERE {condition}", found.parameters)  # noqa: S608 - fixed tables
    erase_entries(writer, found.entries, now)
    note_erasure(writer, client, reason, certificate, found.traces, now)
    note_index.leave_no_trace(writer)
    return certificate


def is_unfinished(reader: Reader) -> bool:
    """Whether an erasure was begun and is not finished: a kill, or process notes that are locked, came between."""
    return reader.row("SELECT 1 FROM meta WHERE name IN (?, ?)", (BEGUN, NOT_REWRITTEN)) is not None


def count_process_notes(reader: Reader, client: str) -> int:
    """How many process notes, begun ones too, are about a client (identity)."""
    sql = "SELECT (SELECT count(*) FROM note WHERE client = ?1) + (SELECT count(*) FROM note_draft WHERE client = ?1)"
    row = reader.row(sql, (client,))
    return row[0] if row else 0


def erase_process_notes(writer: Writer, client: str, now: datetime) -> int:
    """Remove every process note about a client (identity), with what their journal says; how many there were."""
    counted = count_process_notes(writer, client)
    entries = entries_of_client(writer, client, (), {}, ())
    notes = _notes(writer, client)
    if not counted and not entries.entries:
        return 0
    _take_notes_out(writer, client)
    writer.run("DELETE FROM note WHERE client = ?", (client,))
    writer.run("DELETE FROM note_draft WHERE client = ?", (client,))
    erase_entries(writer, entries.entries, now)
    note_erased_notes(writer, client, [(identity, number) for identity, number in notes], now)
    note_index.leave_no_trace(writer)
    return counted


def erase_entries(writer: Writer, entries: list[tuple[bytes, int]], now: datetime) -> None:
    """Remove what these entries say, for good, and append for each an entry that this was done (`journal.erase`)."""
    writer.run_many("DELETE FROM journal_payload WHERE device = ? AND sequence = ?", entries)
    tombstones = [Draft(journal.ERASED, entry_name(device, sequence), {}) for device, sequence in entries]
    record_all(writer, tombstones, now)


def call_off(writer: Writer, client: str) -> None:
    """Let an erasure of the client (identity) that was begun and broken off not be gone on with."""
    row = writer.row("SELECT value FROM meta WHERE name = ?", (BEGUN,))
    if row and json.loads(row[0])["client"] == client:
        writer.run("DELETE FROM meta WHERE name = ?", (BEGUN,))


# --- what is theirs ------------------------------------------------------------------------------------


def find(reader: Reader, client: str) -> Found:
    """What the record has of a client (identity). Reads the whole journal."""
    called = _ever_called(reader, client)
    letters = _letters(reader, client, called.addresses)
    drafts: dict[str, str] = dict(reader.rows("SELECT identity, client FROM draft"))
    others = [key for (key,) in reader.rows("SELECT fingerprint FROM pin WHERE client <> ?", (client,))]
    theirs = entries_of_client(reader, client, letters, drafts, others)
    named = called.is_named_in
    words = [word for (word,) in reader.rows("SELECT DISTINCT word FROM draft_word") if named([word])]
    searches = [each[0] for each in reader.rows("SELECT name, query FROM saved_search") if named(each)]
    parameters = {
        "client": client,
        "letters": json.dumps([digest.hex() for digest in letters]),
        "keys": json.dumps(sorted(theirs.fingerprints)),
        "addresses": json.dumps(sorted(called.addresses)),
        "words": json.dumps(words),
        "searches": json.dumps(searches),
    }
    counts = {each: _count(reader, sql, parameters) for each, sql in _COUNTED.items()}
    traces = Traces(
        [*(digest.hex() for digest in letters), *theirs.erased_before],
        [(identity, number) for identity, number in _notes(reader, client)],
        sorted(theirs.numbers),
    )
    return Found({**counts, "entries": len(theirs.entries)}, theirs.entries, traces, parameters, called)


def _count(reader: Reader, sql: str, parameters: dict[str, str]) -> int:
    ((counted,),) = reader.rows(sql, parameters)
    return int(counted)


def _ever_called(reader: Reader, client: str) -> CalledBy:
    """What they are and ever were called, without addresses that are another client's now."""
    told = CalledBy()
    for _, payload in journal.entries_of(reader, [client], ["client.added", "client.edited"]):
        told.note(payload or {})
    for code, name in reader.rows("SELECT code, name FROM client WHERE identity = ?", (client,)):
        told.note({"code": code, "name": name})
    addresses = clients.addresses(reader)
    told.addresses |= {address for address, whose in addresses.items() if whose == client}
    told.addresses = {address for address in told.addresses if addresses.get(address, client) == client}
    return told


def _letters(reader: Reader, client: str, addresses: Collection[str]) -> list[bytes]:
    """Their letters (digests), and mail that is nobody's but came from them, or names a letter of theirs."""
    rows = reader.rows("SELECT digest FROM letter WHERE client = ?", (client,))
    rows += reader.rows(
        "SELECT digest FROM letter WHERE client IS NULL AND (author_address IN (SELECT value FROM json_each(?2))"
        " OR EXISTS (SELECT 1 FROM letter_reference named JOIN letter theirs ON theirs.message_id = named.message_id"
        " WHERE named.letter = letter.id AND named.message_id <> '' AND theirs.client = ?1))",
        (client, json.dumps(sorted(addresses))),
    )
    return [digest for (digest,) in rows]


def _notes(reader: Reader, client: str) -> list[Row]:
    return reader.rows("SELECT identity, number FROM note WHERE client = ?", (client,))


def _take_notes_out(writer: Writer, client: str) -> None:
    for (note_id,) in writer.rows("SELECT id FROM note WHERE client = ? ORDER BY id", (client,)):
        note_index.take_out(writer, note_id)
