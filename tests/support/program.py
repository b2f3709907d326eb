"""The program itself, run as a person or a script runs it: a child process with its own practice."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.practices import short_directory
from tests.support.ready_program import can_run, run_ready

_PATIENCE_SECONDS = 120
PROGRAM = (sys.executable, "-c", "from therapymail.cli.entry import main; main()")


@dataclass(frozen=True)
class Ran:
    """One run: exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """The JSON object on standard output."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Program:
    """therapymail on one practice below `directory`; `environment` is all that its processes get."""

    directory: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """The practice."""
        return self.directory / "practice"

    def command(self, *arguments: str) -> list[str]:
        """The whole command line for `arguments`."""
        return [*PROGRAM, "--home", str(self.home), *arguments]

    def run(self, *arguments: str, stdin: bytes = b"") -> Ran:
        """Run one command, nobody at a terminal; where it makes no difference, with its libraries loaded already."""
        command = self.command(*arguments)
        if can_run(self.environment):
            done = run_ready(command[len(PROGRAM) :], stdin, self.environment, _PATIENCE_SECONDS)
        else:
            done = subprocess.run(
                command, input=stdin, capture_output=True, env=self.environment, timeout=_PATIENCE_SECONDS
            )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def ok(self, *arguments: str, stdin: bytes = b"") -> Ran:
        """Run one command that has to succeed."""
        ran = self.run(*arguments, stdin=stdin)
        assert ran.code == 0, ran
        return ran


@contextmanager
def program() -> Iterator[Program]:
    """The program in a fresh directory with a run directory of its own; agents and run directory go at the end."""
    with short_directory() as directory:
        run_root = Path("/dev/shm") / directory.name
        run_root.mkdir(mode=0o700)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(directory),
            "XDG_RUNTIME_DIR": str(run_root),
            "LANG": "C.UTF-8",
        }
        try:
            yield Program(directory, environment)
        finally:
            shutil.rmtree(run_root, ignore_errors=True)


def setup_offline(therapymail: Program, *more: str) -> Ran:
    """A practice without a mailbox, its own key without a passphrase."""
    given: Sequence[str] = ("--yes", "--offline", "--name", "Dr Orla Fenwick", "--email", "orla@practice.example")
    return therapymail.ok("setup", *given, "--new-key", "--no-passphrase", *more)
