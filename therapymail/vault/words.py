"""The words of a letter as the index keeps them: split, folded, and in the scripts without spaces by pairs.

Folding makes case, accents and width alike (a superset of what FTS5's `unicode61 remove_diacritics 2` does, and
cut at the same places). Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese give every pair of neighbouring
characters as one token, so that any substring of two or more is found as a phrase of pairs; each such run ends
with its last character alone, which keeps two runs apart and lets single characters be found as a beginning.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

MAX_TOKEN_CHARACTERS = 64
_MAX_CACHED = 200_000

# Characters of scripts that put no space between words; Hangul because its endings join the word.
_DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u318f\u31a0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uaa60-\uaa7f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_ASCII_LETTERS = re.compile(r"[A-Za-z0-9]+")
# ASCII, Greek and Cyrillic, punctuation, currency, arrows and symbols but no circled digits, pictures.
_PLAIN = (
    "\x00-\x7f\u0370-\u03ff\u0400-\u0482\u048a-\u052f\u2010-\u2027\u202f-\u205f\u20a0-\u20bf"
    "\u2190-\u245f\u2500-\u2775\u2794-\u2bff\U0001f300-\U0001faff"
)
# Kana and common Chinese characters, with their punctuation.
_CERTAIN_DENSE = "\u3000-\u3029\u3040-\u3098\u309d-\u30fe\u4e00-\u9fff\uff01-\uff0f"
# Blocks of the basic plane that hold marks a word may contain (accents, vowel signs, tones); and invisible joiners.
_MARK_BLOCKS = ((0x300, 0x3100), (0xA660, 0xAC00), (0xFB1E, 0xFB1F), (0xFE00, 0xFE30))
_JOINERS = "\u00ad\u200c\u200d\u2060\ufeff"
_WITHOUT_DECOMPOSITION = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe"})
# Accents of Latin, Greek and Cyrillic, Hebrew points, Arabic vowel signs and stretching, variation selectors.
_ACCENTS = (
    *range(0x300, 0x370),
    *range(0x483, 0x488),
    *range(0x591, 0x5C8),
    *range(0x610, 0x61B),
    0x640,
    *range(0x64B, 0x660),
    0x670,
    *range(0x6D6, 0x6DD),
    *range(0x6DF, 0x6E9),
    *range(0x6EA, 0x6EE),
    *range(0x1AB0, 0x1B00),
    *range(0x1DC0, 0x1E00),
    *range(0x20D0, 0x20F1),
    *range(0xFE00, 0xFE30),
)
_DROPPED = frozenset(map(chr, _ACCENTS)) | frozenset(_JOINERS)
_BREVE, _DIAERESIS = "\u0306", "\u0308"
_CYRILLIC, _YE = range(0x400, 0x530), "\u0435"

_folded: dict[str, tuple[str, ...]] = {}


class Span(NamedTuple):
    """One word as it stands in a text: from `start` up to and without `end`, and the tokens it gives."""

    start: int
    end: int
    tokens: tuple[str, ...]


class Sought(NamedTuple):
    """The tokens that a searched word or phrase means; with `last_goes_on` the last is only a beginning."""

    tokens: tuple[str, ...]
    last_goes_on: bool


def tokens(text: str) -> list[str]:
    """The tokens of `text` in their order. Never raises."""
    if text.isascii():
        found: list[str] = _ASCII_WORD.findall(text.lower())
        return found if len(max(found, key=len, default="")) <= MAX_TOKEN_CHARACTERS else [_cut(word) for word in found]
    known = _folded
    gathered: list[str] = []
    for word in _word_pattern().findall(_separable(composed(text))):
        of_word = known.get(word)
        gathered.extend(_learn(word) if of_word is None else of_word)
    return gathered


def spans(text: str, since: int = 0) -> Iterator[Span]:
    """The words of `text` with their places, from `since` on; `text` is taken as composed (NFC), see `composed`."""
    plain = text.isascii()
    pattern, source = (_ASCII_LETTERS, text) if plain else (_word_pattern(), _separable(text))
    for found in pattern.finditer(source, since):
        word = found[0]
        of_word = _folded.get(word)
        of_word = _learn(word) if of_word is None else of_word
        if of_word:
            yield Span(found.start(), found.end(), of_word)


def shadow_of(text: str) -> str | None:
    """`text` folded character by character, each in its place; None where that would move places.

    For looking fast for where words may stand: see `is_certain`.
    """
    shadow = text.lower()
    if not text.isascii():
        table = _shadow_table()
        for character in set(shadow):  # a letter has few different ones; `translate` looks at each that stands in it
            if character in table:
                shadow = shadow.replace(character, table[character])
    return shadow if len(shadow) == len(text) else None


def is_plain(shadow: str) -> bool:
    """Whether each run of letters and digits in the shadow is one word's one token, and nothing else is."""
    return shadow.isascii() or _all_of(_PLAIN).fullmatch(shadow) is not None


