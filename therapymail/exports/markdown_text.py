"""Text as Markdown that shows it and nothing else: whatever somebody wrote stays words, in every common dialect."""

import re
from collections.abc import Sequence
from itertools import groupby

from therapymail.domain.sanitise import sanitise, sanitise_line

# CommonMark 0.31 (emphasis, code, links, HTML, entities), and what dialects add: tables, strikethrough, mathematics,
# footnotes, attributes, citations, superscripts, hashtags.
_MEANS = re.compile(r"[\\`*_{}\[\]<>#&|~$^@]|(?<=[=%:])[=%:]|[=%:](?=[=%:])")
# `http://`, `:smile:`; not the times of day
_COLON = re.compile(r"(?<![\d\\]):(?=\S)|(?<=\d):(?=[^\s\d:])")
_HOST = re.compile(r"(?<=\w)\.(?=[^\W\d])")  # www.somewhere.example would be made a link
# what begins a list, a rule, a heading's underline, a definition or metadata
_BEGINS = re.compile(r"(?:[-+=%:?!]|\d{1,9}(?=[.)]))")
_INDENT = re.compile(r"[ \t]+")
_BREAK = "\\\n"
_PLACE = "\x00"  # where a mark will stand: sanitised text holds none
_ANY_PLACE = re.compile(_PLACE)


def markdown_line(text: str) -> str:
    """`text` as one line of words."""
    return _words(sanitise_line(text))


def markdown_paragraph(text: str, *, flows: bool = False) -> str:
    r"""`text`, which has no empty line, as one paragraph; without `flows` its line ends stay, each as `\\`."""
    return marked_paragraph([text], [], flows=flows)


def marked_paragraph(texts: Sequence[str], marks: Sequence[str], *, flows: bool = False) -> str:
    """One paragraph of `texts`, which follow on each other, with the Markdown of a mark behind each but the last."""
    lines = _PLACE.join(sanitise(text) for text in texts).split("\n")
    escaped = ("\n" if flows else _BREAK).join(_line(line) for line in lines)
    behind = iter(marks)
    return _ANY_PLACE.sub(lambda _: next(behind), escaped) if marks else escaped


def markdown_paragraphs(text: str) -> str:
    """`text` as paragraphs, which empty lines part."""
    parts = groupby(sanitise(text).split("\n"), key=lambda line: bool(line.strip()))
    return "\n\n".join(markdown_paragraph("\n".join(lines)) for has_words, lines in parts if has_words)


def quoted_markdown(markdown: str, depth: int) -> str:
    """Markdown as a quote, within `depth` - 1 others."""
    return "\n".join("> " * depth + line for line in markdown.split("\n"))


def _line(line: str) -> str:
    """One line of a paragraph; blanks before it, which would make it code, are kept as blanks that mean nothing."""
    indent = _INDENT.match(line)
    before = indent[0].expandtabs(4) if indent else ""
    words = _words(line[len(indent[0]) if indent else 0 :].rstrip())
    return "\u00a0" * len(before) + words


def _words(line: str) -> str:
    escaped = _HOST.sub(r"\\.", _COLON.sub(r"\\:", _MEANS.sub(r"\\\g<0>", line)))
    begin = _BEGINS.match(escaped)
    if not begin:
        return escaped
    return f"{begin[0]}\\{escaped[begin.end() :]}" if begin[0].isdigit() else f"\\{escaped}"
