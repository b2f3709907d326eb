"""A web server on loopback that stands for the hosts of a mail domain's key directory, and keeps what was asked."""

import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.support.hostile import Authority
from therapymail.mail.key_directory import KeyDirectory

Respond = Callable[[ssl.SSLSocket], None]


def answer(status: int, body: bytes = b"", *headers: str) -> bytes:
    """An HTTP answer."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


class LoopbackDirectory:
    """The hosts in `names`, all on one port of loopback; `pages` by host and path. Others do not exist."""

    def __init__(self, authority: Authority, *names: str) -> None:
        self._authority = authority
        self.names = set(names)
        self.pages: dict[tuple[str, str], bytes | Respond] = {}
        self.asked: list[tuple[str, str]] = []  # host, path with query
        self.requests: list[bytes] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._context = authority.context(*(names or ("localhost",)))

    def directory(self, seconds: float = 20.0) -> KeyDirectory:
        """One that finds these hosts here."""
        return KeyDirectory(self.dial, self._authority.ca_file, seconds)

    def dial(self, host: str, seconds: float) -> socket.socket:
        """A connection to loopback for the hosts that exist."""
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "no such host")
        return socket.create_connection(self._listening.getsockname(), timeout=seconds)

    def __enter__(self) -> Self:
        self._serving = threading.Thread(target=self._serve, daemon=True)
        self._serving.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)  # closing alone would not wake the thread that waits for a visitor
        self._serving.join(timeout=20)
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._visit, args=(plain,), daemon=True).start()

    def _visit(self, plain: socket.socket) -> None:
        plain.settimeout(20)
        try:
            with self._context.wrap_socket(plain, server_side=True) as line:
                request = b""
                while b"\r\n\r\n" not in request:
                    request += line.recv(4096)
                self.requests.append(request)
                path = request.split(b" ")[1].decode()
                host = next(each[6:].decode() for each in request.split(b"\r\n") if each.lower().startswith(b"host: "))
                self.asked.append((host, path))
                said = self.pages.get((host, path.partition("?")[0]), answer(404))
                if callable(said):
                    said(line)
                else:
                    line.sendall(said)
        except OSError:  # a client that does not trust us, or cut the line
            plain.close()
