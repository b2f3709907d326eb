"""A list of feelings: words by family, read from a text that the therapist may edit."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from therapymail.errors import UnusableInput

MOST_WORDS = 2000
_FAMILY = re.compile(r"\[([^\[\]]{1,40})\]")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


@dataclass(frozen=True)
class Feelings:
    """Feelings and the family of each, folded; a feeling may be several words (`worn out`)."""

    family_of: Mapping[str, str]

    @property
    def families(self) -> tuple[str, ...]:
        """The families in the order of the list."""
        return tuple(dict.fromkeys(self.family_of.values()))

    def named_in(self, text: str) -> tuple[str, ...]:
        """The feelings that `text` names, each once, in their order; of two that overlap the longer."""
        if not self.family_of:
            return ()
        words = words_of(text)
        named: dict[str, None] = {}
        at = 0
        while at < len(words):
            length = next((many for many in (3, 2, 1) if " ".join(words[at : at + many]) in self.family_of), 0)
            if length:
                named.setdefault(" ".join(words[at : at + length]))
            at += max(length, 1)
        return tuple(named)


NO_FEELINGS = Feelings(MappingProxyType({}))


def words_of(text: str) -> list[str]:
    """The words of `text` in small letters: letters, with apostrophes and hyphens inside; composed or not, the same."""
    folded = unicodedata.normalize("NFC", text.casefold())
    return [found[0].replace("\u2019", "'") for found in _WORD.finditer(folded)]


def read_feelings(text: str) -> Feelings:
    """The list in `text`: a family in square brackets, below it one feeling a line; `#` begins a remark.

    Raises UnusableInput naming the line that cannot be used: a feeling of more than three words, one without a
    family, or one that stands twice.
    """
    family = ""
    family_of: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition("#")[0].strip()
        if not said:
            continue
        if found := _FAMILY.fullmatch(said):
            family = " ".join(found[1].split()).casefold()
            continue
        feeling = " ".join(words_of(said))
        if why := _why_unusable(said, feeling, family, family_of):
            raise UnusableInput(f"list of feelings, line {number}", why)
        family_of[feeling] = family
    return Feelings(MappingProxyType(family_of))


def _why_unusable(said: str, feeling: str, family: str, known: Mapping[str, str]) -> str:
    if not family:
        return "a family in square brackets must stand above it"
    if not feeling or len(feeling.split()) > 3 or len(said) > 60:
        return "a feeling is one to three words"
    if feeling in known:
        return "it stands there twice"
    return f"there are more than {MOST_WORDS}" if len(known) >= MOST_WORDS else ""
