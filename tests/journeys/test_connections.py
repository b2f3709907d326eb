"""HAZARDS S2, S22, F41: the whole demo connects to its two mail hosts on this machine, and to gpg's agent."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.program import PROGRAM, program
from tests.support.watched import Calls, cannot_watch, under_strace

_SPEAKING = "socket,connect,listen"
# A network of its own in which there is only this machine: what asked anybody else would fail, and the demo with it.
_LOOPBACK_UP = (
    "import fcntl, os, socket, struct, sys\n"
    "with socket.socket() as any: fcntl.ioctl(any, 0x8914, struct.pack('16sh', b'lo', 0x41))\n"  # SIOCSIFFLAGS: up
    "os.execvp(sys.argv[1], sys.argv[1:])\n"
)
_ALONE = ("unshare", "--net", sys.executable, "-c", _LOOPBACK_UP)


def can_be_alone() -> bool:
    """Whether this machine gives us a network of our own."""
    try:
        return subprocess.run([*_ALONE, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def test_S2_S22_F41_the_demo_connects_to_its_mail_hosts_alone_and_asks_no_name_server(tmp_path: Path) -> None:
    if why := cannot_watch():
        pytest.skip(why)
    log = tmp_path / "strace"
    with program() as made:
        command = [*under_strace(log, _SPEAKING), *PROGRAM, "demo", "--headless"]
        alone = _ALONE if can_be_alone() else ()
        ran = subprocess.run([*alone, *command], capture_output=True, env=made.environment, timeout=240)
    assert ran.returncode == 0, ran.stderr
    assert b"$ therapymail timeline" in ran.stdout
    calls = Calls(log.read_text("utf-8", "replace"))
    assert {host for host, _ in calls.hosts()} == {"127.0.0.1"}
    listening = {int(port) for port in re.findall(r" listen\(\d+<TCP:\[127\.0\.0\.1:(\d+)\]>", calls.text)}
    connected = {port for _, port in calls.hosts()}
    assert len(connected) == 2
    assert connected <= listening
    opened = re.findall(r" socket\((AF_\w+), (SOCK_\w+)", calls.text)
    assert {family for family, _ in opened} <= {"AF_UNIX", "AF_NETLINK", "AF_INET", "AF_INET6"}
    datagrams = [family for family, kind in opened if family.startswith("AF_INET") and kind != "SOCK_STREAM"]
    # getaddrinfo connects such a socket to see how a host would be reached; who asks a name server need not
    assert len(datagrams) == len(re.findall(r" connect\(\d+<UDP", calls.text))
    assert {Path(each).name for each in calls.sockets()} <= {"S.gpg-agent", "socket"}
    others = [line for line in calls.text.splitlines() if 'sun_path="/' in line and "S.gpg-agent" not in line]
    assert [line for line in others if "/nscd/socket" not in line or "ENOENT" not in line] == []
