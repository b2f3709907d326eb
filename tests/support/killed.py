"""Work that is killed with SIGKILL at its nth step, in a process of its own."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import pytest

Step = tuple[object, str]  # whose, and the name of what is one step: killed before it, or after it


def killed_at(number: int, steps: Sequence[Step], work: Callable[[], object]) -> bool:
    """Carry out `work` in a fork killed at the step `number`, even before, odd after one; False if it ended first.

    Raises AssertionError where it ended with an error instead.
    """
    child = os.fork()
    if not child:
        _carry_out(number, steps, work)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the work failed in the child; its error stands above"
    return False


def _carry_out(number: int, steps: Sequence[Step], work: Callable[[], object]) -> NoReturn:
    done = 0

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **named: Any) -> Any:
            nonlocal done
            done += 1
            if number == 2 * (done - 1):
                os.kill(os.getpid(), signal.SIGKILL)
            given = original(*arguments, **named)
            if number == 2 * (done - 1) + 1:
                os.kill(os.getpid(), signal.SIGKILL)
            return given

        return step

    try:
        with pytest.MonkeyPatch.context() as patch:
            for whose, name in steps:
                patch.setattr(whose, name, counted(getattr(whose, name)))
            work()
    except BaseException:  # noqa: BLE001 - a child of the test must not go on as the test
        traceback.print_exc(file=sys.__stderr__)
        os._exit(1)
    os._exit(0)
