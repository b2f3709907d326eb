"""A TLS proxy on loopback before a mail host: it hears all that is said inside, and at a byte it goes wrong.

Towards the host it speaks without TLS, so that it can end its half and wait for the host's: what the host was told
is done with before anybody counts.
"""

import asyncio
import contextlib
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from tests.soak.fault import AtByte, Fault, Kind, Speaker, Wire
from tests.support.hostile import Authority
from therapymail.config import HostSettings, Security

_PATIENCE_SECONDS = 20.0
_ANSWER_SECONDS = 5.0  # of the host, to what it was told last
_REMEMBERED_BYTES = 512
_TAGGED = re.compile(rb"(?m)^([A-Z]{4}\d+) (?=OK|NO|BAD)")
_CODE = re.compile(rb"(?m)^[2-5]\d\d(?=[ -])")
_NO_TAG, _NO_CODE = b"ZZZZ9", b"666"
_GOODBYE = {Wire.IMAP: b"* BYE going away\r\n", Wire.SMTP: b"421 4.3.2 going away\r\n"}


class _Over(Exception):
    """This connection has ended."""


@dataclass
class _Connection:
    """One client and its line to the host. `clear` is set as long as anything passes."""

    client: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    host: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    clear: asyncio.Event = field(default_factory=asyncio.Event)
    remembered: bytes = b""  # the last that the host said
    missing: int = 0
    dripping: int = 0
    spoils: bool = False

    def __post_init__(self) -> None:
        self.clear.set()


