"""A post office of our own on loopback, for `therapymail demo`: IMAP and submission over TLS, all in this process.

It is real enough to be written to by any mail program and small enough to need no installation: pymap keeps the
folders in memory, aiosmtpd takes mail in, trustme makes the certificates. Not a mail host for real letters:
nothing is kept, and passwords are held as they are.
"""

import asyncio
import contextlib
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from therapymail.config import HostSettings, Security
from therapymail.mail import post_office_services as services

STANDARD_FOLDERS = ("Sent", "Drafts", "Trash", "Junk", "Archive")
_START_SECONDS = 30.0
_GOODBYE_SECONDS = 0.05  # for connections to end as they should

Result = TypeVar("Result")
HandOut = Callable[[str, bytes], None]  # the address of somebody outside, and the mail for them


@dataclass(frozen=True)
class Ports:
    """Where it listens, on 127.0.0.1: `imaps` and `submissions` with TLS first, the others with STARTTLS."""

    imap: int
    imaps: int
    submission: int
    submissions: int


class PostOffice:
    """An embedded mail host with `users` (address to password); `ca.pem` is written to `directory`.

    Every user has INBOX and STANDARD_FOLDERS, and logs in with the address. What is submitted goes to the INBOX
    of users here, and to those outside whom `hand_out` names; any other recipient is refused, and no copy is filed
    anywhere. `clock` says when it arrived: the true time, unless another is set.
    """

    def __init__(self, directory: Path, users: Mapping[str, str]) -> None:
        self._directory = directory
        self._users = {address.lower(): password for address, password in users.items()}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="therapymail-post-office", daemon=True)
        self._started: Future[Ports] = Future()
        self._ending = asyncio.Event()
        self._mailboxes: dict[str, Any] = {}
        self._transports: weakref.WeakSet[asyncio.WriteTransport] = weakref.WeakSet()
        self._ports: Ports | None = None
        self._outside: dict[str, HandOut] = {}
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def ca_file(self) -> Path:
        """The certificate to trust, PEM."""
        return self._directory / "ca.pem"

    @property
    def ports(self) -> Ports:
        """Where it listens, once started."""
        assert self._ports is not None
        return self._ports

    def start(self) -> None:
        """Listen; returns when mail can be read and sent. Raises OSError."""
        self._thread.start()
        self._ports = self._started.result(_START_SECONDS)

    def stop(self) -> None:
        """Close every connection and forget everything; a second call does nothing."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ending.set)
            self._thread.join()

    def append(self, user: str, folder: str, raw: bytes, internaldate: datetime) -> int:
        """Put a mail into a user's folder, as IMAP's APPEND does; its UID. The folder is made if missing."""
        return self._ask(self._append(user.lower(), folder, raw, internaldate))

    def hand_out(self, addresses: Iterable[str], to: HandOut) -> None:
        """From now on take mail for these addresses too, and give each to `to(address, raw)`, which returns at once."""
        self._outside.update(dict.fromkeys((address.lower() for address in addresses), to))

    def imap_settings(self, user: str, security: Security = Security.TLS) -> HostSettings:
        """How `user` reaches IMAP."""
        port = self.ports.imaps if security is Security.TLS else self.ports.imap
        return HostSettings(services.HOST, port, security, user, ca_file=str(self.ca_file))

    def smtp_settings(self, user: str, security: Security = Security.TLS) -> HostSettings:
        """How `user` reaches submission."""
        port = self.ports.submissions if security is Security.TLS else self.ports.submission
        return HostSettings(services.HOST, port, security, user, ca_file=str(self.ca_file))

    def _ask(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_START_SECONDS)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:  # it belongs to whoever waits for the start
            if not self._started.done():
                self._started.set_exception(error)
                return
            raise
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        async with contextlib.AsyncExitStack() as stack:
            context = services.server_context(self.ca_file)
            imap = await services.imap_servers(self, context)
            smtp = await services.smtp_servers(self, context)
            for server in (*imap, *smtp):
                stack.push_async_callback(server.wait_closed)
                stack.callback(server.close)
            ports = [server.sockets[0].getsockname()[1] for server in (*imap, *smtp)]
            self._started.set_result(Ports(*ports))
            await self._ending.wait()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            for transport in list(self._transports):
                with contextlib.suppress(AttributeError):  # Python 3.11.2: a TLS connection that has ended already
                    transport.abort()
            await asyncio.sleep(_GOODBYE_SECONDS)

    async def _append(self, user: str, folder: str, raw: bytes, internaldate: datetime) -> int:
        from pymap.parsing.message import AppendMessage

        mailboxes = self._mailboxes[user]
        if folder.upper() != "INBOX":
            with contextlib.suppress(ValueError):  # it exists
                await mailboxes.add_mailbox(folder)
        mailbox = await mailboxes.get_mailbox(folder)
        message = await mailbox.append(AppendMessage(raw, internaldate), recent=True)
        return int(message.uid)

    def knows(self, address: str) -> bool:
        """Whether mail for this address is taken."""
        return address.lower() in self._users or address.lower() in self._outside

    def password_is(self, user: str, password: str) -> bool:
        """Whether `password` is the user's."""
        return self._users.get(user.lower()) == password

    def opened(self, transport: asyncio.WriteTransport) -> None:
        """Note a connection, to end it when the office closes. For both services."""
        self._transports.add(transport)

    async def deliver(self, recipients: Iterable[str], raw: bytes) -> None:
        """Put a mail into the INBOX of each recipient, now, or hand it out. For the submission service."""
        for recipient in (recipient.lower() for recipient in recipients):
            if hand_out := self._outside.get(recipient):
                hand_out(recipient, raw)
            else:
                await self._append(recipient, "INBOX", raw, self.clock())

    async def open_accounts(self, config: Any, login: Any) -> None:  # noqa: ANN401 - pymap has no types
        """Give every user a password and folders. For the IMAP service."""
        from pymap.backend.dict import Identity
        from pymap.backend.dict.filter import FilterSet
        from pymap.backend.dict.mailbox import MailboxSet
        from pymap.user import UserMetadata

        for address, password in self._users.items():
            hashed = config.hash_context.hash(config.password_prep(password))
            metadata = UserMetadata(config, address, password=hashed)
            await Identity(address, login, None, frozenset()).set(metadata)
            mailboxes = MailboxSet()
            for folder in STANDARD_FOLDERS:
                await mailboxes.add_mailbox(folder)
            config.set_cache[address] = (mailboxes, FilterSet())
            self._mailboxes[address] = mailboxes
