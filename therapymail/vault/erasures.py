"""Clients that were erased, as rows: when, why, how much; nothing of whom. Every erasure is a journal entry."""

import json
from datetime import datetime
from typing import NamedTuple

from therapymail.domain.journal import Entry
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.erased_notes import keep_numbers
from therapymail.vault.filed_letters import raise_counter
from therapymail.vault.journal import Payload
from therapymail.vault.moments import from_microseconds
from therapymail.vault.projection import projects, record

CLIENT_ERASED = "client.erased"


class Erasure(NamedTuple):
    """That a client was erased: which erasure (the identity they had), when (UTC), and its certificate (JSON values).

    `certificate` holds counts and times only (domain/destruction.py).
    """

    identity: str
    moment: datetime
    certificate: Payload


class Traces(NamedTuple):
    """What has to be known for ever, and tells nobody anything: letters (digests) not to be filed again; numbers.

    `notes` are identities and numbers of notes, which are not given again; `numbers` are clients (identities) and
    numbers of letters that had been taken for theirs.
    """

    letters: list[str]
    notes: list[tuple[str, int]]
    numbers: list[tuple[str, int]]


def erasures(reader: Reader) -> list[Erasure]:
    """Every erasure, the latest first."""
    rows = reader.rows("SELECT identity, moment, certificate FROM erasure ORDER BY moment DESC, identity")
    return [Erasure(identity, from_microseconds(moment), json.loads(said)) for identity, moment, said in rows]


def note_erasure(writer: Writer, client: str, reason: str, certificate: Payload, traces: Traces, now: datetime) -> None:
    """Journal that a client (identity) was erased, and what has to be known of it for ever; `reason` may be empty."""
    payload: Payload = {
        "reason": reason,
        "certificate": certificate,
        "letters": sorted(traces.letters),
        "notes": sorted([identity, number] for identity, number in traces.notes),
        "names": sorted([whose, number] for whose, number in traces.numbers),
    }
    record(writer, CLIENT_ERASED, client, payload, now)


@projects(CLIENT_ERASED)
def _erased(writer: Writer, entry: Entry, payload: Payload) -> None:
    """What the client had is taken away by whoever erases: a rebuild must never do that, and finds none of it."""
    certificate = payload["certificate"]
    writer.run(
        "INSERT INTO erasure (identity, moment, reason_kind, letters, certificate) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (
            entry.about,
            entry.time,
            certificate["reason_kind"],
            certificate["counts"]["letters"],
            json.dumps(certificate, sort_keys=True, separators=(",", ":")),
        ),
    )
    writer.run_many(
        "INSERT INTO erased_letter (digest) VALUES (?) ON CONFLICT DO NOTHING",
        [(bytes.fromhex(digest),) for digest in payload["letters"]],
    )
    keep_numbers(writer, payload["notes"])
    for client, number in payload["names"]:
        raise_counter(writer, client, number)
