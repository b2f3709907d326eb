"""The terminal as it is left: every line is emptied before, so that one without a second screen keeps no letter."""

from __future__ import annotations

import shutil
from typing import Any

from textual.driver import Driver


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
