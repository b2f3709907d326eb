"""The program under strace: every program it starts with arguments and environment, every file, every connection."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.program import PROGRAM, Program, Ran
from tests.support.ready_program import run_ready

_CALLS = (
    "execve,execveat,connect,open,openat,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat"
)
_WRITING = re.compile(r"O_(WRONLY|RDWR|CREAT|TMPFILE)")
_PATHS = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ADDRESS = re.compile(r'sin6?_port=htons\((\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]+)"')
_LOCAL = re.compile(r'sun_path=@?"([^"]*)"')


def cannot_watch() -> str:
    """Why nothing can be watched here; empty if it can."""
    if sys.platform != "linux" or shutil.which("strace") is None:
        return "strace is missing (scripts/test installs it as root)"
    if os.geteuid() != 0:
        return "what the program keeps from other programs of its user, strace cannot read either; it needs root"
    tried = subprocess.run(["strace", "-f", "-o", os.devnull, "true"], capture_output=True, text=True)
    return f"strace cannot watch here: {tried.stderr.strip()}" if tried.returncode else ""


def under_strace(log: Path, calls: str = _CALLS) -> tuple[str, ...]:
    """What stands before a command so that its `calls`, and those of all it starts, are written to `log` whole."""
    quick = ("--seccomp-bpf", "-I2")  # and it ends when it is told to
    return (
        "strace",
        "-f",
        "-q",
        "-v",
        "-s",
        "1000000",
        "-yy",
        *quick,
        "-e",
        f"trace={calls}",
        "-e",
        "signal=none",
        "-o",
        str(log),
    )


@dataclass(frozen=True)
class Calls:
    """What was called, in the words of strace: one call a line."""

    text: str

    def programs(self) -> list[str]:
        """Each program that was started, with its arguments and its whole environment."""
        return [line for line in self._lines("execve") if not line.rstrip().endswith("(No such file or directory)")]

    def hosts(self) -> set[tuple[str, int]]:
        """Each address and port that was connected to, or was tried."""
        return {(found[2], int(found[1])) for line in self._lines("connect") for found in _ADDRESS.finditer(line)}

    def sockets(self) -> set[str]:
        """The path of each socket of this machine that was connected to, or was tried."""
        return {found[1] for line in self._lines("connect") for found in _LOCAL.finditer(line)}

    def written(self) -> set[str]:
        """The path of each file or directory that was made, named or opened for writing; absolute where known."""
        found = set()
        for line in self.text.splitlines():
            if re.search(r" (open|openat|creat)\(", line):
                if not _WRITING.search(line) or " = -1 " in line:
                    continue
            elif not re.search(r" (rename|link|symlink|mkdir)\w*\(", line):
                continue
            base = re.search(r"\(AT_FDCWD<([^>]*)>", line)
            for path in _PATHS.findall(line):
                found.add(str(Path(base[1], path)) if base else path)
        return found

    def _lines(self, call: str) -> list[str]:
        return [line for line in self.text.splitlines() if re.match(rf"\d+ +(<\.\.\. )?{call}", line)]


@dataclass(frozen=True)
class Watched(Program):
    """therapymail on one practice, each command watched; what they print is kept with who may see what."""

    notes: Path = field(default_factory=Path)  # where strace and the log at DEBUG go: no part of the practice
    ready: str = ""
    said: list[tuple[tuple[str, ...], bytes, bytes]] = field(default_factory=list)

    def run(self, *arguments: str, stdin: bytes = b"") -> Ran:
        """Run one command, nobody at a terminal."""
        command = self.command(*arguments)
        done = run_ready(command[len(PROGRAM) :], stdin, self.environment, 120, place=self.ready)
        self.said.append((arguments, done.stdout, done.stderr))
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def watched_command(self, name: str, *arguments: str, before: str = "") -> list[str]:
        """A real start of the program, watched, that logs at DEBUG and does `before` first; for a terminal."""
        logging = f"import logging; logging.basicConfig(level=0, filename={str(self.log)!r})\n"
        run = (sys.executable, "-c", f"{logging}{before}\nfrom therapymail.cli.entry import main; main()")
        return [*under_strace(self.notes / f"{name}.strace"), *run, "--home", str(self.home), *arguments]

    @property
    def log(self) -> Path:
        """What every library and the program itself say at DEBUG."""
        return self.notes / "debug.log"

    def calls(self) -> Calls:
        """All calls so far of programs that have ended."""
        return Calls("\n".join(file.read_text("utf-8", "replace") for file in sorted(self.notes.glob("*.strace"))))


@contextmanager
def ready_and_watched(notes: Path) -> Iterator[str]:
    """Where a process listens that runs commands with their libraries loaded, under strace, logging at DEBUG.

    Its calls are whole in `notes` once this is over.
    """
    with tempfile.TemporaryDirectory(prefix="tm-", dir="/tmp") as directory:
        place = Path(directory) / "s"
        command = [
            *under_strace(notes / "commands.strace"),
            sys.executable,
            "-m",
            __name__,
            str(place),
            str(notes / "debug.log"),
        ]
        clean = {
            "PATH": os.environ["PATH"],
            "HOME": directory,
            "LANG": "C.UTF-8",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        # its standard input is how it learns that we have ended
        started = subprocess.Popen(command, env=clean, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        try:
            end = time.monotonic() + 120
            while not place.exists():
                assert started.poll() is None, "it did not start"
                assert time.monotonic() < end
                time.sleep(0.02)
            yield str(place)
        finally:
            started.send_signal(signal.SIGTERM)  # strace lets go of an agent that still runs, and writes what is left
            started.wait(30)


def _main(arguments: Sequence[str]) -> None:
    import logging

    from tests.support.ready_program import serve

    logging.basicConfig(level=0, filename=arguments[1])
    logging.captureWarnings(capture=True)
    logging.getLogger("tests").debug("the log is written")
    serve(arguments[0])


if __name__ == "__main__":
    _main(sys.argv[1:])
