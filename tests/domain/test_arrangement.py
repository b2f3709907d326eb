"""The order of own and quoted words in a letter, kept as lengths."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from therapymail.domain.arrangement import arrangement_of, fits, pieces_of

_STRETCHES = st.lists(st.tuples(st.booleans(), st.text("ab \n", max_size=6)), max_size=8)


def test_F17_own_and_quoted_words_come_in_the_order_in_which_they_were_written() -> None:
    stretches = [(False, "Dear Ann,\n\n"), (True, "> one\n\n"), (False, "Yes.\n\n"), (True, "> two"), (False, "No.")]
    arrangement = arrangement_of(stretches)

    pieces = pieces_of("Dear Ann,\n\nYes.\n\nNo.", "> one\n\n> two", arrangement)

    assert arrangement == (11, 7, 6, 5, 3)
    assert [(piece.quoted, piece.text) for piece in pieces] == stretches
    assert [piece.first for piece in pieces] == [0, 0, 11, 7, 17]


def test_blank_lines_between_quotations_part_nothing() -> None:
    assert arrangement_of([(True, "> one\n"), (False, "\n"), (True, "> two")]) == (0, 11, 1)
    assert arrangement_of([(False, "a\n"), (True, "> b"), (False, "\n \n"), (True, "> c")]) == (5, 6)


def test_where_the_order_is_not_known_own_words_come_first() -> None:
    for unknown in ((), (1, 2), (-3, 4), (3, 5)):
        assert [(piece.text, piece.quoted) for piece in pieces_of("own", "said", unknown)] == [
            ("own", False),
            ("said", True),
        ]
    assert pieces_of("", "", ()) == ()


@given(_STRETCHES)
def test_F17_pieces_joined_are_the_own_and_the_quoted_text(stretches: list[tuple[bool, str]]) -> None:
    own = "".join(text for is_quoted, text in stretches if not is_quoted)
    quoted = "".join(text for is_quoted, text in stretches if is_quoted)
    arrangement = arrangement_of(stretches)

    pieces = pieces_of(own, quoted, arrangement)

    assert fits(own, quoted, arrangement)
    assert "".join(piece.text for piece in pieces if not piece.quoted) == own
    assert "".join(piece.text for piece in pieces if piece.quoted) == quoted
    assert all(one.quoted is not other.quoted for one, other in pairwise(pieces))


@given(st.text(max_size=9), st.text(max_size=9), st.lists(st.integers(-2, 9), max_size=5))
def test_F17_no_stored_arrangement_loses_a_word(own: str, quoted: str, arrangement: list[int]) -> None:
    pieces = pieces_of(own, quoted, arrangement)

    assert "".join(piece.text for piece in pieces if not piece.quoted) == own
    assert "".join(piece.text for piece in pieces if piece.quoted) == quoted
