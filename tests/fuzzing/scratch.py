"""A directory for targets that read files: in memory where there is some, and gone at the end of the process."""

import functools
import os
import tempfile
from pathlib import Path

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@functools.cache
def _made(name: str) -> "tempfile.TemporaryDirectory[str]":
    # below TMPDIR, where a campaign names one: it removes what a process left that died
    return tempfile.TemporaryDirectory(prefix=f"tm-fuzz-{name}-", dir=None if "TMPDIR" in os.environ else MEMORY)


def scratch(name: str) -> Path:
    """The directory of that name, empty when it is first asked for."""
    return Path(_made(name).name)
