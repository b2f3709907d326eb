"""One IMAP connection as commands and answers: imapclient's, over a wire of ours."""

import contextlib
import ssl
from collections.abc import Sequence
from threading import Event

from imapclient import IMAPClient

from therapymail.mail.answers import Piece
from therapymail.mail.wire import Refused, Wire

Untagged = dict[str, list[Piece]]


class AsLiteral(bytes):
    """An argument that is sent as a literal, whatever it holds."""


class Connection(IMAPClient):  # type: ignore[misc] # imapclient has no types
    """imapclient over a `Wire`: it knows STARTTLS and capabilities, the bytes and the commands we need are ours.

    `seconds` bounds every wait. Raises what `Wire` raises.
    """

    change_numbers = False  # CONDSTORE is on (RFC 7162)
    vanished_known = False  # QRESYNC is on: the server can say what has gone since a change number

    def __init__(
        self, host: str, port: int, *, context: ssl.SSLContext | None, seconds: float, stop: Event | None = None
    ) -> None:
        self._wire_parts = (context, seconds, stop or Event())
        super().__init__(host, port, ssl=context is not None, ssl_context=context, timeout=seconds)
        self.wire.debug = 0

    @property
    def wire(self) -> Wire:
        """The bytes below."""
        wire = self._imap
        assert isinstance(wire, Wire)
        return wire

    def _create_IMAP4(self) -> Wire:  # noqa: N802 - imapclient's name
        context, seconds, stop = self._wire_parts
        return Wire(self.host, self.port, context=context, seconds=seconds, stop=stop)

    def _set_read_timeout(self) -> None:
        """Nothing: the wire keeps the time."""

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Switch to TLS by STARTTLS. Raises UntrustedWire, not imapclient's errors, when it cannot be had."""
        self.wire.starttls(context)
        self._starttls_done = True

    def can(self, capability: str) -> bool:
        """Whether the server says that it can do this."""
        return bool(self.has_capability(capability))

    def ask_capabilities_again(self) -> None:
        """Forget what the server could do before login; it is asked when next needed."""
        self._cached_capabilities = None

    def command(self, name: bytes, *arguments: bytes, expected: int = 0) -> Untagged:
        """Send one command; what came untagged with it, by name. `expected`: bytes of literals asked for.

        AsLiteral arguments go as literals, others as they are. What was left over from earlier commands is
        thrown away first: nothing stale can be taken for an answer. Raises Refused on NO, imaplib's error on BAD.
        """
        wire = self.wire
        wire.untagged_responses.clear()
        lines = [name]
        for argument in arguments:
            if isinstance(argument, AsLiteral):
                lines[-1] += b" {%d}" % len(argument)
                lines.append(bytes(argument))
            else:
                lines[-1] += b" " + argument
        tag = wire.begin(lines[0] + b"\r\n")
        for line in lines[1:]:
            wire.await_go_ahead(tag)
            wire.send(line + b"\r\n")
        wire.expect(expected)
        wire.complete(tag)
        return dict(wire.untagged_responses)

    def pipeline(self, lines: Sequence[bytes]) -> Untagged:
        """Send several commands at once and take all their answers: one round trip. A NO to one is no error.

        Raises imaplib's error on BAD.
        """
        wire = self.wire
        wire.untagged_responses.clear()
        tags = wire.begin_together(lines)
        for tag in tags:
            with contextlib.suppress(Refused):
                wire.complete(tag)
        return dict(wire.untagged_responses)
