"""A passage as one column holds it: JSON, or empty for none."""

import json
from typing import Any

from therapymail.domain.journal import payload_bytes
from therapymail.domain.passage import Passage


def passage_column(said: dict[str, Any] | None) -> str:
    """The column for a passage as a journal entry says it."""
    return "" if said is None else payload_bytes(said).decode("ascii")


def passage_in(column: str) -> Passage | None:
    """What `passage_column` was given."""
    return Passage.from_json(json.loads(column)) if column else None
