"""Many runs, each a day with a fault, their results appended to a file; or one of them; or the table of all."""

import argparse
import fcntl
import json
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

from tests.soak.fault import fault_of
from tests.soak.results import runs_in, summary, with_table
from tests.soak.run import Run, run
from tests.soak.world import World

_HERE = Path(__file__).parent
KEPT = _HERE / "kept.json"
PAGE = _HERE.parents[1] / "docs" / "reliability.md"


def main() -> int:
    """1 where anything was wrong."""
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--seed", type=int, help="this one run; what came of it is printed")
    parser.add_argument("--runs", type=int, default=1000, help="the runs with the seeds from 0")
    parser.add_argument("--results", type=Path, default=Path("soak.jsonl"), help="what is there is not run again")
    parser.add_argument("--workers", type=int, default=1, choices=(1, 2))
    parser.add_argument("--again", action="store_true", help="run those again that were not right")
    parser.add_argument("--table", action="store_true", help="only write docs/reliability.md's table anew")
    parser.add_argument("--part", type=int, default=None, help=argparse.SUPPRESS)  # of a worker: which seeds are its
    asked = parser.parse_args()
    if asked.table:
        return _write_table(asked.results)
    if asked.seed is not None:
        return _one(asked.seed)
    if asked.workers > 1 and asked.part is None:
        parts = [
            subprocess.Popen([sys.executable, "-m", "tests.soak", *sys.argv[1:], "--part", str(part)])
            for part in range(asked.workers)
        ]
        return max(part.wait() for part in parts)
    for number in (signal.SIGINT, signal.SIGTERM):  # the world is taken down; what is done is noted
        signal.signal(number, lambda *_: sys.exit(1))
    done = runs_in(asked.results)
    wanted = [seed for seed in range(asked.runs) if seed not in done or (asked.again and not done[seed].is_right)]
    return _many([seed for seed in wanted if seed % asked.workers == (asked.part or 0)], asked.results)


def _one(seed: int) -> int:
    with World() as world:
        made = run(world, seed)
    sys.stdout.write(json.dumps(made.line(), indent=1) + "\n")
    return 0 if made.is_right else 1


def _many(seeds: Iterable[int], results: Path) -> int:
    """Each of `seeds`, noted as soon as it is done. A run that fails itself is wrong, and gets a new world."""
    waiting, wrong = list(seeds), 0
    while waiting:
        with World() as world:
            while waiting:
                seed = waiting.pop(0)
                made, is_whole = _tried(world, seed)
                _note(results, made)
                wrong += not made.is_right
                sys.stdout.write(f"{fault_of(seed)}: {'right' if made.is_right else 'WRONG'}, {made.seconds} s\n")
                sys.stdout.flush()
                if not is_whole:
                    break
    return min(wrong, 1)


def _tried(world: World, seed: int) -> tuple[Run, bool]:
    try:
        return run(world, seed), True
    except Exception:  # noqa: BLE001 - of a thousand runs one that the harness itself fails in must be seen, not end all
        fault = fault_of(seed)
        return Run(seed, fault.kind, str(fault.point), other=["the harness: " + traceback.format_exc()]), False


def _note(results: Path, made: Run) -> None:
    """Append a line; workers take turns."""
    with results.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps(made.line()) + "\n")


def _write_table(results: Path) -> int:
    kept = summary(runs_in(results).values())
    KEPT.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    PAGE.write_text(with_table(PAGE.read_text("utf-8"), kept), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
