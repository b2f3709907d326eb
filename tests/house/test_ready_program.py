"""A program that finds its libraries loaded does as one that was started: else nothing shown with it would count."""

import os
from pathlib import Path

import pytest

from tests.support.program import PROGRAM, Program, program
from tests.support.ready_program import can_run, run_ready


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (("--help",), b""),
        (("doctor", "--offline", "--json"), b""),
        (("no-such-command",), b""),
        (("read", "HERON-\udcff1"), b""),
        (("open", "-"), b"From: \xff\r\n\r\nnothing sealed"),
    ],
)
def test_it_ends_and_prints_as_a_program_that_was_started(arguments: tuple[str, ...], stdin: bytes) -> None:
    with program() as made:
        started = _Started(made.directory, {**made.environment, "PYTHONHASHSEED": "random"})
        assert can_run(made.environment)
        assert not can_run(started.environment)
        assert made.run(*arguments, stdin=stdin) == started.run(*arguments, stdin=stdin)


class _Started(Program):
    """The same, started: what it asks for is read as Python starts."""


def test_it_is_a_process_of_its_own_that_leaves_nothing_behind(tmp_path: Path) -> None:
    before = dict(os.environ), Path.cwd()
    with program() as made:
        home = str(made.directory / "elsewhere")
        ran = run_ready(("--home", home, "unlock"), b"", made.environment, 60)
        assert ran.returncode == 3
        assert (dict(os.environ), Path.cwd()) == before
        assert not Path(home).exists()
    assert PROGRAM[1] == "-c"
