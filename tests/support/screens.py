"""A terminal with the interface in it: keys pressed one by one, what is shown, and what is left when it ends."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

TAKEN = "\x1b[?1049h"  # the alternate screen is taken
LEFT = "\x1b[?1049l"  # the alternate screen is left


class ScreenTerminal:
    """One program on a pseudo terminal of its own, `columns` by `lines`; `output` is all it ever wrote."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], columns: int, lines: int) -> None:
        self.ours, self.theirs = pty.openpty()
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.before = termios.tcgetattr(self.theirs)
        self.output = ""
        self.process = subprocess.Popen(
            list(command),
            stdin=self.theirs,
            stdout=self.theirs,
            stderr=self.theirs,
            env={**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - so that a lost terminal is told
        )

    def press(self, keys: str) -> None:
        """Press keys, as the terminal sends them."""
        os.write(self.ours, keys.encode())

    def expect(self, words: str, seconds: float = 30) -> None:
        """Wait until `words` were written, from the beginning on."""
        end = time.monotonic() + seconds
        while words not in self.output:
            assert time.monotonic() < end, f"not shown: {words!r}; the end: {self.output[-2000:]!r}"
            assert self.read(), f"ended without {words!r}; the end: {self.output[-2000:]!r}"

    def quiet(self, seconds: float = 0.6) -> None:
        """Read until nothing was written for so long."""
        while select.select([self.ours], [], [], seconds)[0]:
            if not self.read():
                return

    def read(self) -> bool:
        """Read what is there, waiting a second; whether there is or may be more."""
        if not select.select([self.ours], [], [], 1)[0]:
            return self.process.poll() is None
        try:
            chunk = os.read(self.ours, 1 << 16)
        except OSError:
            return False
        self.output += chunk.decode("utf-8", "replace")
        return bool(chunk)

    def ended(self, seconds: float = 30) -> int:
        """Read to the end; the exit status."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            self.read()
        self.quiet(0.2)
        return self.process.wait(1)

    def attributes(self) -> list[object]:
        """How the terminal is set: echo, line discipline."""
        return list(termios.tcgetattr(self.theirs))

    def hang_up(self) -> None:
        """The terminal is gone."""
        os.close(self.theirs)
        os.close(self.ours)
        self.ours = self.theirs = -1

    def close(self) -> None:
        """End the process if it has not ended."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for descriptor in (self.ours, self.theirs):
            if descriptor >= 0:
                os.close(descriptor)


@contextmanager
def on_screen(
    command: Sequence[str], environment: Mapping[str, str], columns: int = 80, lines: int = 24
) -> Iterator[ScreenTerminal]:
    """`command` on a terminal."""
    terminal = ScreenTerminal(command, environment, columns, lines)
    try:
        yield terminal
    finally:
        terminal.close()
