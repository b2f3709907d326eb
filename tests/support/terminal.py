"""A person at a terminal: a child process on a pseudo terminal, with what is typed and what is shown."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

COLUMNS, LINES = 80, 24


class Terminal:
    """One command on a terminal of its own, 80 columns wide and 24 lines high."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", LINES, COLUMNS, 0, 0))
        self.process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            start_new_session=True,
            preexec_fn=_make_it_theirs,  # noqa: PLW1509 - one call to the system, nothing of ours
        )
        os.close(theirs)
        self.shown = ""

    def expect(self, words: str, seconds: float = 30) -> str:
        """Wait until `words` are shown, and give everything shown so far since the last time."""
        end = time.monotonic() + seconds
        while words not in self.shown:
            assert time.monotonic() < end, f"not shown: {words!r}; shown: {self.shown!r}"
            assert self._read(), f"ended without {words!r}; shown: {self.shown!r}"
        before, _, self.shown = self.shown.partition(words)
        return before + words

    def type(self, line: str) -> None:
        """Type a line."""
        os.write(self._ours, line.encode() + b"\n")

    def watch(self, seconds: float) -> None:
        """Look on for so long; a program whose screen nobody reads stands still."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._read(left)

    def press(self, keys: str) -> None:
        """Press keys, one after another, without a line end."""
        os.write(self._ours, keys.encode())

    def hang_up(self) -> None:
        """Close the terminal's window: everything that runs in it is told so (SIGHUP)."""
        os.close(self._ours)
        self._ours = -1

    def answer(self, *pairs: tuple[str, str]) -> None:
        """Type the second of each pair once the first is shown."""
        for words, line in pairs:
            self.expect(words)
            self.type(line)

    def interrupt(self) -> None:
        """What Ctrl-C does in the end."""
        self.process.send_signal(signal.SIGINT)

    def wait(self, seconds: float = 30) -> int:
        """Read to the end; the exit code."""
        end = time.monotonic() + seconds
        while self._read() and time.monotonic() < end:
            pass
        return self.process.wait(5)

    def close(self) -> None:
        """End the process if it has not ended."""
        self.process.kill()
        self.process.wait()
        if self._ours >= 0:
            os.close(self._ours)

    def _read(self, seconds: float = 1) -> bool:
        if not select.select([self._ours], [], [], seconds)[0]:
            return self.process.poll() is None
        try:
            chunk = os.read(self._ours, 65536)
        except OSError:  # the other end is closed
            return False
        self.shown += chunk.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(chunk)


def _make_it_theirs() -> None:
    """In the child: the terminal is the one that controls it, as in a window, so that keys and closing send signals."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@contextmanager
def at_terminal(command: Sequence[str], environment: dict[str, str]) -> Iterator[Terminal]:
    """`command` on a terminal."""
    terminal = Terminal(command, {**environment, "TERM": "xterm", "COLUMNS": str(COLUMNS)})
    try:
        yield terminal
    finally:
        terminal.close()
