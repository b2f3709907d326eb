"""Agreements with clients, as rows; every version, and every one taken back, is a journal entry."""

import json
from datetime import datetime

from therapymail.domain.agreement import Agreement, Terms
from therapymail.domain.agreement_terms import terms_as_json, terms_from_json
from therapymail.domain.journal import Entry
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.identity import new_identity
from therapymail.vault.journal import Payload
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.projection import projects, record
from therapymail.vault.stale import mark_stale
from therapymail.vault.storable import storable

_ALL = "SELECT identity, client, version, starts, made, terms, withdrawn FROM agreement"


def agreements(reader: Reader) -> dict[str, list[Agreement]]:
    """By client, every version that was ever made, in the order of their numbers."""
    found: dict[str, list[Agreement]] = {}
    read: dict[str, Terms] = {}  # many clients are offered the same
    for row in reader.rows(f"{_ALL} ORDER BY client, version"):
        agreement = _agreement(row, read)
        found.setdefault(agreement.client, []).append(agreement)
    return found


def agreements_with(reader: Reader, client: str) -> list[Agreement]:
    """Every version ever made with a client (identity), in the order of their numbers."""
    return [_agreement(row) for row in reader.rows(f"{_ALL} WHERE client = ? ORDER BY version", (client,))]


def _agreement(row: Row, read: dict[str, Terms] | None = None) -> Agreement:
    """`read` are terms that were read before, as they are written down."""
    identity, client, version, starts, made, written, withdrawn = row
    terms = read.get(written) if read is not None else None
    if terms is None:
        terms = terms_from_json(json.loads(written))
        if read is not None:
            read[written] = terms
    return Agreement(
        identity=identity,
        client=client,
        version=version,
        starts=from_microseconds(starts),
        made=from_microseconds(made),
        terms=terms,
        withdrawn=None if withdrawn is None else from_microseconds(withdrawn),
    )


def make_agreement(writer: Writer, client: str, terms: Terms, starts: datetime, now: datetime) -> Agreement:
    """A new version with a client (identity), in force from `starts`; whether it can be agreed is the caller's."""
    identity = new_identity()
    said = {name: storable(value) if isinstance(value, str) else value for name, value in terms_as_json(terms).items()}
    payload: Payload = {
        "agreement": identity,
        "starts": to_microseconds(starts),
        "made": to_microseconds(now),
        "terms": said,
    }
    record(writer, "agreement.made", client, payload, now)
    (row,) = writer.rows(f"{_ALL} WHERE identity = ?", (identity,))
    return _agreement(row)


def withdraw(writer: Writer, agreement: Agreement, now: datetime) -> None:
    """Take a version back; its number is not given again. Whether it may go is the caller's to look at."""
    payload: Payload = {"agreement": agreement.identity, "at": to_microseconds(now)}
    record(writer, "agreement.withdrawn", agreement.client, payload, now)


@projects("agreement.made")
def _made(writer: Writer, entry: Entry, payload: Payload) -> None:
    """Numbers are given in the order of the entries: two devices may each have thought theirs the next."""
    terms = json.dumps(payload["terms"], sort_keys=True, separators=(",", ":"))
    writer.run(
        "INSERT INTO agreement (identity, client, version, starts, made, withdrawn, terms) VALUES (?1, ?2,"
        " (SELECT coalesce(max(version), 0) + 1 FROM agreement WHERE client = ?2), ?3, ?4, NULL, ?5)",
        (payload["agreement"], entry.about, payload["starts"], payload["made"], terms),
    )
    mark_stale(writer, entry.about)


@projects("agreement.withdrawn")
def _withdrawn(writer: Writer, entry: Entry, payload: Payload) -> None:
    writer.run("UPDATE agreement SET withdrawn = ? WHERE identity = ?", (payload["at"], payload["agreement"]))
    mark_stale(writer, entry.about)
