"""The program as a process of its own that finds its libraries loaded: most of a short command's time is loading them.

One process a worker loads what other people wrote, our errors and our domain, and nothing that registers itself
(vault, practice, the commands): what a command forgets to load is missing here as it is at a real start. For each run
it forks a child that waits and one that runs the command. Whatever depends on how Python starts, on a terminal, on
signals or on how long it takes starts the real program (`Program.command`).
"""

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import pkgutil
import random
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

_LIBRARIES = (
    *("typer", "typer._adapters", "typer.main", "pydantic", "rich.console", "rich.table", "rich.text", "sqlcipher3"),
    *("imapclient", "aiosmtplib", "lxml.html", "inscriptis", "jinja2", "tomlkit", "platformdirs", "Stemmer", "zxcvbn"),
    *("defusedxml", "email.policy", "email.parser", "smtplib", "uuid", "zoneinfo", "therapymail.errors"),
)
# What is read as Python or a library is loaded: a run that wants one of these starts the real program.
_READ_AT_START = ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "TERMINAL_WIDTH", "TYPER_", "_TYPER_", "PYTHON", "LC_")
_OF_NO_ACCOUNT = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
_LENGTH = struct.Struct("!I")
_STATUS = struct.Struct("!i")


def can_run(environment: Mapping[str, str]) -> bool:
    """Whether a run in this environment is the same as a real start of the program."""
    telling = {name for name in environment if name.startswith(_READ_AT_START)} - _OF_NO_ACCOUNT
    wanted = {name: environment[name] for name in telling if environment[name] != "C.UTF-8"}
    return not wanted and environment.get("LANG", "C.UTF-8") == "C.UTF-8"


def run_ready(
    arguments: Sequence[str], stdin: bytes, environment: Mapping[str, str], timeout: float, place: str = ""
) -> subprocess.CompletedProcess[bytes]:
    """As `subprocess.run` of the program with `arguments`, its output captured. Raises subprocess.TimeoutExpired.

    `place` is where another process listens that has the libraries loaded, `serve` its way to do so.
    """
    files = [os.memfd_create(name) for name in ("stdin", "stdout", "stderr")]
    try:
        os.write(files[0], stdin)
        os.lseek(files[0], 0, os.SEEK_SET)
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(place or _kitchen())
            asked = json.dumps([list(arguments), dict(environment), str(Path.cwd())]).encode()
            socket.send_fds(asking, [_LENGTH.pack(len(asked))], files)
            asking.sendall(asked)
            pid = _STATUS.unpack(_exactly(asking, _STATUS.size))[0]
            if not select.select([asking], [], [], timeout)[0]:
                os.kill(pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired(list(arguments), timeout)
            code = _STATUS.unpack(_exactly(asking, _STATUS.size))[0]
        out, err = (_whole(file) for file in files[1:])
        return subprocess.CompletedProcess(list(arguments), code, out, err)
    finally:
        for file in files:
            os.close(file)


def _whole(file: int) -> bytes:
    os.lseek(file, 0, os.SEEK_SET)
    with os.fdopen(os.dup(file), "rb") as opened:
        return opened.read()


@functools.cache
def _kitchen() -> str:
    """Where the process listens that has loaded the libraries; it ends with us."""
    directory = Path(tempfile.mkdtemp(prefix="tm-ready-", dir="/tmp"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    place = str(directory / "s")
    clean = {
        "PATH": os.environ["PATH"],
        "HOME": str(directory),
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    started = subprocess.Popen(
        [sys.executable, "-m", __name__, place], env=clean, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    atexit.register(started.kill)
    end = time.monotonic() + 120
    while not Path(place).exists():
        assert started.poll() is None, "it did not start"
        assert time.monotonic() < end
        time.sleep(0.01)
    return place


# --- in that process ------------------------------------------------------------------------------------


def serve(place: str) -> None:
    """Load the libraries, and run commands for whoever asks at the socket `place`, until standard input ends."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    domain = importlib.import_module("therapymail.domain")
    for found in pkgutil.iter_modules(domain.__path__, "therapymail.domain."):
        if not found.ispkg:
            importlib.import_module(found.name)
    importlib.import_module("therapymail.cli.entry")
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(f"{place}.new")
    listening.listen(64)
    Path(f"{place}.new").rename(place)
    while True:
        # whoever started us holds the other end of our standard input, until it ends
        ready, _, _ = select.select([listening, sys.stdin], [], [])
        if sys.stdin in ready:
            return
        asked, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            _wait_for_command(asked)
        asked.close()


def _wait_for_command(asked: socket.socket) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    length, files, _, _ = socket.recv_fds(asked, _LENGTH.size, 3)
    arguments, environment, directory = json.loads(_exactly(asked, _LENGTH.unpack(length)[0]))
    pid = os.fork()
    if pid == 0:
        asked.close()
        _run_command(arguments, environment, directory, files)
    with contextlib.suppress(BrokenPipeError):
        asked.sendall(_STATUS.pack(pid))
        _, status = os.waitpid(pid, 0)
        asked.sendall(_STATUS.pack(os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _run_command(arguments: list[str], environment: dict[str, str], directory: str, files: list[int]) -> NoReturn:
    """What Python does from its start to its end, as far as a command can tell."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    random.seed()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["-c", *arguments]
    sys.stdin = TextIOWrapper(open(0, "rb", closefd=False), "utf-8", "surrogateescape")  # noqa: SIM115
    sys.stdout = TextIOWrapper(open(1, "wb", closefd=False), "utf-8", "surrogateescape")  # noqa: SIM115
    sys.stderr = TextIOWrapper(open(2, "wb", closefd=False), "utf-8", "backslashreplace", line_buffering=True)  # noqa: SIM115
    code = 1
    try:
        from therapymail.cli.entry import main

        main()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0
    finally:
        with contextlib.suppress(OSError):
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _exactly(connection: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        more = connection.recv(size - len(got))
        assert more, "the other end is gone"
        got += more
    return got


if __name__ == "__main__":
    serve(sys.argv[1])
