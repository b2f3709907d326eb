"""A drawing has colours on a terminal that wants them, and is the same text everywhere else (F56)."""

import io
import os
import subprocess
import sys

import pytest

from tests.support.terminal import at_terminal
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


_LONG = """
from therapymail.cli.drawn import print_drawing
from therapymail.domain.drawing import Part, Piece
print_drawing([(Piece(f"line {number}.", Part.CLIENT),) for number in range(60)])
"""


def test_on_a_terminal_it_stops_after_each_screenful_and_piped_it_does_not() -> None:
    command, environment = [sys.executable, "-c", _LONG], {**os.environ, "NO_COLOR": "1"}
    with at_terminal(command, environment) as terminal:
        seen = terminal.expect("40 lines more. Enter goes on, q stops: ")
        assert "line 19." in seen
        assert "line 20." not in seen
        terminal.type("")
        assert "line 39." in terminal.expect("20 lines more. Enter goes on, q stops: ")
        terminal.type("q")
        assert terminal.wait() == 0
        assert "line 40." not in terminal.shown
    piped = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert piped.stdout.count("\n") == 60
    assert piped.stderr == ""
