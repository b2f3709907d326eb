"""Handing letters to the submission host, one at a time, their exact bytes: the only place where mail leaves.

The conversation is ours, not aiosmtplib's: one MAIL, exactly one RCPT, DATA; between the host's 354 and the first
byte of the letter the caller makes a note that lasts, so that whatever happens then is known to be in doubt.
"""

import asyncio
import contextlib
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from therapymail.config import HostSettings
from therapymail.domain.addresses import canonical_address, is_address
from therapymail.domain.departure import Sendable
from therapymail.domain.outbox import Obstacle
from therapymail.mail.handing_over import Accepted, AnswerLost, Deferred, Outcome, Rejected, Reply, Step, meaning_of_no
from therapymail.mail.submission import TIMEOUT_SECONDS, logged_in, smtp_faults

if TYPE_CHECKING:
    from aiosmtplib import SMTP
    from aiosmtplib.protocol import SMTPProtocol

_GO_ON = 354
_BLOCK_BYTES = 1 << 16
_CONNECTION_LOST = Deferred(Obstacle.CONNECTION_LOST)
# 7-bit lines of at most 998 bytes, each ended by CRLF: what every host passes on as it is (RFC 5321 section 4.5.3.1.6).
_PLAIN_MAIL = re.compile(rb"(?:[\x01-\x09\x0b\x0c\x0e-\x7f]{0,998}\r\n)+")
_LINE_BEGINS_WITH_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True)
class Patience:
    """How long each wait may last, in seconds (RFC 5321 section 4.5.3.2).

    `connecting` bounds each step until logged in, `command` the answers up to the 354: giving up there costs
    nothing. `block` bounds each part of the letter on its way, `answer` the wait for the last word, which is
    long because giving up leaves the letter in doubt.
    """

    connecting: float = TIMEOUT_SECONDS
    command: float = 60.0
    block: float = 180.0
    answer: float = 600.0


@contextlib.contextmanager
def offering(host: HostSettings, secret: str, *, patience: Patience | None = None) -> Iterator["Offering"]:
    """A logged-in connection to hand letters over on, for this thread; closed at the end.

    TLS first, always (HAZARDS H11, S15). Raises ServerUnreachable, TlsRefused, LoginRefused, ServerSaidNo,
    SecretUnavailable, FileUnusable (`ca_file`); then nothing of any letter was sent.
    """
    patience = patience or Patience()
    with asyncio.Runner() as runner:
        stack = contextlib.AsyncExitStack()
        try:
            client = runner.run(_enter(stack, host, secret, patience))
            yield Offering(runner, client, patience)
        except BaseException:
            runner.run(stack.__aexit__(*sys.exc_info()))
            raise
        runner.run(stack.__aexit__(None, None, None))


async def _enter(stack: contextlib.AsyncExitStack, host: HostSettings, secret: str, patience: Patience) -> "SMTP":
    client = await stack.enter_async_context(logged_in(host, secret, timeout=patience.connecting))
    with smtp_faults(host, "greeting"):
        await client.ehlo(timeout=patience.command)  # what it can do for us now that it knows us: SIZE may differ
    return client


class _Lost(Exception):
    """The connection ended, fell silent, or said what cannot be understood."""


