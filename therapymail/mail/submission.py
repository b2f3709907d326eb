"""A logged-in connection to the account's submission host, over TLS or not at all."""

import asyncio
import base64
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from therapymail.config import Auth, HostSettings, Security
from therapymail.errors import LoginRefused, ServerSaidNo, ServerUnreachable
from therapymail.mail import tls
from therapymail.mail.faults import DROPPED, TIMED_OUT, our_error
from therapymail.mail.login import check_sendable, oauthbearer_answer, xoauth2_answer
from therapymail.mail.wire import UntrustedWire

if TYPE_CHECKING:
    from aiosmtplib import SMTP, SMTPResponse
    from aiosmtplib.protocol import SMTPProtocol

TIMEOUT_SECONDS = 30.0
_STEPS = 6  # connect, EHLO, STARTTLS, handshake, EHLO, AUTH: each may take a timeout, all together no more
# What we call ourselves in EHLO: the machine's own name would stand in every Received line (HAZARDS H11).
_OUR_NAME = "[127.0.0.1]"
_GOODBYE_SECONDS = 5.0
_TURNS_TO_NOTICE = 8  # of the event loop, until all layers of a connection know that it has ended
_GO_ON, _LOGGED_IN, _READY = 334, 235, 220


def check_login(host: HostSettings, secret: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
    """Log in at the submission host and leave; no mail is sent. `timeout` bounds every wait, in seconds.

    Raises ServerUnreachable, TlsRefused, LoginRefused, ServerSaidNo, SecretUnavailable, FileUnusable (`ca_file`).
    """

    async def check() -> None:
        async with logged_in(host, secret, timeout=timeout):
            pass

    asyncio.run(check())


@contextlib.asynccontextmanager
async def logged_in(host: HostSettings, secret: str, *, timeout: float = TIMEOUT_SECONDS) -> AsyncIterator["SMTP"]:
    """A connection that has logged in; it is closed at the end. Raises as `check_login`.

    TLS from the first byte, or STARTTLS that must be offered and succeed (HAZARDS H11, S15; RFC 8314).
    """
    from aiosmtplib import SMTP, SMTPException

    check_sendable(host, secret)
    context = tls.trusting_context(host.ca_file)
    with smtp_faults(host, "greeting"):
        sock = await _connected_socket(host, timeout)
    client = SMTP(
        hostname=host.host,
        port=None,
        sock=sock,
        use_tls=host.security is Security.TLS,
        start_tls=False,
        tls_context=context,
        timeout=timeout,
        local_hostname=_OUR_NAME,
    )
    try:
        await _greet_and_log_in(client, host, secret, timeout)
        yield client
        with contextlib.suppress(SMTPException):
            await client.quit(timeout=min(timeout, _GOODBYE_SECONDS))
    finally:
        client.close()
        with contextlib.suppress(OSError):  # the host may have ended it already
            sock.shutdown(socket.SHUT_RDWR)  # a polite end of TLS would wait for a host that may be gone
        for _ in range(_TURNS_TO_NOTICE):
            await asyncio.sleep(0)


async def _greet_and_log_in(client: "SMTP", host: HostSettings, secret: str, timeout: float) -> None:
    with smtp_faults(host, "greeting"):
        async with asyncio.timeout(timeout * _STEPS):
            await client.connect()
            await client.ehlo()
            if host.security is Security.STARTTLS:
                await _start_tls(client)
                await client.ehlo()
    with smtp_faults(host, "logging in"):
        async with asyncio.timeout(timeout * _STEPS):
            await _log_in(client, host, secret)


async def _connected_socket(host: HostSettings, timeout: float) -> socket.socket:
    """A socket connected to the first address of the host that answers. Raises OSError."""
    loop = asyncio.get_running_loop()
    trouble: OSError = TimeoutError()
    for family, kind, protocol, _, address in await loop.getaddrinfo(host.host, host.port, type=socket.SOCK_STREAM):
        sock = socket.socket(family, kind, protocol)
        sock.settimeout(0)
        try:
            await asyncio.wait_for(loop.sock_connect(sock, address), timeout)
        except OSError as error:
            sock.close()
            trouble = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise trouble


async def _start_tls(client: "SMTP") -> None:
    if not client.supports_extension("starttls"):
        raise UntrustedWire(tls.STRIPPED)
    assert client.protocol is not None
    _refuse_early_bytes(client.protocol)
    await client.starttls()


def _refuse_early_bytes(protocol: "SMTPProtocol") -> None:
    """Make `protocol` refuse what follows the answer to STARTTLS before TLS stands.

    aiosmtplib throws it away, which is safe; but it is an attack, and those end the connection (HAZARDS S15).
    """
    read_response = protocol.read_response

    async def read_strictly(timeout: float | None = None) -> "SMTPResponse":
        response = await read_response(timeout)
        if response.code != _READY:
            raise UntrustedWire(tls.STARTTLS_FAILED)
        del protocol.read_response  # this one answer; the method shows again
        if protocol._buffer:  # noqa: SLF001 - there is no other way to see it
            raise UntrustedWire(tls.INJECTED)
        return response

    protocol.read_response = read_strictly  # type: ignore[method-assign]


async def _log_in(client: "SMTP", host: HostSettings, secret: str) -> None:
    """One attempt, by one mechanism: aiosmtplib's login would send a wrong password once for each."""
    from aiosmtplib import SMTPAuthenticationError

    offered = client.server_auth_methods
    if host.auth is Auth.XOAUTH2:
        answer = await _token(client, b"XOAUTH2", xoauth2_answer(host.username, secret), b"")
    elif host.auth is Auth.OAUTHBEARER:
        answer = await _token(client, b"OAUTHBEARER", oauthbearer_answer(host, secret), b"\x01")
    elif "plain" in offered:
        answer = await client.auth_plain(host.username, secret)
    elif "login" in offered:
        answer = await client.auth_login(host.username, secret)
    else:
        raise ServerSaidNo(host.host, "logging in: it offers no way to send a password")
    if answer.code != _LOGGED_IN:
        raise SMTPAuthenticationError(answer.code, answer.message)


async def _token(client: "SMTP", mechanism: bytes, token: bytes, afterwards: bytes) -> "SMTPResponse":
    """Send `token`; where the server reports an error as a challenge, acknowledge it and take the answer."""
    answer = await client.execute_command(b"AUTH", mechanism, base64.b64encode(token))
    if answer.code == _GO_ON:
        answer = await client.execute_command(base64.b64encode(afterwards))
    return answer


@contextlib.contextmanager
def smtp_faults(host: HostSettings, doing: str) -> Iterator[None]:
    """Raise errors of ours in place of what aiosmtplib, TLS and sockets raise; nothing the server says is kept.

    ServerUnreachable, TlsRefused, LoginRefused or ServerSaidNo, `doing` named in words of ours.
    """
    import aiosmtplib

    try:
        yield
    except aiosmtplib.SMTPAuthenticationError as error:
        if error.code in range(500, 600):
            raise LoginRefused(host.host, host.username) from None
        raise ServerSaidNo(host.host, doing) from None
    except aiosmtplib.SMTPConnectResponseError:
        raise ServerSaidNo(host.host, doing) from None
    except (aiosmtplib.SMTPTimeoutError, TimeoutError):
        raise ServerUnreachable(host.host, host.port, TIMED_OUT) from None
    except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPServerDisconnected) as error:
        if isinstance(error.__cause__, OSError):
            raise our_error(host, doing, error.__cause__) from None
        raise ServerUnreachable(host.host, host.port, DROPPED) from None
    except (OSError, UntrustedWire) as error:
        raise our_error(host, doing, error) from None
    except aiosmtplib.SMTPException:
        raise ServerSaidNo(host.host, doing) from None
