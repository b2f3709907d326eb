"""A fingerprint in words is the same fingerprint, and a word at the wrong place is heard (issue 4, part 4)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.spoken_fingerprint import spoken_rows, spoken_words, told_fingerprint
from therapymail.errors import UnusableInput

FINGERPRINTS = st.binary(min_size=20, max_size=20).map(lambda octets: octets.hex().upper())
# The example that the word list is usually shown with.
KNOWN = "E58294F2E9A227486E8B061B31CC528FD7FA3F19"
KNOWN_WORDS = (
    "topmost Istanbul Pluto vagabond treadmill Pacific brackish dictator goldfish Medusa "
    "afflict bravado chatter revolver Dupont midsummer stopwatch whimsical cowbell bottomless"
)


def test_C27_the_words_are_those_other_programs_read_too() -> None:
    assert spoken_words(KNOWN) == tuple(KNOWN_WORDS.lower().split())
    assert told_fingerprint(KNOWN_WORDS) == KNOWN
    assert spoken_rows(KNOWN)[0] == ("E582 94F2", "topmost istanbul pluto vagabond")
    assert len(spoken_rows(KNOWN)) == 5


@settings(max_examples=60)
@given(FINGERPRINTS)
def test_C27_words_and_digits_say_the_same(fingerprint: str) -> None:
    words = spoken_words(fingerprint)
    assert told_fingerprint(" ".join(words)) == told_fingerprint(", ".join(words).upper()) == fingerprint
    assert told_fingerprint(fingerprint.lower()) == told_fingerprint(f"OPENPGP4FPR:{fingerprint}") == fingerprint
    assert " ".join(row[1] for row in spoken_rows(fingerprint)).split() == list(words)


@settings(max_examples=60)
@given(FINGERPRINTS, st.integers(0, 18))
def test_C27_a_word_left_out_or_changed_places_is_heard(fingerprint: str, place: int) -> None:
    words = list(spoken_words(fingerprint))
    swapped = [*words[:place], words[place + 1], words[place], *words[place + 2 :]]
    for wrong in (swapped, words[:place] + words[place + 1 :]):
        with pytest.raises(UnusableInput):
            told_fingerprint(" ".join(wrong))


@settings(max_examples=60)
@given(st.text(max_size=80))
def test_C27_whatever_is_typed_is_a_fingerprint_or_refused(typed: str) -> None:
    try:
        told = told_fingerprint(typed)
    except UnusableInput:
        return
    assert not told.strip("0123456789ABCDEF")
