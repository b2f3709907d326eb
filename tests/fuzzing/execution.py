"""One execution under guard: two seconds, 500 MB, no crash; and what a process notes of all it made."""

import hashlib
import mmap
import os
import resource
import signal
import struct
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzzing.target import Target

SECONDS = 2.0  # of processor time, for one input
MEGABYTES = 500  # that a process may grow by
_HEAD = struct.Struct(
    "<QQQQQQ"
)  # executions, slowest (ns), largest (kB), begun (monotonic ns), input's length, at work
_LARGEST = 1 << 20
Handler = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None
_PRODUCT = f"{os.sep}therapymail{os.sep}"
_TEST_ROOM = f"{os.sep}tests{os.sep}"


class TooSlow(BaseException):
    """An input took longer than SECONDS; no parser catches this."""


@dataclass(frozen=True)
class Finding:
    """What went wrong: `sort` is crash, hang or memory; `where` tells one fault from another."""

    sort: str
    where: str


def guard_process() -> None:
    """Let this process grow by MEGABYTES from here on, and end an input that computes for longer than SECONDS."""
    limit = _address_space() + (MEGABYTES << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    raises_when_too_slow()


def raises_when_too_slow() -> Handler:
    """Make the timer that `examine` sets raise TooSlow; gives what stood there before."""
    return signal.signal(signal.SIGVTALRM, _too_slow)


def _too_slow(_number: int, _frame: FrameType | None) -> None:
    raise TooSlow


def _address_space() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def examine(target: Target, data: bytes, seconds: float = SECONDS) -> tuple[Finding | None, float]:
    """Run `target` on `data`: what went wrong, if anything, and how many seconds of processor time it took."""
    began = time.process_time()
    found: Finding | None = None
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        try:
            target.execute(data)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except TooSlow as error:
        found = Finding("hang", _place(error))
    except MemoryError as error:
        found = Finding("memory", _place(error))
    except Exception as error:  # noqa: BLE001 - whatever it raises beyond what its target allows is what is looked for
        found = Finding("crash", _place(error))
    took = time.process_time() - began
    if found is None and took > seconds:  # inside a library, where no signal reaches
        found = Finding("hang", "in a library")
    return found, took


def _place(error: BaseException) -> str:
    """The innermost place of the product, and of the check that objected: the same fault has the same place."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if _PRODUCT in each.filename and _TEST_ROOM not in each.filename]
    last = (ours or frames)[-1]
    said = str(error) if isinstance(error, AssertionError) and _TEST_ROOM in frames[-1].filename else ""
    name = "/".join(Path(last.filename).parts[-2:])
    return f"{type(error).__name__} in {last.name} ({name}:{last.lineno}) {said}".rstrip()


class Notes:
    """What a process has done so far, in a file that outlives it: counts, and the input at work."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_HEAD.size + _LARGEST))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 0)

    def begin(self, data: bytes) -> None:
        """An input is at work from now on."""
        executions, slowest, largest, *_ = _HEAD.unpack_from(self._memory)
        kept = data[:_LARGEST]
        self._memory[_HEAD.size : _HEAD.size + len(kept)] = kept
        _HEAD.pack_into(self._memory, 0, executions, slowest, largest, time.monotonic_ns(), len(kept), 1)

    def end(self, seconds: float) -> None:
        """It is done."""
        executions, slowest, largest, begun, length, _ = _HEAD.unpack_from(self._memory)
        now = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        slowest, largest = max(slowest, int(seconds * 1e9)), max(largest, now)
        _HEAD.pack_into(self._memory, 0, executions + 1, slowest, largest, begun, length, 0)

    def give_up(self) -> None:
        """Whoever was at work is gone; what was at work counts as done."""
        if self.at_work is not None:
            self.end(0.0)

    @property
    def executions(self) -> int:
        """How many inputs are done."""
        return int(_HEAD.unpack_from(self._memory)[0])

    @property
    def slowest(self) -> float:
        """Seconds of processor time of the slowest input that is done."""
        return float(_HEAD.unpack_from(self._memory)[1]) / 1e9

    @property
    def megabytes(self) -> float:
        """The largest that the process was in memory."""
        return float(_HEAD.unpack_from(self._memory)[2]) / 1024

    @property
    def at_work(self) -> bytes | None:
        """The input at work; None between two."""
        *_, length, is_at_work = _HEAD.unpack_from(self._memory)
        return bytes(self._memory[_HEAD.size : _HEAD.size + length]) if is_at_work else None

    @property
    def idle_seconds(self) -> float:
        """How long ago the last input was begun."""
        begun = _HEAD.unpack_from(self._memory)[3]
        return (time.monotonic_ns() - begun) / 1e9 if begun else 0.0


class Watched:
    """A target whose every execution is guarded and counted; of each fault one input is kept."""

    def __init__(self, target: Target, directory: Path) -> None:
        self._target = target
        self._directory = directory
        self._notes = Notes(directory / "notes")
        self._seen: set[Finding] = set()

    def __call__(self, data: bytes) -> None:
        """Examine `data`."""
        self._notes.begin(data)
        found, took = examine(self._target, data)
        self._notes.end(took)
        if found is not None:
            if found not in self._seen:
                keep(self._directory, found, data)
            self._seen.add(found)


def keep(directory: Path, found: Finding, data: bytes) -> None:
    """Keep the input of a finding, and what was found, unless the same was found before."""
    name = f"{found.sort}-{hashlib.sha256(found.where.encode()).hexdigest()[:12]}"
    path = directory / name
    if not path.exists():
        path.write_bytes(data)
        (directory / f"{name}.where").write_text(found.where + "\n", "utf-8")
