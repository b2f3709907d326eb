"""Beginnings that many words share, looked for in texts: the newest letters that the index holds with their start.

The index keeps beginnings of up to three letters; longer ones it gathers word by word, which hundreds of words make
slow. Letters with the first three letters of such a beginning are few more than those sought, so the newest of them
are simply read. What is found is the same (`tests/vault/test_beginnings.py`).
"""

import json
from collections.abc import Callable, Sequence
from typing import NamedTuple

from therapymail.domain.query import All, Prefix, Query
from therapymail.vault.connection import Reader
from therapymail.vault.terms import BEGINNING_LENGTHS
from therapymail.vault.words import composed, is_plain, shadow_of, sought, tokens

_KEPT = max(BEGINNING_LENGTHS)
_TEXTS = """
    SELECT letter.id, letter_text.subject, letter_text.text
    FROM letter JOIN letter_text ON letter_text.digest = letter.digest
    WHERE letter.id IN (SELECT value FROM json_each(?))
"""


class Shortened(NamedTuple):
    """`query` finds all letters sought and perhaps more: those sought hold a word that begins so, for each."""

    query: Query
    beginnings: tuple[str, ...]


def shortened(query: Query, is_shared: Callable[[str], bool]) -> Shortened | None:
    """`query` with each long beginning that it demands and many words share cut short; None where there is none.

    What stands below OR or NOT stays as it is: there more letters with a part are not always more letters found.
    """
    parts = query.parts if isinstance(query, All) else (query,)
    long = {part: tokens for part in parts if isinstance(part, Prefix) and (tokens := _long(part))}
    cut = {part: beginning for part, beginning in long.items() if is_shared(beginning)}
    if not cut:
        return None
    shorter = tuple(Prefix(cut[part][:_KEPT]) if part in cut else part for part in parts)
    return Shortened(All(shorter), tuple(cut.values()))


def _long(part: Prefix) -> str | None:
    """The beginning that `part` asks for, where it is of one word and longer than the index keeps them."""
    found = sought(part.text).tokens
    return found[0] if len(found) == 1 and len(found[0]) > _KEPT else None


def that_hold(reader: Reader, ids: Sequence[int], beginnings: Sequence[str]) -> list[int]:
    """Of the letters `ids` those with, for each of `beginnings`, a word that begins so; in the order of `ids`."""
    holding = {
        letter
        for letter, *texts in reader.each(_TEXTS, (json.dumps(ids),))
        if all(any(_holds(text, beginning) for text in texts) for beginning in beginnings)
    }
    return [each for each in ids if each in holding]


def _holds(text: str, beginning: str) -> bool:
    shadow = shadow_of(composed(text).replace("ß", "ss"))
    if shadow is None or not is_plain(shadow):
        return any(token.startswith(beginning) for token in tokens(text))
    at = shadow.find(beginning)
    while at > 0 and shadow[at - 1].isalnum():
        at = shadow.find(beginning, at + 1)
    return at >= 0
