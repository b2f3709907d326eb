"""A server that says exactly what a test tells it to, and remembers every byte it heard."""

import contextlib
import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
import trustme

from therapymail.config import Auth, HostSettings, Security

SECRET = "correct-horse"  # what no hostile server may ever hear in clear
_PATIENCE_SECONDS = 20.0


class Hangup(Exception):
    """The client has gone, or the script is over."""


class Line:
    """One connection as a script sees it."""

    def __init__(self, sock: socket.socket, heard: "Heard") -> None:
        self._sock = sock
        self._heard = heard
        self._secured = False
        self._buffer = b""

    def say(self, *lines: bytes) -> None:
        """Send lines, a line end added to each, in one segment."""
        self.say_raw(b"".join(line + b"\r\n" for line in lines))

    def say_raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        try:
            self._sock.sendall(data)
        except OSError as error:
            raise Hangup from error

    def hear(self) -> bytes:
        """The next line, without its line end."""
        while b"\n" not in self._buffer:
            self._receive()
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r")

    def hear_bytes(self, count: int) -> bytes:
        """The next `count` bytes."""
        while len(self._buffer) < count:
            self._receive()
        heard, self._buffer = self._buffer[:count], self._buffer[count:]
        return heard

    def _receive(self) -> None:
        try:
            data = self._sock.recv(65_536)
        except OSError as error:
            raise Hangup from error
        if not data:
            raise Hangup
        self._buffer += data
        if self._secured:
            self._heard.secured += data
        else:
            self._heard.clear += data

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Go on under TLS."""
        try:
            self._sock = context.wrap_socket(self._sock, server_side=True)
        except OSError as error:
            raise Hangup from error
        self._secured = True

    def wait(self) -> None:
        """Say nothing more until the client goes."""
        with contextlib.suppress(Hangup):
            while True:
                self._receive()


@dataclass
class Heard:
    """What the server heard, all connections together."""

    clear: bytes = b""
    secured: bytes = b""


class HostileServer:
    """Runs `script` for each connection on a loopback port; `context` puts TLS first."""

    def __init__(self, script: Callable[[Line], None], context: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._context = context
        self.heard = Heard()
        self.connections = 0
        self.failures: list[Exception] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listening.getsockname()[1])

    def settings(
        self,
        security: Security,
        *,
        auth: Auth = Auth.PASSWORD,
        ca_file: str = "",
        host: str = "localhost",
        username: str = "ana",
    ) -> HostSettings:
        """How to reach it."""
        return HostSettings(host, self.port, security, username, auth, ca_file=ca_file)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join(_PATIENCE_SECONDS)
        assert not self.failures, self.failures

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listening.accept()
            except OSError:
                return
            sock.settimeout(_PATIENCE_SECONDS)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.append(sock)
            self.connections += 1
            self._start(lambda sock=sock: self._serve(sock))  # type: ignore[misc] # bound now, not later

    def _serve(self, sock: socket.socket) -> None:
        line = Line(sock, self.heard)
        try:
            if self._context is not None:
                line.start_tls(self._context)
                sock = line._sock
            self._script(line)
        except Hangup:
            pass
        except Exception as error:  # noqa: BLE001 - shown at the end of the test
            self.failures.append(error)
        with contextlib.suppress(OSError):
            line._sock.shutdown(socket.SHUT_RDWR)
        line._sock.close()


@dataclass(frozen=True)
class Authority:
    """A certificate authority for tests; `ca_file` is what a client trusts."""

    ca: trustme.CA
    ca_file: str

    def context(self, *names: str, expired: bool = False, premature: bool = False) -> ssl.SSLContext:
        """A server's context with a certificate for `names` (default: localhost)."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.equip(context, *names, expired=expired, premature=premature)
        return context

    def equip(self, context: ssl.SSLContext, *names: str, expired: bool = False, premature: bool = False) -> None:
        """Give `context` another certificate, for the connections to come."""
        now = dt.datetime.now(dt.UTC)
        not_after = now - dt.timedelta(days=1) if expired else None
        not_before = None
        if premature:
            not_before, not_after = now + dt.timedelta(days=10), now + dt.timedelta(days=20)
        certificate = self.ca.issue_cert(*(names or ("localhost",)), not_before=not_before, not_after=not_after)
        certificate.configure_cert(context)


def new_authority(directory: Path) -> Authority:
    """A certificate authority whose certificate lies in `directory`."""
    ca, path = trustme.CA(), directory / "ca.pem"
    ca.cert_pem.write_to_path(path)
    return Authority(ca, str(path))


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One certificate authority for the session."""
    return new_authority(tmp_path_factory.mktemp("authority"))
