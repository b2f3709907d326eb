"""A TCP proxy on loopback that fails at a given byte: it ends every connection, or tells somebody to do worse."""

import contextlib
import socket
import threading
from collections.abc import Callable

from tests.support.counting_proxy import CountingProxy
from therapymail.config import HostSettings


class FailingProxy(CountingProxy):
    """Between a client and the host in `settings`; `fail_after` says at which byte, whose, and what happens then."""

    def __init__(self, settings: HostSettings) -> None:
        super().__init__(settings)
        self._guard = threading.Lock()
        self._left: dict[str, int] = {}
        self._then: Callable[[], None] = self.cut
        self.failed = False  # since `fail_after`

    def fail_after(self, count: int, speaker: str, then: Callable[[], None] | None = None) -> None:
        """Once `count` more bytes of `speaker` ("client" or "server") have passed, cut, or call `then` instead."""
        with self._guard:
            self._left, self._then, self.failed = {speaker: count}, then or self.cut, False

    def heal(self) -> None:
        """Fail no more."""
        with self._guard:
            self._left, self.failed = {}, False

    def _pass(self, source: socket.socket, target: socket.socket, speaker: str) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 12):
                with self._guard:
                    left = self._left.get(speaker)
                    fails = left is not None and left <= len(data)
                    if left is not None:
                        self._left = {} if fails else {speaker: left - len(data)}
                        self.failed = fails
                target.sendall(data[:left] if fails else data)
                if fails:
                    self._then()
        for sock in (source, target):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
