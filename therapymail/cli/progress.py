"""Progress of long work: a bar on a terminal, a line now and then under --plain, nothing when piped."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int, int, str], None]  # done, of how many, a few words of ours
_SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def shown_progress(label: str, *, plain: bool) -> Iterator[Advance]:
    """A function that shows how far the work is; it does nothing unless standard error is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _total, _words: None
    elif plain:
        yield _Lines(label)
    else:
        with _bar(label) as advance:
            yield advance


@contextmanager
def _bar(label: str) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[words]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=None, words="")
        yield lambda done, total, words: progress.update(task, completed=done, total=total, words=words)


class _Lines:
    """One plain line every ten seconds, for screen readers."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._last = time.monotonic()

    def __call__(self, done: int, total: int, words: str) -> None:
        if time.monotonic() - self._last < _SECONDS_BETWEEN_LINES:
            return
        self._last = time.monotonic()
        sys.stderr.write(f"{self._label}: {done} of {total} {words}".rstrip() + "\n")
