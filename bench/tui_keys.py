"""What the room does at each key with a large record: from the key to the last change on the screen; and its memory."""

import os
import select
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.filling import fill
from bench.measuring import milliseconds
from bench.options import Options
from bench.outcome import Outcome, Table
from bench.plain_corpus import PlainPlan
from bench.program import Program, command_path, fresh_practice
from tests.support.screens import ScreenTerminal, on_screen
from therapymail.practice.caseload import caseload
from therapymail.practice.read import LettersRequest, list_letters

NAME = "tui-keys"
_QUIET_SECONDS = 0.12  # nothing is written for so long: the key's result is painted
_PATIENCE_SECONDS = 2.0
_KEY_MS, _OPENING_MS, _MEMORY_MB = 33, 50, 150
_HEADS = ("what", "median, ms", "95th percentile, ms", "of the processor: median", "95th percentile")
DOWN, ESCAPE, ENTER, PAGE_DOWN = "j", "\x1b", "\r", "\x04"


def measure(options: Options, plan: PlainPlan | None = None) -> Outcome:
    """File the letters, then walk, open and search on a terminal, key by key."""
    plan = plan or PlainPlan(options.search_letters, options.seed, shortest=20, longest=60, original_bytes=300)
    with fresh_practice(None) as program:
        fill(program, plan, max(2, options.clients))
        return measure_in(program, options.quick_rounds)


def measure_in(program: Program, rounds: int) -> Outcome:
    """Press keys, on a practice that is unlocked and has letters."""
    practice = program.practice()
    (newest,) = list_letters(practice, LettersRequest(limit=1))
    words = [word for word in newest.letter.subject.lower().split() if word.isalpha()][:2] or ["the"]
    letters = caseload(practice).letters
    with on_screen([command_path()], program.environment, columns=120, lines=40) as terminal:
        terminal.expect("Today")
        terminal.quiet(1.0)
        press(terminal, "3")
        terminal.quiet(1.0)
        times = {
            "a row down": [press(terminal, DOWN) for _ in range(2 * rounds)],
            "a screenful down": [press(terminal, PAGE_DOWN) for _ in range(rounds)],
            "a letter opened": [_opened(terminal) for _ in range(rounds)],
            "another place": [press(terminal, key) for _ in range(rounds) for key in "1234"],
        }
        press(terminal, "/")
        times["a key typed in search"] = [
            press(terminal, key) for _ in range(rounds) for key in (*" ".join(words), *"\x7f" * len(" ".join(words)))
        ]
        megabytes = _memory(terminal.process.pid)
    return _outcome(letters, times, megabytes)


class Pressed(NamedTuple):
    """Seconds from a key to the last change it brings on the screen, and those of the processor it took."""

    seconds: float
    cpu: float


def press(terminal: ScreenTerminal, key: str) -> Pressed:
    """Press a key and wait for all it brings; what the clock alone brings is rare enough."""
    while select.select([terminal.ours], [], [], 0)[0]:
        terminal.read()
    spent = _processor(terminal.process.pid)
    began = last = time.perf_counter()
    terminal.press(key)
    waits = _PATIENCE_SECONDS
    while select.select([terminal.ours], [], [], waits)[0]:
        os.read(terminal.ours, 1 << 16)
        last, waits = time.perf_counter(), _QUIET_SECONDS
    return Pressed(last - began, _processor(terminal.process.pid) - spent)


def _processor(pid: int) -> float:
    """Seconds of the processor that all threads of a process have had (Linux: proc(5), schedstat)."""
    return sum(int(each.read_text().split()[0]) for each in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def _opened(terminal: ScreenTerminal) -> Pressed:
    pressed = press(terminal, ENTER)
    press(terminal, ESCAPE)
    press(terminal, DOWN)
    return pressed


def _memory(pid: int) -> float:
    """What the process holds in memory that is its own or shared with nobody else (PSS), in megabytes."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in told if line.startswith("Pss:")) / 1000


def _median(values: Sequence[Pressed], of: int = 0) -> float:
    return statistics.median(each[of] for each in values)


def _p95(values: Sequence[Pressed], of: int = 0) -> float:
    return statistics.quantiles((each[of] for each in values), n=20)[-1] if len(values) > 1 else values[0][of]


def _outcome(letters: int, times: dict[str, list[Pressed]], megabytes: float) -> Outcome:
    rows = tuple(
        (
            what,
            *(f"{milliseconds(each)}" for each in (_median(values), _p95(values), _median(values, 1), _p95(values, 1))),
        )
        for what, values in times.items()
    )
    every = [value for what, values in times.items() if what != "a letter opened" for value in values]
    figures = {
        "letters": letters,
        "median_ms": {what: milliseconds(_median(values)) for what, values in times.items()},
        "p95_ms": {what: milliseconds(_p95(values)) for what, values in times.items()},
        "keys_p95_ms": milliseconds(_p95(every)),
        "keys_p95_cpu_ms": milliseconds(_p95(every, 1)),
        "memory_mb": round(megabytes, 1),
    }
    opening = _median(times["a letter opened"])
    reached = (
        (
            "any key to the last change it brings, 95th percentile, ms",
            f"{figures['keys_p95_ms']}",
            f"at most {_KEY_MS}",
        ),
        ("a letter opened, median, ms", f"{milliseconds(opening)}", f"under {_OPENING_MS}"),
        ("memory, MB", f"{figures['memory_mb']}", f"under {_MEMORY_MB}"),
    )
    tables = (
        Table("From the key to the last change on the screen", _HEADS, rows),
        Table("Reached", ("what", "measured", "wanted"), reached),
    )
    return Outcome(NAME, f"The room at each key, with {letters} letters", figures, tables)
