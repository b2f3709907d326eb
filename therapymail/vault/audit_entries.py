"""Entries of a journal for an audit: who or what they are about, by the name it has now; what they say is not read."""

import json
from collections.abc import Mapping

from therapymail.domain.audit import AuditEntry, AuditQuery, Store
from therapymail.domain.note import NoteKind, NoteName
from therapymail.vault.connection import Reader, Row
from therapymail.vault.letters import names_of
from therapymail.vault.moments import from_microseconds, to_microseconds

_DIGEST_CHARACTERS = 64
_ENTRIES = """
    SELECT device, sequence, time, what, about,
        EXISTS (SELECT 1 FROM journal_payload said WHERE said.device = journal.device
            AND said.sequence = journal.sequence)
    FROM journal WHERE substr(what, 1, length(:kind)) = :kind AND time >= :since AND time < :until
"""
_NEWEST = "ORDER BY time DESC, device DESC, sequence DESC LIMIT :limit"
_ABOUT_CLIENT = """
    AND (about = :client OR about IN (SELECT lower(hex(digest)) FROM letter WHERE client = :client)
        OR about IN (SELECT identity FROM note WHERE client = :client)
        OR about IN (SELECT identity FROM agreement WHERE client = :client)
        OR about IN (SELECT identity FROM milestone WHERE client = :client)
        OR about IN (SELECT identity FROM image WHERE client = :client)
        OR about IN (SELECT identity FROM draft WHERE client = :client))
"""
_ABOUT_NOTES = "AND (about = :client OR about IN (SELECT identity FROM note WHERE client = :client))"


def of_record(reader: Reader, query: AuditQuery, client: str | None, codes: Mapping[str, str]) -> list[AuditEntry]:
    """The newest entries of the record, newest first; `client` is an identity, `codes` are all clients' by identity."""
    rows = _rows(reader, query, client, _ABOUT_CLIENT)
    digests = [bytes.fromhex(row[4]) for row in rows if len(row[4]) == _DIGEST_CHARACTERS]
    letters = {digest.hex(): str(name) for digest, (name, _) in names_of(reader, digests).items() if name}
    drafts = {identity: f"D-{number}" for identity, number in reader.rows("SELECT identity, number FROM draft")}
    names = {**codes, **drafts, **letters, **_note_names(reader, rows, NoteKind.PROGRESS)}
    return [_entry(Store.RECORD, row, names) for row in rows]


def of_notes(
    reader: Reader, query: AuditQuery, client: str | None, codes: Mapping[str, str], kind: NoteKind
) -> list[AuditEntry]:
    """As `of_record`, of the store of process notes."""
    rows = _rows(reader, query, client, _ABOUT_NOTES)
    names = {**codes, **_note_names(reader, rows, kind)}
    return [_entry(Store.PROCESS_NOTES, row, names) for row in rows]


def _rows(reader: Reader, query: AuditQuery, client: str | None, about: str) -> list[Row]:
    parameters = {
        "kind": query.kind,
        "since": to_microseconds(query.since) if query.since else -(2**63),
        "until": to_microseconds(query.until) if query.until else 2**63 - 1,
        "client": client,
        "limit": query.limit,
    }
    return reader.rows(f"{_ENTRIES} {about if client else ''} {_NEWEST}", parameters)


def _note_names(reader: Reader, rows: list[Row], kind: NoteKind) -> dict[str, str]:
    named = reader.rows(
        "SELECT identity, number, suffix FROM note WHERE identity IN (SELECT value FROM json_each(?))",
        (json.dumps([row[4] for row in rows]),),
    )
    return {identity: str(NoteName(kind, number, suffix)) for identity, number, suffix in named}


def _entry(store: Store, row: Row, names: Mapping[str, str]) -> AuditEntry:
    device, sequence, time, what, about, says = row
    return AuditEntry(store, device.hex(), sequence, from_microseconds(time), what, names.get(about, ""), bool(says))
