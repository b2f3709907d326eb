"""The terminal: left with every line emptied, taken up again only where it was given back, and allowed to go."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import termios
from collections.abc import Callable
from typing import Any, TextIO

from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver


class Writing:
    """What is written to a terminal; once one write has failed, `gone` is called, and all later ones are dropped.

    Textual's thread that writes would end with the first error, and whoever gives it more then waits for ever: an
    interface that has lost its terminal would stay, with the practice unlocked.
    """

    def __init__(self, file: TextIO, gone: Callable[[], None]) -> None:
        self._file, self._gone, self._is_gone = file, gone, False

    def write(self, text: str) -> None:
        """Write, or drop it where the terminal is gone."""
        self._try(lambda: self._file.write(text))

    def flush(self) -> None:
        """Hand over what was written."""
        self._try(self._file.flush)

    def fileno(self) -> int:
        """Its descriptor."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._file.isatty()

    def _try(self, step: Callable[[], object]) -> None:
        if self._is_gone:
            return
        try:
            step()
        except (OSError, ValueError):  # ValueError: it was closed
            self._is_gone = True
            self._gone()


class RoomDriver(LinuxDriver):
    """Textual's terminal, which may go at any moment, and is taken up once where it is continued."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        assert sys.__stderr__ is not None, "a terminal has it"
        self._file: Any = Writing(sys.__stderr__, _hang_up)
        self._given_back = False

    def suspend_application_mode(self) -> None:
        """Give the terminal back."""
        self._given_back = True
        super().suspend_application_mode()

    def resume_application_mode(self) -> None:
        """Take the terminal again."""
        self._given_back = False
        super().resume_application_mode()

    def _sigcont_application(self, *_: object) -> None:
        """Go on after a stop: with SIGSTOP the terminal was not given back before, and a lost one sends this too."""
        if not self._auto_restart:
            return
        try:
            termios.tcgetattr(self.fileno)
        except termios.error:
            return
        if not self._given_back:
            self.suspend_application_mode()
        self.resume_application_mode()


def _hang_up() -> None:
    os.kill(os.getpid(), signal.SIGHUP)


def empty_before_leaving(driver: Driver, lines: int) -> None:
    """Let `driver` empty every line, of which there are at least `lines`, before it gives the terminal back.

    Most terminals have a second screen, which is gone then. Some have none, and some are told not to use it: there
    the last picture would stay. Line by line, because clearing the whole screen moves it to the scrollback of some.
    """
    leave: Any = driver.stop_application_mode

    def emptied_first() -> None:
        driver.write(emptying(max(lines, shutil.get_terminal_size().lines)))
        leave()

    driver.stop_application_mode = emptied_first  # type: ignore[method-assign]


def emptying(lines: int) -> str:
    """What empties so many lines of a terminal, and goes to the first."""
    return "\x1b[0m" + "".join(f"\x1b[{number};1H\x1b[2K" for number in range(1, lines + 1)) + "\x1b[H"
