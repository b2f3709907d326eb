"""A fingerprint as two people compare it: in groups of digits, in words, and as a QR code on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from therapymail.cli.output import narrate, print_line, terminal_width
from therapymail.domain.spoken_fingerprint import spoken_rows

if TYPE_CHECKING:
    from typing import TextIO

_LIGHT_BEHIND_DARK, _AS_BEFORE = "\x1b[30;107m", "\x1b[0m"


def print_fingerprint(fingerprint: str, *, err: bool = False, plain: bool = False) -> None:
    """The digits with their words, row by row, and below them the QR code, on a terminal and unless `plain`."""
    say = narrate if err else print_line
    for digits, words in spoken_rows(fingerprint):
        say(f"  {digits}   {words}")
    stream = sys.stderr if err else sys.stdout
    if not plain and _draws(stream):
        _write_code(stream, fingerprint)


def _write_code(stream: TextIO, fingerprint: str) -> None:
    """Dark on light whatever the terminal's colours: a code in reverse is one that many readers do not see."""
    from therapymail.exports.fingerprint_code import code_rows

    rows = code_rows(fingerprint)
    if terminal_width() >= len(rows[0]):
        stream.write("".join(f"{_LIGHT_BEHIND_DARK}{row}{_AS_BEFORE}\n" for row in rows))


def _draws(stream: TextIO) -> bool:
    """Whether `stream` is a terminal that shows half blocks."""
    if not stream.isatty():
        return False
    try:
        "█▀▄".encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
