from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from therapymail.domain.letter import Reading
from therapymail.domain.quoting import MOST_LINES, quoted, with_footer
from therapymail.mail.quotes import split_quotes

WHEN = datetime(2026, 3, 3, 10, 12, tzinfo=UTC)
OWN = "Dear Ann,\n\nthank you. I have thought about it.\n\nOrla"
TEXTS = st.text(st.characters(codec="utf-8"), max_size=300) | st.text("ab .>:\n\t)FromOnwrote:", max_size=200)


def quotation(text: str, who: str = "you") -> str:
    return quoted(Reading("subject", text), who, WHEN)


def test_a_quotation_says_whose_and_when_and_marks_each_line() -> None:
    assert quotation("Hello,\n\nit went well.\nAnn\n") == (
        "On 3 March 2026, you wrote:\n> Hello,\n>\n> it went well.\n> Ann\n"
    )


@settings(max_examples=60)
@given(TEXTS)
@example("From here\n> older\n>:)\n:)\n>From x\n-----Original Message-----\nFrom: a\nSent: 3 March 2026\nTo: b")
@example("word " * 300)
@example("x" * 500)
@example("\u2028second\x85third\x0bfourth\rfifth")
@example("On 3 March 2026, Ann <ann@client.example> wrote:\n\nHello")
@example("  > indented quote\n\xa0\n\u3000")
def test_F17_our_own_reader_splits_it_off_again(text: str) -> None:
    quote = quotation(text)
    for letter in (f"{OWN}\n\n{quote}", f"{quote}\n{OWN}\n", quote):
        split = split_quotes(letter)
        assert split.own == (OWN if OWN in letter else "")
        assert split.quoted == quote.strip("\n")


@settings(max_examples=60)
@given(st.text("abc .,:>\n", max_size=200))
def test_F17_no_word_is_lost(text: str) -> None:
    words = quotation(text).partition("\n")[2]
    assert "".join(words.split()).replace(">", "") == "".join(text.split()).replace(">", "")


def test_S3_only_the_authors_own_opened_text_is_quoted() -> None:
    reading = Reading("s", "Mine.", quoted="> from another letter", unsealed_text="stood outside the seal")
    quote = quoted(reading, "you", WHEN)
    assert quote == "On 3 March 2026, you wrote:\n> Mine.\n"


def test_S9_a_quotation_steers_no_terminal_and_no_editor() -> None:
    quote = quotation("\x1b]0;x\x07\u202eevil\x00\x9b31m")
    assert quote.replace("\n", "").isprintable()


@pytest.mark.parametrize("text", ["", "\n\n", " \t\n", "\u2028"])
def test_nothing_is_quoted_of_nothing(text: str) -> None:
    assert quotation(text) == ""


def test_long_lines_are_wrapped_and_every_line_is_marked() -> None:
    quote = quotation("A long paragraph of words. " * 30)
    assert max(map(len, quote.split("\n"))) <= 76
    assert all(line.startswith("> ") for line in quote.split("\n")[1:-1])


def test_a_paragraph_that_was_wrapped_wider_is_wrapped_anew() -> None:
    wide = "I know that we have finished and that you need not answer. I only wanted\nyou to see the sill this morning."
    said = "> I know that we have finished and that you need not answer. I only"
    assert quotation(f"{wide}\n\nAnn").split("\n")[1:-1] == [
        said,
        "> wanted you to see the sill this morning.",
        ">",
        "> Ann",
    ]


def test_lists_verses_and_paragraphs_of_one_line_keep_their_lines() -> None:
    wide = "I know that we have finished and that you need not answer. I only wanted"
    said = ["> I know that we have finished and that you need not answer. I only", "> wanted"]
    assert quotation(f"{wide}\n- a list").split("\n")[1:-1] == [*said, "> - a list"]
    assert quotation(f"{wide}\n1. one").split("\n")[1:-1] == [*said, "> 1. one"]
    assert quotation("a verse\nof two").split("\n")[1:-1] == ["> a verse", "> of two"]
    assert quotation(f"{wide * 2}\nNext").split("\n")[-2] == "> Next"


def test_a_link_a_quote_and_a_line_of_blanks_stay_one_line_each() -> None:
    link, older = "https://example.org/" + "x" * 90, "> " + "older words " * 9 + "end"
    assert quotation(f"{link}\n{older}\n{' ' * 90}\nAnn").split("\n")[1:-1] == [f"> {link}", f">{older}", ">", "> Ann"]


def test_a_very_long_letter_is_quoted_in_part() -> None:
    quote = quotation("line\n" * 50_000)
    assert quote.count("\n") == MOST_LINES + 2
    assert quote.endswith("> […]\n")
    assert split_quotes(f"{OWN}\n\n{quote}").own == OWN


@pytest.mark.parametrize("who", ["you", "Ann", "x" * 400, "a\nb", "", "\u202e"])
def test_whose_words_they_are_is_said_in_one_line(who: str) -> None:
    quote = quotation("Hello", who)
    assert quote.count("\n") == 2
    assert split_quotes(f"{OWN}\n\n{quote}").own == OWN


def test_the_address_of_nobody_is_in_it() -> None:
    assert "@" not in quotation("Hello")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("\n\nOn 3 March 2026, you wrote:\n> x\n", "\n\n3 of 12\n\nOn 3 March 2026, you wrote:\n> x\n"),
        ("Dear Ann,\n\nyes.\n", "Dear Ann,\n\nyes.\n\n3 of 12\n"),
    ],
)
def test_F38_the_count_stands_under_ones_own_words(text: str, wanted: str) -> None:
    assert with_footer(text, "3 of 12") == wanted
    assert with_footer(text, "") == text
