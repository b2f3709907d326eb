"""What the therapist said of exchanges by hand: this letter begins one, or belongs to the one before."""

from datetime import datetime
from typing import NamedTuple

from therapymail.domain.exchange import Correction
from therapymail.domain.journal import Entry
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.journal import Payload, entry_name
from therapymail.vault.projection import projects, record
from therapymail.vault.stale import mark_stale

_WHAT = {Correction.SPLIT: "exchange.split", Correction.JOIN: "exchange.joined"}


class Corrected(NamedTuple):
    """A correction that stands: the name of its entry, the letter it is about, and what it says of that letter."""

    entry: str
    digest: bytes
    correction: Correction


def corrections_of(reader: Reader, client: str) -> list[Corrected]:
    """The corrections of one client (identity) that stand, in the order in which they were made."""
    rows = reader.rows(
        "SELECT entry, digest, correction FROM exchange_correction WHERE client = ? ORDER BY made, entry", (client,)
    )
    return [Corrected(entry, digest, Correction(said)) for entry, digest, said in rows]


def in_effect(corrections: list[Corrected]) -> dict[bytes, Correction]:
    """What stands of each letter: what was said of it last."""
    return {each.digest: each.correction for each in corrections}


def correct(writer: Writer, client: str, digest: bytes, correction: Correction, now: datetime) -> None:
    """Say something of a client's letter, in place of whatever was said of it before."""
    record(writer, _WHAT[correction], client, {"letter": digest.hex()}, now)


def undo(writer: Writer, client: str, corrected: Corrected, now: datetime) -> None:
    """Take a correction back: what was said before it holds again."""
    record(writer, "exchange.correction-undone", client, {"correction": corrected.entry}, now)


@projects("exchange.split")
def _split(writer: Writer, entry: Entry, payload: Payload) -> None:
    _keep(writer, entry, payload, Correction.SPLIT)


@projects("exchange.joined")
def _joined(writer: Writer, entry: Entry, payload: Payload) -> None:
    _keep(writer, entry, payload, Correction.JOIN)


def _keep(writer: Writer, entry: Entry, payload: Payload, correction: Correction) -> None:
    writer.run(
        "INSERT INTO exchange_correction (made, entry, client, digest, correction) VALUES (?, ?, ?, ?, ?)",
        (
            entry.time,
            entry_name(entry.device, entry.sequence),
            entry.about,
            bytes.fromhex(payload["letter"]),
            correction.value,
        ),
    )
    mark_stale(writer, entry.about)


@projects("exchange.correction-undone")
def _undone(writer: Writer, entry: Entry, payload: Payload) -> None:
    writer.run("DELETE FROM exchange_correction WHERE entry = ?", (payload["correction"],))
    mark_stale(writer, entry.about)
