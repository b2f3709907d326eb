"""Targets that do wrong on purpose: what the harness itself is tested with, and no part of any run."""

import os
import signal

from tests.fuzzing.target import Target

_BYTES = 2 << 30


def _spoilt(data: bytes) -> None:
    """What the input asks for: to fail, to go on for ever, to take memory, to die."""
    if data.startswith(b"fail"):
        raise KeyError(data)
    while data.startswith(b"endless"):
        pass
    if data.startswith(b"large"):
        bytearray(_BYTES)
    if data.startswith(b"die"):
        os.kill(os.getpid(), signal.SIGKILL)
    assert not data.startswith(b"break"), "a promise is broken"


def _of(name: str, *inputs: bytes) -> Target:
    return Target(name, "the harness itself", _spoilt, lambda: inputs)


SPOILT = _of("spoilt", b"well", b"fail", b"fail again", b"break", b"large", b"endless", b"die")
ENDLESS = _of("endless", b"endless")
WELL = _of("well", b"well")
TARGETS = (SPOILT, ENDLESS, WELL)
