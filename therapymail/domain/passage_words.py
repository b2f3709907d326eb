"""Finding a passage by the words that stand in it, as a person types them: without case, accents and line ends."""

import re
from collections.abc import Iterator

from therapymail.domain.folded_text import FoldedText, fold
from therapymail.errors import UnusableInput

MOST_CHARACTERS = 2000
_GAP = re.compile(r"\s*(?:\.\.\.|\u2026)\s*")
_SIGNS = {**dict.fromkeys("'\u2018\u2019\u02bc`\u00b4", "['\u2018\u2019\u02bc`\u00b4]")}
_SIGNS |= dict.fromkeys('"\u201c\u201d\u201e\u00ab\u00bb', '["\u201c\u201d\u201e\u00ab\u00bb]')
_SIGNS |= dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014", "[-\u2010\u2011\u2012\u2013\u2014]")


def ranges_of(words: str, text: str) -> tuple[tuple[int, int], ...]:
    """Where `words` stand in `text`, from and without, in characters; `first words ... last words` is all between.

    Whole words are meant where there are any such; else parts of words. Raises UnusableInput for words to which there
    is nothing to look for.
    """
    parts = [part for part in (_pattern(each) for each in _GAP.split(words)) if part]
    if not parts or len(words) > MOST_CHARACTERS:
        raise UnusableInput("words", f"1 to {MOST_CHARACTERS} characters, as they stand in the letter")
    folded = FoldedText.of(text)
    whole = _ranges(parts, folded, whole=True)
    return tuple(dict.fromkeys(whole or _ranges(parts, folded, whole=False)))


def _pattern(words: str) -> str:
    """The expression for words in their order, whatever stands for a blank, an apostrophe or a hyphen between them."""
    return r"\s+".join("".join(_SIGNS.get(each) or re.escape(each) for each in word) for word in fold(words).split())


def _ranges(parts: list[str], folded: FoldedText, *, whole: bool) -> list[tuple[int, int]]:
    """Every place where the first part stands, as far as the nearest place of each next part."""
    first, *others = (re.compile(part) for part in parts)
    found: list[tuple[int, int]] = []
    for start, end in _places(first, folded, 0, whole=whole):
        until = end
        for other in others:
            nearest = next(_places(other, folded, until, whole=whole), None)
            if nearest is None:
                return found  # what is not behind this place is behind no later one
            until = nearest[1]
        found.append(folded.span(start, until))
    return found


def _places(expression: re.Pattern[str], folded: FoldedText, since: int, *, whole: bool) -> Iterator[tuple[int, int]]:
    for each in expression.finditer(folded.text, since):
        start, end = each.span()
        if not whole or (folded.begins_word(start) and folded.ends_word(end)):
            yield start, end
