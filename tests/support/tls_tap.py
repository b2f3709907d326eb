"""A TLS proxy on loopback that keeps what is said inside: what a mail host itself would see of us."""

import asyncio
import contextlib
import ssl
import threading
from dataclasses import replace
from types import TracebackType
from typing import Self

from tests.support.hostile import Authority
from therapymail.config import HostSettings, Security

_PATIENCE_SECONDS = 20.0


class TlsTap:
    """Between a client and the TLS host in `settings`; both sides' words are kept, all connections together."""

    def __init__(self, settings: HostSettings, authority: Authority) -> None:
        assert settings.security is Security.TLS
        self._behind = settings
        self._authority = authority
        self._inward = authority.context()
        self._outward = ssl.create_default_context(cafile=settings.ca_file)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self.client_said = bytearray()
        self.server_said = bytearray()

    @property
    def settings(self) -> HostSettings:
        """How to reach the host through the tap."""
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return replace(self._behind, host="localhost", port=port, ca_file=self._authority.ca_file)

    def __enter__(self) -> Self:
        self._thread.start()
        starting = asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._inward)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(_PATIENCE_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(_PATIENCE_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE_SECONDS)
        self._loop.close()

    async def _end(self) -> None:
        assert self._server is not None
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = await asyncio.open_connection(self._behind.host, self._behind.port, ssl=self._outward)
        await asyncio.gather(
            self._pass(reader, host[1], self.client_said), self._pass(host[0], writer, self.server_said)
        )

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, kept: bytearray) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(1 << 16):
                kept += data
                target.write(data)
                await target.drain()
        target.close()
