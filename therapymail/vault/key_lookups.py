"""Look-ups of keys in directories, as entries of the journal: who was asked for, and what came of it.

The one thing that this program asks of a stranger's host, so it is on the record when it was.
"""

from collections.abc import Sequence
from datetime import datetime

from therapymail.domain.journal import Entry
from therapymail.vault.connection import Writer
from therapymail.vault.journal import Payload
from therapymail.vault.projection import projects, record

KEY_LOOKED_UP = "key.looked-up"


def note_look_up(
    writer: Writer, client: str | None, address: str, outcome: str, fingerprints: Sequence[str], now: datetime
) -> None:
    """Note that the directory of `address` was asked, for `client` (identity) or nobody known yet.

    `outcome` is a word of ours (`found`, `nothing`, `refused`, `unreachable`), `fingerprints` are the keys it gave.
    """
    said: Payload = {"address": address, "outcome": outcome, "fingerprints": list(fingerprints)}
    record(writer, KEY_LOOKED_UP, client or "", said, now)


@projects(KEY_LOOKED_UP)
def _looked_up(_writer: Writer, _entry: Entry, _payload: Payload) -> None:
    """Nothing is derived from it: the journal is where it is looked up."""
