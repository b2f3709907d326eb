"""The bytes of one IMAP connection: buffered and bounded reading, deadlines, and TLS from the right moment on.

imaplib and imapclient speak the protocol; `Wire` replaces only how they read and write. Lines may arrive in
any number of pieces (imapclient's own reading breaks on that in IDLE), no line, answer or silence is
endless, and whatever was said before TLS stood is thrown away or ends the connection.
"""

import imaplib
import logging
import select
import socket
import ssl
import time
from collections.abc import Sequence
from threading import Event
from typing import TYPE_CHECKING, Literal

from therapymail.mail import tls

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MAX_LINE_BYTES = 8_000_000  # a SEARCH answer of a million UIDs is one line
MAX_ANSWER_BYTES = 32_000_000  # all that may come as the answer to one command, unless it asked for more
LINE_COST_BYTES = 100  # what a line costs of that beside its bytes: a flood of short lines ends too
SLOWEST_BYTES_A_SECOND = 1_000  # what comes slower than this is given up
LONGEST_COMMAND_IN_TIMEOUTS = 20  # a server may say "still searching" for so many timeouts, not longer
LONGEST_LOGIN_STEP_IN_TIMEOUTS = 2
_SLICE_SECONDS = 0.5  # how often a wait looks whether it is to stop
_CHUNK_BYTES = 1 << 18

# Both libraries log every line at DEBUG: addresses, folder names and letters would be in the log (HAZARDS S28).
for _name in ("imapclient", "imapclient.imaplib"):
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False


def clock() -> float:
    """Seconds that go on while the machine sleeps (Linux), so that a link is not thought young after a suspend."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class UntrustedWire(Exception):
    """TLS could not be had in a way that can be trusted; the text is a phrase of ours."""


class Dropped(imaplib.IMAP4.abort):
    """The other side, or the network, ended the connection."""


class Stopped(Exception):
    """The wait was ended by the stop event."""


class Refused(imaplib.IMAP4.error):
    """The server answered NO. The text is the server's: it may be looked at, never shown."""


