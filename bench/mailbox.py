"""The therapist's mailbox of a measurement: a mail host on loopback, loaded, and a proxy that counts round trips."""

import socket
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from bench.corpus_folder import CorpusFolder
from tests.support.mailhost import HostFacts, MailHost

USER, PEER_USER = "therapist", "peer"
_CHUNK = 1 << 16


class LoadedHost:
    """A running mail host into which letters of a corpus are put."""

    def __init__(self, host: MailHost, facts: HostFacts, corpus: CorpusFolder) -> None:
        self._host, self.facts, self._corpus = host, facts, corpus

    def load(self, letters: Sequence[dict[str, Any]], user: str = USER) -> None:
        """Add these letters of the corpus to the folders INBOX and Sent of `user`."""
        with tempfile.TemporaryDirectory(prefix="tm-maildir-") as name:
            self._corpus.write_maildir(Path(name), letters)
            for folder, maildir in (("INBOX", Path(name)), ("Sent", Path(name) / ".Sent")):
                if (maildir / "cur").exists():
                    self._host.load(user, maildir, folder)


@contextmanager
def mail_host(corpus: CorpusFolder) -> Iterator[LoadedHost]:
    """A mail host with an empty mailbox for the program and one for its peers."""
    with tempfile.TemporaryDirectory(prefix="tm-host-", ignore_cleanup_errors=True) as name:
        host = MailHost(Path(name) / "host")
        facts = host.start({USER: "therapist-pw", PEER_USER: "peer-pw"})
        try:
            yield LoadedHost(host, facts, corpus)
        finally:
            host.stop(wipe=True)


class CountingProxy:
    """Passes TCP connections on to a port of this machine and counts round trips and bytes.

    A round trip is counted whenever the client speaks after the server has spoken, the TLS handshake
    and the login among them; commands sent together are one.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self.reset()
        threading.Thread(target=self._accept, daemon=True).start()

    def reset(self) -> None:
        """Begin to count anew."""
        self.round_trips, self.bytes_sent, self.bytes_received = 0, 0, 0

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                _Conversation(self, client, server).start()

    def count(self, sent: int, *, is_new_turn: bool) -> None:
        """Count bytes from the client, and a round trip if the server had spoken before."""
        with self._lock:
            self.bytes_sent += sent
            self.round_trips += is_new_turn

    def count_answer(self, received: int) -> None:
        """Count bytes from the server."""
        with self._lock:
            self.bytes_received += received


class _Conversation:
    """One connection through the proxy."""

    def __init__(self, proxy: CountingProxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._server_spoke = True  # the first word of a client begins a round trip

    def start(self) -> None:
        for pump in (self._from_client, self._from_server):
            threading.Thread(target=pump, daemon=True).start()

    def _from_client(self) -> None:
        with suppress(OSError):  # either side went away
            while chunk := self._client.recv(_CHUNK):
                self._proxy.count(len(chunk), is_new_turn=self._server_spoke)
                self._server_spoke = False
                self._server.sendall(chunk)
            self._server.shutdown(socket.SHUT_WR)

    def _from_server(self) -> None:
        with suppress(OSError):  # either side went away
            while chunk := self._server.recv(_CHUNK):
                self._server_spoke = True
                self._proxy.count_answer(len(chunk))
                self._client.sendall(chunk)
            self._client.shutdown(socket.SHUT_WR)
        self._client.close()
        self._server.close()
