"""What letters say of feelings, read back from the filters of the index: a thousand letters, and no text parsed."""

from collections.abc import Iterator

from therapymail.domain.feelings import Feelings, words_of
from therapymail.vault.connection import Reader
from therapymail.vault.filters import said_in_cues
from therapymail.vault.terms import Property, filter_term

_CUE = filter_term(Property.CUE)
_FEELING = filter_term(Property.FEELING)


def feelings_said(reader: Reader, client: str, feelings: Feelings) -> dict[bytes, dict[str, tuple[str, ...]]]:
    """By mail (digest) of a client (identity), and by family, the feelings that it names in brackets and by emoji.

    Which words are feelings, and of which family, the list `feelings` says; each is given once, in its order.
    """
    family_of = {_plain(feeling): (family, feeling) for feeling, family in feelings.family_of.items()}
    known = Feelings({plain: family for plain, (family, _) in family_of.items()})
    found: dict[bytes, dict[str, tuple[str, ...]]] = {}
    for digest, filters in reader.each(
        "SELECT digest, filters FROM letter JOIN letter_indexed ON letter_indexed.letter = letter.id"
        " WHERE client = ? AND instr(filters, ?)",  # most letters say nothing in cues
        (client, _CUE),
    ):
        by_family: dict[str, dict[str, None]] = {}
        for words in _words_of_cues(filters):
            for plain in known.named_in(words):
                family, feeling = family_of[plain]
                by_family.setdefault(family, {}).setdefault(feeling)
        if by_family:
            found[digest] = {family: tuple(named) for family, named in by_family.items()}
    return found


def _words_of_cues(filters: str) -> Iterator[str]:
    """What each cue says, as the words that a feeling is found by."""
    for cue in said_in_cues(filters).split(_CUE):
        words = [_word(term) for term in cue.split() if term.startswith(_FEELING)]
        if words:
            yield " ".join(words)


def _word(term: str) -> str:
    return bytes.fromhex(term.removeprefix(_FEELING)).decode("utf-8", "replace")


def _plain(feeling: str) -> str:
    """A feeling as the index has it: a hyphen is no more than a blank."""
    return " ".join(word for part in words_of(feeling) for word in part.split("-"))
