"""Whether a word that the therapist looked at in a draft stands in a new place there, where nobody has (F58). Pure."""

import re
from collections import Counter

from therapymail.domain.telling_names import folded, plain

_BEFORE = re.compile(r"\w+\W*\Z")
_AFTER = re.compile(r"\W*(\w+)")
_LOOKED_AT = 40  # characters on either side


def stands_elsewhere(word: str, before: str, after: str) -> bool:
    """Whether `word` stands in `after` between two words between which it did not stand in `before`."""
    return bool(_places(word, after) - _places(word, before))


def _places(word: str, text: str) -> Counter[tuple[str, str]]:
    """The words before and after `word`, wherever it stands; how lines are filled makes no difference."""
    small, line = folded(plain(word)), folded(plain(text))
    spans = [found.span() for found in re.finditer(re.escape(small), line)] if small else []
    return Counter((_last_word(line[:start]), _first_word(line[end : end + _LOOKED_AT])) for start, end in spans)


def _last_word(text: str) -> str:
    found = _BEFORE.search(text[-_LOOKED_AT:])
    return re.sub(r"\W", "", found[0]) if found else ""


def _first_word(text: str) -> str:
    found = _AFTER.match(text)
    return found[1] if found else ""
