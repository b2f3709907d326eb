"""Addresses as identities: one strict, canonical form (HAZARDS S7, S12)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapymail.domain.addresses import canonical_address, is_address
from therapymail.errors import UnusableInput


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Maren@Heron.Example", "maren@heron.example"),
        ("  maren.quist+letters@heron.example ", "maren.quist+letters@heron.example"),
        ("maren@bücher.example", "maren@xn--bcher-kva.example"),
        ("maren@heron.example.", "maren@heron.example"),
    ],
)
def test_one_form_for_one_address(text: str, canonical: str) -> None:
    assert canonical_address(text) == canonical


@pytest.mark.parametrize(
    "text",
    ["", "maren", "maren@", "@heron.example", "a b@heron.example", "a@b", "a@-b.example", "a..b@heron.example",
     '"a"@heron.example', "a@heron.example\r\nBcc: x@y.example", "a@heron.example\x00", "a,b@heron.example",
     "Maren <maren@heron.example>", "a@[127.0.0.1]", "a" * 250 + "@heron.example",
     "mar\u202een@heron.example", "mar\u200ben@heron.example", "mar\u2028en@heron.example", "mar\x85en@heron.example",
     "mar\x9b31men@heron.example", "mar\u00a0en@heron.example", "mar\ud800en@heron.example"],
)  # fmt: skip
def test_S12_what_is_not_one_bare_address_is_refused(text: str) -> None:
    with pytest.raises(UnusableInput):
        canonical_address(text)


def test_S7_a_letter_that_only_looks_like_another_is_another_address() -> None:
    assert canonical_address("\u212aate@heron.example") != "kate@heron.example"
    assert canonical_address("m\u0430ren@heron.example") != "maren@heron.example"


@given(st.text(max_size=40))
def test_any_text_is_an_address_in_one_form_or_refused(text: str) -> None:
    if is_address(text):
        once = canonical_address(text)
        assert canonical_address(once) == once
        assert not set(once) & set("\r\n\0 <>,;")
        assert once.isprintable()
