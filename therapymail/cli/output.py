"""What a command prints: data on standard output, narration on standard error, the same value as table or JSON."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

from therapymail.domain.sanitise import sanitise

JSON_VERSION = 1
_NARROWEST = 20
_FEWEST_ROWS = 10
_READABLE = 80  # columns of running text; longer lines are hard to follow
_GAP = "  "
_PLAIN = str.maketrans(
    {"“": '"', "”": '"', "\u2018": "'", "\u2019": "'", "…": "...", "·": "-", "\u2013": "-", "\u2014": "-"}
)
_speaks: dict[str, bool] = {"plainly": False}  # one command a process says how it speaks, once
_WORD = re.compile(r"^\s+\S*\s*|(?:`[^`]*`[^\s`]*|[^\s`]+|`)\s*")  # a command between backticks is one word


def print_json(answer: Mapping[str, Any]) -> None:
    """One JSON object on standard output, `version` first.

    Everything beyond printable ASCII is escaped, so no terminal or editor obeys what a letter says (HAZARDS S9).
    """
    whole = {"version": JSON_VERSION, **answer}
    sys.stdout.write(json.dumps(whole, ensure_ascii=True, indent=2).replace("\x7f", "\\u007f") + "\n")


def utc_text(moment: datetime | None) -> str | None:
    """`moment` as ISO 8601 in UTC with `Z`, whole seconds; None stays None."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def day_text(moment: datetime | None) -> str:
    """The UTC day of `moment`, or "never"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d") if moment else "never"


def one_line(text: str) -> str:
    """`text` made harmless and kept on one line; blanks stay as they are, so columns stay aligned.

    Where it was asked for, quotes, dots and dashes are ASCII: the one place that sees to it for all our own wording.
    """
    line = sanitise(text).replace("\n", " ").replace("\t", " ")
    return line.translate(_PLAIN) if _speaks["plainly"] else line


def speak_plainly(*, plainly: bool) -> None:
    """Say from now on whether lines and tables are printed in plain ASCII (`--plain`); running text stays as it is."""
    _speaks["plainly"] = plainly


def print_line(text: str = "", hang: int = 0) -> None:
    """One line of data, made harmless; on a terminal what is too long goes on below, `hang` columns in."""
    _write_line(sys.stdout, text, hang)


def print_text(text: str, gutter: str = "") -> None:
    """Running text as data, every line behind `gutter`, so that none of it stands at column 0 (HAZARDS S8).

    On a terminal a line behind a gutter that is too long to read goes on behind the gutter, not at the margin.
    """
    room = min(terminal_width(), _READABLE) - len(gutter) if gutter and sys.stdout.isatty() else None
    for line in sanitise(text).removesuffix("\n").split("\n"):
        for piece in wrapped(line, room) if room else (line,):
            sys.stdout.write((gutter + piece).rstrip() + "\n")


def narrate(text: str = "") -> None:
    """One line for the person, on standard error; on a terminal it breaks between words."""
    _write_line(sys.stderr, text)


def print_table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    flexible: int | None = None,
    painted: Callable[[str], str] = str,
) -> None:
    """Rows under headings, columns aligned by display width; nothing is wrapped, and nothing cut when piped.

    On a terminal a line ends at its width; the column `flexible` gives way, so that what follows it is seen too.
    `painted` gives a line that is ready its colours.
    """
    table = [list(headings), *([one_line(cell) for cell in row] for row in rows)]
    widths = [max(_columns_of(row[column]) for row in table) for column in range(len(headings))]
    room = terminal_width() if sys.stdout.isatty() else None
    if room and flexible is not None:
        widths[flexible] = min(widths[flexible], _room_of(flexible, widths, room))
    for row in table:
        cells = (cut(cell, width) if room else cell for cell, width in zip(row, widths, strict=True))
        padded = (cell + " " * (width - _columns_of(cell)) for cell, width in zip(cells, widths, strict=True))
        line = _GAP.join(padded).rstrip()
        sys.stdout.write(painted(cut(line, room) if room else line) + "\n")


def _room_of(column: int, widths: Sequence[int], room: int) -> int:
    """How wide a column may be: what the columns before it leave, less a third of that at most for those behind."""
    left = room - sum(widths[:column]) - len(_GAP) * column
    behind = sum(widths[column + 1 :]) + len(_GAP) * (len(widths) - column - 1)
    return max(left - min(behind, left // 3), _NARROWEST // 2)


def terminal_width() -> int:
    """Columns of the terminal, 80 where there is none."""
    return max(_terminal_size(sys.stdout).columns, _NARROWEST)


def rows_that_fit() -> int:
    """How many rows of a table fit on the screen under its headings, the narration and the next prompt."""
    return max(_terminal_size(sys.stdout).lines - 4, _FEWEST_ROWS)


def wrapped(text: str, room: int, hang: int = 0, *, chop: bool = True) -> list[str]:
    """`text` in lines of at most `room` columns, broken between words where it can be, the later ones `hang` in.

    Blanks at its beginning stay, as in a list or a quotation. A word that is too long for a line is chopped, or
    sticks out: a path must stay whole to be copied.
    """
    from rich.cells import chop_cells

    room = max(room, hang + _NARROWEST // 2)
    lines, line = [], ""
    for word in _WORD.findall(text):
        if _columns_of((line + word).rstrip()) <= room:
            line += word
            continue
        if line.strip():
            lines.append(line.rstrip())
            line = " " * hang
        *whole, rest = (
            chop_cells(word.rstrip(), room - max(_columns_of(line), hang)) if chop else [word.rstrip()]
        ) or [""]
        for piece in whole:
            lines.append(line + piece)
            line = " " * hang
        line += rest + word[len(word.rstrip()) :]
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _columns_of(text: str) -> int:
    """How many columns `text` takes on a terminal; for plain letters, without loading the tables of the others."""
    if text.isascii() and text.isprintable():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def cut(text: str, room: int) -> str:
    """`text`, ending in three dots where it has more than `room` columns."""
    if _columns_of(text) <= room:
        return text
    from rich.cells import set_cell_size

    return set_cell_size(text, max(room - 3, 0)).rstrip() + "..."


def _write_line(stream: TextIO, text: str, hang: int = 0) -> None:
    line = one_line(text).rstrip()
    if stream.isatty() and len(line) > (columns := max(_terminal_size(stream).columns, _NARROWEST)):
        line = "\n".join(wrapped(line, columns, hang, chop=stream is not sys.stderr))
    stream.write(line + "\n")


def _terminal_size(stream: TextIO) -> os.terminal_size:
    """The size of the terminal behind `stream`; COLUMNS or 80 wide, and 24 high, where there is none."""
    try:
        found = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        found = os.terminal_size((0, 0))
    columns = int(os.environ["COLUMNS"]) if os.environ.get("COLUMNS", "").isdigit() else 80
    return os.terminal_size((found.columns or columns, found.lines or 24))
