"""Words for a human look: what may be a name is listed, what only begins a sentence is not."""

from hypothesis import given, settings
from hypothesis import strategies as some

from therapymail.domain.unknown_words import unknown_words


def test_F31_capitalised_words_that_stand_nowhere_in_small_letters_are_listed_most_frequent_first() -> None:
    text = "I met Ewa in Hull. The boat was late. Boat after boat in Hull. It\u2019s Ewa\u2019s boat. NHS? Dear me."
    assert [tuple(each) for each in unknown_words([text])] == [("Ewa", 2), ("Hull", 2), ("NHS", 1)]


def test_F31_a_name_that_once_stands_in_small_letters_is_listed_all_the_same() -> None:
    text = "I met Annika. We rang, Annika and I; then annika left. A boat. The Boat left. Boat! My brother Will came."
    text += "\nDear you,\nDear me.\nWe began, Dear all."
    assert [each.word for each in unknown_words([text])] == ["Annika", "Will"]


def test_F31_long_numbers_are_listed_and_days_are_not() -> None:
    assert [each.word for each in unknown_words(["ring 0113 496 0000 or 07700900123 on 2025-03-31, 1250 words"])] == [
        "0113 496 0000",
        "07700900123",
    ]


@given(some.lists(some.text()))
@settings(max_examples=40, deadline=None)
def test_no_text_makes_it_fail(texts: list[str]) -> None:
    assert all(each.times > 0 and len(each.word) <= 60 for each in unknown_words(texts))


def test_a_word_of_100_000_characters_is_listed_short() -> None:
    assert [len(each.word) for each in unknown_words(["K" * 100_000])] == [60]
