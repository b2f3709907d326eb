"""What is shown of a mail's author: the address always, the name only where it can be taken for nobody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapymail.domain.shown_author import shown_author

KNOWN = {
    "maren@heron.example": ("Maren Quist", "maren@heron.example"),
    "second@heron.example": ("Maren Quist", "maren@heron.example"),
    "bob@openpgp.example": ("Bob Babbage", "bob@openpgp.example"),
}
EVE = "eve@evil.example"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Eve", "Eve <eve@evil.example>"),
        ("  Eve \t  Adams ", "Eve Adams <eve@evil.example>"),
        ("", EVE),
        ("bob@openpgp.example", EVE),
        ("bob@openpgp.example" + " " * 300 + "x", EVE),
        ("Bob <bob\uff20openpgp.example>", EVE),
        ("Bob\ufe6bopenpgp", EVE),
        ("bob openpgp example", EVE),
        ("bob (at) openpgp dot example", EVE),
        ("Bob Babbage", EVE),
        ("BOB  BABBAGE", EVE),
        ("B\u200bob Bab\u202ebage", EVE),
        ("\uff22\uff4f\uff42 Babbage", EVE),
        ("Bób Babbage", EVE),
        ("x" * 61, EVE),
        ("\u202e\u200b", EVE),
        ("!!!", EVE),
        ("Eve \x1b[2J", "Eve [2J <eve@evil.example>"),
    ],
)
def test_I2_a_name_that_could_be_taken_for_somebody_else_is_replaced_by_the_address(name: str, shown: str) -> None:
    assert shown_author(name, EVE, KNOWN) == shown


def test_I2_a_client_keeps_the_own_name_at_each_own_address() -> None:
    assert shown_author("Maren Quist", "second@heron.example", KNOWN) == "Maren Quist <second@heron.example>"
    assert shown_author("Bob Babbage", "second@heron.example", KNOWN) == "second@heron.example"


def test_I2_without_a_usable_address_nothing_is_shown() -> None:
    assert shown_author("Maren Quist", "", KNOWN) == ""


@given(st.text(max_size=80))
def test_I2_the_address_is_always_the_last_word_and_the_only_one_with_an_at_sign(name: str) -> None:
    shown = shown_author(name, EVE, KNOWN)
    assert shown == EVE or shown.endswith(f" <{EVE}>")
    assert shown.count("@") == 1
    assert "\u202e" not in shown