def is_certain(shadow: str) -> bool:
    """Whether every word of the text shows in its shadow as its tokens do: no marks, ligatures or odd widths."""
    return shadow.isascii() or _all_of(_PLAIN + _CERTAIN_DENSE).fullmatch(shadow) is not None


def composed(text: str) -> str:
    """`text` in the form whose places `spans` gives (Unicode NFC)."""
    return unicodedata.normalize("NFC", text)


def sought(text: str) -> Sought:
    """What `text`, typed by someone who searches, means in tokens; none where nothing in it can be searched."""
    found = tokens(text)
    if not found or not is_dense(found[-1]) or len(found[-1]) > 1:
        return Sought(tuple(found), last_goes_on=False)
    if len(found) > 1 and is_dense(found[-2]) and len(found[-2]) > 1:  # the lone end of a run: not asked for
        return Sought(tuple(found[:-1]), last_goes_on=False)
    return Sought(tuple(found), last_goes_on=True)


def is_dense(token: str) -> bool:
    """Whether `token` is a pair, or a single character, of a script without spaces."""
    return 0 < len(token) <= 2 and not token.isascii() and _runs().match(token[:1])[1] is not None  # type: ignore[index]


def forget_words() -> None:
    """Empty what was remembered of words seen: for the moment the vault is locked."""
    _folded.clear()


def fold(word: str) -> str:
    """`word` without differences of case, accent, width and joining."""
    if word.isascii() and word.isalnum():
        return word.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold()).translate(
        _WITHOUT_DECOMPOSITION
    )
    kept: list[str] = []
    for character in plain:
        if character in _DROPPED:
            # Short i and its kin are letters of their own; yo is read as ye.
            base = kept[-1] if kept else ""
            letter = character == _BREVE or (character == _DIAERESIS and base != _YE)
            if not (letter and base and ord(base) in _CYRILLIC):
                continue
        elif not (character.isalnum() or unicodedata.category(character).startswith("M")):
            continue
        kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


def _learn(word: str) -> tuple[str, ...]:
    """The tokens of one word, remembered."""
    if len(_folded) >= _MAX_CACHED:
        _folded.clear()
    folded, gathered = fold(word), []
    if folded.isascii():
        gathered = [_cut(folded)] if folded else []
    else:
        for run in _runs().finditer(folded):
            gathered.extend(_pairs(run[1]) if run[1] else [_cut(run[0])])
    _folded[word] = tuple(gathered)
    return _folded[word]


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run))]


def _cut(word: str) -> str:
    return word[:MAX_TOKEN_CHARACTERS]


# Patterns of large sets of characters take milliseconds to make: only when a text needs them.


@cache
def _runs() -> re.Pattern[str]:
    """Runs of a script without spaces (group 1) and what stands between them."""
    return re.compile(f"([{_DENSE}]+)|[^{_DENSE}]+")


@cache
def _all_of(characters: str) -> re.Pattern[str]:
    return re.compile(f"[{characters}]*")


@cache
def _shadow_table() -> dict[str, str]:
    """Latin, Greek and Cyrillic letters whose folding is one character, and what is no letter as a blank."""
    table: dict[str, str] = {}
    for character in map(chr, (*range(0xA0, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x1F00))):
        folded = fold(character)
        if len(folded) == 1 and folded != character:
            table[character] = folded
        elif not folded and character not in _DROPPED:
            table[character] = " "
    return table


@cache
def _word_pattern() -> re.Pattern[str]:
    """Letters, digits and the marks within words; the marks are collected once, in a millisecond."""
    marks = "".join(
        chr(point)
        for first, end in _MARK_BLOCKS
        for point in range(first, end)
        if unicodedata.category(chr(point)).startswith("M")
    )
    # Two classes, so that the marks become one table; in one class with \\w they would be tried one by one.
    return re.compile(f"(?:\\w+|[{marks}{_JOINERS}]+)+")


def _separable(text: str) -> str:
    """`text` with underscores, which the pattern would take for letters, made blanks."""
    return text.replace("_", " ")
