import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.pgp.passphrase import ENOUGH_BITS, generate_passphrase, is_strong_enough, passphrase_words, strength


def test_the_list_is_4096_distinct_plain_words() -> None:
    words = passphrase_words()
    assert len(words) == len(set(words)) == 4096
    assert all(word.isascii() and word.islower() and word.isalpha() and 4 <= len(word) <= 7 for word in words)


def test_a_generated_passphrase_has_at_least_70_bits() -> None:
    assert 6 * math.log2(len(passphrase_words())) >= ENOUGH_BITS
    made = {generate_passphrase() for _ in range(50)}
    assert len(made) == 50
    for passphrase in made:
        words = passphrase.split("-")
        assert len(words) == 6
        assert set(words) <= set(passphrase_words())


def test_words_said_twice_count_once() -> None:
    word = passphrase_words()[0]
    assert strength("-".join([word] * 6)) < 30


@pytest.mark.parametrize(
    "weak",
    ["", "   ", "secret", "hunter2hunter2", "to be or not to be", "my cat is called Mimi and she was born in 2009",
     "ab" * 40, "qwertyuiop1234567890", "Password123!Password123!", "a a a a a a a a a a"],
)  # fmt: skip
def test_what_people_think_of_is_not_strong_enough(weak: str) -> None:
    assert not is_strong_enough(weak)


@pytest.mark.parametrize("strong", ["kX9#vB2!qLmZ7wEp$3tR8uYn", "crane blossom ladder velvet thimble orbit cobalt"])
def test_a_strong_one_of_the_persons_own_is_taken(strong: str) -> None:
    assert is_strong_enough(strong)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=120))
def test_any_text_has_a_strength(text: str) -> None:
    assert strength(text) >= 0
