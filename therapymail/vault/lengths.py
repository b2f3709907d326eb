"""Numbers of words as terms of the index: any range of them is a few terms, however long letters are.

A number gives one term a level: itself, itself divided by 4, by 16 and so on. A range is covered by the largest such
pieces that fit.
"""

from therapymail.vault.terms import Property, filter_term

LEVELS = 10
PARTS = 4
MOST = PARTS**LEVELS - 1  # words; longer letters count as of so many, above any number a query may name


def terms_of_length(words: int) -> list[str]:
    """The terms of a letter of so many words."""
    number = min(words, MOST)
    return [_term(level, number // PARTS**level) for level in range(LEVELS)]


def terms_of_range(least: int, most: int | None) -> list[str]:
    """The terms of which a letter has one exactly if its words are from `least` to `most` (None: without end)."""
    first, last, found = least, MOST if most is None else min(most, MOST), []
    for level in range(LEVELS):
        if level == LEVELS - 1:
            found += [_term(level, number) for number in range(first, last + 1)]
            break
        while first <= last and first % PARTS:
            found.append(_term(level, first))
            first += 1
        while first <= last and last % PARTS != PARTS - 1:
            found.append(_term(level, last))
            last -= 1
        if first > last:
            break
        first, last = first // PARTS, last // PARTS
    return found


def _term(level: int, number: int) -> str:
    return filter_term(Property.LENGTH, f"{'abcdefghij'[level]}{number:x}")
