"""Mail of clients that waits for the therapist: to be accepted, or to be opened. Read from small indexes alone."""

import json
from datetime import datetime
from typing import NamedTuple

from therapymail.domain.kinds import LetterState, Standing
from therapymail.domain.names import LetterName
from therapymail.domain.seal import OpeningFailure, facts_from_json
from therapymail.vault.connection import Reader, Row
from therapymail.vault.moments import from_microseconds

# The conditions name the small indexes of letters that are not accepted, and not opened; said so, in the order of
# `+letter.id`, SQLite uses them instead of walking all letters in their own order.
_COLUMNS = (
    "SELECT client, code, letter.number, suffix, received, state, facts FROM letter JOIN client ON identity = client"
)


class WaitingMail(NamedTuple):
    """A mail of the client with this identity, when it was received (UTC), and why it could not be opened, if so."""

    client: str
    name: LetterName
    received: datetime
    state: LetterState
    failure: OpeningFailure | None


def proposed_mail(reader: Reader) -> list[WaitingMail]:
    """Opened mail that waits to be accepted, oldest first."""
    rows = reader.rows(
        f"{_COLUMNS} WHERE standing = ? AND standing <> 'accepted' AND state = ? ORDER BY +letter.id",
        (Standing.PROPOSED.value, LetterState.OPENED.value),
    )
    return [_mail(row) for row in rows]


def unopened_mail(reader: Reader) -> list[WaitingMail]:
    """Mail of clients that is not opened, whatever its standing, oldest first."""
    states = [state.value for state in LetterState if state is not LetterState.OPENED]
    rows = reader.rows(
        f"{_COLUMNS} WHERE state IN (?, ?, ?) AND state <> 'opened' AND +client IS NOT NULL ORDER BY +letter.id", states
    )
    return [_mail(row) for row in rows]


def _mail(row: Row) -> WaitingMail:
    client, code, number, suffix, received, state, facts = row
    failure = facts_from_json(json.loads(facts)).failure
    name = LetterName(code, number, suffix)
    return WaitingMail(client, name, from_microseconds(received), LetterState(state), failure)
