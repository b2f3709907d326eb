"""Words that may be names nobody thought of: for a human look before an anonymised text is given to anyone. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from therapymail.domain.telling_names import plain

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_NUMBER = re.compile(r"(?<![\w:.-])\+?\d[\d\s()/-]{4,24}\d(?![\w:-])")
_DIGITS = 6  # fewer are a year, a time of day or a count of words
_ENDING = re.compile(r"['\u2019](?:s|re|ve|ll|d|m|t)\Z", re.IGNORECASE)
_FEW = 2  # letters: a single one is "I", or an initial that stands alone
_AMID = re.compile(r"[\w,;] \Z")  # what stands before a word within a sentence
_LONGEST = 60  # characters shown of one word
# What begins letters and sentences: none of them tells who anybody is.
_ORDINARY_WRITTEN = (
    "a about after again all also although always am an and another any anyway are as at back be because been"
    " before best both but by bye can could days dear did do does each either even every everything few finally"
    " first for from fw fwd go good had has have he hello her here hi him his how however i if in instead into is it"
    " its just kind last later let like looking love many may maybe me might more most much my never next no nobody"
    " none nor not nothing now of often on once one only or other our out over perhaps please regards same she"
    " should since sincerely so some somehow someone something sometimes soon still such take than thank thanks that"
    " the their them then there these they thing things think this those though through till to today together"
    " tomorrow too two until up us very warm was we well were what whatever when where whether which while who whole"
    " why will wishes with without would yes yesterday yet you your yours"
)
_DAYS_WRITTEN = (
    "i monday tuesday wednesday thursday friday saturday sunday"
    " january february march april june july august september october november december"
)
_ORDINARY, _DAYS = frozenset(_ORDINARY_WRITTEN.split()), frozenset(_DAYS_WRITTEN.split())


class Unknown(NamedTuple):
    """A capitalised word, or a long number, and how often it stands there."""

    word: str
    times: int


def unknown_words(texts: Iterable[str], put_in: Iterable[str] = ()) -> tuple[Unknown, ...]:
    """The words of `texts` that begin with a capital and stand nowhere in small letters, and long numbers.

    A word that stands amid sentences more often with a capital than in small letters is one of them, too. `put_in` is
    what stands in the place of others, and known. The most frequent come first. What has no capitals (Chinese, Arabic,
    Thai …) cannot be told so. Never raises.
    """
    capital: Counter[str] = Counter()
    amid: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in texts:
        shown = plain(text)
        capital.update(" ".join(found.split()) for found in _NUMBER.findall(shown) if _has_digits(found))
        for found in _WORD.finditer(shown):
            word = _ENDING.sub("", found[0])
            if not word[:1].isupper():
                small[word.lower()] += 1
            elif len(word) >= _FEW:
                capital[word] += 1
                amid[word] += _AMID.match(shown, max(0, found.start() - 2), found.start()) is not None
    known = _DAYS | {word.lower() for text in put_in for word in _WORD.findall(plain(text))}
    perhaps = {word: times for word, times in capital.items() if word.lower() not in known}
    unknown = {word: times for word, times in perhaps.items() if _may_be_name(word, times, amid[word], small)}
    ordered = sorted(unknown, key=lambda word: (-unknown[word], word))
    return tuple(Unknown(word[:_LONGEST], unknown[word]) for word in ordered)


def _may_be_name(word: str, times: int, amid: int, small: Counter[str]) -> bool:
    """Whether a word that stands with a capital so many `times`, so many of them `amid` sentences, may be a name."""
    lowered = word.lower()
    if lowered in _ORDINARY:
        return amid > small[lowered] and amid * 2 >= times
    return lowered not in small or amid > small[lowered]


def _has_digits(number: str) -> bool:
    return sum(map(str.isdigit, number)) >= _DIGITS and not re.fullmatch(r"\d{4}-\d\d-\d\d", number)
