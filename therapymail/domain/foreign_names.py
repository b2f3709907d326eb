"""Another client's name, code, address or key in what is about to leave: the likeliest breach of all (PRODUCT 6, F58).

Pure. Case, accents and letter forms make no difference, but for names that are words as well ("Rose", "Will"): those
count where they begin with a capital, and neither in a date ("3 May") nor before a question ("Will you"). Scripts
without capitals are searched for the name itself. Each word is looked at once, however many clients there are.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from therapymail.domain.names_and_words import NAMES_AND_WORDS, is_a_word
from therapymail.domain.telling_names import folded, looks_like, pieces, plain, telling

_WORD = re.compile(r"[^\W_]+")
_HEX = re.compile(r"[0-9A-Fa-f](?:[\s:.-]{0,3}[0-9A-Fa-f]){15,63}")
_KEY_ID_DIGITS = 16
_SHORT = 2  # letters: such a name counts only as it is written, "Jo"
_LONG = 5  # letters: such a name is found when a line breaks it without a hyphen, too
_BROKEN = re.compile(r"([^\W\d_]{1,40})(-?)[^\S\n]{0,9}$")
_GOES_ON = re.compile(r"[>\s]*([^\W\d_]+)")
_LETTER_NUMBER = re.compile(r"-\d")


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
    marks = _Marks.of(others, own_names)
    found = dict.fromkeys(foreign for spot, line, text in _lines(draft) for foreign in marks.found(spot, line, text))
    passed = {folded(word) for word in allowed}
    return tuple(each for each in found if each.mark in _NEVER_BY_CHANCE or folded(each.word) not in passed)


class _Marks(NamedTuple):
    """What to look for, folded: each mark with the code of whom it means, words with all whom they may mean."""

    codes: frozenset[str]
    words: dict[str, list[str]]
    own: frozenset[str]
    uncased: tuple[tuple[str, str], ...]
    phrases: tuple[tuple[str, str], ...]
    addresses: tuple[tuple[str, str], ...]
    keys: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, people: Iterable[Person], own_names: Sequence[str]) -> "_Marks":
        others, own = list(people), [telling(name) for name in own_names]
        names = [(person.code, telling(person.name)) for person in others]
        own_words = frozenset(word for name in own for word in name.words)
        own_uncased = {part for name in own for part in name.uncased}
        words: dict[str, list[str]] = {}
        for code, name in names:
            for word in name.words - own_words:
                words.setdefault(word, []).append(code)
        return cls(
            codes=frozenset(person.code for person in others),
            words=words,
            own=own_words,
            uncased=tuple((part, code) for code, name in names for part in sorted(name.uncased - own_uncased)),
            phrases=tuple((name.phrase, code) for code, name in names if name.phrase),
            addresses=tuple((folded(address), person.code) for person in others for address in person.addresses),
            keys=tuple(
                (digits.upper()[-_KEY_ID_DIGITS:], person.code)
                for person in others
                for digits in person.fingerprints
                if len(digits) >= _KEY_ID_DIGITS
            ),
        )

    def found(self, spot: Spot, line: int, text: str) -> Iterator[Foreign]:
        for word in _WORD.finditer(text):
            code = self._code(spot, text, word)
            if code:
                yield Foreign(code, Mark.CODE, spot, line, word[0])
            for piece in pieces(word[0], humps=spot is Spot.ENCLOSURE):
                yield from (
                    Foreign(bearer, Mark.NAME, spot, line, piece) for bearer in self._bearers(spot, text, word, piece)
                )
        small = folded(text)
        if not text.isascii():
            yield from (Foreign(code, Mark.NAME, spot, line, part) for part, code in self.uncased if part in small)
        for phrase, code in self.phrases:
            if re.search(rf"\b{re.escape(phrase)}\b", small):
                yield Foreign(code, Mark.NAME, spot, line, phrase)
        yield from (Foreign(code, Mark.ADDRESS, spot, line, address) for address, code in self._addresses(small))
        yield from (Foreign(code, Mark.KEY, spot, line, key) for key, code in self._keys(text))

    def _code(self, spot: Spot, text: str, word: re.Match[str]) -> str | None:
        """The code that a word is, perhaps with a letter's number, or that names a letter in small: linden-12."""
        as_written: tuple[str, ...] = (word[0], word[0].rstrip("0123456789"))
        if spot is Spot.ENCLOSURE or _LETTER_NUMBER.match(text, word.end()):
            as_written += tuple(form.upper() for form in as_written)
        return next((form for form in as_written if form in self.codes), None)

    def _bearers(self, spot: Spot, text: str, word: re.Match[str], piece: str) -> Sequence[str]:
        """Whose name `piece` of `word` is, and no word of another meaning there."""
        small = folded(piece)
        bearers = self.words.get(small) or self._bearers_otherwise(piece, small)
        if not bearers or (len(small) == _SHORT and not piece.istitle()):
            return ()
        return () if spot is not Spot.ENCLOSURE and is_a_word(text, word.span(), piece) else bearers

    def _bearers_otherwise(self, piece: str, small: str) -> Sequence[str]:
        """Of a name in letters that look like its own, or with the s of another language's genitive ("Marens")."""
        if not piece.isascii():
            return self.words.get(looks_like(piece), ())
        bare = small.removesuffix("s")
        is_genitive = bare != small and len(bare) > _SHORT and not piece.islower() and bare not in NAMES_AND_WORDS
        return self.words.get(bare, ()) if is_genitive and small not in self.own else ()

    def _addresses(self, small: str) -> Iterator[tuple[str, str]]:
        if "@" in small or "%40" in small:
            said = small.replace("%40", "@")
            for address, code in self.addresses:
                if address in said and re.search(rf"(?<![\w.+-]){re.escape(address)}(?![\w-])", said):
                    yield address, code

    def _keys(self, text: str) -> Iterator[tuple[str, str]]:
        for digits in _HEX.findall(text):
            said = "".join(_WORD.findall(digits)).upper()
            yield from ((key, code) for key, code in self.keys if key in said)


def _lines(draft: Draftlike) -> Iterator[tuple[Spot, int, str]]:
    """Every line to look through; a word that is broken over two lines stands on the first of them, too."""
    yield Spot.SUBJECT, 1, plain(draft.subject)
    lines = plain(draft.text).split("\n")
    for number, (line, after) in enumerate(zip(lines, [*lines[1:], ""], strict=True), start=1):
        spot = Spot.QUOTATION if line.startswith(">") else Spot.TEXT
        yield spot, number, line
        broken = _broken_word(line, after)
        if broken:
            yield spot, number, broken
    for number, name in enumerate(draft.enclosures, start=1):
        yield Spot.ENCLOSURE, number, plain(name).replace("\n", " ")


def _broken_word(line: str, after: str) -> str:
    """The word that begins at the end of `line` and goes on in the one after it; empty where none may.

    Without a hyphen only what begins with a capital and is as long as most names: few other words meet so.
    """
    begun, goes_on = _BROKEN.search(line), _GOES_ON.match(after)
    if not begun or not goes_on:
        return ""
    word = begun[1] + goes_on[1]
    return word if begun[2] or (len(word) >= _LONG and begun[1][0].isupper() and goes_on[1].islower()) else ""
