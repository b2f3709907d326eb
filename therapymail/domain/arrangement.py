"""The order of a letter's own words and what it quotes between them: without it an answer loses what it answers (F17).

`text` and `quoted` of a reading stay apart, for words are counted and found in the author's own alone. The order is
kept beside them as lengths in characters, [own, quoted, own, …]: slices of the two that joined give exactly them.
"""

from collections.abc import Iterable, Sequence
from itertools import cycle
from typing import NamedTuple

Arrangement = tuple[int, ...]


class Piece(NamedTuple):
    r"""A stretch of a letter, the author's own words or quoted ones, with the `\n` that part it from the next.

    `first` is where it begins in the text it is a slice of: cues and passages count in the author's own text.
    """

    text: str
    quoted: bool
    first: int = 0


def pieces_of(text: str, quoted: str, arrangement: Sequence[int]) -> tuple[Piece, ...]:
    """The stretches of a letter in their order; own words first where the order is not known. Never raises."""
    lengths = arrangement if fits(text, quoted, arrangement) else (len(text), len(quoted))
    at = {False: 0, True: 0}
    pieces = []
    for length, is_quoted in zip(lengths, cycle((False, True)), strict=False):
        if length:
            first = at[is_quoted]
            pieces.append(Piece((quoted if is_quoted else text)[first : first + length], is_quoted, first))
            at[is_quoted] += length
    return tuple(pieces)


def fits(text: str, quoted: str, arrangement: Sequence[int]) -> bool:
    """Whether `arrangement` is one of these two texts; the empty one never is: it says that the order is not known."""
    whole = sum(arrangement[0::2]), sum(arrangement[1::2])
    return bool(arrangement) and min(arrangement) >= 0 and whole == (len(text), len(quoted))


def arrangement_of(stretches: Iterable[tuple[bool, str]]) -> Arrangement:
    """The lengths of `stretches` (is it quoted, and its text), in their order.

    One without a word is no stretch: what it has goes to the one of its sort before it, or else after it.
    """
    told: list[tuple[bool, int]] = []
    last: dict[bool, int] = {}
    blanks = {False: 0, True: 0}
    for is_quoted, text in stretches:
        if text.strip():
            last[is_quoted] = len(told)
            told.append((is_quoted, blanks[is_quoted] + len(text)))
            blanks[is_quoted] = 0
        elif is_quoted in last:
            told[last[is_quoted]] = (is_quoted, told[last[is_quoted]][1] + len(text))
        else:
            blanks[is_quoted] += len(text)
    lengths = [0]
    for is_quoted, length in (*told, *blanks.items()):
        last_is_quoted = len(lengths) % 2 == 0
        if length and last_is_quoted is not is_quoted:
            lengths.append(length)
        else:
            lengths[-1] += length
    return tuple(lengths)


class Shown(NamedTuple):
    """The stretches of a letter as they are shown: in their order, and apart from them what is quoted below all."""

    body: tuple[Piece, ...]
    below: str


def as_shown(pieces: Sequence[Piece]) -> Shown:
    """`pieces` without the empty lines at their ends; what they end with, if it is quoted, stands below."""
    told = tuple(piece._replace(text=piece.text.strip("\n")) for piece in pieces)
    return Shown(told[:-1], told[-1].text) if told and told[-1].quoted else Shown(told, "")
