"""Connecting to the account's IMAP host: TLS first, then the login, and only then a mailbox."""

from threading import Event

from therapymail.config import HostSettings, Security
from therapymail.mail import tls
from therapymail.mail.connection import Connection
from therapymail.mail.faults import as_our_errors
from therapymail.mail.login import log_in
from therapymail.mail.mailbox import Mailbox
from therapymail.mail.secret_command import secret_from_command

__all__ = ["TIMEOUT_SECONDS", "connect", "secret_from_command"]

TIMEOUT_SECONDS = 30.0


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
                connection.start_tls(context)
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
