"""The key directory of a mail domain (OpenPGP Web Key Directory), asked for one address over HTTPS, only when told to.

Whom it asks learns that somebody here looks for that address: practice.look_up_key says so before.
"""

import hashlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from therapymail.domain.addresses import canonical_address
from therapymail.errors import KeyDirectoryUnreachable, UnusableInput
from therapymail.mail.tls import tls_phrase, trusting_context

MAX_BYTES = 200 * 1024
SECONDS = 20.0  # for all of it, but for the names being resolved
_CONNECTING_SECONDS = 10.0
_MAX_REDIRECTS = 2
_MAX_ADDRESSES = 4  # of one host: whoever runs the domain could give hundreds that never answer
_HTTPS_PORT = 443
_Z_BASE_32 = "ybndrfg8ejkmcpqxot1uwisza345h769"  # draft-koch-openpgp-webkey-service section 3.1; RFC 6189 section 5.1.6
_OK, _SERVER_FAULTS = 200, 500
_REDIRECTS = {301, 302, 303, 307, 308}


class Method(StrEnum):
    """Which of the two places of the draft was asked (section 3.1)."""

    ADVANCED = "advanced"  # the host openpgpkey.DOMAIN
    DIRECT = "direct"  # DOMAIN itself, where that host does not exist


class Answer(NamedTuple):
    """What the directory gave: the bytes of keys, empty where it has none for this address."""

    method: Method
    keys: bytes


Dial = Callable[[str, float], socket.socket]  # a host name and seconds; raises OSError, socket.gaierror


def dial(host: str, seconds: float) -> socket.socket:
    """A connection to the HTTPS port of `host`, of whose addresses the first few are tried. Raises OSError."""
    ends = time.monotonic() + seconds
    failed: OSError = TimeoutError()
    for *_, address in socket.getaddrinfo(host, _HTTPS_PORT, type=socket.SOCK_STREAM)[:_MAX_ADDRESSES]:
        left = _left(ends)
        try:
            return socket.create_connection((str(address[0]), _HTTPS_PORT), timeout=left)
        except OSError as error:
            failed = error
    raise failed


