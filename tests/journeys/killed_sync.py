"""A sync that kills itself at the n-th step boundary: run as a child process by test_sync_killed."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from therapymail.bootstrap import open_practice
from therapymail.mail.mailbox import Mailbox
from therapymail.pgp.bulk import BulkOpener
from therapymail.practice.arrival import ArrivalReader
from therapymail.practice.receive import SyncRequest, sync
from therapymail.vault import filing, places
from therapymail.vault.connection import Vault

_BOUNDARIES: tuple[tuple[Any, str], ...] = (
    (Mailbox, "open"),
    (Mailbox, "search_addresses"),
    (Mailbox, "fetch"),
    (BulkOpener, "expect"),
    (ArrivalReader, "finish"),
    (Vault, "writing"),
    (filing, "file_letters"),
    (filing, "record_all"),
    (filing, "add_places"),
    (places, "set_bookmark"),
    (places, "note_strangers"),
)


def kill_at(step: int) -> Callable[[], int]:
    """Wrap every boundary so that the process dies, without any clean-up, before or after the `step`-th call."""
    passed = 0

    def boundary() -> None:
        nonlocal passed
        passed += 1
        if passed == step:
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, name in _BOUNDARIES:
        original = getattr(owner, name)

        def wrapped(*args: Any, _original: Any = original, **kwargs: Any) -> Any:
            boundary()
            result = _original(*args, **kwargs)
            boundary()
            return result

        setattr(owner, name, wrapped)
    return lambda: passed


if __name__ == "__main__":
    count = kill_at(int(sys.argv[2]))
    sync(open_practice(Path(sys.argv[1])), SyncRequest())
    sys.stdout.write(f"{count()}\n")
