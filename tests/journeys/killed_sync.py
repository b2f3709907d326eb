"""A sync that kills itself at the n-th step boundary: run as a child process by test_sync_killed."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from tests.support.step_boundaries import OF_RECEIVING, mark
from therapymail.bootstrap import open_practice
from therapymail.practice.receive import SyncRequest, sync


def kill_at(step: int) -> Callable[[], int]:
    """Wrap every boundary so that the process dies, without any clean-up, before or after the `step`-th call."""
    passed = 0

    def boundary() -> None:
        nonlocal passed
        passed += 1
        if passed == step:
            os.kill(os.getpid(), signal.SIGKILL)

    mark(OF_RECEIVING, boundary)
    return lambda: passed


if __name__ == "__main__":
    count = kill_at(int(sys.argv[2]))
    sync(open_practice(Path(sys.argv[1])), SyncRequest())
    sys.stdout.write(f"{count()}\n")
