"""Quoting an opened letter in the answer to it: `> ` before each line, and a line above that says whose and when."""

import textwrap
from collections.abc import Sequence
from datetime import datetime

from therapymail.domain.day_words import day_in_words
from therapymail.domain.letter import Reading
from therapymail.domain.sanitise import sanitise, sanitise_line

MOST_LINES = 5_000  # a reader takes a longer quotation for the author's own words
_WIDTH = 70  # columns of a quoted line without its prefix: 72 with it, as wide as a letter is written
_WIDEST_WRAPPED = 80  # columns up to which a line was ended by a mail program in the middle of its paragraph
_LONGEST_WHO = 60


def quoted(reading: Reading, who: str, when: datetime) -> str:
    r"""The author's own text in `reading` as a quotation with its line "On 3 March 2026, you wrote:".

    `who` is a word of the therapist's choosing, `when` the day in the zone it is given in. Earlier quotes and
    text that stood outside the seal are left out (HAZARDS S3); nothing in it steers a terminal (S9). `\\n`
    line ends; empty where there is nothing to quote. A letter is given here only once accepted and opened.
    """
    said = quote_marked(reading.text)
    return f"{who_wrote(who, when)}\n{said}\n" if said else ""


def who_wrote(who: str, when: datetime) -> str:
    """The line above a quotation: "On 3 March 2026, you wrote:"."""
    return f"On {day_in_words(when)}, {sanitise_line(who)[:_LONGEST_WHO]} wrote:"


def quote_marked(said: str) -> str:
    r"""`said` with `> ` before each line, as wide as a quotation has room for; without a line end behind its last.

    Nothing in it steers a terminal (S9). Empty where there is nothing to quote.
    """
    text = sanitise(said).strip("\n")
    if not text.strip():
        return ""
    lines = _fitted(text.split("\n"))
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], "[…]"]
    return "\n".join(map(_prefixed, lines))


def with_footer(text: str, footer: str) -> str:
    """A draft's `text` with a line of its own under where one writes: above the quotation it begins with, else last."""
    if not footer:
        return text
    if text.startswith("\n\n"):
        return f"\n\n{footer}{text}"
    return f"{text.rstrip()}\n\n{footer}\n"


def _fitted(lines: Sequence[str]) -> list[str]:
    """`lines` as a quotation has room for them: what one has no room for begins the next of its paragraph."""
    fitted: list[str] = []
    left_over = ""
    for line in lines:
        if left_over and not line[:1].isalpha():
            fitted.append(left_over)
            left_over = ""
        *whole, last = _wrapped(f"{left_over} {line}" if left_over else line)
        goes_on = bool(whole or left_over) and _WIDTH // 2 < len(line) <= _WIDEST_WRAPPED
        left_over = last if goes_on else ""
        fitted += whole if goes_on else [*whole, last]
    return [*fitted, left_over] if left_over else fitted


def _wrapped(line: str) -> list[str]:
    """`line` in lines that a quotation of it has room for; one without blanks stays whole, and so does a quote."""
    if len(line) <= _WIDTH or line.startswith(">"):
        return [line]
    return textwrap.wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False) or [""]


def _prefixed(line: str) -> str:
    if not line.strip():
        return ">"
    return f">{line}" if line.startswith(">") else f"> {line}"
