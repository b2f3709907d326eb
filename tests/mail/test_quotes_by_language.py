# ruff: noqa: RUF001
"""Quotes told from the author's own words in the languages that clients' programs are set to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mail.quoted_shapes import BLOCKS, LINES
from therapymail.mail.quotes import split_quotes

LANGUAGES = {"en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "ru", "ja", "zh"}
OWN = "Dear Ann,\n\nit went well.\n\nJo"
EVERY_LINE = [line for lines in LINES.values() for line in lines]
EVERY_BLOCK = [block for blocks in BLOCKS.values() for block in blocks]
# What a letter may say that looks like the beginnings of quotes, and is none.
OWN_LINES = [
    *("On Monday my mother wrote:", "My mother wrote on 3 March 2026:", "Am 3. März um 10:12 schrieb er mir:"),
    *("Le 3 mars 2026, elle a écrit :", "El 3 de marzo escribió:", "Il 3 marzo ha scritto:", "Op 3 maart schreef hij:"),
    *("Em 3 de março escreveu:", "W dniu 3 marca pisze:", "Den 3 mars skrev hon:", "3.3.2026 hän kirjoitti:"),
    *(
        "3 марта он написал:",
        "2026年3月3日、彼は書きました:",
        "2026年3月3日她写道：",
        "From: that day on I slept badly.",
    ),
    *("Von: hier nach dort.", "- one\n- two", "---", "***", "", "10:12", "It is 3/3/26.", "a > b", "www.example.org:"),
]


def test_every_language_that_clients_write_in_is_here() -> None:
    assert set(LINES) == set(BLOCKS) == LANGUAGES


@pytest.mark.parametrize("line", EVERY_LINE)
def test_the_line_above_a_quote_goes_with_it(line: str) -> None:
    split = split_quotes(f"{OWN}\n\n{line}\n\n> How did it go?\n>\n> Ann\n")
    assert (split.own, split.quoted) == (OWN, f"{line}\n\n> How did it go?\n>\n> Ann")


@pytest.mark.parametrize("line", [line for line in EVERY_LINE if "<" in line])
def test_all_below_a_line_with_date_and_address_is_quoted(line: str) -> None:
    assert split_quotes(f"{OWN}\n\n{line}\n\nHow did it go?\n\nAnn\n").own == OWN


# Programs wrap long lines before the address; what stands before it then begins with the date.
@pytest.mark.parametrize("line", [each for each in EVERY_LINE if " <" in each and any(map(str.isdigit, each[:12]))])
def test_a_line_wrapped_before_its_address_is_one_line(line: str) -> None:
    wrapped = line.replace(" <", "\n<", 1)
    for below in ("> How did it go?\n>\n> Ann", "How did it go?\n\nAnn"):
        assert split_quotes(f"{OWN}\n\n{wrapped}\n\n{below}\n").own == OWN


@pytest.mark.parametrize("block", EVERY_BLOCK)
def test_all_below_a_block_of_header_fields_is_quoted(block: str) -> None:
    split = split_quotes(f"{OWN}\n\n{block}\n\nHow did it go?\n\n> older\n\nAnn\n")
    assert (split.own, split.quoted) == (OWN, f"{block}\n\nHow did it go?\n\n> older\n\nAnn")


@settings(max_examples=60)
@given(
    st.lists(
        st.one_of(st.sampled_from(OWN_LINES), st.text(st.characters(exclude_characters="@>\n\r:-\uff1a"))), max_size=15
    )
)
def test_own_words_of_a_letter_without_quotation_are_never_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    split = split_quotes(text)
    assert (split.own, split.quoted) == (text.strip("\n"), "")


@settings(max_examples=60)
@given(st.lists(st.sampled_from(OWN_LINES), max_size=6), st.sampled_from(EVERY_LINE), st.sampled_from(OWN_LINES))
def test_own_words_before_and_behind_a_prefixed_quote_stay(above: list[str], line: str, below: str) -> None:
    split = split_quotes("\n".join([*above, "", line, "> How did it go?", "", below]))
    wanted = [each for each in "\n".join([*above, below]).split("\n") if each.strip()]
    assert [each for each in split.own.split("\n") if each.strip()] == wanted
