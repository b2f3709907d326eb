"""The one lock for sync and send: two processes must not fetch or send for the same practice at once."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from therapymail.errors import AnotherRun, FileUnusable
from therapymail.paths import PRIVATE_FILE, PracticePaths, error_phrase

_POLL_SECONDS = 0.1
_ORPHAN_SECONDS = 2.0  # a child of a killed process has our descriptor until it becomes its own program


@contextmanager
def only_run(paths: PracticePaths, *, patience: float = _ORPHAN_SECONDS) -> Iterator[None]:
    """Hold the practice's sync-and-send lock. Raises AnotherRun if another process has it for `patience` seconds.

    The kernel drops it with the process, so a kill leaves nothing behind but what a child just being started still
    holds for a moment: hence no patience at all is for tests alone. Raises FileUnusable too.
    """
    try:
        descriptor = os.open(paths.sync_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    except OSError as error:
        raise FileUnusable(str(paths.sync_lock), error_phrase(error)) from None
    try:
        _take(descriptor, time.monotonic() + patience)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise AnotherRun from None
            time.sleep(_POLL_SECONDS)
        else:
            return