def _left(ends: float) -> float:
    """Seconds until the monotonic clock shows `ends`. Raises TimeoutError where it is over."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@dataclass(frozen=True)
class KeyDirectory:
    """Asks key directories; `dial` and `ca_file` (one more trust anchor) are for directories on the machine itself."""

    dial: Dial = dial
    ca_file: str = ""
    seconds: float = SECONDS

    def ask(self, address: str) -> Answer:
        """What the directory of the address's domain publishes for it: nobody vouches for that but the domain.

        PGP.md section 2: the advanced place first, the direct one only where no such host exists. HTTPS alone, at most
        MAX_BYTES and `seconds`, redirects only within the domain. Raises KeyDirectoryUnreachable, UnusableInput.
        """
        wanted = canonical_address(address)
        domain = wanted.rpartition("@")[2]
        if domain.rpartition(".")[2][:1].isdigit():  # no top-level domain: a machine's number, perhaps in this house
            raise UnusableInput("address", "its domain is a number; only a name has a key directory")
        ends = time.monotonic() + self.seconds
        for method in Method:
            try:
                keys = self._fetched(_url(wanted, method), domain, ends)
            except socket.gaierror as error:
                if error.errno not in _NO_SUCH_HOST:
                    raise KeyDirectoryUnreachable("the name of its host cannot be looked up now") from None
            else:
                return Answer(method, keys)
        return Answer(Method.DIRECT, b"")  # the domain has no host of its own: nothing is published

    def _fetched(self, url: str, domain: str, ends: float) -> bytes:
        """The body behind `url`, empty where there is none, until the monotonic clock shows `ends`.

        Raises socket.gaierror, KeyDirectoryUnreachable.
        """
        for _ in range(_MAX_REDIRECTS + 1):
            try:
                status, there, body = self._visit(url, ends)
            except socket.gaierror:
                raise
            except ssl.SSLError as error:
                raise KeyDirectoryUnreachable(tls_phrase(error)) from None
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise KeyDirectoryUnreachable(_phrase(error)) from None
            if status not in _REDIRECTS:
                break
            url = _next(domain, url, there)
        else:
            raise KeyDirectoryUnreachable("it sends from one place to the next")
        if status >= _SERVER_FAULTS:
            raise KeyDirectoryUnreachable("it reports a fault of its own")
        return body if status == _OK else b""

    def _visit(self, url: str, ends: float) -> tuple[int, str, bytes]:
        """Status, Location and body of one request. Raises OSError, HTTPException, KeyDirectoryUnreachable."""
        parts = urlsplit(url)
        host, at_most = parts.hostname or "", min(_left(ends), _CONNECTING_SECONDS)
        connection = http.client.HTTPSConnection(host, timeout=at_most)
        with self.dial(host, at_most) as plain:
            sealed = trusting_context(self.ca_file).wrap_socket(
                plain, server_hostname=host, do_handshake_on_connect=False
            )
        with sealed, _Deadline(sealed, _left(ends)):
            sealed.do_handshake()
            connection.sock = sealed
            connection.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path or "/")
            answer = connection.getresponse()
            body = answer.read(MAX_BYTES + 1) if answer.status == _OK else b""
        if len(body) > MAX_BYTES:
            raise KeyDirectoryUnreachable(f"it sends more than {MAX_BYTES // 1024} KiB")
        return answer.status, answer.getheader("Location", ""), body


class _Deadline:
    """Cuts a connection at the end of the time, under whoever reads from it, and says so by TimeoutError.

    A host that sends a byte now and then is never idle, so that the time of one reading is no limit.
    """

    def __init__(self, connection: ssl.SSLSocket, seconds: float) -> None:
        self._connection = connection
        self._is_over = threading.Event()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._timer.cancel()
        if self._is_over.is_set() and (error is None or isinstance(error, (OSError, http.client.HTTPException))):
            raise TimeoutError from None

    def _cut(self) -> None:
        self._is_over.set()
        try:
            socket.socket.shutdown(self._connection, socket.SHUT_RDWR)  # of TLS's own state the reader is not robbed
        except OSError:
            return  # it has ended by itself


_NO_SUCH_HOST = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


def _url(address: str, method: Method) -> str:
    local, _, domain = address.rpartition("@")
    named = f"hu/{_hashed(local)}?l={quote(local, safe='')}"
    if method is Method.ADVANCED:
        return f"https://openpgpkey.{domain}/.well-known/openpgpkey/{domain}/{named}"
    return f"https://{domain}/.well-known/openpgpkey/{named}"


def _hashed(local: str) -> str:
    """The local part, in lower case, as the draft names it: SHA-1 in z-base-32, 32 characters."""
    number = int.from_bytes(hashlib.sha1(local.encode("utf-8"), usedforsecurity=False).digest(), "big")
    return "".join(_Z_BASE_32[number >> shift & 31] for shift in range(155, -5, -5))


def _next(domain: str, before: str, there: str) -> str:
    """Where a redirect leads, if that stays with the domain and with HTTPS. Raises KeyDirectoryUnreachable."""
    try:
        url = urljoin(before, there)
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise KeyDirectoryUnreachable("it sends to a place that cannot be read") from None
    if parts.scheme != "https" or port not in {None, _HTTPS_PORT} or parts.username is not None:
        raise KeyDirectoryUnreachable("it sends to a place without HTTPS")
    if host != domain and not host.endswith(f".{domain}"):
        raise KeyDirectoryUnreachable("it sends to somebody else's host")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise KeyDirectoryUnreachable("it sends to a place that cannot be read")
    return url


def _phrase(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "its host refuses the connection"
    return "the connection broke" if isinstance(error, OSError) else "what it answers is no HTTP"
