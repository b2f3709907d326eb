"""Opening the terminal interface, and what is left when it ends: no letter on the terminal, in a log or in a file."""

import contextlib
import os
import sys
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from therapymail.practice.practice import Practice
from therapymail.tui.record_thread import RecordThread

if TYPE_CHECKING:
    from therapymail.practice.caseload import Glance
    from therapymail.practice.today import Today

_FRAMES = ("TEXTUAL_FPS", "120")  # how often it may paint in a second: a key waits for the next time, 4 ms then
_SWITCH_SECONDS = 0.001  # a key that is pressed does not wait longer for Python's one lock while a verb computes
# What Textual may read from the surroundings; all else of its could log keys, take pictures or open a socket.
_ENDED_BY_SIGNAL = 128  # a shell's way to say which
_HARMLESS = {"TEXTUAL_COLOR_SYSTEM", "TEXTUAL_ANIMATIONS", "TEXTUAL_FPS", "TEXTUAL_DISABLE_KITTY_KEY"}


def run_room(practice: Practice) -> None:
    """Show the interface on this terminal until the person leaves it.

    Raises what went wrong inside it, and SystemExit where a signal ended it (SIGHUP: the terminal is gone).
    """
    keep_textual_quiet(os.environ)
    os.environ.setdefault(*_FRAMES)
    sys.setswitchinterval(_SWITCH_SECONDS)
    record = RecordThread(practice)
    ahead = record.ask(_today)  # while the interface is loaded; where it is locked, nobody looks at the answer
    from therapymail.tui.app import TherapymailApp

    app = TherapymailApp(practice, record, watching=practice.settings.watch, warming=True)
    app.ahead = ahead
    with silent_threads():
        try:
            app.run()
        finally:
            record.end()
    if app.ended_by is not None:
        _write_to_nothing()
        raise SystemExit(_ENDED_BY_SIGNAL + app.ended_by)
    if app.fault is not None:
        raise app.fault


def _today(practice: Practice) -> "tuple[Glance, Today]":
    """Loaded on the record's thread, too."""
    from therapymail.tui.gathering import gathered_today

    return gathered_today(practice)


def _write_to_nothing() -> None:
    """The terminal may be gone: what Python still flushes at its end goes nowhere, so that it is no failure."""
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    nothing = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nothing, descriptor)


def keep_textual_quiet(environment: MutableMapping[str, str]) -> None:
    """Take from `environment` what would make Textual log, record or connect: it is read when Textual is loaded."""
    for name in [name for name in environment if name.startswith("TEXTUAL") and name not in _HARMLESS]:
        del environment[name]


@contextmanager
def silent_threads() -> Iterator[None]:
    """While the interface has the terminal, no thread prints a traceback on it: its last line could be a letter's."""
    threads, unraisable = threading.excepthook, sys.unraisablehook
    threading.excepthook = lambda _: None
    sys.unraisablehook = lambda _: None
    try:
        yield
    finally:
        threading.excepthook, sys.unraisablehook = threads, unraisable
