"""A drawing has colours on a terminal that wants them, and is the same text everywhere else (F56)."""

import io

import pytest

from therapymail.cli.drawn import has_colours, painted, print_drawing
from therapymail.domain.drawing import Part, Piece


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({}, False)],
)
def test_F56_colours_are_for_terminals_that_want_them(environment: dict[str, str], wanted: bool) -> None:
    assert has_colours(Screen(), environment) is wanted
    assert not has_colours(io.StringIO(), environment)


def test_what_a_drawing_says_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    line = (Piece("a\x1b[2J\n", Part.CLIENT), Piece("   ", Part.NOTHING))
    assert painted(line, is_coloured=True) == "\x1b[36ma␦[2J\x1b[0m"
    print_drawing([line])
    assert capsys.readouterr().out == "a␦[2J\n"
