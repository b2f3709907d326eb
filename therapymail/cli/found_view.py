"""What a search found, as a person sees it: letters with the passages that show why."""

import os
import re
import sys

from therapymail.cli.drawn import has_colours
from therapymail.cli.output import narrate, print_table, terminal_width
from therapymail.domain.found import SearchResult, Snippet
from therapymail.domain.wording import count_words, coverage_sentence, local_text, state_words

_BESIDE = 24  # columns that name and date take beside a passage
_ASTERISKS = ("*", "*")
SIGNS = ("\uf8f0", "\uf8f1")  # private use, a column each: they become colour once the line is cut
_BOLD, _ENDS = "\x1b[1m", "\x1b[0m"
_SMALL_SIGN = re.compile(r"(?<!\S)(?:or|and|not)(?!\S)")


def print_letters_found(answer: SearchResult, zone: str, *, plain: bool) -> None:
    """The letters that a search found, how many there are, and how many were looked through."""
    if answer.hits:
        is_coloured = not plain and has_colours(sys.stdout, os.environ)
        signs, paint = (SIGNS, painted) if is_coloured else (_ASTERISKS, str)
        room = terminal_width() - _BESIDE if sys.stdout.isatty() else 0
        rows = []
        for hit in answer.hits:
            letter = hit.letter
            standing = state_words(letter.state, letter.standing)
            passage = f"({standing}) " if standing else ""
            name = str(letter.name or "-")
            rows.append((name, local_text(letter.received, zone)[:10], passage + marked(hit.snippet, room, signs)))
        print_table(("ID", "RECEIVED", "PASSAGE"), rows, painted=paint)
        total = count_words(answer.total, "letter") if answer.is_exact else f"At least {answer.total} letters"
        shown = f", {len(answer.hits)} shown; `--limit N` shows more" if len(answer.hits) < answer.total else ""
        narrate(f"{total}{shown}.")
    if sentence := coverage_sentence(answer.coverage):
        narrate(sentence)


def painted(line: str) -> str:
    """What was found in bold; also where the end of the line took the end of the find with it."""
    begins, ends = SIGNS
    return line.replace(begins, _BOLD).replace(ends, _ENDS) + (_ENDS if begins in line else "")


def remark(query: str) -> str:
    """What may have been meant, where nothing was found; else empty."""
    small = _SMALL_SIGN.search(re.sub(r'"[^"]*"', "", query))
    return f"`{small[0]}` in small letters is a word to search for; {small[0].upper()} is a sign." if small else ""


def marked(snippet: Snippet, room: int = 0, signs: tuple[str, str] = _ASTERISKS) -> str:
    """The passage with what was found between `signs`, asterisks where it has to show without colour.

    With `room` in columns, it begins so late that the first find stands in its first half.
    """
    text, parts = snippet.text, []
    at = _beginning(text, max(0, snippet.marks[0][0] - room // 2), snippet.marks[0][0]) if room and snippet.marks else 0
    is_cut = snippet.cut_before or at > 0
    for start, end in snippet.marks:
        parts += [text[at:start], signs[0], text[start:end], signs[1]]
        at = end
    parts.append(text[at:])
    return ("... " if is_cut else "") + "".join(parts) + (" ..." if snippet.cut_after else "")


def _beginning(text: str, earliest: int, latest: int) -> int:
    """Where a word begins in `text`, at `earliest` or soon after, and not after `latest`."""
    if not earliest:
        return 0
    blank = text.find(" ", earliest - 1, latest)
    return earliest if blank < 0 else blank + 1
