"""A small environment, no core dump, and memory that other programs cannot read."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from therapymail.pgp.process import environment

FORBIDDEN = "from therapymail.pgp.process import forbid_core_dumps\nforbid_core_dumps()\n"


def test_the_environment_is_small_and_in_a_fixed_locale() -> None:
    given = {"PATH": "/bin", "HOME": "/h", "LANG": "de_DE", "GPG_TTY": "/dev/pts/1", "GNUPGHOME": "/x", "DEBUG_X": "1"}
    assert environment(given=given) == {"PATH": "/bin", "HOME": "/h", "LC_ALL": "C.UTF-8"}
    assert environment(given=given, asks=True)["GPG_TTY"] == "/dev/pts/1"


def run(program: str, directory: Path | None = None) -> str:
    """What `program` prints; it ends well."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=directory).stdout


def test_RUN_CORE_S26_no_core_dumps_once_gpg_has_run() -> None:
    """Zero would do for a file; only one also keeps the kernel from handing the core to a collecting program."""
    limit = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"
    of_a_child = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {limit!r}])\n"
    program = f"{FORBIDDEN}{limit}\nimport sys; sys.stdout.flush()\n{of_a_child}"
    least = 1 if sys.platform == "linux" else 0
    allowed = {f"({each}, {each})" for each in (0, least)}  # a machine may forbid them altogether
    ours, childs = run(program).splitlines()
    assert ours in allowed
    assert childs == ours


def crashed(preparation: str, directory: Path) -> int:
    """The status of a child that was killed by what makes a core, where the machine and our own limit let it."""
    allow = "resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\n"
    program = f"import contextlib, os, resource, signal\nwith contextlib.suppress(ValueError):\n    {allow}"
    program += "signal.signal(signal.SIGQUIT, signal.SIG_DFL)\n"  # a program in the background is told to ignore it
    program += f"{preparation}os.kill(os.getpid(), signal.SIGQUIT)\n"
    child = subprocess.Popen([sys.executable, "-c", program], cwd=directory)
    _, status = os.waitpid(child.pid, 0)
    child.returncode = 0
    assert os.WTERMSIG(status) == signal.SIGQUIT
    return status


def test_S26_a_crash_dumps_nothing(tmp_path: Path) -> None:
    assert not os.WCOREDUMP(crashed(FORBIDDEN, tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_S26_no_other_program_of_the_user_reads_our_memory() -> None:
    asked = (
        "from therapymail.pgp.process import is_unreadable, leaves_no_core\nprint(is_unreadable(), leaves_no_core())"
    )
    assert run(FORBIDDEN + asked) == "True True\n"
    assert run(asked).startswith("False ")
