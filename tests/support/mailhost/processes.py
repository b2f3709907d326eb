"""The processes of a mail host: whether they can run here, starting and ending them, and the ports they get."""

import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

from tests.support.mailhost import relay
from tests.support.mailhost.dovecot import HOST, Layout, Owners, configuration, token_configuration

SERVICES = ("imap", "imaps", "submission", "submissions")
_DOVECOT_DIRECTORIES = "/usr/sbin:/usr/local/sbin:/usr/local/bin:/usr/bin"
_READY_SECONDS = 10.0


class HostError(RuntimeError):
    """The host could not be started or stopped; the text says why."""


def dovecot_missing() -> str:
    """Why there can be no Dovecot on this machine; empty if there can."""
    try:
        program = _program("dovecot")
    except HostError as error:
        return str(error)
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    if not version.startswith("2.3."):
        return f"Dovecot 2.3 is needed, this is {version.split(maxsplit=1)[:1]}"
    modules = ("lmtp", "submission")
    lacking = [name for name in modules if not any(Path("/usr/lib/dovecot").glob(name))]
    return f"Dovecot's parts are not installed: {lacking}" if lacking and Path("/usr/lib/dovecot").is_dir() else ""


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=_DOVECOT_DIRECTORIES)
    if not found:
        raise HostError(f"{name} is not installed")
    return found


def start_dovecot(layout: Layout, who: Owners) -> bool:
    """Start it; False if one of the ports was taken meanwhile. Raises HostError for any other complaint."""
    settings = layout.run / "dovecot.conf"
    settings.write_text(configuration(layout, who))
    (layout.run / "dovecot-oauth2.conf.ext").write_text(token_configuration(layout))
    with (layout.run / "start.log").open("w+") as said:  # a file: the daemon keeps it open
        command = [_program("dovecot"), "-c", str(settings)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False)
        said.seek(0)
        complaint = said.read().strip()
    if done.returncode and "already in use" not in complaint:
        raise HostError(f"dovecot: {complaint}")
    return done.returncode == 0


def start_relay(layout: Layout, relay_socket: socket.socket, token_socket: socket.socket, domain: str) -> None:
    descriptors = (relay_socket.fileno(), token_socket.fileno())
    options = {
        "--relay-fd": descriptors[0],
        "--token-fd": descriptors[1],
        "--lmtp": layout.run / "lmtp",
        "--domain": domain,
        "--passwd": layout.data / "passwd",
    }
    command = [sys.executable, "-I", relay.__file__, *(str(part) for option in options.items() for part in option)]
    with (layout.run / "relay.log").open("ab") as log:
        child = subprocess.Popen(
            command, pass_fds=descriptors, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    (layout.run / "relay.pid").write_text(str(child.pid))
    child.returncode = 0  # it outlives us; not ours to wait for


def wait_ready(layout: Layout, ca: str) -> None:
    context = ssl.create_default_context(cafile=ca)
    ends = time.monotonic() + _READY_SECONDS
    for service, greeting in (("imaps", b"* OK"), ("submissions", b"220 ")):
        while True:
            with (
                contextlib.suppress(OSError),
                socket.create_connection((HOST, layout.ports[service]), 2) as plain,
                context.wrap_socket(plain, server_hostname="localhost") as secured,
            ):
                if secured.recv(200).startswith(greeting):
                    break
            if time.monotonic() > ends:
                raise HostError(f"{service} does not answer; see {layout.run}/dovecot.log")
            time.sleep(0.02)


def listening(port: int = 0) -> socket.socket:
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.bind((HOST, port))
    return opened


def free_ports(wanted: dict[str, int]) -> dict[str, int]:
    """Free ports, the wanted ones where they still are; all held at once, so that they differ."""
    with contextlib.ExitStack() as held:
        ports = {}
        for service in SERVICES:
            try:
                opened = listening(wanted.get(service, 0))
            except OSError:
                opened = listening()
            ports[service] = held.enter_context(opened).getsockname()[1]
        return ports


def alive(pid: int, mark: str) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    except OSError:
        return False
    return mark.encode() in command


def terminate(pid: int, mark: str, grace: float = 5.0) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if alive(pid, mark):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        ends = time.monotonic() + grace
        while alive(pid, mark) and time.monotonic() < ends:
            time.sleep(0.01)