class Wire(imaplib.IMAP4):
    """One connection. `seconds` bounds every single wait; `context` means TLS from the first byte.

    Raises OSError (unknown host, refused, timed out), ssl.SSLError, Dropped, imaplib's errors and Stopped.
    """

    def __init__(self, host: str, port: int, *, context: ssl.SSLContext | None, seconds: float, stop: Event) -> None:
        self._context = context
        self._seconds = seconds
        self._stop = stop
        self._buffer = bytearray()
        self._allowance = MAX_ANSWER_BYTES
        self._longest_command = LONGEST_LOGIN_STEP_IN_TIMEOUTS * seconds
        self._command_ends = clock() + self._longest_command
        self.ended = False
        self.news = False  # the server said that the open folder changed
        super().__init__(host, port, seconds)

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Connect, and put TLS on top where that comes first."""
        self.host, self.port = host, port
        self.sock = socket.create_connection((host, port), timeout)
        try:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _keep_alive(self.sock)
            if self._context is not None:
                self.sock = self._secured(self._context)
            self.sock.settimeout(_SLICE_SECONDS)
        except BaseException:
            self.sock.close()
            raise

    def refuse_preauthenticated(self) -> None:
        """Raise UntrustedWire if the greeting was PREAUTH: somebody is logged in, and it was not us (HAZARDS H12)."""
        if self.state != "NONAUTH":
            raise UntrustedWire(tls.PREAUTHENTICATED)

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> tuple[Literal["OK"], list[None]]:
        """Switch to TLS, discarding everything learnt before (RFC 9051 section 6.2.1; HAZARDS S15).

        Raises UntrustedWire when it is not offered, refused, or bytes came before the handshake.
        """
        assert ssl_context is not None
        if "STARTTLS" not in self.capabilities:
            raise UntrustedWire(tls.STRIPPED)
        try:
            self.complete(self.begin(b"STARTTLS\r\n"))
        except Refused:
            raise UntrustedWire(tls.STARTTLS_FAILED) from None
        if self._buffer or select.select([self.sock], [], [], 0)[0]:
            raise UntrustedWire(tls.INJECTED)
        self.sock = self._secured(ssl_context)
        self.sock.settimeout(_SLICE_SECONDS)
        self.untagged_responses.clear()
        self._get_capabilities()
        return "OK", [None]

    def _secured(self, context: ssl.SSLContext) -> ssl.SSLSocket:
        """The socket under TLS; the handshake as a whole has the time of one wait."""
        ends = clock() + self._seconds
        secured = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        secured.settimeout(0)
        try:
            while True:
                try:
                    secured.do_handshake()
                except ssl.SSLWantReadError:
                    self._pause(secured, ends, for_reading=True)
                except ssl.SSLWantWriteError:
                    self._pause(secured, ends, for_reading=False)
                else:
                    return secured
        except BaseException:
            secured.close()
            raise

    def _pause(self, sock: socket.socket, ends: float, *, for_reading: bool) -> None:
        if self._stop.is_set():
            raise Stopped
        if (left := ends - clock()) <= 0:
            raise TimeoutError
        waiting = ([sock], []) if for_reading else ([], [sock])
        select.select(*waiting, [], min(left, _SLICE_SECONDS))

    def allow_long_commands(self) -> None:
        """After login: a command may take many waits, as a search in a large folder does."""
        self._longest_command = LONGEST_COMMAND_IN_TIMEOUTS * self._seconds

    def send(self, data: "ReadableBuffer") -> None:
        """Send `data`, each chunk in the time of one wait; a new allowance of bytes and time begins for its answer."""
        view = memoryview(data)
        self.sock.settimeout(self._seconds)
        try:
            for start in range(0, len(view), _CHUNK_BYTES):
                self.sock.sendall(view[start : start + _CHUNK_BYTES])
            self.sock.settimeout(_SLICE_SECONDS)
        except OSError:  # a timeout too: imaplib would take that for something else
            self.ended = True
            raise Dropped from None
        self._allowance = MAX_ANSWER_BYTES
        self._command_ends = clock() + self._longest_command

    def expect(self, size: int) -> None:
        """Allow the answer to the command just sent `size` bytes, and their time, beyond what answers have."""
        self._allowance += size
        self._command_ends += size / SLOWEST_BYTES_A_SECOND

    def readline(self) -> bytes:
        """The next line with its line end. Raises TimeoutError, Dropped, Stopped or imaplib's error (too long)."""
        started = clock()
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > MAX_LINE_BYTES:
                raise self.error("line too long")
            self._receive(started + self._seconds + searched / SLOWEST_BYTES_A_SECOND)
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        self._allowance -= LINE_COST_BYTES
        return line

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes of a literal. Raises as `readline`."""
        if size > self._allowance:
            raise self.error("literal too long")
        started = clock()
        while len(self._buffer) < size:
            self._receive(started + self._seconds + len(self._buffer) / SLOWEST_BYTES_A_SECOND)
        literal = bytes(self._buffer[:size])
        del self._buffer[:size]
        return literal

    def line_within(self, seconds: float) -> bool:
        """Whether a whole line is there to read within `seconds`; pieces of one are kept. For IDLE.

        Raises Dropped or Stopped.
        """
        ends = clock() + seconds
        self._command_ends = ends + self._longest_command
        self._allowance = MAX_ANSWER_BYTES
        while b"\n" not in self._buffer:
            if len(self._buffer) > MAX_LINE_BYTES:
                raise self.error("line too long")
            try:
                self._receive(ends)
            except TimeoutError:
                return False
        return True

    def _receive(self, ends: float) -> None:
        """Add what comes next to the buffer, at the latest at `ends`."""
        ends = min(ends, self._command_ends)
        while True:
            if self._stop.is_set():
                raise Stopped
            if clock() >= ends:
                raise TimeoutError
            try:
                received = self.sock.recv(_CHUNK_BYTES)
            except TimeoutError:
                continue
            except OSError:
                received = b""
            break
        if not received:
            self.ended = True
            raise Dropped
        self._allowance -= len(received)
        if self._allowance < 0:
            raise self.error("answer too long")
        self._buffer += received

    def shutdown(self) -> None:
        """Close the socket; never fails."""
        self.ended = True
        self.sock.close()

    def begin(self, line: bytes) -> bytes:
        """Send `line` as a command; its tag."""
        tag: bytes = self._new_tag()
        self.send(tag + b" " + line)
        return tag

    def begin_together(self, lines: Sequence[bytes]) -> list[bytes]:
        """Send `lines` as commands in one go; their tags."""
        tags: list[bytes] = [self._new_tag() for _ in lines]
        self.send(b"".join(tag + b" " + line + b"\r\n" for tag, line in zip(tags, lines, strict=True)))
        return tags

    def await_go_ahead(self, tag: bytes) -> None:
        """Wait for the "+" that lets the command `tag` go on. Raises Refused if its answer comes instead."""
        while self.take_answer():
            if self.tagged_commands.get(tag):
                raise Refused(str(self.tagged_commands.pop(tag)))

    def take_answer(self) -> bool:
        """Read one answer and keep it; False for a "+". Raises Dropped for BYE."""
        is_answer = self._get_response() is not None
        self._check_bye()
        return is_answer

    def complete(self, tag: bytes) -> None:
        """Read answers until that to the command `tag`. Raises Refused on NO, imaplib's error on BAD."""
        answer, data = self._command_complete("", tag)
        if answer != "OK":
            raise Refused(str(data))

    def _command_complete(self, name: str, tag: bytes) -> tuple[str, list[bytes]]:
        """Wait for the answer to `tag`; imaplib would make any end of the connection one of its own errors."""
        try:
            answer: tuple[str, list[bytes]] = super()._command_complete(name, tag)  # type: ignore[misc] # not in its stubs
        except self.abort:
            if self.ended:
                raise Dropped from None
            raise
        return answer

    def _append_untagged(self, typ: str, dat: bytes | tuple[bytes, bytes]) -> None:
        """Note, beside keeping it, that mail came or went: it may be said with any answer (RFC 9051 section 5.2)."""
        self.news |= typ in {"EXISTS", "EXPUNGE", "VANISHED"}
        super()._append_untagged(typ, dat)  # type: ignore[misc] # imaplib's own, not in its stubs

    def _check_bye(self) -> None:
        """Take the server's BYE for the end of the connection that it is."""
        if self.untagged_responses.get("BYE"):
            self.ended = True
            raise Dropped

    def _log(self, line: str) -> None:
        """Keep nothing: imaplib would hold the last ten lines, passwords among them."""


def _keep_alive(sock: socket.socket) -> None:
    """Let the kernel notice a dead link in about two minutes, without a word of ours."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, seconds in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), seconds)
