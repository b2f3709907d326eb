"""What filters find a letter by, as terms of the index: its properties, and what it says in cues."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from therapymail.domain.cues import cues_in
from therapymail.domain.feelings import NO_FEELINGS, words_of
from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.domain.tags import levels
from therapymail.vault.lengths import terms_of_length
from therapymail.vault.storable import storable
from therapymail.vault.terms import CUE, Property, cue_term, filter_term
from therapymail.vault.words import tokens as tokens_of

_MOST_CUES = 500  # of one letter
_GAP = filter_term(Property.CUE)
_IN_RUNS = (_GAP, CUE, filter_term(Property.FEELING), filter_term(Property.TAG))


class LetterTokens(NamedTuple):
    """The properties of a letter that filters look at. `client` is an identity (codes can be edited), or None."""

    client: str | None
    kind: Kind
    direction: Direction
    standing: Standing
    tags: tuple[str, ...]
    has_enclosure: bool
    has_note: bool = False
    words: int = 0
    exchange: int | None = None
    is_overlength: bool = False
    is_unanswered: bool = False
    is_unread: bool = False


def filters_of(tokens: LetterTokens) -> str:
    """The terms of a letter's properties, parted by blanks."""
    terms = [
        filter_term(Property.ANY),
        filter_term(Property.KIND, tokens.kind),
        filter_term(Property.DIRECTION, tokens.direction),
        filter_term(Property.STANDING, tokens.standing),
        *terms_of_length(tokens.words),
    ]
    if tokens.client is not None:
        terms.append(filter_term(Property.CLIENT, tokens.client))
    if tokens.exchange is not None:
        terms.append(filter_term(Property.EXCHANGE, str(tokens.exchange)))
    held = (
        (Property.ENCLOSURE, tokens.has_enclosure),
        (Property.NOTE, tokens.has_note),
        (Property.OVERLENGTH, tokens.is_overlength),
        (Property.UNANSWERED, tokens.is_unanswered),
        (Property.UNREAD, tokens.is_unread),
    )
    terms.extend(filter_term(each) for each, is_so in held if is_so)
    # A letter tagged grief/father is found by `tag:grief`.
    for tag in sorted({level for each in tokens.tags for level in levels(each)}):
        terms += [filter_term(Property.TAG, tag), *feeling_terms(tag.rpartition("/")[2].replace("_", " "))]
    return " ".join(terms)


def terms_of_cues(text: str, language: str) -> str:
    """What a letter with this text says in brackets and by emoji, to be put after its properties; may be empty.

    Feelings are not told from other words here: the therapist's list says which they are, and may change.
    """
    said: list[str] = []
    for cue in islice(cues_in(storable(text), NO_FEELINGS), _MOST_CUES):
        said += [_GAP, *(cue_term(token, language) for token in tokens_of(cue.words)), *feeling_terms(cue.words)]
    return "".join(f" {term}" for term in said)


def said_in_cues(filters: str) -> str:
    """Of the filters that the index holds of a letter, what `terms_of_cues` gave."""
    begins = filters.find(f" {_GAP} ")
    return filters[begins:] if begins >= 0 else ""


def runs_in(terms: Iterable[str]) -> list[str]:
    """Of the terms of a letter, those of cues, tags and feelings, whose order and neighbours count."""
    return [term for term in terms if term.startswith(_IN_RUNS)]


def feeling_terms(text: str) -> Iterator[str]:
    """The terms that a feeling in `text` is found by, in their order; a hyphen is no more than a blank."""
    for word in words_of(text):
        for part in word.split("-"):
            yield filter_term(Property.FEELING, part)
