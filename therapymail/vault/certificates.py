"""Clients' public keys as rows: in the vault, never in a keybox, which would hold their names in clear."""

import base64
import json
from datetime import datetime

from therapymail.domain.client import Certificate
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


def held(reader: Reader) -> list[Certificate]:
    """All certificates held, pinned or only candidates, by fingerprint."""
    return [_certificate(row) for row in reader.rows(f"{_ALL} ORDER BY fingerprint")]


def certificate(reader: Reader, fingerprint: str) -> Certificate:
    """The certificate with this primary fingerprint (upper-case hex). Raises KeyUnknown."""
    row = reader.row(f"{_ALL} WHERE fingerprint = ?", (fingerprint,))
    if row is None:
        raise KeyUnknown(fingerprint)
    return _certificate(row)


def hold(writer: Writer, certificate: Certificate, now: datetime) -> None:
    """Keep `certificate`, in place of an older copy of the same key; whose it is, `clients.pin_key` says.

    Nothing happens where exactly this is held already. The caller has inspected and minimised it (PGP.md K3).
    """
    payload: Payload = {
        "material": base64.b64encode(certificate.material).decode("ascii"),
        "uids": [storable(uid) for uid in certificate.uids],
        "created": to_microseconds(certificate.created),
        "expires": to_microseconds(certificate.expires) if certificate.expires else None,
        "can_encrypt": certificate.can_encrypt,
    }
    present = writer.row("SELECT material FROM certificate WHERE fingerprint = ?", (certificate.fingerprint,))
    if present is None or present[0] != certificate.material:
        record(writer, "certificate.held", certificate.fingerprint, payload, now)


def let_go(writer: Writer, fingerprint: str, now: datetime) -> None:
    """No longer hold a candidate. Raises KeyUnknown, and KeyRefused while it is a client's pinned key."""
    if certificate(writer, fingerprint).client is not None:
        raise KeyRefused(fingerprint, "it is a client's pinned key")
    record(writer, "certificate.let-go", fingerprint, {}, now)


def _certificate(row: Row) -> Certificate:
    fingerprint, material, uids, created, expires, can_encrypt, client = row
    return Certificate(
        fingerprint=fingerprint,
        material=material,
        uids=tuple(json.loads(uids)),
        created=from_microseconds(created),
        expires=None if expires is None else from_microseconds(expires),
        can_encrypt=bool(can_encrypt),
        client=client,
    )


@projects("certificate.held")
def _held(writer: Writer, entry: Entry, payload: Payload) -> None:
    writer.run(
        "INSERT INTO certificate (fingerprint, uids, created, expires, can_encrypt, material)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (fingerprint) DO UPDATE SET uids = excluded.uids,"
        " created = excluded.created, expires = excluded.expires,"
        " can_encrypt = excluded.can_encrypt, material = excluded.material",
        (
            entry.about,
            json.dumps(payload["uids"], separators=(",", ":")),
            payload["created"],
            payload["expires"],
            int(payload["can_encrypt"]),
            base64.b64decode(payload["material"]),
        ),
    )


@projects("certificate.let-go")
def _let_go(writer: Writer, entry: Entry, _payload: Payload) -> None:
    writer.run("DELETE FROM certificate WHERE fingerprint = ?", (entry.about,))
