"""Progress of long work: a bar on a terminal, a line now and then under --plain, nothing when piped."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int, int, float], None]  # done, of how many, how many a second
_SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def shown_progress(label: str, waiting: str, *, plain: bool) -> Iterator[Advance]:
    """A function that shows how far the work is; it does nothing unless standard error is a terminal.

    `waiting` is what is done until the first is.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _total, _rate: None
    elif plain:
        yield _Lines(label)
    else:
        with _bar(label, waiting) as advance:
            yield advance


def progress_words(done: int, total: int, per_second: float) -> str:
    """How far the work is and how long the rest takes at this rate, in words."""
    words = f"{done:,} of {total:,}"
    if not done or per_second <= 0:
        return words
    return f"{words}, {per_second:.0f} a second{_left((total - done) / per_second)}"


def _left(seconds: float) -> str:
    if seconds < 1:
        return ""
    if seconds < 100:
        return f", about {seconds:.0f} s left"
    return f", about {seconds / 60:.0f} min left" if seconds < 6000 else f", about {seconds / 3600:.1f} h left"


@contextmanager
def _bar(label: str, waiting: str) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[words]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(waiting, total=None, words="")

        def advance(done: int, total: int, rate: float) -> None:
            words = progress_words(done, total, rate)
            progress.update(task, description=label, completed=done, total=total, words=words)

        yield advance


class _Lines:
    """One plain line every ten seconds, for screen readers."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._last = time.monotonic()

    def __call__(self, done: int, total: int, per_second: float) -> None:
        if time.monotonic() - self._last < _SECONDS_BETWEEN_LINES:
            return
        self._last = time.monotonic()
        sys.stderr.write(f"{self._label}: {progress_words(done, total, per_second)}\n")
