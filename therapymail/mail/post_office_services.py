"""The IMAP and submission services of the embedded post office: pymap and aiosmtpd, set up and kept quiet.

Their libraries are imported when an office opens: only `therapymail demo` needs them installed.
"""

import asyncio
import hashlib
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from aiosmtpd.smtp import AuthResult, Envelope, Session

HOST = "localhost"
_LOOPBACK = "127.0.0.1"
LARGEST_MAIL_BYTES = 60_000_000


class Office(Protocol):
    """What the services ask of the office."""

    def knows(self, address: str) -> bool:
        """Whether mail for this address is taken."""
        ...

    def password_is(self, user: str, password: str) -> bool:
        """Whether `password` is the user's."""
        ...

    def opened(self, transport: asyncio.WriteTransport) -> None:
        """Note a connection, to end it when the office closes."""
        ...

    async def deliver(self, recipients: Iterable[str], raw: bytes) -> None:
        """Bring a mail to each recipient."""
        ...

    async def open_accounts(self, config: Any, login: Any) -> None:  # noqa: ANN401 - pymap has no types
        """Give every user a password and folders."""
        ...


def server_context(ca_file: Path) -> ssl.SSLContext:
    """A TLS context with a certificate for localhost by a new authority, whose own certificate goes to `ca_file`."""
    import trustme

    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(HOST, _LOOPBACK).configure_cert(context)
    authority.cert_pem.write_to_path(ca_file)
    return context


class _Hashing:
    """How pymap compares passwords: quickly; they protect nothing here."""

    def copy(self) -> "_Hashing":
        """Itself."""
        return self

    def hash(self, password: str) -> str:
        """A digest of `password`."""
        return hashlib.sha256(password.encode("utf-8", "surrogateescape")).hexdigest()

    def verify(self, password: str, hashed: str) -> bool:
        """Whether `hashed` is the digest of `password`."""
        return self.hash(password) == hashed


async def imap_servers(office: Office, context: ssl.SSLContext) -> list[asyncio.Server]:
    """Two listening IMAP servers: with STARTTLS, and with TLS first."""
    from argparse import Namespace

    from proxyprotocol.sock import SocketInfo
    from pymap.backend.dict import Config, Login
    from pymap.imap import IMAPServer

    class QuietConfig(Config):
        greeting = b"therapymail's own post office"  # pymap would name this machine

    settings = Namespace(passlib_cfg=None, proxy_protocol=None)
    config = QuietConfig(
        settings,
        host=None,
        port=0,
        demo_data=False,
        demo_user="",
        demo_password="",
        ssl_context=context,
        hash_context=_Hashing(),
        reject_dnsbl=False,
        max_append_len=LARGEST_MAIL_BYTES,
    )
    config.apply_context()
    login = Login(config)
    await office.open_accounts(config, login)
    serve = IMAPServer(login, config)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        office.opened(writer.transport)
        try:
            await serve(reader, writer, SocketInfo.get(writer, None))
        except Exception:  # noqa: BLE001 - pymap has told the client; a traceback would land in the demo's terminal
            writer.close()

    return [
        await asyncio.start_server(connected, _LOOPBACK, 0),
        await asyncio.start_server(connected, _LOOPBACK, 0, ssl=context),
    ]


async def smtp_servers(office: Office, context: ssl.SSLContext) -> list[asyncio.Server]:
    """Two listening submission servers: with STARTTLS, which they insist on, and with TLS first."""
    import logging

    from aiosmtpd.smtp import SMTP

    logging.getLogger("mail.log").setLevel(logging.ERROR)  # it logs every command and address at INFO
    loop = asyncio.get_running_loop()

    class Service(SMTP):
        """One connection."""

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            if isinstance(transport, asyncio.WriteTransport):
                office.opened(transport)
            super().connection_made(transport)

    def service(*, implicit: bool) -> SMTP:
        return Service(
            _Incoming(office),
            hostname=HOST,
            ident="post office",
            data_size_limit=LARGEST_MAIL_BYTES,
            tls_context=None if implicit else context,
            require_starttls=not implicit,
            auth_require_tls=not implicit,
            authenticator=_Authenticator(office),
            loop=loop,
        )

    return [
        await loop.create_server(lambda: service(implicit=False), _LOOPBACK, 0),
        await loop.create_server(lambda: service(implicit=True), _LOOPBACK, 0, ssl=context),
    ]


class _Authenticator:
    """Who may submit: the office's users."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def __call__(
        self, _server: object, _session: object, _envelope: object, _mechanism: str, login: object
    ) -> "AuthResult":
        from aiosmtpd.smtp import AuthResult, LoginPassword

        known = isinstance(login, LoginPassword) and self._office.password_is(
            login.login.decode("utf-8", "replace"), login.password.decode("utf-8", "replace")
        )
        return AuthResult(success=known, handled=False)


class _Incoming:
    """What aiosmtpd asks about each mail."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: object, session: "Session", envelope: "Envelope", address: str, _options: list[str]
    ) -> str:
        """Nothing is taken without a login."""
        if not session.authenticated:
            return "530 5.7.0 log in first"
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: object, _session: object, envelope: "Envelope", address: str, _options: list[str]
    ) -> str:
        """Nothing leaves the office."""
        if not self._office.knows(address):
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: object, _session: object, envelope: "Envelope"
    ) -> str:
        """The mail goes to its recipients as it came."""
        await self._office.deliver(envelope.rcpt_tos, envelope.original_content or b"")
        return "250 2.0.0 delivered"
