"""What is done to the machine a day is worked on: its disk, its gpg, its agent."""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Self

_MEGABYTES = 24
_FILLER = "filler"


class Disk:
    """A place for files that can be full or read-only: a small file system of its own where we may mount one.

    Elsewhere what a process may write is limited instead, and who is not root is kept out by the files' modes.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.is_mounted = False

    def __enter__(self) -> Self:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.is_mounted = os.geteuid() == 0 and _mount(
            "-t", "tmpfs", "-o", f"size={_MEGABYTES}m", "tmpfs", self.directory
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", self.directory], check=True)

    @property
    def can_be_read_only(self) -> bool:
        """Whether this machine lets us."""
        return self.is_mounted or os.geteuid() != 0

    def fill(self, free: int, pid: int) -> None:
        """Leave `free` bytes; without a file system of its own, let `pid` write no more than that to a file."""
        if not self.is_mounted:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (free, free))
            return
        filler = self.directory / _FILLER
        with filler.open("wb", buffering=0) as file:
            for block in (1 << 18, 4_096):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"\0" * block)
        os.truncate(filler, max(0, filler.stat().st_size - free))

    def forbid_writing(self, place: Path) -> None:
        """Read-only from now on; no file at `place` on it is open for writing."""
        if self.is_mounted:
            assert _mount("-o", "remount,ro", self.directory)
            return
        for path in (*place.rglob("*"), place):
            path.chmod(0o500 if path.is_dir() else 0o400)

    def heal(self, place: Path) -> None:
        """There is room, and what is at `place` on it may be changed."""
        if self.is_mounted:
            assert _mount("-o", "remount,rw", self.directory)
            (self.directory / _FILLER).unlink(missing_ok=True)
            return
        for path in (place, *place.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)


def _mount(*arguments: str | Path) -> bool:
    if shutil.which("mount") is None:
        return False
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0


def kill_agents(gnupg: Path) -> int:
    """Kill the gpg-agent of this home; how many there were."""
    home = os.fsencode(gnupg)
    agents = [pid for pid, words in _processes() if words[0].endswith(b"gpg-agent") and home in words]
    return kill(agents)


def kill(pids: list[int]) -> int:
    """kill -9; how many there were."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(pids)


def _processes() -> list[tuple[int, list[bytes]]]:
    """Every process, and the words of its command line."""
    found = []
    for directory in Path("/proc").iterdir():
        if directory.name.isdigit():
            with contextlib.suppress(OSError):
                if line := (directory / "cmdline").read_bytes():
                    found.append((int(directory.name), line.split(b"\0")))
    return found
