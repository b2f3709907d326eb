"""Logging in to an IMAP host with a password, XOAUTH2 or OAUTHBEARER; only ever called over TLS."""

import imaplib
import re
from collections.abc import Callable

from therapymail.config import Auth, HostSettings
from therapymail.errors import LoginRefused, SecretUnavailable, ServerSaidNo
from therapymail.mail.connection import AsLiteral, Connection
from therapymail.mail.wire import Dropped, Refused

# RFC 5530: the server, not the login, is what is wrong; trying again later makes sense.
_NOT_NOW = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\]", re.IGNORECASE)

_MOST_CHALLENGES = 4


def log_in(connection: Connection, host: HostSettings, secret: str) -> None:
    """Log in as `host.username` with `secret`, the password or token.

    Raises LoginRefused, ServerSaidNo (not able to just now, or not by this mechanism), SecretUnavailable
    (`secret` cannot be sent at all), and what the wire raises.
    """
    check_sendable(host, secret)
    try:
        if host.auth is not Auth.PASSWORD:
            _authenticate(connection, host.auth.value.upper(), token_answers(host, secret))
        elif connection.can("AUTH=PLAIN"):
            _authenticate(connection, "PLAIN", _Answers(plain_answer(host.username, secret), b""))
        else:
            _login_command(connection, host.username, secret)
    except Dropped:
        raise
    except imaplib.IMAP4.error as error:
        if _NOT_NOW.search(str(error)):
            raise ServerSaidNo(host.host, "logging in") from None
        raise LoginRefused(host.host, host.username) from None
    finally:
        connection.ask_capabilities_again()


def check_sendable(host: HostSettings, secret: str) -> None:
    """Raise SecretUnavailable if `secret` cannot be sent: empty, or with characters that no mechanism carries."""
    what = "password" if host.auth is Auth.PASSWORD else "token"
    if not secret:
        raise SecretUnavailable(what, "it is empty")
    if "\0" in secret or (host.auth is not Auth.PASSWORD and not re.fullmatch(r"[\x21-\x7e]+", secret)):
        raise SecretUnavailable(what, "it holds characters that cannot be sent")
    try:
        secret.encode()
    except UnicodeEncodeError:
        raise SecretUnavailable(what, "it holds characters that cannot be sent") from None


def plain_answer(username: str, secret: str) -> bytes:
    """The one message of SASL PLAIN (RFC 4616)."""
    return f"\0{username}\0{secret}".encode()


def xoauth2_answer(username: str, token: str) -> bytes:
    """The first message of XOAUTH2 (Google's and Microsoft's description of it)."""
    return f"user={username}\x01auth=Bearer {token}\x01\x01".encode()


def oauthbearer_answer(host: HostSettings, token: str) -> bytes:
    """The first message of OAUTHBEARER (RFC 7628 section 3.1; the name escaped as RFC 5801 section 4 says)."""
    name = host.username.replace("=", "=3D").replace(",", "=2C")
    return f"n,a={name},\x01host={host.host}\x01port={host.port}\x01auth=Bearer {token}\x01\x01".encode()


def token_answers(host: HostSettings, token: str) -> Callable[[bytes], bytes]:
    """What to answer to each challenge: the token once, then what the mechanism wants after an error report.

    XOAUTH2 wants an empty line, OAUTHBEARER one 0x01 byte (RFC 7628 section 3.2.3); then comes the server's NO.
    """
    if host.auth is Auth.OAUTHBEARER:
        return _Answers(oauthbearer_answer(host, token), b"\x01")
    return _Answers(xoauth2_answer(host.username, token), b"")


class _Answers:
    """The secret for the first challenge and `afterwards` for every later one; never the secret twice."""

    def __init__(self, first: bytes, afterwards: bytes) -> None:
        self._first: bytes | None = first
        self._afterwards = afterwards
        self._challenges = 0

    def __call__(self, _challenge: bytes) -> bytes:
        self._challenges += 1
        if self._challenges > _MOST_CHALLENGES:
            raise Refused("endless challenges")
        answer, self._first = self._first, None
        return self._afterwards if answer is None else answer


def _authenticate(connection: Connection, mechanism: str, answers: Callable[[bytes], bytes]) -> None:
    answer, data = connection.wire.authenticate(mechanism, answers)
    if answer != "OK":
        raise Refused(str(data))


def _login_command(connection: Connection, username: str, secret: str) -> None:
    """LOGIN with literals: no character of a name or password can be taken for protocol."""
    connection.command(b"LOGIN", AsLiteral(username.encode()), AsLiteral(secret.encode()))
    connection.wire.state = "AUTH"
