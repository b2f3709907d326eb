"""What holds for every process that may see keys or letters: a small environment, and no core dump."""

import functools
import os
import resource
import sys
from collections.abc import Callable, Mapping

_PASSED_ON = ("PATH", "HOME", "TMPDIR")
_FOR_PINENTRY = ("GPG_TTY", "TERM", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS")
# Where core_pattern names a program, Linux hands it the core however small the limit, but for 1, which it takes to mean
# "never" (do_coredump in fs/coredump.c) and which is too small for a file. Whatever we start inherits it.
_NO_CORE = 1 if sys.platform == "linux" else 0
_PR_GET_DUMPABLE, _PR_SET_DUMPABLE = 3, 4


def environment(*, asks: bool = False, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a gpg process: little, in a fixed locale; what a pinentry needs only if it may ask."""
    source = os.environ if given is None else given
    kept = {name: source[name] for name in (*_PASSED_ON, *(_FOR_PINENTRY if asks else ())) if name in source}
    return {**kept, "LC_ALL": "C.UTF-8"}


@functools.cache  # of a process and those it forks: what is set here is never loosened again
def forbid_core_dumps() -> None:
    """No core of this process or of any child it starts: they hold keys and letters (HAZARDS S26).

    Where the kernel lets us, no other program of this user can read this process's memory either.
    """
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    lowest = _NO_CORE if hard == resource.RLIM_INFINITY else min(_NO_CORE, hard)
    resource.setrlimit(resource.RLIMIT_CORE, (lowest, lowest))
    if control := _process_control():
        control(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def leaves_no_core() -> bool:
    """Whether a crash of this process leaves no core, in a file or with a program that collects them."""
    limit = resource.getrlimit(resource.RLIMIT_CORE)[0]
    return limit == _NO_CORE or (limit == 0 and is_unreadable())


def is_unreadable() -> bool:
    """Whether other programs of this user are kept from this process's memory; False where no kernel can tell."""
    control = _process_control()
    return control is not None and control(_PR_GET_DUMPABLE, 0, 0, 0, 0) == 0


def _process_control() -> Callable[..., int] | None:
    """prctl(2), where there is one."""
    if sys.platform != "linux":
        return None
    import ctypes

    found: Callable[..., int] | None = getattr(ctypes.CDLL(None), "prctl", None)
    return found
