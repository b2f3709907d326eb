"""F17: the client's paragraphs are numbered, chosen ones are quoted, and each answer stands under its own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.interleaving import (
    MOST_PARAGRAPHS,
    Answer,
    Interleaved,
    interleaved_text,
    numbers_in,
    only_answered,
    paragraphs,
    parse_answers,
    to_write_in,
    written_in,
)
from therapymail.errors import UnusableInput
from therapymail.mail.quotes import split_quotes

LETTER = paragraphs("Dear Orla,\n\nthe week was long.\nI slept badly.\n\n\nMy sister rang.\n \nMaren\n")
SAID = "On 3 March 2026, you wrote:"
WORDS = st.text(st.sampled_from("ab .,:>\n[]1"), max_size=80)


def test_F17_paragraphs_are_numbered_as_blank_lines_set_them_apart() -> None:
    assert [(one.number, one.text) for one in LETTER] == [
        (1, "Dear Orla,"),
        (2, "the week was long.\nI slept badly."),
        (3, "My sister rang."),
        (4, "Maren"),
    ]


def test_a_letter_of_countless_paragraphs_loses_none_of_its_text() -> None:
    found = paragraphs("word\n\n" * (MOST_PARAGRAPHS + 40))
    assert len(found) == MOST_PARAGRAPHS
    assert sum(one.text.count("word") for one in found) == MOST_PARAGRAPHS + 40


def test_F17_only_the_chosen_paragraphs_are_quoted_with_the_answer_under_each() -> None:
    form = "Dear Maren,\n\n[3]\nWhat did she say?\n\n[2]\nThat is a long week.\n\nWarmly,\nOrla\n"
    assert interleaved_text(LETTER, parse_answers(form, len(LETTER)), SAID) == (
        "Dear Maren,\n\nOn 3 March 2026, you wrote:\n> My sister rang.\n\nWhat did she say?\n\n"
        "> the week was long.\n> I slept badly.\n\nThat is a long week.\n\nWarmly,\nOrla\n"
    )


def test_F17_one_answer_may_stand_under_several() -> None:
    text = interleaved_text(LETTER, parse_answers("[1, 3-4]\nYes.", len(LETTER)), SAID)
    assert text == f"{SAID}\n> Dear Orla,\n>\n> My sister rang.\n>\n> Maren\n\nYes.\n"


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ("[5]\nx", "from 1 to 4"),
        ("[0]\nx", "from 1 to 4"),
        ("[3-2]\nx", "from 1 to 4"),
        ("[2]\nx\n[1-3]\ny", "2 is answered twice"),
    ],
)
def test_a_paragraph_that_is_not_there_is_refused(form: str, why: str) -> None:
    with pytest.raises(UnusableInput, match=why):
        parse_answers(form, len(LETTER))


@pytest.mark.parametrize("text", ["", "one", "1;2", "1-", "-", "99999999999"])
def test_numbers_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(UnusableInput):
        numbers_in(text, 4)


def test_what_only_looks_like_a_heading_stays_text() -> None:
    response = parse_answers("see [2]\n[1] and so on\n[ ]\n[x]\n[feeling 2]", 4)
    assert response == Interleaved("see [2]\n[1] and so on\n[ ]\n[x]\n[feeling 2]", ())


def test_F17_a_paragraph_with_nothing_under_it_is_not_sent() -> None:
    written = to_write_in(LETTER, SAID).replace("> My sister rang.\n", "> My sister rang.\n\nWhat did she say?\n", 1)
    assert only_answered(f"Dear Maren,{written}", LETTER, SAID) == (
        f"Dear Maren,\n\n{SAID}\n> My sister rang.\n\nWhat did she say?\n",
        (1, 2, 4),
    )


def test_of_paragraphs_that_are_alike_the_one_that_is_left_out_is_named() -> None:
    letter = paragraphs("yes\n\nno\n\nyes")
    assert only_answered(f"{SAID}\n> yes\n\n> no\n\n> yes\n\nAnd why?\n", letter, SAID) == (
        f"{SAID}\n> yes\n\nAnd why?\n",
        (1, 2),
    )


def test_a_heading_with_an_invisible_blank_behind_it_is_one() -> None:
    assert parse_answers("[2]\u00a0\nx", 4) == Interleaved("", (Answer((2,), "x"),))


def test_two_paragraphs_kept_together_by_a_quoted_blank_are_answered_together() -> None:
    text = f"{SAID}\n> Dear Orla,\n>\n> My sister rang.\n\nYes.\n\n> Maren\n"
    assert only_answered(text, LETTER, SAID) == (f"{SAID}\n> Dear Orla,\n>\n> My sister rang.\n\nYes.\n", (4,))


def test_with_nothing_answered_nothing_is_quoted_and_nothing_introduced() -> None:
    assert only_answered(f"Thank you.\n{to_write_in(LETTER, SAID)}", LETTER, SAID) == ("Thank you.\n", (1, 2, 3, 4))


def test_a_quotation_of_somebody_elses_words_is_never_taken_out() -> None:
    text = "> a poem of my own choosing\n\n> another\n"
    assert only_answered(text, LETTER, SAID) == (text, ())


@settings(max_examples=60)
@given(st.lists(WORDS, max_size=6), WORDS)
def test_no_word_of_ones_own_is_lost_when_unanswered_paragraphs_go(letter: list[str], own: str) -> None:
    numbered = paragraphs("\n\n".join(letter))
    quotations = {line for line in to_write_in(numbered, SAID).split("\n") if line.startswith(">")}
    text, _ = only_answered(f"{own}\n{to_write_in(numbered, SAID)}", numbered, SAID)
    wanted = [word for line in own.split("\n") if line not in quotations for word in line.split()]
    left = text.split()
    for word in wanted:
        left.remove(word)


@settings(max_examples=60)
@given(st.text(max_size=300), st.data())
def test_F17_what_leaves_round_trips_through_our_own_reader(text: str, data: st.DataObject) -> None:
    letter = paragraphs(text)
    chosen = data.draw(st.lists(st.integers(1, max(1, len(letter))), unique=True, max_size=4)) if letter else []
    response = Interleaved("Dear Ann,", tuple(Answer((number,), f"My answer to {number}.") for number in chosen))
    sent = split_quotes(interleaved_text(letter, response, SAID))
    assert sent.own.split() == " ".join(["Dear Ann,", *(answer.text for answer in response.answers)]).split()
    words = "".join("".join(letter[number - 1].text.split()) for number in chosen)
    quoted = "".join(sent.quoted.replace(SAID, "").split())
    assert quoted.replace(">", "") == words.replace(">", "")


def test_S9_a_paragraph_steers_no_terminal() -> None:
    assert all(one.text.replace("\n", "").isprintable() for one in paragraphs("\x1b[2Jhello\x07\n\n\u202eevil\x9b1m"))


@given(
    st.lists(st.text(alphabet="ab >.\n", min_size=1, max_size=12), min_size=1, max_size=5),
    st.text(alphabet="xyz \n", max_size=40),
    st.integers(0, 40),
)
@settings(max_examples=60)
def test_F17_paragraphs_quoted_where_one_writes_leave_every_word_that_was_there(
    parts: list[str], text: str, at: int
) -> None:
    letter = paragraphs("\n\n".join(parts))
    written, place = written_in(text, min(at, len(text)), letter, "You wrote:")
    assert [word for word in written.split() if set(word) <= set("xyz")] == text[:at].split() + text[at:].split()
    assert 0 <= place <= len(written)
    if letter:
        assert written.count("You wrote:") == 1
        again, _ = written_in(written, len(written), letter, "You wrote:")
        assert again.count("You wrote:") == 1


def test_F17_the_quotation_of_all_of_it_goes_when_paragraphs_are_chosen() -> None:
    letter = paragraphs("One.\n\nTwo.")
    whole = "\n\nYou wrote:\n> One.\n>\n> Two."
    written, place = written_in(f"Dear Maren,\n{whole}\n", 11, letter[1:], "You wrote:", whole)
    assert written == "Dear Maren,\n\nYou wrote:\n> Two.\n\n"
    assert place == len(written)
