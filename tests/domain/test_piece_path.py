"""Where a sealed piece stands in a mail, as a person types it."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapymail.domain.piece_path import MAX_DEPTH, PiecePath
from therapymail.errors import UnusableInput


@pytest.mark.parametrize("typed", ["1", "2.1", "10.3.1", ".".join("1" * MAX_DEPTH)])
def test_a_path_reads_back_as_it_was_typed(typed: str) -> None:
    assert str(PiecePath.parse(typed)) == typed


@pytest.mark.parametrize("typed", ["", "0", "1.0", "-1", "1.", ".1", "1..2", "a", "\u0661", "1 ", "99999", "1\n"])
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(UnusableInput, match="as in 2 or 2"):
        PiecePath.parse(typed)


def test_S24_pieces_within_pieces_end_at_a_stated_depth() -> None:
    with pytest.raises(UnusableInput, match="8 deep"):
        PiecePath.parse(".".join("1" * (MAX_DEPTH + 1)))
    assert PiecePath.parse(".".join("1" * MAX_DEPTH)).is_deepest
    assert str(PiecePath((2,)).inside(1)) == "2.1"


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_path_or_refused(typed: str) -> None:
    with contextlib.suppress(UnusableInput):
        assert str(PiecePath.parse(typed)) == typed
