"""Exchanges as a table for a spreadsheet (RFC 4180); no cell of it is a formula there, whatever it says."""

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from therapymail.domain.exchange_shape import exchange_shape
from therapymail.domain.record import ToldExchange
from therapymail.domain.sanitise import sanitise_line

COLUMNS = (
    *("number", "block", "place", "block_of", "counts", "letters", "responses", "words", "over_length", "opened"),
    *("due", "answered", "late_hours", "agreement", "review", "expected", "days_late"),
)
_FORMULA = re.compile(r"[=+\-@\uff1d\uff0b\uff0d\uff20|%]")


def exchanges_csv(exchanges: Iterable[ToldExchange]) -> str:
    r"""One row for each exchange, names of columns first; lines end with `\r\n`. Lists are parted by spaces."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for each in exchanges:
        shape = exchange_shape(each)
        table.writerow([cell(shape[column]) for column in COLUMNS])
    return written.getvalue()


def cell(value: Any) -> str | int:  # noqa: ANN401 - what a JSON object holds
    """What a cell says: "yes" or "no", a number, or text on one line that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return value
    text = sanitise_line(" ".join(map(str, value)) if isinstance(value, list) else str(value))
    return f"'{text}" if _FORMULA.match(text) else text