class FaultProxy:
    """Before the host at `port`; `arm` says what is to happen, once."""

    def __init__(self, wire: Wire, settings: HostSettings, authority: Authority) -> None:
        self._wire, self._behind, self._authority = wire, settings, authority
        self._inward = authority.context()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._lines: dict[asyncio.Task[None], _Connection] = {}
        self._fault: Fault | None = None
        self._act: Callable[[], None] | None = None
        self._passed: dict[Speaker, int] = {}
        self.struck = False
        self.said: dict[Speaker, bytearray] = {}
        self.reset()

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

    @property
    def settings(self) -> HostSettings:
        """How the program reaches the host through the proxy."""
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return replace(
            self._behind, host="localhost", port=port, ca_file=self._authority.ca_file, security=Security.TLS
        )

    def reset(self) -> None:
        """A new day: nothing was said, nothing is to happen."""
        self._fault, self._act, self.struck = None, None, False
        self._passed = dict.fromkeys(Speaker, 0)
        self.said = {speaker: bytearray() for speaker in Speaker}

    def arm(self, fault: Fault, act: Callable[[], None] | None = None) -> None:
        """Strike at the fault's byte, if it is on this wire; `act` is done there, where the fault is none of ours."""
        if isinstance(fault.point, AtByte) and fault.point.wire is self._wire:
            self._fault, self._act = fault, act

    def expire(self, *, expired: bool) -> None:
        """From the next connection on show a certificate that has expired, or a good one again."""
        self._authority.equip(self._inward, expired=expired)

    def heal(self) -> None:
        """Nothing goes wrong any more, and every connection ends; returns when the host is done with each."""
        self._fault, self._act = None, None
        asyncio.run_coroutine_threadsafe(self._settle(), self._loop).result(_PATIENCE_SECONDS)

    async def _settle(self) -> None:
        for line in self._lines.values():
            line.clear.set()
            line.client[1].transport.abort()
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def _end(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._settle()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        host = await asyncio.open_connection(self._behind.host, self._behind.port)
        line = self._lines[task] = _Connection((reader, writer), host)
        try:
            await self._carry(line)
            await _part(line)
        finally:
            del self._lines[task]

    async def _carry(self, line: _Connection) -> None:
        """Pass what is said until either end has gone."""
        ways = [
            asyncio.create_task(self._pass(line, line.client[0], line.host[1], Speaker.CLIENT)),
            asyncio.create_task(self._pass(line, line.host[0], line.client[1], Speaker.SERVER)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pass(
        self, line: _Connection, source: asyncio.StreamReader, sink: asyncio.StreamWriter, speaker: Speaker
    ) -> None:
        with contextlib.suppress(OSError, _Over):
            while data := await source.read(1 << 14):
                await line.clear.wait()
                self.said[speaker] += data
                before = self._passed[speaker]
                self._passed[speaker] += len(data)
                fault = self._due(speaker)
                if fault is None:
                    await self._say(line, sink, speaker, data)
                    continue
                assert isinstance(fault.point, AtByte)
                here = min(max(fault.point.count - before, 0), len(data))
                await self._strike(fault, line, sink, data, here)

    def _due(self, speaker: Speaker) -> Fault | None:
        """The fault, if it strikes within what has just been said; only once."""
        fault = self._fault
        if fault is None or not isinstance(fault.point, AtByte) or fault.point.speaker is not speaker:
            return None
        if self._passed[speaker] < fault.point.count:
            return None
        self._fault, self.struck = None, True
        return fault

    async def _strike(
        self, fault: Fault, line: _Connection, sink: asyncio.StreamWriter, data: bytes, here: int
    ) -> None:
        speaker, before, after = _speaker(fault), data[:here], data[here:]
        if fault.kind is Kind.BYE:
            return await self._say_goodbye(line, sink, speaker, data, here)
        await self._say(line, sink, speaker, before)
        match fault.kind:
            case Kind.CUT:
                line.client[1].transport.abort() if fault.abrupt else line.client[1].close()
                raise _Over
            case Kind.STALL:
                line.clear.clear()
                await line.clear.wait()
            case Kind.DUPLICATE:
                await self._say(line, sink, speaker, line.remembered[-fault.size :])
            case Kind.TRUNCATE:
                line.missing = fault.size
            case Kind.DRIP:
                line.dripping = fault.size
            case Kind.WRONG_ANSWER:
                line.spoils = True
            case _:
                assert self._act is not None
                await asyncio.to_thread(self._act)
        return await self._say(line, sink, speaker, after)

    async def _say_goodbye(
        self, line: _Connection, sink: asyncio.StreamWriter, speaker: Speaker, data: bytes, here: int
    ) -> None:
        """The host goes away: after the line in which the byte is, or before the program's, which it never gets."""
        is_hosts = speaker is Speaker.SERVER
        until = data.find(b"\n", here - 1) if is_hosts else data.rfind(b"\n", 0, max(here - 1, 0))
        await self._say(line, sink, speaker, data[: until + 1])
        line.client[1].write(_GOODBYE[self._wire])
        with contextlib.suppress(OSError):
            await line.client[1].drain()
        line.client[1].close()
        raise _Over

    async def _say(self, line: _Connection, sink: asyncio.StreamWriter, speaker: Speaker, data: bytes) -> None:
        """Pass `data` on, as it is or as it is spoilt."""
        if speaker is Speaker.SERVER:
            data = self._spoilt(line, data)
            line.remembered = (line.remembered + data)[-_REMEMBERED_BYTES:]
        lost = min(line.missing, len(data))
        line.missing -= lost
        data = data[lost:]
        slow = min(line.dripping, len(data))
        line.dripping -= slow
        for place in range(slow):
            sink.write(data[place : place + 1])
            await asyncio.sleep(0.001)
        sink.write(data[slow:])
        await sink.drain()

    def _spoilt(self, line: _Connection, data: bytes) -> bytes:
        if not line.spoils:
            return data
        pattern, wrong = (_TAGGED, _NO_TAG + b" ") if self._wire is Wire.IMAP else (_CODE, _NO_CODE)
        spoilt, count = pattern.subn(wrong, data, count=1)
        line.spoils = count == 0
        return spoilt


def _speaker(fault: Fault) -> Speaker:
    assert isinstance(fault.point, AtByte)
    return fault.point.speaker


async def _part(line: _Connection) -> None:
    """End the client's connection; tell the host that nothing more comes, and wait until it is done with what did."""
    line.client[1].close()
    reader, writer = line.host
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(_ANSWER_SECONDS):
            writer.write_eof()
            while await reader.read(1 << 14):
                pass
    writer.transport.abort()
