"""What the therapist said of exchanges by hand: this letter begins one, or belongs to the one before."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from therapymail.domain.exchange import Correction
from therapymail.domain.journal import Entry
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.journal import Payload, entry_name
from therapymail.vault.projection import projects, record
from therapymail.vault.stale import mark_stale

_WHAT = {Correction.SPLIT: "exchange.split", Correction.JOIN: "exchange.joined"}


class Corrected(NamedTuple):
    """A correction that stands: the name of its entry, the letters it is about, and what it says of them."""

    entry: str
    digests: tuple[bytes, ...]
    correction: Correction


def corrections_of(reader: Reader, client: str) -> list[Corrected]:
    """The corrections of one client (identity) that stand, in the order in which they were made."""
    rows = reader.rows(
        "SELECT entry, digest, correction FROM exchange_correction WHERE client = ? ORDER BY made, entry, digest",
        (client,),
    )
    return [
        Corrected(entry, tuple(digest for _, digest, _ in some), Correction(said))
        for (entry, said), some in groupby(rows, key=itemgetter(0, 2))
    ]


def in_effect(corrections: list[Corrected]) -> dict[bytes, Correction]:
    """What stands of each letter: what was said of it last."""
    return {digest: each.correction for each in corrections for digest in each.digests}


def correct(writer: Writer, client: str, digests: Sequence[bytes], correction: Correction, now: datetime) -> None:
    """Say something of letters of a client, in place of whatever was said of them before."""
    record(writer, _WHAT[correction], client, {"letters": [digest.hex() for digest in digests]}, now)


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
    name = entry_name(entry.device, entry.sequence)
    writer.run_many(
        "INSERT INTO exchange_correction (made, entry, client, digest, correction) VALUES (?, ?, ?, ?, ?)",
        [
            (entry.time, name, entry.about, bytes.fromhex(letter), correction.value)
            for letter in sorted(set(payload["letters"]))
        ],
    )
    mark_stale(writer, entry.about)


@projects("exchange.correction-undone")
def _undone(writer: Writer, entry: Entry, payload: Payload) -> None:
    writer.run("DELETE FROM exchange_correction WHERE entry = ?", (payload["correction"],))
    mark_stale(writer, entry.about)
