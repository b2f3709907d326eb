"""Clients' public keys as rows: in the vault, never in a keybox, which would hold their names in clear."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from therapymail.domain.client import Certificate, EncryptionPart
from therapymail.domain.journal import Entry
from therapymail.errors import KeyRefused, KeyUnknown
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.journal import Payload
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.projection import projects, record
from therapymail.vault.storable import storable

_ALL = (
    "SELECT fingerprint, material, uids, created, expires, can_encrypt, client"
    " FROM certificate LEFT JOIN pin USING (fingerprint)"
)
_PARTS = "SELECT certificate, part, created, expires FROM certificate_part"
_NEWEST_FIRST = "ORDER BY created DESC, part"


def held(reader: Reader) -> list[Certificate]:
    """All certificates held, pinned or only candidates, by fingerprint."""
    parts: dict[str, list[EncryptionPart]] = {}
    for whose, *part in reader.rows(f"{_PARTS} {_NEWEST_FIRST}"):
        parts.setdefault(whose, []).append(_part(part))
    return [_certificate(row, parts.get(row[0], ())) for row in reader.rows(f"{_ALL} ORDER BY fingerprint")]


def certificate(reader: Reader, fingerprint: str) -> Certificate:
    """The certificate with this primary fingerprint (upper-case hex). Raises KeyUnknown."""
    row = reader.row(f"{_ALL} WHERE fingerprint = ?", (fingerprint,))
    if row is None:
        raise KeyUnknown(fingerprint)
    parts = reader.rows(f"{_PARTS} WHERE certificate = ? {_NEWEST_FIRST}", (fingerprint,))
    return _certificate(row, [_part(part) for _, *part in parts])


def hold(writer: Writer, certificate: Certificate, now: datetime) -> None:
    """Keep `certificate`, in place of an older copy of the same key; whose it is, `pins.pin_key` says.

    Nothing happens where exactly this is held already. The caller has inspected and minimised it (PGP.md K3).
    """
    payload: Payload = {
        "material": base64.b64encode(certificate.material).decode("ascii"),
        "uids": [storable(uid) for uid in certificate.uids],
        "created": to_microseconds(certificate.created),
        "expires": to_microseconds(certificate.expires) if certificate.expires else None,
        "can_encrypt": certificate.can_encrypt,
        "parts": [
            [each.fingerprint, to_microseconds(each.created), to_microseconds(each.expires) if each.expires else None]
            for each in certificate.parts
        ],
    }
    present = writer.row(
        "SELECT material, EXISTS (SELECT 1 FROM certificate_part WHERE certificate = fingerprint) FROM certificate"
        " WHERE fingerprint = ?",
        (certificate.fingerprint,),
    )
    if present is None or present[0] != certificate.material or (certificate.parts and not present[1]):
        # Not `about` the key: a fingerprint tells who somebody is, and what an entry is about is never erased.
        record(writer, "certificate.held", "", {"fingerprint": certificate.fingerprint, **payload}, now)


def let_go(writer: Writer, fingerprint: str, now: datetime) -> None:
    """No longer hold a candidate. Raises KeyUnknown, and KeyRefused while it is a client's pinned key."""
    if certificate(writer, fingerprint).client is not None:
        raise KeyRefused(fingerprint, "it is a client's pinned key")
    record(writer, "certificate.let-go", "", {"fingerprint": fingerprint}, now)


def _part(row: Sequence[Any]) -> EncryptionPart:
    part, created, expires = row
    return EncryptionPart(part, from_microseconds(created), None if expires is None else from_microseconds(expires))


def _certificate(row: Row, parts: Sequence[EncryptionPart]) -> Certificate:
    fingerprint, material, uids, created, expires, can_encrypt, client = row
    return Certificate(
        fingerprint=fingerprint,
        material=material,
        uids=tuple(json.loads(uids)),
        created=from_microseconds(created),
        expires=None if expires is None else from_microseconds(expires),
        can_encrypt=bool(can_encrypt),
        client=client,
        parts=tuple(parts),
    )


@projects("certificate.held")
def _held(writer: Writer, entry: Entry, payload: Payload) -> None:
    fingerprint = payload.get("fingerprint", entry.about)  # the first entries of this kind are about it
    writer.run(
        "INSERT INTO certificate (fingerprint, uids, created, expires, can_encrypt, material)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (fingerprint) DO UPDATE SET uids = excluded.uids,"
        " created = excluded.created, expires = excluded.expires,"
        " can_encrypt = excluded.can_encrypt, material = excluded.material",
        (
            fingerprint,
            json.dumps(payload["uids"], separators=(",", ":")),
            payload["created"],
            payload["expires"],
            int(payload["can_encrypt"]),
            base64.b64decode(payload["material"]),
        ),
    )
    writer.run("DELETE FROM certificate_part WHERE certificate = ?", (fingerprint,))
    writer.run_many(
        "INSERT INTO certificate_part (certificate, part, created, expires) VALUES (?, ?, ?, ?)",
        [(fingerprint, *part) for part in payload.get("parts", [])],  # the first entries of this kind do not say
    )


@projects("certificate.let-go")
def _let_go(writer: Writer, entry: Entry, payload: Payload) -> None:
    writer.run("DELETE FROM certificate WHERE fingerprint = ?", (payload.get("fingerprint", entry.about),))
