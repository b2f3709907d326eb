"""What the index holds of a letter beside its running words: stems, beginnings and filters as terms of their own.

Each sort of term begins with a private-use character that no word of a letter can hold (Unicode category Co is
not a word character), so the sorts never meet each other, nor a word, and need no column filter to be told apart.
"""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from therapymail.vault.stems import LANGUAGES, stem
from therapymail.vault.words import is_dense

GAP = "\ue000"  # between subject and text: no phrase reaches across
_STEM, _BEGINNING, _FILTER, CUE = "\ue001", "\ue002", "\ue003", "\ue004"
_CODE_OF_NONE = "00"
BEGINNING_LENGTHS = (1, 2, 3)
_MOST_REPEATS = 4
_MAX_CACHED = 200_000

_cached: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {}


class Property(StrEnum):
    """What a filter term says of a letter; the value is one ASCII letter."""

    ANY = "a"  # every letter has it: what a query without anything positive is taken from
    CLIENT = "c"
    DIRECTION = "d"
    ENCLOSURE = "e"
    FEELING = "f"  # one word; of a feeling of several words the terms stand side by side
    KIND = "k"
    LENGTH = "l"
    NOTE = "n"
    OVERLENGTH = "o"
    UNREAD = "r"
    CUE = "q"  # stands before each cue
    STANDING = "s"
    TAG = "t"
    UNANSWERED = "u"
    EXCHANGE = "x"


def filter_term(of: Property, value: str = "") -> str:
    """The term for a property; the value is spelled in hex, so that any tag makes one term."""
    return f"{_FILTER}{of.value}{value.encode().hex()}"


def cue_term(token: str, language: str) -> str:
    """The term of a word inside a cue, that all its forms share; of a script without spaces, of the pair itself."""
    return CUE + (f"{_CODE_OF_NONE}{token}" if is_dense(token) else stem_term(token, language)[1:])


def stem_term(token: str, language: str) -> str:
    """The term that all forms of a word share in letters of `language`."""
    return f"{_STEM}{language if language in LANGUAGES else _CODE_OF_NONE}{stem(token, language)}"


def beginning_term(beginning: str) -> str:
    """The term of all words that begin with these 1 to 3 characters."""
    return _BEGINNING + beginning


def word_terms(tokens: Iterable[str], language: str) -> list[str]:
    """Stems and beginnings of a letter's words; a stem is repeated with each doubling of how often it occurs."""
    known = _cached.setdefault(language, {})
    stems: dict[str, int] = {}
    beginnings: list[tuple[str, ...]] = []
    for token, times in Counter(tokens).items():
        entry = known.get(token)
        stem_of, starts = _learn(known, token, language) if entry is None else entry
        beginnings.append(starts)
        if stem_of:
            stems[stem_of] = stems.get(stem_of, 0) + times
    terms = [*set().union(*beginnings), *stems]
    for term, times in stems.items():
        if times > 1:
            terms.extend([term] * (min(times.bit_length(), _MOST_REPEATS) - 1))
    return terms


def forget_terms() -> None:
    """Empty what was remembered of words seen: for the moment the vault is locked."""
    _cached.clear()


def _learn(known: dict[str, tuple[str, tuple[str, ...]]], token: str, language: str) -> tuple[str, tuple[str, ...]]:
    if len(known) >= _MAX_CACHED:
        known.clear()
    if is_dense(token):  # found as a phrase of pairs; only single characters are looked up as beginnings
        entry: tuple[str, tuple[str, ...]] = ("", (beginning_term(token[0]),))
    else:
        starts = dict.fromkeys(beginning_term(token[:length]) for length in BEGINNING_LENGTHS)
        entry = (stem_term(token, language), tuple(starts))
    known[token] = entry
    return entry


__all__ = [
    "BEGINNING_LENGTHS",
    "CUE",
    "GAP",
    "Property",
    "beginning_term",
    "cue_term",
    "filter_term",
    "forget_terms",
    "stem_term",
    "word_terms",
]
