"""The way in: fetching, opening and filing at once, bounded in memory, each batch filed in one transaction.

One thread fetches, some open and read, and the caller's thread files. Whatever ends it early (an error, a
stop, a kill), what was filed stays filed, and the next sync takes up the rest.
"""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from therapymail.domain.letter import Filing
from therapymail.practice.arrival import Begun, Incoming, PassedOver
from therapymail.practice.byte_budget import ByteBudget

BYTES_IN_FLIGHT = 32 * 1024 * 1024
LETTERS_A_BATCH = 200
SECONDS_A_BATCH = 1.0  # the first letters are readable soon
SECONDS_A_SMALL_SYNC = 30.0  # what fits into one batch is filed in one, and so named in the order of time
SECONDS_A_LATER_BATCH = 3.0  # larger batches cost a sixth less
MAILS_AHEAD = 2  # what each opener lets gpg begin on; more gains nothing (docs/performance.md)
_POLL_SECONDS = 0.1
_LEAVE_SECONDS = 5.0  # a thread that waits for the network ends when the connection is closed


class IncomingReader(Protocol):
    """Reads mail in two steps, so that gpg works on the next mail while the last is read (arrival.ArrivalReader)."""

    def begin(self, incoming: Incoming) -> Begun:
        """Look at a mail and let gpg begin."""
        ...

    def finish(self, begun: Begun) -> Filing | PassedOver:
        """What is filed of it."""
        ...


OpenerContext = AbstractContextManager[IncomingReader]


@dataclass(frozen=True)
class _Ready:
    """What became of a mail, on its way to the writer, and the bytes it holds of the budget."""

    outcome: Filing | PassedOver
    weight: int


class Intake:
    """Runs arrivals through openers to the caller, who files the batches it yields.

    `openers` make context managers, one for each opening thread, that give an IncomingReader;
    `expected` is how many mails will come, if that is known.
    """

    def __init__(
        self, arrivals: Iterable[Incoming], openers: Sequence[Callable[[], OpenerContext]], expected: int | None = None
    ) -> None:
        self._arrivals = arrivals
        is_small = expected is not None and expected <= LETTERS_A_BATCH
        self._first_batch_seconds = SECONDS_A_SMALL_SYNC if is_small else SECONDS_A_BATCH
        self._budget = ByteBudget(BYTES_IN_FLIGHT)
        self._to_open: queue.SimpleQueue[Incoming | None] = queue.SimpleQueue()
        self._to_file: queue.SimpleQueue[_Ready | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._failures: list[BaseException] = []
        self._threads = [threading.Thread(target=self._fetch, args=(len(openers),), name="fetch", daemon=True)]
        self._threads += [
            threading.Thread(target=self._open, args=(opener,), name="open", daemon=True) for opener in openers
        ]

    def batches(self) -> Iterator[list[Filing | PassedOver]]:
        """What became of the mails, in batches as they become ready; then raises the first error of any thread."""
        for thread in self._threads:
            thread.start()
        try:
            yield from self._collect(opening=len(self._threads) - 1)
        finally:
            self._stop()
            for thread in self._threads:
                thread.join(_LEAVE_SECONDS)
        if self._failures:
            raise self._failures[0]

    def _collect(self, opening: int) -> Iterator[list[Filing | PassedOver]]:
        batch: list[_Ready] = []
        due = time.monotonic() + self._first_batch_seconds
        while opening or batch:
            ready = self._next()
            if isinstance(ready, _Ready):
                batch.append(ready)
            elif ready is None:
                opening -= 1
            full = len(batch) >= LETTERS_A_BATCH or not opening or time.monotonic() >= due
            if batch and full:
                yield [item.outcome for item in batch]
                self._budget.give_back(sum(item.weight for item in batch))
                batch, due = [], time.monotonic() + SECONDS_A_LATER_BATCH

    def _next(self) -> "_Ready | bool | None":
        """The next filing, None when one opener has ended, False when nothing came for a moment."""
        try:
            return self._to_file.get(timeout=_POLL_SECONDS)
        except queue.Empty:
            return False

    def _fetch(self, openers: int) -> None:
        try:
            for arrival in self._arrivals:
                if not self._budget.take(arrival.weight) or self._stopping.is_set():
                    return
                self._to_open.put(arrival)
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
            self._failures.append(error)
        finally:
            for _ in range(openers):
                self._to_open.put(None)

    def _open(self, opener: Callable[[], OpenerContext]) -> None:
        try:
            with opener() as reader:
                self._read_all(reader)
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
            self._failures.append(error)
            self._stop()
        finally:
            self._to_file.put(None)

    def _read_all(self, reader: IncomingReader) -> None:
        """Read until the sentinel, gpg being a few mails ahead where mail is waiting."""
        begun: deque[Begun] = deque()
        more = True
        while (more or begun) and not self._stopping.is_set():
            while more and len(begun) <= MAILS_AHEAD:
                try:
                    incoming = self._to_open.get(block=not begun)
                except queue.Empty:
                    break
                more = incoming is not None
                if incoming is not None:
                    begun.append(reader.begin(incoming))
            if begun:
                oldest = begun.popleft()
                self._to_file.put(_Ready(reader.finish(oldest), oldest.incoming.weight))

    def _stop(self) -> None:
        self._stopping.set()
        self._budget.close()
