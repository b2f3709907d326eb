"""What a command prints: data on standard output, narration on standard error, the same value as table or JSON."""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from therapymail.domain.sanitise import sanitise

JSON_VERSION = 1
_NARROWEST = 20


def print_json(answer: Mapping[str, Any]) -> None:
    """One JSON object on standard output, `version` first.

    Everything beyond printable ASCII is escaped, so no terminal or editor obeys what a letter says (HAZARDS S9).
    """
    whole = {"version": JSON_VERSION, **answer}
    sys.stdout.write(json.dumps(whole, ensure_ascii=True, indent=2).replace("\x7f", "\\u007f") + "\n")


def utc_text(moment: datetime | None) -> str | None:
    """`moment` as ISO 8601 in UTC with `Z`, whole seconds; None stays None."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def local_text(moment: datetime | None, zone: str) -> str:
    """`moment` to the minute on the clock of `zone`, as people write it; empty for None."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if moment else ""


def day_text(moment: datetime | None) -> str:
    """The UTC day of `moment`, or "never"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d") if moment else "never"


def one_line(text: str) -> str:
    """`text` made harmless and kept on one line; blanks stay as they are, so columns stay aligned."""
    return sanitise(text).replace("\n", " ").replace("\t", " ")


def print_line(text: str = "") -> None:
    """One line of data, made harmless."""
    sys.stdout.write(one_line(text).rstrip() + "\n")


def print_text(text: str, gutter: str = "") -> None:
    """Running text as data, every line behind `gutter`, so that none of it stands at column 0 (HAZARDS S8)."""
    for line in sanitise(text).removesuffix("\n").split("\n"):
        sys.stdout.write((gutter + line).rstrip() + "\n")


def narrate(text: str = "") -> None:
    """One line for the person, on standard error."""
    sys.stderr.write(one_line(text) + "\n")


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows under headings, columns aligned by display width; nothing is wrapped, and nothing cut when piped.

    On a terminal a line is cut at its width: the first columns are codes and dates, the last free text.
    """
    from rich.cells import cell_len

    table = [list(headings), *([one_line(cell) for cell in row] for row in rows)]
    widths = [max(cell_len(row[column]) for row in table) for column in range(len(headings))]
    room = terminal_width() if sys.stdout.isatty() else None
    for row in table:
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        line = "  ".join(padded).rstrip()
        sys.stdout.write((_cut(line, room) if room else line) + "\n")


def terminal_width() -> int:
    """Columns of the terminal, 80 where there is none."""
    try:
        columns = os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        columns = int(os.environ["COLUMNS"]) if os.environ.get("COLUMNS", "").isdigit() else 80
    return max(columns, _NARROWEST)


def _cut(line: str, room: int) -> str:
    from rich.cells import cell_len, set_cell_size

    return line if cell_len(line) <= room else set_cell_size(line, room - 2).rstrip() + " >"
