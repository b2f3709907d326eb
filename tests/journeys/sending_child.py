"""A departure that kills itself at the n-th step boundary: a process that killed_sending starts."""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.step_boundaries import OF_SENDING, mark, mark_units
from therapymail.bootstrap import open_practice
from therapymail.domain import outbox as outbox_rules
from therapymail.practice.depart import depart


def kill_at(step: int) -> Callable[[], int]:
    """Wrap every boundary so that the process dies, without any clean-up, before or after the `step`-th; 0: never."""
    passed = 0

    def boundary() -> None:
        nonlocal passed
        passed += 1
        if passed == step:
            os.kill(os.getpid(), signal.SIGKILL)

    mark(OF_SENDING, boundary)
    mark_units(boundary)
    return lambda: passed


def main() -> None:
    """Send at most so many letters, as if it were so much later; print how many boundaries were passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    for name in ("step", "most", "hours", "smtp", "imap"):
        parser.add_argument(f"--{name}", type=int, required=True)
    asked = parser.parse_args()
    count = kill_at(asked.step)
    found = open_practice(asked.home)
    settings = found.settings
    assert settings.smtp is not None
    assert settings.imap is not None
    proxied = replace(
        settings, smtp=replace(settings.smtp, port=asked.smtp), imap=replace(settings.imap, port=asked.imap)
    )
    # Hours pass from run to run, so that every wait is over: here no letter is ever too late to leave by itself.
    outbox_rules.LONGEST_OVERDUE = timedelta(days=999)
    practice = replace(found, settings=proxied, clock=lambda: datetime.now(UTC) + timedelta(hours=asked.hours))
    begun: list[str] = []

    def tell(line: str) -> None:
        if line.endswith(": sealing"):
            begun.append(line)

    depart(practice, tell=tell, stopped=lambda: len(begun) >= asked.most)
    sys.stdout.write(f"{count()}\n")


if __name__ == "__main__":
    main()
