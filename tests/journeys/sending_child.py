"""A departure that kills itself at the n-th step boundary: a process that killed_sending starts."""

import argparse
import inspect
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from therapymail.bootstrap import open_practice
from therapymail.domain import outbox as outbox_rules
from therapymail.mail.mailbox import Mailbox
from therapymail.mail.offering import Offering
from therapymail.practice import seal_letter
from therapymail.practice.depart import depart
from therapymail.vault import outbox, sent, sent_copies
from therapymail.vault.connection import Vault

_BOUNDARIES: tuple[tuple[Any, str], ...] = (
    (seal_letter, "seal"),
    (seal_letter, "prove"),
    (seal_letter.Sealer, "read_own"),
    (outbox, "move"),
    (sent, "keep_sealed"),
    (sent, "mark_sent"),
    (Offering, "offer"),
    (Offering, "_announce"),
    (Offering, "_ask"),
    (Offering, "_send"),
    (Offering, "_write"),
    (sent_copies, "tried"),
    (sent_copies, "done"),
    (Mailbox, "append"),
    (Mailbox, "find_message_id"),
)


def kill_at(step: int) -> Callable[[], int]:
    """Wrap every boundary so that the process dies, without any clean-up, before or after the `step`-th; 0: never."""
    passed = 0

    def boundary() -> None:
        nonlocal passed
        passed += 1
        if passed == step:
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, name in _BOUNDARIES:
        setattr(owner, name, _wrapped(getattr(owner, name), boundary))
    whole_unit = Vault._unit

    @contextmanager
    def unit(vault: Vault, *settings: Any, **more: Any) -> Iterator[Any]:
        boundary()
        with whole_unit(vault, *settings, **more) as connection:
            boundary()
            yield connection
            boundary()
        boundary()

    Vault._unit = unit  # type: ignore[assignment] # the same, with boundaries around each BEGIN and COMMIT
    return lambda: passed


def _wrapped(original: Any, boundary: Callable[[], None]) -> Any:
    if inspect.iscoroutinefunction(original):

        async def waited(*args: Any, **kwargs: Any) -> Any:
            boundary()
            result = await original(*args, **kwargs)
            boundary()
            return result

        return waited

    def called(*args: Any, **kwargs: Any) -> Any:
        boundary()
        result = original(*args, **kwargs)
        boundary()
        return result

    return called


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
