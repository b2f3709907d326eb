"""A whole run: each target in processes of its own, started again where one dies, and what came of it."""

import importlib.util
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.outcome import machine
from tests.fuzzing.execution import Finding, Notes, keep
from tests.fuzzing.scratch import MEMORY
from tests.fuzzing.target import Target
from tests.fuzzing.worker import GUIDED, OWN

VERSION = 1
_ROOT = Path(__file__).parents[2]
_SILENT_SECONDS = 60.0  # after which one input is taken for a hang, on a machine that others use too
_LOOK_SECONDS = 0.25
_MOST_RESTARTS = 50
_GUIDED_ONE_IN = 4  # executions: guiding takes five times as long; the others start from what it has found
_COVERED = re.compile(rb"cov: (\d+)")


@dataclass(frozen=True)
class Ran:
    """What came of one target. `seconds` are of processor time; `covered` are libFuzzer's places, None without it."""

    target: str
    what: str
    engine: str
    seed: int
    executions: int
    covered: int | None
    seconds: float
    slowest: float
    megabytes: float
    crashes: int
    hangs: int
    too_large: int
    findings: tuple[str, ...] = ()


def engine_here() -> str:
    """The engine that this machine has: atheris, or the house's own mutator."""
    return GUIDED if importlib.util.find_spec("atheris") else OWN


def run(target: Target, executions: int, seed: int, engine: str, findings: Path, seconds: float | None = None) -> Ran:
    """Run `target` for so many executions, or so many seconds; inputs of findings go below `findings`."""
    with tempfile.TemporaryDirectory(prefix="tm-fuzz-", dir=MEMORY) as place:
        directory = Path(place)
        begun = _processor_seconds()
        notes = Notes(directory / "notes")
        by_itself = executions - executions // _GUIDED_ONE_IN if engine == GUIDED else 0
        _keep_running(target, directory, executions - by_itself, seed, engine, seconds)
        _keep_running(target, directory, notes.executions + by_itself, seed, OWN, seconds)
        found = sorted(directory.glob("*.where"))
        for path in (*found, *(path.with_suffix("") for path in found), *directory.glob("died.log")):
            (findings / target.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, findings / target.name)
        return Ran(
            target=target.name,
            what=target.what,
            engine=engine,
            seed=seed,
            executions=notes.executions,
            covered=_covered(directory) if engine == GUIDED else None,
            seconds=round(_processor_seconds() - begun, 1),
            slowest=round(notes.slowest, 3),
            megabytes=round(notes.megabytes),
            crashes=sum(path.name.startswith("crash") for path in found),
            hangs=sum(path.name.startswith("hang") for path in found),
            too_large=sum(path.name.startswith("memory") for path in found),
            findings=tuple(f"{path.name.partition('-')[0]}: {path.read_text('utf-8').strip()}" for path in found),
        )


def _keep_running(
    target: Target, directory: Path, executions: int, seed: int, engine: str, seconds: float | None
) -> None:
    """Start workers until so many are done in all; what one died of is a finding."""
    notes = Notes(directory / "notes")
    ends = time.monotonic() + seconds if seconds is not None else None
    for number in range(_MOST_RESTARTS):
        left = executions - notes.executions
        if left <= 0:
            return
        before = notes.executions
        given = (target.execute.__module__, target.name, str(directory), str(left), str(seed + number), engine)
        command = [sys.executable, "-m", "tests.fuzzing.worker", *given]
        with (directory / "log").open("ab") as log:
            process = subprocess.Popen(command, cwd=_ROOT, stdout=log, stderr=log, env=_environment(directory))
            sort = _watch(process, notes, ends)
        if sort is None:
            return
        data = notes.at_work
        if sort == "hang" and data is not None:
            keep(directory, Finding("hang", "it did not come to an end"), data)
        elif process.returncode != 0 and data is not None:
            keep(directory, Finding("crash", f"the process died ({process.returncode})"), data)
            shutil.copy(directory / "log", directory / "died.log")
        elif notes.executions == before:
            raise SystemExit(f"{target.name}: cannot be run\n{(directory / 'log').read_text(errors='replace')[-3000:]}")
        notes.give_up()


def _watch(process: "subprocess.Popen[bytes]", notes: Notes, ends: float | None) -> str | None:
    """Wait for a worker. None: the time is over; `hang`: it was ended over one input; `ended`: it went by itself."""
    while True:
        try:
            process.wait(_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            if ends is not None and time.monotonic() > ends:
                process.kill()
                process.wait()
                return None
            if notes.at_work is not None and notes.idle_seconds > _SILENT_SECONDS:
                process.kill()
                process.wait()
                return "hang"
        else:
            return "ended"


def _environment(directory: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(directory), "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"}


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _covered(directory: Path) -> int | None:
    found = _COVERED.findall((directory / "log").read_bytes())
    return max(map(int, found), default=None)


def run_all(
    targets: Sequence[Target],
    results: Path,
    said: Callable[[str], object],
    *,
    seed: int,
    engine: str,
    findings: Path,
    executions: int | None = None,
    seconds: float | None = None,
) -> list[Ran]:
    """Run `targets` one after another; `results` is written after each: an interrupted run keeps what it has."""
    done = []
    for target in targets:
        wanted = executions if executions is not None else target.executions
        ran = run(target, wanted if seconds is None else 1 << 40, seed, engine, findings, seconds)
        done.append(ran)
        write_results(results, [ran])
        said(as_line(ran))
    return done


def as_line(ran: Ran) -> str:
    """A result for the terminal."""
    faults = "nothing found" if not ran.findings else "; ".join(ran.findings)
    return (
        f"{ran.target:13} {ran.executions:>9,} executions  {ran.seconds:>7.1f} s  slowest {ran.slowest:.3f} s  "
        f"{ran.megabytes:.0f} MB  {faults}"
    )


def write_results(path: Path, fresh: Sequence[Ran]) -> None:
    """Put `fresh` into the results at `path`; what other targets gave in an earlier run is kept."""
    names = {ran.target for ran in fresh}
    kept = [ran for ran in read_results(path)[1] if ran.target not in names] if path.exists() else []
    document = {"version": VERSION, "machine": machine(), "ran": [asdict(ran) for ran in (*kept, *fresh)]}
    path.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def read_results(path: Path) -> tuple[dict[str, str], list[Ran]]:
    """The machine and the results at `path`. Raises SystemExit for another version."""
    stored = json.loads(path.read_text("utf-8"))
    if stored.get("version") != VERSION:
        raise SystemExit(f"{path}: not made by this version")
    return stored["machine"], [Ran(**{**ran, "findings": tuple(ran["findings"])}) for ran in stored["ran"]]
