"""A letter's text as blocks to be set: paragraphs, quotes by depth, cues and marked passages inside them. Pure."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby, pairwise
from string import ascii_lowercase
from typing import NamedTuple

from therapymail.domain.day_words import day_in_words
from therapymail.domain.letterbook import Entry, MilestoneMark, Piece

DEEPEST = 5  # quotes within quotes beyond this stand where the fifth does
_PREFIX = re.compile(r"(?:[ \t]{0,3}>){1,99}[ \t]?")
_NARROWEST, _WIDEST = 55, 80  # columns at which mail programs break lines


class Run(NamedTuple):
    """A stretch of a paragraph: a cue or not, inside marked passages or not; `ends` are the marks that end with it."""

    text: str
    cue: bool = False
    marked: bool = False
    ends: tuple[str, ...] = ()


class Block(NamedTuple):
    """A paragraph: at `depth` 0 the author's own, at 1 quoted, and so on. `flows`: its line ends mean nothing."""

    depth: int
    flows: bool
    runs: tuple[Run, ...]


class Annotation(NamedTuple):
    """What is said of a passage: `mark` is the letter it bears in the text; empty where it is of the whole letter.

    `kind` is tag, or with its name a bookmark or a milestone's; `gone` where the passage is no longer in the letter.
    """

    mark: str
    kind: str
    said: str
    first: int | None = None
    end: int | None = None
    gone: bool = False


def annotations_of(entry: Entry) -> tuple[Annotation, ...]:
    """Milestones, bookmarks and tags of passages, those of the whole letter first; equal passages share a mark."""
    found = [
        *(_milestone(each) for each in entry.milestones),
        *(Annotation("", _named("bookmark", each.name), each.said, each.first, each.end) for each in entry.bookmarks),
        *(Annotation("", "tag", each.tag, each.first, each.end, gone=each.first is None) for each in entry.passages),
    ]
    places = sorted({(each.first, each.end) for each in found if each.first is not None and each.end is not None})
    marks: dict[tuple[int | None, int | None], str] = {place: _mark(at) for at, place in enumerate(places)}
    named = [each._replace(mark=marks.get((each.first, each.end), "")) for each in found]
    return tuple(sorted(named, key=lambda each: (each.first is not None, each.first or 0, each.end or 0)))


def blocks_of(entry: Entry, annotations: Sequence[Annotation] = ()) -> tuple[Block, ...]:
    """The paragraphs of a letter in their order. Nothing but blank lines and quote prefixes is left out."""
    widths = {side: _width(piece.text for piece in entry.pieces if piece.quoted is side) for side in (False, True)}
    spans = _Spans(entry, annotations)
    blocks: list[Block] = []
    for piece in entry.pieces:
        if piece.quoted:
            blocks += _quoted(piece, widths[True])
        else:
            for first, text in _paragraphs(piece):
                blocks.append(Block(0, _is_wrapped(text, widths[False]), spans.runs(text, first)))
    return tuple(blocks)


def _named(kind: str, name: str) -> str:
    return f"{kind.replace('-', ' ')} {name}".rstrip()


def _milestone(mark: MilestoneMark) -> Annotation:
    day = day_in_words(mark.day)
    said = f"{mark.said} ({day})" if mark.said else day
    return Annotation("", _named(mark.kind, mark.name), said, mark.first, mark.end)


def _mark(at: int) -> str:
    """The letters a to z, then aa, ab, and so on."""
    first, last = divmod(at, len(ascii_lowercase))
    return (_mark(first - 1) if first else "") + ascii_lowercase[last]


# --- paragraphs ------------------------------------------------------------------------------------------


def _paragraphs(piece: Piece) -> Iterator[tuple[int, str]]:
    """The paragraphs of a piece, each with its place in the text that the piece is of."""
    place = piece.first
    lines: list[str] = []
    for line in piece.text.split("\n"):
        if line.strip():
            lines.append(line)
        elif lines:
            text = "\n".join(lines)
            yield place - len(text) - 1, text
            lines = []
        place += len(line) + 1
    if lines:
        text = "\n".join(lines)
        yield place - len(text) - 1, text


