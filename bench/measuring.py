"""Measuring processes and calls: seconds, peak memory, rounds that take turns, medians."""

import resource
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_SECONDS = 0.02


@dataclass(frozen=True)
class ProcessRun:
    """One finished process: wall seconds, its own peak memory in MB (without its children), and what it said."""

    seconds: float
    peak_mb: float
    stdout: bytes
    stderr: bytes
    returncode: int

    def checked(self) -> "ProcessRun":
        """Itself. Raises SystemExit with the process's words if it failed."""
        if self.returncode:
            raise SystemExit(f"a measured process failed ({self.returncode}): {self.stderr.decode()[-2000:]}")
        return self


def run_process(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    meanwhile: Callable[[threading.Event], None] | None = None,
) -> ProcessRun:
    """Run `command` to its end; `meanwhile` runs in a thread beside it until the event it is given is set."""
    over = threading.Event()
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )
    sampler = _MemorySampler(process.pid, over)
    threads = [threading.Thread(target=sampler.run)]
    if meanwhile is not None:
        threads.append(threading.Thread(target=meanwhile, args=(over,)))
    for thread in threads:
        thread.start()
    try:
        stdout, stderr = process.communicate(stdin)
    finally:
        seconds = time.perf_counter() - began
        over.set()
        for thread in threads:
            thread.join()
    return ProcessRun(seconds, sampler.peak_mb, stdout, stderr, process.returncode)


class _MemorySampler:
    """Reads a process's VmHWM while it lives: unlike ru_maxrss it does not count what it was forked from."""

    def __init__(self, pid: int, over: threading.Event) -> None:
        self._status, self._over = Path(f"/proc/{pid}/status"), over
        self.peak_mb = 0.0

    def run(self) -> None:
        while not self._over.wait(_SAMPLE_SECONDS):
            try:
                lines = self._status.read_text().splitlines()
            except OSError:
                return
            for line in lines:
                if line.startswith("VmHWM:"):
                    self.peak_mb = int(line.split()[1]) / 1024


def own_peak_mb() -> float:
    """Peak memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def seconds_of(call: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def cpu_seconds_of(call: Callable[[], object]) -> float:
    """Seconds of the processor that one call takes in this process: what a busy machine changes little."""
    began = time.process_time()
    call()
    return time.process_time() - began


def taking_turns(rounds: int, calls: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Run every call once a round, so that a busy moment of the machine falls on all of them alike."""
    results: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            results[name].append(call())
    return results


def median(values: Sequence[float]) -> float:
    """The median; 0 of nothing."""
    return statistics.median(values) if values else 0.0


def milliseconds(seconds: float) -> float:
    """Rounded for a table."""
    return round(seconds * 1000, 3 if seconds < 0.001 else 2 if seconds < 0.1 else 1)
