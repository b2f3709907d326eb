"""What the command line takes to start, beside a bare Typer program."""

import sys
from pathlib import Path

from bench.measuring import median, milliseconds, run_process, taking_turns
from bench.options import Options
from bench.outcome import Outcome, Table
from bench.program import Program, command_path, fresh_practice

NAME = "startup"
_BARE = Path(__file__).with_name("bare_typer.py")


def measure(options: Options) -> Outcome:
    """`therapymail --help` and a command that answers from an empty record, in turns with the bare program."""
    with fresh_practice(None) as program:
        times = taking_turns(
            options.quick_rounds,
            {
                "python -c pass": lambda: run_process([sys.executable, "-c", "pass"]).checked().seconds,
                "bare program --help": lambda: bare("--help"),
                "therapymail --help": lambda: whole(program, "--help"),
                "bare program": lambda: bare("greet", "Ana"),
                "therapymail letters": lambda: whole(program, "letters"),
            },
        )
    medians = {name: median(values) for name, values in times.items()}
    above = medians["therapymail --help"] - medians["bare program --help"]
    figures = {
        "milliseconds": {name: milliseconds(value) for name, value in medians.items()},
        "help_above_bare_ms": milliseconds(above),
        "command": Path(command_path()).name,
    }
    rows = [(name, f"{milliseconds(value)}") for name, value in medians.items()]
    tables = (
        Table("Whole processes (medians)", ("what", "ms"), tuple(rows)),
        Table(
            "Reached",
            ("what", "measured", "wanted"),
            (("therapymail --help above a bare Typer program, ms", f"{milliseconds(above)}", "at most 30"),),
        ),
    )
    return Outcome(NAME, "Starting the command line", figures, tables)


def bare(*arguments: str) -> float:
    """Seconds of the bare Typer program as a whole process."""
    return run_process([sys.executable, str(_BARE), *arguments]).checked().seconds


def whole(program: Program, *arguments: str) -> float:
    """Seconds of the program as a whole process; a command that finds nothing (exit code 8) counts too."""
    run = program.run(*arguments)
    return run.seconds if run.returncode == 8 else run.checked().seconds
