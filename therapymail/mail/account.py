"""Connecting to the account's IMAP host, and fetching its password or token from a command."""

import shlex
import subprocess
from threading import Event

from therapymail.config import HostSettings, Security
from therapymail.errors import SecretUnavailable
from therapymail.mail import tls
from therapymail.mail.connection import Connection
from therapymail.mail.faults import as_our_errors
from therapymail.mail.login import log_in
from therapymail.mail.mailbox import Mailbox

TIMEOUT_SECONDS = 30.0
COMMAND_SECONDS = 60.0  # a password manager may ask the person for something
_MOST_SECRET_BYTES = 65_536


def connect(host: HostSettings, secret: str, *, timeout: float = TIMEOUT_SECONDS, stop: Event | None = None) -> Mailbox:
    """A logged-in mailbox at `host`; `timeout` bounds every wait, in seconds; `stop`, once set, ends any wait.

    TLS first, always: STARTTLS is mandatory where it is the way, PREAUTH ends the connection, and there is no
    fallback to anything in the clear (HAZARDS H12, S15; RFC 8314). Raises ServerUnreachable, TlsRefused,
    LoginRefused, ServerSaidNo, SecretUnavailable, FileUnusable (`ca_file`), and Stopped.
    """
    context = tls.trusting_context(host.ca_file)
    implicit = host.security is Security.TLS
    with as_our_errors(host, "greeting"):
        connection = Connection(host.host, host.port, context=context if implicit else None, seconds=timeout, stop=stop)
    try:
        with as_our_errors(host, "starting TLS"):
            connection.wire.refuse_preauthenticated()
            if not implicit:
                connection.starttls(context)
        with as_our_errors(host, "logging in"):
            log_in(connection, host, secret)
            connection.wire.allow_long_commands()
            _enable_change_numbers(connection)
    except BaseException:
        connection.wire.shutdown()
        raise
    return Mailbox(host, connection)


def _enable_change_numbers(connection: Connection) -> None:
    """CONDSTORE and QRESYNC have to be enabled before a folder is opened (RFC 7162 section 3.2.3)."""
    if connection.can("ENABLE"):
        offered = [name for name in ("CONDSTORE", "QRESYNC") if connection.can(name)]
        if offered:
            connection.command(b"ENABLE", *(name.encode() for name in offered))
            connection.change_numbers = True
            connection.vanished_known = "QRESYNC" in offered


def secret_from_command(command: str, *, what: str = "password", timeout: float = COMMAND_SECONDS) -> str:
    """The first line that `command` prints, without its line end: the password or token.

    No shell takes part, so nothing in it is expanded; standard error goes to the person's terminal, and
    standard input stays theirs too (a password manager may ask). Raises SecretUnavailable.
    """
    try:
        words = shlex.split(command)
    except ValueError:
        raise SecretUnavailable(what, "its command cannot be read: a quote is not closed") from None
    if not words:
        raise SecretUnavailable(what, "its command is empty")
    try:
        ran = subprocess.run(words, stdout=subprocess.PIPE, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        raise SecretUnavailable(what, "its command does not end") from None
    except FileNotFoundError:
        raise SecretUnavailable(what, "its command is not installed") from None
    except OSError:
        raise SecretUnavailable(what, "its command cannot be run") from None
    if ran.returncode != 0:
        raise SecretUnavailable(what, f"its command failed (exit status {ran.returncode})")
    return _first_line(ran.stdout, what)


def _first_line(printed: bytes, what: str) -> str:
    line = printed[:_MOST_SECRET_BYTES].split(b"\n", 1)[0].removesuffix(b"\r")
    try:
        secret = line.decode()
    except UnicodeDecodeError:
        raise SecretUnavailable(what, "its command does not print text") from None
    if not secret:
        raise SecretUnavailable(what, "its command prints nothing")
    return secret
