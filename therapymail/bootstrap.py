"""The single place where the real parts of a practice are wired together."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from therapymail.config import Settings, read_settings
from therapymail.errors import ClockNotSettable
from therapymail.paths import PracticePaths, practice_paths, run_directory
from therapymail.pgp.agent_socket import redirect_sockets
from therapymail.pgp.process import forbid_core_dumps
from therapymail.practice.clock import SetClock
from therapymail.practice.practice import Practice
from therapymail.practice.whole_change import finish_change

LONG_HOME_BYTES = 80  # beyond this a GnuPG home's sockets may not fit into the 107 bytes of a socket's path


def open_practice(
    home: Path | None = None, now: str | None = None, environment: Mapping[str, str] | None = None
) -> Practice:
    """The practice in `home` (else THERAPYMAIL_HOME, else the platform's data directory), still locked.

    What was being changed together when a process was killed is changed first (practice/whole_change.py).
    `now` (as SetClock reads it; else THERAPYMAIL_NOW) sets the clock of a demo practice. Raises NoPractice,
    ConfigurationFaulty, ClockNotSettable, UnusableInput, FileUnusable.
    """
    surroundings = os.environ if environment is None else environment
    paths = practice_paths(home, surroundings)
    finish_change(paths)
    settings = read_settings(paths.config)
    told = now or surroundings.get("THERAPYMAIL_NOW")
    return wire(paths, settings, SetClock.parse(told) if told else None, surroundings)


def wire(
    paths: PracticePaths, settings: Settings, set_clock: SetClock | None, environment: Mapping[str, str]
) -> Practice:
    """A Practice of these parts. Raises ClockNotSettable for a clock that is set outside a demo, FileUnusable."""
    if set_clock is not None and not settings.demo:
        raise ClockNotSettable
    forbid_core_dumps()  # from here on this process may hold the vault's key and what letters say
    run = run_directory(paths, environment)
    run.remove_left_behind()
    if paths.gnupg.is_dir() and len(os.fsencode(paths.gnupg)) > LONG_HOME_BYTES:
        redirect_sockets(paths.gnupg, run.shared)
    return Practice(
        paths=paths,
        settings=settings,
        run=run,
        clock=set_clock or (lambda: datetime.now(UTC)),
        environment=environment,
        is_clock_set=set_clock is not None,
    )
