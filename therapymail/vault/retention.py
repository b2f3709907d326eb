"""How long each client's record is kept, and what holds it (F32), as rows; every change is a journal entry."""

from datetime import date, datetime
from typing import NamedTuple

from therapymail.domain.journal import Entry
from therapymail.domain.retention import MinorRule, RetentionRule
from therapymail.errors import NothingToUndo
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.journal import Payload
from therapymail.vault.moments import from_microseconds
from therapymail.vault.projection import projects, record
from therapymail.vault.storable import storable

RETENTION_AGREED, HOLD_PLACED, HOLD_LIFTED = "retention.agreed", "hold.placed", "hold.lifted"
_COLUMNS = ("months", "minors", "born", "ended", "until", "said")


class LegalHold(NamedTuple):
    """That a client's record must not be erased: since when (UTC), and why."""

    since: datetime
    reason: str


# --- reading -------------------------------------------------------------------------------------------


def retentions(reader: Reader) -> dict[str, RetentionRule]:
    """By client (identity), what was agreed."""
    rows = reader.rows(f"SELECT client, {', '.join(_COLUMNS)} FROM retention")  # noqa: S608 - fixed columns
    return {
        client: RetentionRule(months, MinorRule(minors), _day(born), _day(ended), _day(until), said)
        for client, months, minors, born, ended, until, said in rows
    }


def legal_holds(reader: Reader) -> dict[str, LegalHold]:
    """By client (identity), what holds their record."""
    rows = reader.rows("SELECT client, since, reason FROM legal_hold")
    return {client: LegalHold(from_microseconds(since), reason) for client, since, reason in rows}


def _day(stored: str | None) -> date | None:
    return None if stored is None else date.fromisoformat(stored)


# --- changing ------------------------------------------------------------------------------------------


def agree_retention(writer: Writer, client: str, rule: RetentionRule, now: datetime) -> None:
    """Keep the record of a client (identity) as `rule` says, in the place of what was agreed before."""
    payload: Payload = {
        "months": rule.months,
        "minors": rule.minors.value,
        "born": _iso(rule.born),
        "ended": _iso(rule.ended),
        "until": _iso(rule.until),
        "said": storable(rule.said),
    }
    record(writer, RETENTION_AGREED, client, payload, now)


def place_hold(writer: Writer, client: str, reason: str, now: datetime) -> None:
    """Let nothing of a client (identity) be erased; a hold that is there already gives the new `reason`."""
    record(writer, HOLD_PLACED, client, {"reason": storable(reason)}, now)


def lift_hold(writer: Writer, client: str, reason: str, now: datetime) -> None:
    """Let the hold go, and say why. Raises NothingToUndo where there is none."""
    if client not in legal_holds(writer):
        raise NothingToUndo("there is no hold")
    record(writer, HOLD_LIFTED, client, {"reason": storable(reason)}, now)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


# --- carrying out --------------------------------------------------------------------------------------


@projects(RETENTION_AGREED)
def _agreed(writer: Writer, entry: Entry, payload: Payload) -> None:
    writer.run(
        "INSERT OR REPLACE INTO retention (client, months, minors, born, ended, until, said, agreed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (entry.about, *(payload[column] for column in _COLUMNS), entry.time),
    )


@projects(HOLD_PLACED)
def _placed(writer: Writer, entry: Entry, payload: Payload) -> None:
    writer.run(
        "INSERT INTO legal_hold (client, since, reason) VALUES (?, ?, ?)"
        " ON CONFLICT (client) DO UPDATE SET reason = excluded.reason",
        (entry.about, entry.time, payload["reason"]),
    )


@projects(HOLD_LIFTED)
def _lifted(writer: Writer, entry: Entry, _payload: Payload) -> None:
    writer.run("DELETE FROM legal_hold WHERE client = ?", (entry.about,))
