"""What the terminal interface takes from its start until today is drawn, beside a bare Textual program."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.bare_textual import SHOWN
from bench.filling import agree, fill
from bench.measuring import median, milliseconds, taking_turns
from bench.options import Options
from bench.outcome import Outcome, Table
from bench.plain_corpus import PlainPlan
from bench.program import Program, command_path, fresh_practice
from tests.support.screens import on_screen
from therapymail.practice.caseload import caseload
from therapymail.practice.today import todays
from therapymail.tui.widgets.today_list import TodayList

NAME = "tui-start"
_BARE = Path(__file__).with_name("bare_textual.py")
_WANTED_MS = 250
_ITEM = "The response of exchange"  # how the first item begins where clients wait


def measure(options: Options, plan: PlainPlan | None = None) -> Outcome:
    """File letters, agree with every client, then start both in turns, each whole process on its own terminal."""
    plan = plan or PlainPlan(options.search_letters, options.seed, shortest=20, longest=60, original_bytes=300)
    with fresh_practice(None) as program:
        fill(program, plan, max(2, options.clients))
        agree(program.practice())
        return measure_in(program, options.quick_rounds)


def measure_in(program: Program, rounds: int) -> Outcome:
    """Start both programs in turns, on a practice that is unlocked and has letters."""
    practice = program.practice()
    asks = todays(practice).items
    letters = caseload(practice).letters
    calls = {
        "bare Textual program": lambda: until_shown([sys.executable, str(_BARE)], SHOWN, program),
        "therapymail": lambda: until_shown([command_path()], _ITEM if asks else TodayList.NOTHING, program),
    }
    times = taking_turns(rounds, calls)
    medians = {name: median(values) for name, values in times.items()}
    above = milliseconds(medians["therapymail"] - medians["bare Textual program"])
    figures = {
        "letters": letters,
        "milliseconds": {name: milliseconds(value) for name, value in medians.items()},
        "above_bare_ms": above,
    }
    tables = (
        Table(
            "From the start of the process to what asks today on the screen (medians)",
            ("what", "ms"),
            tuple((name, f"{milliseconds(value)}") for name, value in medians.items()),
        ),
        Table(
            "Reached",
            ("what", "measured", "wanted"),
            (("first screen above a bare Textual program, ms", f"{above}", f"at most {_WANTED_MS}"),),
        ),
    )
    return Outcome(NAME, f"Opening the room with {letters} letters", figures, tables)


def until_shown(command: Sequence[str], words: str, program: Program) -> float:
    """Seconds from the start of `command` until it has written `words` on its terminal."""
    began = time.perf_counter()
    with on_screen(command, program.environment, columns=120, lines=40) as terminal:
        terminal.expect(words)
        return time.perf_counter() - began
