"""The one place where what sockets, TLS and mail servers do wrong becomes an error of ours.

Nothing a server says is ever passed on: it may hold addresses, folder names, or what an attacker wants read.
"""

import contextlib
import imaplib
import socket
import ssl
from collections.abc import Iterator

from imapclient.exceptions import IMAPClientError, ProtocolError

from therapymail.config import HostSettings
from therapymail.errors import ServerSaidNo, ServerUnreachable, TherapymailError, TlsRefused
from therapymail.mail.tls import tls_phrase
from therapymail.mail.wire import Dropped, Stopped, UntrustedWire

UNKNOWN_HOST = "no host of that name is known"
REFUSED = "it refuses the connection"
TIMED_OUT = "it does not answer in time"
# The libraries meet what no server should say with whatever breaks first.
_BROKEN = (ProtocolError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError, RecursionError)
DROPPED = "the connection was dropped"
NO_ROUTE = "there is no way to it from here"


@contextlib.contextmanager
def as_our_errors(host: HostSettings, doing: str) -> Iterator[None]:
    """Run a block that talks to `host`; `doing` names it in a few words of ours.

    Raises ServerUnreachable, TlsRefused or ServerSaidNo in place of what the libraries raise.
    """
    try:
        yield
    except (TherapymailError, Stopped):
        raise
    except (OSError, imaplib.IMAP4.error, IMAPClientError, UntrustedWire) as error:
        raise our_error(host, doing, error) from None
    except _BROKEN as error:
        if not _raised_by_a_library(error):
            raise
        raise ServerSaidNo(host.host, doing) from None


def our_error(host: HostSettings, doing: str, error: BaseException) -> TherapymailError:
    """The error of ours that says what `error` of a socket, of TLS or of a library means."""
    match error:
        case UntrustedWire():
            return TlsRefused(host.host, host.port, str(error))
        case ssl.SSLError():
            return TlsRefused(host.host, host.port, tls_phrase(error))
        case Dropped():
            return ServerUnreachable(host.host, host.port, DROPPED)
        case OSError():
            return ServerUnreachable(host.host, host.port, network_phrase(error))
        case _:
            return ServerSaidNo(host.host, doing)


def network_phrase(error: OSError) -> str:
    """Why a host cannot be reached, in words of ours."""
    match error:
        case socket.gaierror():
            return UNKNOWN_HOST
        case ConnectionRefusedError():
            return REFUSED
        case TimeoutError():
            return TIMED_OUT
        case ConnectionError():
            return DROPPED
        case _:
            return NO_ROUTE


def _raised_by_a_library(error: BaseException) -> bool:
    """Whether the innermost frame of `error` is not ours: a mistake of ours must stay visible as one."""
    trace = error.__traceback__
    innermost = ""
    while trace is not None:
        innermost = trace.tb_frame.f_globals.get("__name__", "")
        trace = trace.tb_next
    return not innermost.startswith("therapymail")
