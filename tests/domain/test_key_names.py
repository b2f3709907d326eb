"""Whose address a key bears, whatever its names look like (C31)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.key_names import bears_one_of

HERON = "heron@mail.example"


@pytest.mark.parametrize(
    ("name", "bears"),
    [
        ("Maren <heron@mail.example>", True),
        ("heron@mail.example", True),
        ("Maren <HERON@Mail.Example>", True),
        ("Maren (heron@mail.example) <wren@mail.example>", False),
        ("heron@mail.example <wren@mail.example>", False),
        ("<heron@mail.example> and more", False),
        ("Maren", False),
        ("", False),
    ],
)
def test_C31_only_the_mailbox_of_a_name_counts(name: str, bears: bool) -> None:
    assert bears_one_of((name,), (HERON,)) is bears


@settings(max_examples=60)
@given(st.lists(st.text(max_size=30), max_size=4))
def test_C31_no_name_is_too_odd(names: list[str]) -> None:
    assert not bears_one_of(names, (HERON,))
