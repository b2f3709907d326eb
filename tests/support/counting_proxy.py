"""A TCP proxy on loopback that counts round trips: how often the client speaks after the server has spoken.

It can also cut the line, or hold everything back, to be a network that fails.
"""

import contextlib
import dataclasses
import socket
import threading
from types import TracebackType
from typing import Self

from therapymail.config import HostSettings


class CountingProxy:
    """Between a client and the host in `settings`. The bytes stay as they are, so TLS goes through it."""

    def __init__(self, settings: HostSettings, port: int = 0) -> None:
        self._behind = settings
        self._listening = socket.create_server(("127.0.0.1", port))
        self._lock = threading.Lock()
        self._last_speaker = "server"
        self.round_trips = 0
        self.sent_bytes = 0
        self.connections = 0
        self._open: list[socket.socket] = []
        self._flowing = threading.Event()
        self._flowing.set()

    @property
    def settings(self) -> HostSettings:
        """How to reach the host through the proxy."""
        return dataclasses.replace(self._behind, port=int(self._listening.getsockname()[1]))

    def reset(self) -> None:
        """Count from nought again."""
        with self._lock:
            self.round_trips = self.sent_bytes = 0
            self._last_speaker = "server"

    def cut(self) -> None:
        """End every connection, as a network does that goes away and says so."""
        open_now, self._open = self._open, []
        for sock in open_now:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def hold(self) -> None:
        """Let nothing through any more, and say nothing: a severed link."""
        self._flowing.clear()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._flowing.set()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
                server = socket.create_connection((self._behind.host, self._behind.port))
            except OSError:
                return
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open += [client, server]
            self.connections += 1
            for source, target, speaker in ((client, server, "client"), (server, client, "server")):
                threading.Thread(target=self._pass, args=(source, target, speaker), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, speaker: str) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                self._flowing.wait()
                with self._lock:
                    if speaker == "client":
                        self.sent_bytes += len(data)
                        self.round_trips += self._last_speaker == "server"
                    self._last_speaker = speaker
                target.sendall(data)
        for sock in (source, target):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
