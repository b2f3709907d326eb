"""Another client's name, code, address or key in what is about to leave: the likeliest breach of all (PRODUCT 6, F58).

Pure. Case, accents and letter forms make no difference, but for names that are words as well ("Rose", "Will"): those
count where they begin with a capital. Scripts without capitals are searched for the name itself.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from therapymail.domain.names_and_words import NAMES_AND_WORDS
from therapymail.domain.sanitise import sanitise

_WORD = re.compile(r"[^\W_]+")
_HEX = re.compile(r"[0-9A-Fa-f](?:[\s:.-]{0,3}[0-9A-Fa-f]){15,63}")
_SHORTEST_NAME = 3  # letters: shorter parts of a name ("de", "al") are words of every letter
_SHORTEST_UNCASED = 2
_KEY_ID_DIGITS = 16


class Mark(StrEnum):
    """By what another client is named."""

    NAME = "name"
    CODE = "code"
    ADDRESS = "address"
    KEY = "key"


_NEVER_BY_CHANCE = frozenset({Mark.ADDRESS, Mark.KEY})  # nothing else is called so


class Spot(StrEnum):
    """In what of a draft something stands."""

    SUBJECT = "subject"
    TEXT = "text"
    QUOTATION = "quotation"
    ENCLOSURE = "enclosure"


class Person(NamedTuple):
    """What tells who a client is: code, name, addresses, fingerprints (hex)."""

    code: str
    name: str
    addresses: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()


class Foreign(NamedTuple):
    """That a draft names another client: whose `code`, by what, and where; `line` from 1, of the text or of its kind.

    `word` is what stands there, for screens only: it is part of an identity.
    """

    code: str
    mark: Mark
    spot: Spot
    line: int
    word: str


class Draftlike(NamedTuple):
    r"""What is looked through: subject, text with `\n` line ends, names of enclosures."""

    subject: str
    text: str
    enclosures: tuple[str, ...] = ()


def foreign_names(
    draft: Draftlike, others: Iterable[Person], *, own_names: Sequence[str] = (), allowed: Iterable[str] = ()
) -> tuple[Foreign, ...]:
    """Every place where `draft` names one of `others`, in the order of the draft.

    `own_names` are the names of the client it goes to and of the therapist: parts that another client shares with
    them tell nothing. `allowed` are words that the therapist has looked at and means otherwise ("Rose", a flower).
    """
    own = {part for name in own_names for part in _parts(name)}
    people = [_Marks.of(person, own) for person in others]
    found = dict.fromkeys(
        foreign for spot, line, text in _lines(draft) for marks in people for foreign in marks.found(spot, line, text)
    )
    passed = {_folded(word) for word in allowed}
    return tuple(each for each in found if each.mark in _NEVER_BY_CHANCE or _folded(each.word) not in passed)


class _Marks(NamedTuple):
    """What to look for of one person, folded."""

    code: str
    parts: frozenset[str]
    uncased: tuple[str, ...]
    addresses: tuple[str, ...]
    keys: Mapping[str, None]

    @classmethod
    def of(cls, person: Person, said: set[str]) -> "_Marks":
        parts = _parts(person.name) - said
        uncased = tuple(filter(_is_uncased, parts))
        ids = {
            digits.upper()[-_KEY_ID_DIGITS:]: None for digits in person.fingerprints if len(digits) >= _KEY_ID_DIGITS
        }
        addresses = tuple(_folded(address) for address in person.addresses)
        return cls(person.code, frozenset(parts - set(uncased)), uncased, addresses, ids)

    def found(self, spot: Spot, line: int, text: str) -> Iterator[Foreign]:
        folded = _folded(text)
        for word in _WORD.findall(text):
            if word == self.code or (spot is Spot.ENCLOSURE and word.upper() == self.code):
                yield Foreign(self.code, Mark.CODE, spot, line, word)
            elif _folded(word) in self.parts and (
                not word.islower() or spot is Spot.ENCLOSURE or _folded(word) not in NAMES_AND_WORDS
            ):
                yield Foreign(self.code, Mark.NAME, spot, line, word)
        for part in self.uncased:
            if part in folded:
                yield Foreign(self.code, Mark.NAME, spot, line, part)
        for address in self.addresses:
            if re.search(rf"(?<![\w.+-]){re.escape(address)}(?![\w-])", folded):
                yield Foreign(self.code, Mark.ADDRESS, spot, line, address)
        for digits in _HEX.findall(text):
            plain = "".join(_WORD.findall(digits)).upper()
            for key in self.keys:
                if key in plain:
                    yield Foreign(self.code, Mark.KEY, spot, line, key)


def _lines(draft: Draftlike) -> Iterator[tuple[Spot, int, str]]:
    """Every line to look through; a name broken over two lines is found in its parts."""
    yield Spot.SUBJECT, 1, _plain(draft.subject)
    for number, line in enumerate(_plain(draft.text).split("\n"), start=1):
        yield (Spot.QUOTATION if line.startswith(">") else Spot.TEXT), number, line
    for number, name in enumerate(draft.enclosures, start=1):
        yield Spot.ENCLOSURE, number, _plain(name).replace("\n", " ")


def _parts(name: str) -> set[str]:
    """The parts of a name that tell who somebody is, folded."""
    parts = {_folded(part) for part in _WORD.findall(_plain(name))}
    return {part for part in parts if len(part) >= (_SHORTEST_UNCASED if _is_uncased(part) else _SHORTEST_NAME)}


def _is_uncased(part: str) -> bool:
    """Whether it is of a script that knows no capitals."""
    return part.upper() == part.lower()


def _plain(text: str) -> str:
    """`text` with its characters in one form each, and nothing invisible between them."""
    shown = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", sanitise(text)))
    return "".join(character for character in shown if unicodedata.category(character) != "Cf")


def _folded(text: str) -> str:
    """`text` without accents and capitals."""
    bare = (one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return "".join(bare).casefold()
