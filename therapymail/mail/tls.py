"""Trust in a mail host: one TLS context for IMAP and SMTP, and a plain phrase for why TLS failed."""

import functools
import ssl
from pathlib import Path

from therapymail.errors import FileUnusable
from therapymail.paths import error_phrase

# OpenSSL X509_V_ERR_* codes (x509_vfy.h) that ssl.SSLCertVerificationError carries in verify_code.
_CERTIFICATE_PHRASES = {
    9: "its certificate is not valid yet; is this machine's clock right",
    10: "its certificate has expired",
    18: "its certificate is self-signed",
    19: "its certificate comes from an authority this machine does not trust",
    20: "its certificate comes from an authority this machine does not trust",
    21: "its certificate comes from an authority this machine does not trust",
    23: "its certificate has been revoked",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
}
UNTRUSTED = "its certificate cannot be trusted"
NO_TLS = "it does not speak TLS as it should"
STRIPPED = "it does not offer STARTTLS, and nothing is sent without TLS"
STARTTLS_FAILED = "it offers STARTTLS and then refuses it"
INJECTED = "something was said before TLS stood that should not have been said"
PREAUTHENTICATED = "it claims that somebody is logged in already"


def trusting_context(ca_file: str = "") -> ssl.SSLContext:
    """A client context that checks chain and host name, TLS 1.2 or newer; `ca_file` is one more trust anchor (PEM).

    Source: HAZARDS S15; RFC 8314 section 4. Raises FileUnusable if `ca_file` cannot be read or holds no certificate.
    """
    try:
        changed = Path(ca_file).stat().st_mtime_ns if ca_file else 0
    except OSError as error:
        raise FileUnusable(ca_file, error_phrase(error)) from None
    return _context(ca_file, changed)


@functools.lru_cache(maxsize=8)
def _context(ca_file: str, _changed: int) -> ssl.SSLContext:
    """Made once for each state of `ca_file`: reading the system's authorities takes longer than a handshake."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except ssl.SSLError:  # also an OSError, so it stands first
            raise FileUnusable(ca_file, "it holds no certificate in PEM form") from None
        except OSError as error:
            raise FileUnusable(ca_file, error_phrase(error)) from None
    return context


def tls_phrase(error: ssl.SSLError) -> str:
    """Why TLS failed, in words of ours; nothing of the certificate or of the library's text."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _CERTIFICATE_PHRASES.get(error.verify_code, UNTRUSTED)
    return NO_TLS