def _quoted(piece: Piece, width: int) -> Iterator[Block]:
    """Quoted paragraphs without their prefixes; lines that have none, which say who wrote when, are quoted too."""
    lines = ((_depth(line), line) for line in piece.text.split("\n"))
    for depth, group in groupby(lines, key=lambda each: each[0]):
        text = "\n".join(_PREFIX.sub("", line, count=1) for _, line in group)
        for _, paragraph in _paragraphs(Piece(text, quoted=True)):
            yield Block(max(1, depth), _is_wrapped(paragraph, width - 2 * depth), (Run(paragraph),))


def _depth(line: str) -> int:
    found = _PREFIX.match(line)
    return min(found[0].count(">"), DEEPEST) if found else 0


def _width(texts: Iterable[str]) -> int:
    """The column at which the lines of `texts` were broken by a program, as it seems; 0 where they were not.

    A line set by hand, or with no blank to be broken at, says nothing; where most are longer, nothing broke them.
    """
    lengths = [len(line) for text in texts for line in text.split("\n")]
    broken = [length for length in lengths if _NARROWEST <= length <= _WIDEST]
    longer = sum(length > _WIDEST for length in lengths)
    return max(broken, default=0) if len(broken) >= longer else 0


def _is_wrapped(text: str, width: int) -> bool:
    """Whether each line of a paragraph ends where its next word had no more room: then nobody meant the line to end."""
    lines = text.split("\n")
    return (
        width > 0
        and len(lines) > 1
        and all(
            len(line) <= width < len(line) + 1 + len(following.split(None, 1)[0]) and not following[0].isspace()
            for line, following in pairwise(lines)
        )
    )


# --- cues and marked passages --------------------------------------------------------------------------


class _Spans:
    """The cues and marked passages of one letter, cut where paragraphs end."""

    def __init__(self, entry: Entry, annotations: Sequence[Annotation]) -> None:
        own = entry.text if annotations else ""
        self._marks_at: dict[int, list[str]] = {}
        marked = []
        for first, end, mark in {(each.first, each.end, each.mark) for each in annotations}:
            if first is not None and end is not None:
                last = first + len(own[first:end].rstrip())  # a mark stands behind a word, not in the blank after it
                marked.append((first, last))
                self._marks_at.setdefault(last, []).append(mark)
        self._cues = _Cover((cue.start, cue.end) for cue in entry.cues)
        self._marked = _Cover(marked)
        self._edges = sorted(self._cues.edges | self._marked.edges)

    def runs(self, text: str, first: int) -> tuple[Run, ...]:
        """`text`, which stands at `first` of the author's own words, cut at every edge of a span."""
        if not self._edges:
            return (Run(text),)
        end = first + len(text)
        inside = self._edges[bisect_right(self._edges, first) : bisect_left(self._edges, end)]
        return tuple(
            Run(
                text[start - first : stop - first],
                cue=self._cues.covers(start, stop),
                marked=self._marked.covers(start, stop),
                ends=tuple(sorted(self._marks_at.get(stop, ()))),
            )
            for start, stop in pairwise((first, *inside, end))
        )


class _Cover:
    """Some spans, which may overlap, asked what they cover: a letter may have 100,000 of them."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        known = sorted(spans)
        self._starts = [start for start, _ in known]
        self._reach = list(accumulate((end for _, end in known), max))
        self.edges = {edge for span in known for edge in span}

    def covers(self, start: int, stop: int) -> bool:
        """Whether one of the spans holds all of `start` to `stop`, between which no span begins or ends."""
        at = bisect_right(self._starts, start)
        return at > 0 and self._reach[at - 1] >= stop
