"""What holds for every process that may see keys or letters: a small environment, and no core file."""

import os
import resource
from collections.abc import Mapping

_PASSED_ON = ("PATH", "HOME", "TMPDIR")
_FOR_PINENTRY = ("GPG_TTY", "TERM", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS")


def environment(*, asks: bool = False, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a gpg process: little, in a fixed locale; what a pinentry needs only if it may ask."""
    source = os.environ if given is None else given
    kept = {name: source[name] for name in (*_PASSED_ON, *(_FOR_PINENTRY if asks else ())) if name in source}
    return {**kept, "LC_ALL": "C.UTF-8"}


def forbid_core_dumps() -> None:
    """No core file of this process or of any child it starts: they hold keys and letters."""
    if resource.getrlimit(resource.RLIMIT_CORE) != (0, 0):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
