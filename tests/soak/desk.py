"""The process a day is worked in: one that has loaded everything forks a child for each day, and for each day's end.

A child says lines of JSON to whoever asked for it and waits for an answer where it asks something: before each step
of the day, and at the one boundary inside the program at which a fault is to strike.
"""

import contextlib
import importlib
import json
import logging
import os
import pkgutil
import random
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn, Self

from tests.support.step_boundaries import OF_RECEIVING, OF_SENDING, mark, mark_units

_PATIENCE_SECONDS = 60.0
_HURRY_SECONDS = 0.5  # what every wait for a mail host is cut down to, in a day that may have a stall
_LATER = timedelta(minutes=30)  # after which a day ends: what may still have been on its way is there
Answers = Callable[[dict[str, Any]], Any]  # to what a child asks


class Desk:
    """Starts children; `work` is one of them, until it ends."""

    def __enter__(self) -> Self:
        self._directory = Path(tempfile.mkdtemp(prefix="tm-desk-", dir="/tmp"))
        place = self._directory / "s"
        self._process = subprocess.Popen([sys.executable, "-m", __name__, str(place)], stdin=subprocess.PIPE)
        end = time.monotonic() + _PATIENCE_SECONDS
        while not place.exists():
            assert self._process.poll() is None, "it did not start"
            assert time.monotonic() < end
            time.sleep(0.01)
        self._place = str(place)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._directory, ignore_errors=True)

    def work(self, asked: dict[str, Any], answers: Answers, told: Callable[[dict[str, Any]], None]) -> bool:
        """Let a child do what is asked (see `_child`); whether it came to its end, and did not end before."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(_PATIENCE_SECONDS)
            line.connect(self._place)
            line.sendall(json.dumps(asked).encode() + b"\n")
            # one that is killed with something unread resets the line
            with line.makefile("rb") as heard, contextlib.suppress(ConnectionResetError):
                for word in heard:
                    said = json.loads(word)
                    if "ended" in said:
                        return True
                    if said.pop("waits", False):
                        _reply(line, answers(said))
                    else:
                        told(said)
        return False


def _reply(line: socket.socket, answer: Any) -> None:
    try:
        line.sendall(json.dumps(answer).encode() + b"\n")
    except BrokenPipeError:
        return  # it was killed while it waited


# --- in those processes ---------------------------------------------------------------------------------


def _serve(place: str) -> None:
    """Load everything, and fork a child for whoever connects; ends with whoever started us."""
    for package in ("therapymail.errors", "therapymail.domain", "therapymail.mail", "therapymail.pgp"):
        _load(package)
    for package in ("therapymail.vault", "therapymail.practice", "imapclient", "aiosmtplib", "dns", "lxml.html"):
        _load(package)
    importlib.import_module("tests.soak.working_day")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(f"{place}.new")
    listening.listen(8)
    Path(f"{place}.new").rename(place)
    while True:
        ready, _, _ = select.select([listening, sys.stdin], [], [])
        if sys.stdin in ready:
            return
        line, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _child(line)
        line.close()


def _load(package: str) -> None:
    """A package and its modules, so that a day is worked with what was there when the first began."""
    loaded = importlib.import_module(package)
    if package.startswith("therapymail"):
        for found in pkgutil.walk_packages(loaded.__path__, f"{package}."):
            if ".post_office" not in found.name and ".demo" not in found.name:
                importlib.import_module(found.name)


class _Line:
    """The child's end."""

    def __init__(self, line: socket.socket) -> None:
        self._line, self._heard = line, line.makefile("rb")
        self.asked = json.loads(self._heard.readline())
        self._guard = threading.Lock()

    def tell(self, **said: Any) -> None:
        self._line.sendall(json.dumps(said).encode() + b"\n")

    def ask(self, **asked: Any) -> Any:
        with self._guard:
            self.tell(waits=True, **asked)
            return json.loads(self._heard.readline())


def _child(line: socket.socket) -> NoReturn:
    """What is asked: `home`, `environment`, `log`; `is_end`; `boundary` or `process` to stop at; `clock` to read."""
    code = 1
    try:
        desk = _Line(line)
        _at_home(desk.asked)
        _work(desk)
        desk.tell(ended=True)
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def _at_home(asked: dict[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    random.seed()
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in (1, 2):
        os.dup2(log, number)
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr, force=True)


def _work(desk: _Line) -> None:
    from tests.soak.working_day import Day
    from therapymail.bootstrap import open_practice

    asked = desk.asked
    practice = open_practice(Path(asked["home"]))
    if asked["is_end"]:
        practice = replace(practice, clock=lambda: datetime.now(UTC) + _LATER)
    elif asked["clock"]:
        practice = replace(practice, clock=_clock(Path(asked["clock"])), is_clock_set=True)
    day = Day(practice, desk)
    desk.tell(pid=os.getpid())
    if asked["is_end"]:
        day.end()
        return
    _hurry()
    counts = _stop_at(asked["boundary"], asked["process"], desk)
    day.work()
    desk.tell(counted=counts())


def _clock(file: Path) -> Callable[[], datetime]:
    """The true time, and as many seconds later as stand in `file`."""
    return lambda: datetime.now(UTC) + timedelta(seconds=float(file.read_text()))


def _hurry() -> None:
    """Wait for a mail host as little as a stall in a day of three seconds wants."""
    from therapymail.mail import account, offering

    account.connect.__kwdefaults__ = {**(account.connect.__kwdefaults__ or {}), "timeout": _HURRY_SECONDS}
    offering.Patience.__init__.__defaults__ = (_HURRY_SECONDS,) * 4


def _stop_at(number: int, process: int, desk: _Line) -> Callable[[], tuple[int, int]]:
    """Ask at the so-manieth boundary, or gpg process; how many there were so far."""
    passed, started, guard = 0, 0, threading.Lock()

    def boundary() -> None:
        nonlocal passed
        with guard:
            passed += 1
            is_here = passed == number
        if is_here:
            desk.ask(boundary=number)

    from therapymail.practice.session import Session
    from therapymail.vault import drafts

    mark((*OF_SENDING, *OF_RECEIVING, (drafts, "new_draft"), (drafts, "save_draft"), (Session, "begin")), boundary)
    mark_units(boundary)
    usual = subprocess.Popen.__init__

    def start(self: "subprocess.Popen[bytes]", arguments: list[str], *more: Any, **others: Any) -> None:
        nonlocal started
        usual(self, arguments, *more, **others)
        with guard:
            started += arguments[0] == "gpg"
            is_here = started == process and arguments[0] == "gpg"
        if is_here:
            desk.ask(gpg=self.pid)
        boundary()

    subprocess.Popen.__init__ = start  # type: ignore[method-assign,assignment] # the same, and a boundary
    return lambda: (passed, started)


if __name__ == "__main__":
    _serve(sys.argv[1])
