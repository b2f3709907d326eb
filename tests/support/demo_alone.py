"""The whole demo in a network in which there is only this machine, and what it opened and connected to."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.program import PROGRAM, program
from tests.support.watched import Calls, under_strace

_CALLS = "socket,connect,listen"
# What asks anybody else there fails, and the demo with it.
_LOOPBACK_UP = (
    "import fcntl, os, socket, struct, sys\n"
    "with socket.socket() as any: fcntl.ioctl(any, 0x8914, struct.pack('16sh', b'lo', 0x41))\n"  # SIOCSIFFLAGS: up
    "os.execvp(sys.argv[1], sys.argv[1:])\n"
)
_ALONE = ("unshare", "--net", sys.executable, "-c", _LOOPBACK_UP)


@dataclass(frozen=True)
class DemoAlone:
    """What the demo printed, and its calls; whether it had a network of its own."""

    code: int
    shown: bytes
    calls: Calls
    is_alone: bool

    def listening(self) -> set[int]:
        """The ports of its own post office."""
        return {int(port) for port in re.findall(r" listen\(\d+<TCP:\[127\.0\.0\.1:(\d+)\]>", self.calls.text)}

    def families(self) -> set[str]:
        """The kinds of network it opened a socket for."""
        return {family for family, _ in self._opened()}

    def unconnected_datagrams(self) -> int:
        """How many sockets could speak to a host without connecting, as one does that asks a name server.

        getaddrinfo connects such a socket to see how a host would be reached.
        """
        datagrams = [family for family, kind in self._opened() if "AF_INET" in family and kind != "SOCK_STREAM"]
        return len(datagrams) - len(re.findall(r" connect\(\d+<UDP", self.calls.text))

    def other_sockets(self) -> list[str]:
        """Connections to sockets of this machine that are neither an agent's nor an absent name service cache's."""
        named = [line for line in self.calls.text.splitlines() if 'sun_path="' in line and "S.gpg-agent" not in line]
        return [line for line in named if "/nscd/socket" not in line or "ENOENT" not in line]

    def _opened(self) -> list[tuple[str, str]]:
        return re.findall(r" socket\((AF_\w+), (SOCK_\w+)", self.calls.text)


def demo_alone(log: Path) -> DemoAlone:
    """Run the demo from beginning to end; `log` is where its calls are written."""
    alone = _ALONE if _can_be_alone() else ()
    with program() as made:
        command = [*alone, *under_strace(log, _CALLS), *PROGRAM, "demo", "--headless"]
        ran = subprocess.run(command, capture_output=True, env=made.environment, timeout=240)
    return DemoAlone(ran.returncode, ran.stdout, Calls(log.read_text("utf-8", "replace")), bool(alone))


def _can_be_alone() -> bool:
    try:
        return subprocess.run([*_ALONE, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