class Offering:
    """One logged-in connection, for one thread. Made by `offering`."""

    def __init__(self, runner: asyncio.Runner, client: "SMTP", patience: Patience) -> None:
        self._runner = runner
        self._client = client
        self._patience = patience
        self._announces_size = client.supports_extension("size")
        self._largest = _largest(client.esmtp_extensions.get("size", ""))

    @property
    def is_open(self) -> bool:
        """Whether another letter can be handed over on this connection."""
        return self._client.is_connected

    def offer(self, mail: Sendable, begin_data: Callable[[], None]) -> Outcome:
        """Hand `mail` over. Afterwards look at `is_open` before the next.

        `begin_data` is called when the host has answered 354 and before any byte of the letter goes out; what it
        raises ends the connection and passes on, the letter unsent. So does an interruption, at any time.
        """
        try:
            return self._runner.run(self._offer(mail, begin_data))
        except BaseException:
            self._abort()
            raise

    async def _offer(self, mail: Sendable, begin_data: Callable[[], None]) -> Outcome:
        if not _can_be_sent_as_it_is(mail):
            return Rejected(Obstacle.NOT_PROVEN)
        if self._largest is not None and len(mail.raw) > self._largest:
            return Rejected(Obstacle.TOO_LARGE)
        try:
            if (refused := await self._announce(mail)) is not None:
                return refused
            protocol = self._protocol()
        except _Lost:
            self._abort()
            return _CONNECTION_LOST
        begin_data()
        return await self._send(protocol, _LINE_BEGINS_WITH_DOT.sub(b"..", mail.raw))

    async def _announce(self, mail: Sendable) -> Deferred | Rejected | None:
        """The envelope and the word DATA; None when the host waits for the letter. Raises _Lost."""
        size = [b"SIZE=%d" % len(mail.raw)] if self._announces_size else []
        for step, command in (
            (Step.MAIL, [b"MAIL", b"FROM:<%b>" % mail.sender.encode("ascii"), *size]),
            (Step.RCPT, [b"RCPT", b"TO:<%b>" % mail.recipient.encode("ascii")]),
            (Step.DATA, [b"DATA"]),
        ):
            reply = await self._ask(*command)
            if reply.code == _GO_ON if step is Step.DATA else reply.kind == 2:
                continue
            if (refused := meaning_of_no(step, reply)) is None:
                raise _Lost
            await self._start_afresh()
            return refused
        return None

    async def _send(self, protocol: "SMTPProtocol", stuffed: bytes) -> Outcome:
        """The letter and its end, and the host's last word.

        Whatever ends the conversation before the line that ends the letter has been written, the host has not
        taken it (RFC 5321 section 4.1.1.4): only from then on is there a doubt.
        """
        protocol._response_pending = True  # noqa: SLF001 - as its own DATA does: an answer may come early
        try:
            await self._write(protocol, stuffed)
            protocol.write(b".\r\n")
        except _errors():
            refused = meaning_of_no(Step.END, self._parked(protocol))
            self._abort()
            return refused or _CONNECTION_LOST
        try:
            answer = await protocol.read_response(self._patience.answer)
        except _errors():
            self._abort()
            return AnswerLost()
        reply = Reply.read(answer.code, answer.message)
        if reply.kind == 2:
            return Accepted()
        if (refused := meaning_of_no(Step.END, reply)) is None:
            self._abort()
            return AnswerLost()
        await self._start_afresh()
        return refused

    async def _write(self, protocol: "SMTPProtocol", data: bytes) -> None:
        for start in range(0, len(data), _BLOCK_BYTES):
            protocol.write(data[start : start + _BLOCK_BYTES])
            async with asyncio.timeout(self._patience.block):
                await protocol._drain_helper()  # noqa: SLF001 - there is no other way to wait for the network
                await asyncio.sleep(0)  # let what the host says, or its going away, be noticed between blocks
            if self._parked(protocol).code:
                raise ConnectionAbortedError  # it has answered before the end: the rest would be taken for commands

    def _parked(self, protocol: "SMTPProtocol") -> Reply:
        """An answer that came before the letter had ended; of code 0 if none did."""
        waiter = protocol._response_waiter  # noqa: SLF001 - read_response would wait for one
        if waiter is None or not waiter.done() or waiter.exception() is not None:
            return Reply(0)
        return Reply.read(waiter.result().code, waiter.result().message)

    async def _start_afresh(self) -> None:
        """Forget the envelope (RSET); where that fails the connection is given up."""
        try:
            if self.is_open and (await self._ask(b"RSET")).kind != 2:
                self._abort()
        except _Lost:
            self._abort()

    async def _ask(self, *command: bytes) -> Reply:
        self._protocol()
        try:
            answer = await self._client.execute_command(*command, timeout=self._patience.command)
        except _errors():
            raise _Lost from None
        return Reply.read(answer.code, answer.message)

    def _protocol(self) -> "SMTPProtocol":
        """The connection, if it stands and all that was said is answered: words left over would answer the next."""
        protocol = self._client.protocol
        if protocol is None or not protocol.is_connected or protocol._buffer:  # noqa: SLF001 - no other way to see it
            raise _Lost
        return protocol

    def _abort(self) -> None:
        """End the connection at once: nothing that waits to be written goes out."""
        protocol = self._client.protocol
        if protocol is not None and isinstance(protocol.transport, asyncio.WriteTransport):
            protocol.transport.abort()
        self._client.close()


def _errors() -> tuple[type[Exception], ...]:
    """What aiosmtplib and sockets raise when a conversation breaks off."""
    from aiosmtplib import SMTPException

    return SMTPException, OSError


def _largest(announced: str) -> int | None:
    """The most bytes a letter may have (RFC 1870 section 4); None where the host names no limit."""
    digits = announced.strip()
    return int(digits) or None if digits.isascii() and digits.isdigit() and len(digits) <= 20 else None


def _can_be_sent_as_it_is(mail: Sendable) -> bool:
    """Whether any host takes these bytes and addresses unchanged, without 8BITMIME or SMTPUTF8."""
    addresses = (mail.sender, mail.recipient)
    return (
        all(each.isascii() and is_address(each) and canonical_address(each) == each for each in addresses)
        and _PLAIN_MAIL.fullmatch(mail.raw) is not None
    )
