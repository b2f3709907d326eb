"""The one lock for sync and send: two processes must not fetch or send for the same practice at once."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from therapymail.errors import AnotherRun
from therapymail.paths import PRIVATE_FILE, RunDirectory


@contextmanager
def only_run(run: RunDirectory) -> Iterator[None]:
    """Hold the practice's sync-and-send lock. Raises AnotherRun if another process has it.

    The kernel drops it with the process, so a kill leaves nothing behind.
    """
    descriptor = os.open(run.sync_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherRun from None
        yield
    finally:
        os.close(descriptor)
