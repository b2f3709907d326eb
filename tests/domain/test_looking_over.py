"""F58: a look over a response says what may be missing, with the words it rests on, and never stops it."""

from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.agreement import Terms, default_terms
from therapymail.domain.draft import DraftContent
from therapymail.domain.looking_over import Remark, Remarked, looked_over, questions_in, questions_left

GOOD = "Dear Maren,\n\nthank you for your letter. I look forward to the next one on Tuesday.\n\nWarmly,\nOrla\n"


def terms(limit: int | None) -> Terms | None:
    return replace(default_terms("UTC", "UTC"), word_limit=limit) if limit else None


def remarks(text: str, answered: str = "", limit: int | None = None) -> dict[Remark, Remarked]:
    return {one.remark: one for one in looked_over(DraftContent("", text), answered=answered, terms=terms(limit))}


def test_F58_a_response_with_all_it_needs_is_not_remarked_upon() -> None:
    assert remarks(GOOD, "How are you? I slept.".replace("How are you? ", ""), 100) == {}


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        (GOOD.replace("Dear Maren,\n\n", ""), Remark.NO_GREETING),
        (GOOD.replace("\n\nWarmly,\nOrla\n", "\n"), Remark.NO_CLOSING),
        (GOOD.replace(" on Tuesday", ""), Remark.NO_NEXT_DATE),
        (GOOD.replace("thank", "PLEASE thank"), Remark.CAPITALS),
        (GOOD.replace("thank", "YOU DO thank"), Remark.CAPITALS),
    ],
)
def test_F58_what_is_missing_is_said_and_nothing_else(text: str, remark: Remark) -> None:
    assert set(remarks(text)) == {remark}


@pytest.mark.parametrize("said", ["by 3 April", "on 2025-04-03", "am Dienstag", "3.4.", "jeudi", "tomorrow"])
def test_F58_a_date_is_known_however_it_is_written(said: str) -> None:
    assert Remark.NO_NEXT_DATE not in remarks(GOOD.replace("on Tuesday", said))


def test_F58_abbreviations_and_codes_are_not_shouting() -> None:
    assert remarks(GOOD.replace("thank", "the GP and the NHS: thank")) == {}
    text = DraftContent("", GOOD.replace("thank", "HERON: thank"))
    assert looked_over(text, codes=["HERON"]) == ()


def test_F58_questions_of_the_client_that_are_not_taken_up_are_listed() -> None:
    letter = "Dear Orla,\nwill it ever stop? My sister rang. Should I\nwrite back to her? What do you think?"
    left = remarks(GOOD.replace("thank", "you could write back, should you wish: thank"), letter)[Remark.OPEN_QUESTIONS]
    assert (left.number, left.words) == (2, ("Dear Orla, will it ever stop?", "What do you think?"))


def test_F58_a_quoted_question_counts_as_taken_up() -> None:
    text = GOOD.replace("thank", "\n> will it ever\n> stop?\n\nIn time. thank")
    assert remarks(text, "will it ever stop?") == {}


def test_F58_the_length_is_told_against_the_agreed_words() -> None:
    text = GOOD + "\nword" * 100
    assert Remark.OVER_LENGTH not in remarks(GOOD, limit=18)
    assert remarks(GOOD.replace("letter.", "letter. " + "word " * 100), limit=100)[Remark.OVER_LENGTH].words == ("100",)
    assert Remark.OVER_LENGTH not in remarks(text, limit=None)


def test_F58_quotations_are_not_looked_over() -> None:
    assert remarks(GOOD.replace("thank", "\nOn 3 March 2026, you wrote:\n> I AM SHOUTING\n\nthank")) == {}


def test_an_empty_draft_has_nothing_to_look_over() -> None:
    assert remarks("\n\n> only theirs\n", "Why?") == {}


def test_F58_what_asks_within_a_cue_is_no_question_and_a_cue_within_a_question_changes_nothing() -> None:
    answered = "I went. [nervous, but like before a show?] Why [sighs] does it\nhurt?"
    assert questions_in(answered) == ("Why does it hurt?",)
    assert questions_left(answered, "Why [sighs]\ndoes it hurt?", "") == ()


@pytest.mark.parametrize("text", ["Really?! And why??", "¿Por qué?", "怎么办\uff1f"])
def test_questions_are_found_in_any_language(text: str) -> None:
    assert questions_in(text)


@settings(max_examples=60)
@given(st.text(max_size=300), st.text(st.sampled_from("aB ?!.\n>"), max_size=100))
def test_any_text_can_be_looked_over(text: str, answered: str) -> None:
    looked_over(DraftContent("", text), answered=answered, terms=terms(3))


def test_F58_a_question_does_not_begin_in_the_paragraph_before() -> None:
    """Found by use: a bracketed cue ends no sentence, so the quoted question after it seemed to be another."""
    answered = "I can wait. [ambivalent, squirming]\n\nCould we keep writing, but less?\n"
    assert questions_in(answered) == ("Could we keep writing, but less?",)
    content = DraftContent("x", "Dear T,\n\n> Could we keep writing, but less?\n\nYes, on Tuesday.\n\nOrla\n")
    assert looked_over(content, answered=answered) == ()


@pytest.mark.parametrize(
    "letter", ["word " * 20_000, "?" * 100_000, "AAAA\n" * 20_000, "\u00a0\n" * 50_000, "what? " * 20_000]
)
def test_F58_no_letter_of_a_clients_keeps_the_look_waiting(letter: str) -> None:
    began = process_time()
    remarks(GOOD, letter)
    remarks(letter, "Is it?")
    assert process_time() - began < 5  # far below a second; a letter without a full stop took minutes
