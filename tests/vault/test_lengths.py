"""Ranges of numbers of words as terms of the index."""

from hypothesis import given
from hypothesis import strategies as st

from therapymail.domain.query_values import MOST_WORDS
from therapymail.vault.lengths import MOST, terms_of_length, terms_of_range

numbers = st.integers(0, 40) | st.integers(0, MOST_WORDS + 1) | st.sampled_from([799, 800, 801, MOST_WORDS])


@given(numbers | st.just(10**7), numbers, st.none() | numbers)
def test_a_letter_bears_one_term_of_a_range_exactly_if_its_words_lie_in_it(
    words: int, least: int, most: int | None
) -> None:
    wanted = terms_of_range(least, most)
    assert len(wanted) <= 70
    assert len(set(wanted)) == len(wanted)
    is_within = least <= words and (most is None or words <= most)
    assert len(set(wanted).intersection(terms_of_length(words))) == int(is_within)


def test_no_number_that_a_query_may_name_is_beyond_what_is_told_apart() -> None:
    assert MOST > MOST_WORDS + 1
