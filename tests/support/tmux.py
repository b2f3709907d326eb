"""A person at a real terminal window: a program inside tmux, with keys pressed and the screen as it stands."""

import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

_LOOK_SECONDS = 0.1


class Window:
    """One window of a tmux server of its own."""

    def __init__(self, socket: Path) -> None:
        self._tmux = ("tmux", "-S", str(socket))

    def open(self, command: Sequence[str], environment: Mapping[str, str], columns: int, lines: int) -> None:
        """Open the window with `command` in it, and nothing of tmux's own on the screen."""
        given = [f"-e{name}={value}" for name, value in environment.items()]
        size = ("-x", str(columns), "-y", str(lines))
        self._run("-f", "/dev/null", "new-session", "-d", "-s", "one", *size, *given, "--", *command)
        self._run("set-option", "-g", "status", "off")
        self._run("resize-window", "-t", "one", *size)

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names: Enter, Escape, C-g, Down, x."""
        for key in keys:
            self._run("send-keys", "-t", "one", key)
            time.sleep(0.05)

    def type(self, text: str) -> None:
        """Type text; a line end is Enter."""
        for number, line in enumerate(text.split("\n")):
            if number:
                self.press("Enter")
            if line:
                self._run("send-keys", "-t", "one", "-l", "--", line)

    def screen(self) -> str:
        """What stands on the screen."""
        return self._run("capture-pane", "-t", "one", "-p").stdout

    def everything(self) -> str:
        """What stands on the screen, and all that has scrolled off it."""
        return self._run("capture-pane", "-t", "one", "-p", "-S", "-").stdout

    def without_second_screen(self) -> None:
        """From now on programs in it have no screen of their own, as on the console of Linux."""
        self._run("set-option", "-wg", "alternate-screen", "off")

    def wait_for(self, words: str, seconds: float = 30) -> str:
        """The screen once `words` stand on it."""
        end = time.monotonic() + seconds
        while words not in (screen := self.screen()):
            assert time.monotonic() < end, f"not shown: {words!r}\n{screen}"
            time.sleep(_LOOK_SECONDS)
        return screen

    def wait_for_end(self, seconds: float = 30) -> None:
        """Wait until the program has ended."""
        end = time.monotonic() + seconds
        while self.is_open():
            assert time.monotonic() < end, f"it goes on\n{self.screen()}"
            time.sleep(_LOOK_SECONDS)

    def resize(self, columns: int, lines: int) -> None:
        """Change the window's size."""
        self._run("resize-window", "-t", "one", "-x", str(columns), "-y", str(lines))

    def record(self, file: Path) -> None:
        """From now on write every byte that the program sends to the terminal to `file`."""
        self._run("pipe-pane", "-t", "one", "-O", f"exec cat >> {shlex.quote(str(file))}")

    def names(self) -> str:
        """What the window, its pane and its session are called."""
        return self._run("display-message", "-t", "one", "-p", "#{window_name} #{pane_title} #{session_name}").stdout

    def process(self) -> int:
        """The id of the program's process."""
        return int(self._run("list-panes", "-t", "one", "-F", "#{pane_pid}").stdout)

    def is_open(self) -> bool:
        """Whether the program still runs."""
        return self._run("has-session", "-t", "one", check=False).returncode == 0

    def close(self) -> None:
        """End the server and all in it."""
        self._run("kill-server", check=False)

    def _run(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run([*self._tmux, *arguments], capture_output=True, text=True, timeout=20)
        assert not check or done.returncode == 0, (arguments, done.stderr)
        return done


def tmux_missing() -> str:
    """Why there is no terminal window here; empty if there can be one."""
    return (
        ""
        if shutil.which("tmux")
        else "no terminal window to test in: tmux is missing (scripts/test installs it as root)"
    )


@contextmanager
def in_tmux(
    command: Sequence[str], environment: Mapping[str, str], directory: Path, *, columns: int = 80, lines: int = 24
) -> Iterator[Window]:
    """`command` in a window of tmux. Skips where tmux is not installed."""
    if why := tmux_missing():
        pytest.skip(why)
    window = Window(directory / "tmux")
    window.open(command, {**environment, "TERM": "tmux-256color"}, columns, lines)
    try:
        yield window
    finally:
        window.close()
