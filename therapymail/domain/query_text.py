"""How a query is read from what a person types: every text gives a query, or a sentence with a caret.

words "phrases" prefix* -not OR (groups), and filters (`query_values`). Words that stand side by side must all be
met; `OR`, `AND` and `NOT` count in capitals only. `query_printed` is the way back.
"""

import re
from dataclasses import dataclass

from therapymail.domain.query import All, Any, Not, Phrase, Prefix, Query, Word
from therapymail.domain.query_values import FILTERS, VALUES
from therapymail.errors import QueryUnreadable, UnusableInput

MAX_QUERY_CHARACTERS = 2000
MAX_TERMS = 100
MAX_DEPTH = 30
MIN_LAST_BEGINNING = 3

_PIECES = re.compile(
    r"""(?P<blank>\s+)
      | (?P<open>\() | (?P<close>\))
      | (?P<minus>[-\u2212](?=[^\s)]))
      | (?P<term>(?:(?P<field>[A-Za-z]+):)?
          (?: (?P<quote>["\u201c\u201d\u201e])(?P<quoted>[^"\u201c\u201d\u201e]*)
              (?P<closed>["\u201c\u201d\u201e]?)(?P<star>\*?)
            | (?P<bare>[^\s()"\u201c\u201d\u201e]*) ))""",
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"[0-9A-Za-z\u00c0-\u0dff]+$")  # not in scripts that put no space between words
_UNFINISHED = re.compile(r"(?:(?<=[\s(])|^)[0-9A-Za-z\u00c0-\u0dff]{2,}$")  # neither left out, nor of a filter
_QUOTES = re.compile('["\u201c\u201d\u201e]')
_FIELDS = ", ".join(f"{word}:" for word in FILTERS)


def read_query(text: str) -> Query:
    """The query that `text` means. Raises QueryUnreadable, and nothing else."""
    return _Reading(text).whole()


def as_typed(text: str) -> str:
    """`text` while it is being typed: its last word may go on, and so is looked for as a beginning."""
    last = _UNFINISHED.search(text)
    is_quoted = len(_QUOTES.findall(text)) % 2 == 1
    return text if last is None or is_quoted or last[0] in {"AND", "OR", "NOT"} else f"{text}*"


@dataclass(frozen=True)
class _Piece:
    """One piece of the text: what sort it is, where it begins and how it was typed."""

    sort: str
    position: int
    found: re.Match[str]


class _Reading:
    """One text being read, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        if len(text) > MAX_QUERY_CHARACTERS:
            raise self._fault(MAX_QUERY_CHARACTERS, f"it is longer than {MAX_QUERY_CHARACTERS} characters")
        self._pieces = self._cut()
        self._at = 0
        self._terms = 0

    def whole(self) -> Query:
        """Everything."""
        if not self._pieces:
            raise self._fault(0, "there is nothing to search for")
        query = self._either(depth=0)
        if self._at < len(self._pieces):  # only a parenthesis ends an `either` early
            raise self._fault(self._pieces[self._at].position, "this parenthesis was never opened")
        return query

    def _cut(self) -> list[_Piece]:
        pieces, position = [], 0
        while position < len(self._text):
            found = _PIECES.match(self._text, position)
            assert found, "every character begins some piece"
            sort = next(name for name in ("blank", "open", "close", "minus", "term") if found[name] is not None)
            if sort == "term" and found["bare"] in {"OR", "AND", "NOT"} and not found["field"]:
                sort = found["bare"]
            if sort != "blank":
                pieces.append(_Piece(sort, position, found))
            position = found.end()
        return pieces

    def _either(self, depth: int) -> Query:
        parts = [self._together(depth)]
        while self._next_is("OR"):
            self._at += 1
            parts.append(self._together(depth))
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _together(self, depth: int) -> Query:
        parts = [self._single(depth)]
        while not self._next_is("OR", "close", "end"):
            if self._next_is("AND"):
                self._at += 1
            parts.append(self._single(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _single(self, depth: int) -> Query:
        if self._next_is("end"):
            raise self._fault(len(self._text), "something must follow here")
        piece = self._pieces[self._at]
        if depth > MAX_DEPTH:
            raise self._fault(piece.position, "it is nested too deeply")
        self._at += 1
        match piece.sort:
            case "minus" | "NOT":
                return Not(self._single(depth + 1))
            case "open":
                return self._group(piece, depth + 1)
            case "term":
                return self._term(piece)
            case "close":
                raise self._fault(piece.position, "something must stand before this parenthesis")
            case word:
                raise self._fault(piece.position, f'{word} stands between two words; write "{word}" to search for it')

    def _group(self, opening: _Piece, depth: int) -> Query:
        query = self._either(depth)
        if not self._next_is("close"):
            raise self._fault(opening.position, "this parenthesis is never closed")
        self._at += 1
        return query

    def _next_is(self, *sorts: str) -> bool:
        return (self._pieces[self._at].sort if self._at < len(self._pieces) else "end") in sorts

    def _term(self, piece: _Piece) -> Query:
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise self._fault(piece.position, f"it has more than {MAX_TERMS} words and filters")
        found = piece.found
        if found["quote"] and not found["closed"]:
            raise self._fault(found.start("quote"), "this quotation mark is never closed")
        if found["field"]:
            return self._field(found)
        if found["quote"]:
            words = self._searchable(found["quoted"], found.start("quoted"))
            return self._beginning(words, found.start("quoted")) if found["star"] else Phrase(words)
        bare = found["bare"]
        words = self._searchable(bare.rstrip("*"), piece.position)
        return self._beginning(words, piece.position) if bare.endswith("*") else Word(words)

    def _beginning(self, words: str, position: int) -> Query:
        """A beginning; after other words it must not be so short that half the language begins with it."""
        last = _LAST_WORD.search(words)
        if last and last.start() and len(last[0]) < MIN_LAST_BEGINNING:
            raise self._fault(
                position + last.start(), f"give at least {MIN_LAST_BEGINNING} letters before the star here"
            )
        return Prefix(words)

    def _searchable(self, words: str, position: int) -> str:
        if not any(character.isalnum() for character in words):
            raise self._fault(position, "there is no letter or digit here to search for")
        return words.strip()

    def _field(self, found: re.Match[str]) -> Query:
        field = found["field"].lower()
        value, position = (
            (found["quoted"], found.start("quoted")) if found["quote"] else (found["bare"], found.start("bare"))
        )
        if field not in VALUES:
            why = f"there is no filter {field}: (there are {_FIELDS}); put it in quotes to search for the words"
            raise self._fault(found.start("field"), why)
        if not value.strip():
            raise self._fault(position, f"a value must follow {field}:")
        try:
            return VALUES[field](value.strip())
        except UnusableInput as unusable:
            raise self._fault(position, f"{unusable.what.rstrip(':')}: {unusable.why}") from None

    def _fault(self, position: int, why: str) -> QueryUnreadable:
        return QueryUnreadable(self._text, position, why)
