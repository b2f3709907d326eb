"""Keys that came with clients' letters, as rows: candidates, few for each client, gone with the letters they came with.

Working state: what was found can be found again in the originals. Nothing here is ever in a keyring or pinned.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from therapymail.domain.client import Certificate
from therapymail.domain.found_key import FoundKey, KeyCandidate, KeyPlace, KeySource
from therapymail.domain.key_change import KeySign
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.letters import names_of
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.storable import storable

MAX_CANDIDATES = 10  # for each client; the one that was seen last the longest ago makes room, but for what is open
MAX_BYTES = 64 * 1024  # of one; minimal certificates are a few kilobytes
MAX_PLACES = 20  # letters remembered for each
_ALL = "SELECT id, client, fingerprint, uids, created, expires, can_encrypt, problems, material FROM key_candidate"
_NOT_PINNED = (
    " WHERE NOT EXISTS (SELECT 1 FROM pin"
    " WHERE pin.client = key_candidate.client AND pin.fingerprint = key_candidate.fingerprint)"
)


def candidates(reader: Reader, client: str | None = None, *, also_pinned: bool = False) -> list[KeyCandidate]:
    """Every candidate, or those of one client (by identity); those pinned to that client only if `also_pinned`."""
    which = " WHERE 1" if also_pinned else _NOT_PINNED
    rows = reader.rows(f"{_ALL}{which} AND (?1 IS NULL OR client = ?1) ORDER BY client, id", (client,))
    return [_candidate(reader, row) for row in rows]


def places_of(reader: Reader, fingerprint: str) -> tuple[KeyPlace, ...]:
    """The letters that this key came with, the earliest first; also of a key that was pinned since."""
    rows = reader.rows("SELECT id FROM key_candidate WHERE fingerprint = ? ORDER BY id", (fingerprint,))
    return tuple(place for (number,) in rows for place in _places(reader, number))


def note_found(writer: Writer, client: str, digest: bytes, received: datetime, keys: Sequence[FoundKey]) -> None:
    """Remember the `keys` that came with the client's letter of this digest, whose original is kept.

    Bounded by MAX_CANDIDATES, MAX_BYTES and MAX_PLACES. No pin and no held certificate is touched.
    """
    for key in keys:
        if key.source is KeySource.SIGNATURE:
            continue  # only named: there is nothing to keep
        row = writer.row("SELECT id FROM key_candidate WHERE client = ? AND fingerprint = ?", (client, key.fingerprint))
        number = row[0] if row else _new(writer, client, key)
        if row and key.certificate is not None and len(key.certificate.material) <= MAX_BYTES:
            _renew(writer, row[0], key.certificate)
        if number is not None:
            _note_place(writer, number, digest, received, key)
    _make_room(writer, client)


def _new(writer: Writer, client: str, key: FoundKey) -> int | None:
    certificate = key.certificate
    if certificate is None or len(certificate.material) > MAX_BYTES:
        return None
    writer.run(
        "INSERT INTO key_candidate (client, fingerprint, uids, created, expires, can_encrypt, problems, material)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            client,
            key.fingerprint,
            _json(certificate.uids),
            to_microseconds(certificate.created),
            to_microseconds(certificate.expires) if certificate.expires else None,
            int(certificate.can_encrypt),
            _json(key.problems),
            certificate.material,
        ),
    )
    ((number,),) = writer.rows("SELECT last_insert_rowid()")
    return int(number)


def _renew(writer: Writer, number: int, certificate: Certificate) -> None:
    """A newer copy of a candidate, brought together with the one before (PGP.md K4)."""
    writer.run(
        "UPDATE key_candidate SET uids = ?, expires = ?, can_encrypt = ?, material = ? WHERE id = ?",
        (
            _json(certificate.uids),
            to_microseconds(certificate.expires) if certificate.expires else None,
            int(certificate.can_encrypt),
            certificate.material,
            number,
        ),
    )


def _note_place(writer: Writer, number: int, digest: bytes, received: datetime, key: FoundKey) -> None:
    writer.run(
        "INSERT INTO key_found (candidate, digest, source, signs, received) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (number, digest, key.source.value, int(key.signs), to_microseconds(received)),
    )
    # The first and the last letters are what a person asks about.
    writer.run(
        "DELETE FROM key_found WHERE candidate = ?1 AND digest IN (SELECT digest FROM key_found WHERE candidate = ?1"
        " ORDER BY received LIMIT 1 OFFSET ?2)"
        " AND (SELECT count(*) FROM key_found WHERE candidate = ?1) > ?3",
        (number, MAX_PLACES // 2, MAX_PLACES),
    )


def _make_room(writer: Writer, client: str) -> None:
    # What stops letters until the therapist decides stays at hand: keys that anybody sends must not crowd it out.
    writer.run(
        "DELETE FROM key_candidate WHERE id IN (SELECT id FROM key_candidate JOIN key_found ON candidate = id"
        " WHERE client = ?1 GROUP BY id ORDER BY EXISTS (SELECT 1 FROM key_change WHERE key_change.client = ?1"
        " AND key_change.fingerprint = key_candidate.fingerprint AND sign = ?3 AND resolved IS NULL) DESC,"
        " max(received) DESC LIMIT -1 OFFSET ?2)",
        (client, MAX_CANDIDATES, KeySign.SIGNED.value),
    )


def _candidate(reader: Reader, row: Row) -> KeyCandidate:
    number, client, fingerprint, uids, created, expires, can_encrypt, problems, material = row
    certificate = Certificate(
        fingerprint=fingerprint,
        material=material,
        uids=tuple(json.loads(uids)),
        created=from_microseconds(created),
        expires=None if expires is None else from_microseconds(expires),
        can_encrypt=bool(can_encrypt),
        client=None,
    )
    return KeyCandidate(client, certificate, tuple(json.loads(problems)), _places(reader, number))


def _places(reader: Reader, number: int) -> tuple[KeyPlace, ...]:
    rows = reader.rows(
        "SELECT digest, received, source, signs FROM key_found WHERE candidate = ? ORDER BY received, digest", (number,)
    )
    names = names_of(reader, [row[0] for row in rows])
    return tuple(
        KeyPlace(names.get(digest, (None, ()))[0], from_microseconds(received), KeySource(source), bool(signs))
        for digest, received, source, signs in rows
    )


def _json(texts: Sequence[str]) -> str:
    return json.dumps([storable(text) for text in texts], separators=(",", ":"))
