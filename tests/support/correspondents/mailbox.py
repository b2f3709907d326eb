"""A client's mailbox on the loopback mail host, as programs are told of it; and mail for programs that have none."""

import imaplib
import smtplib
import ssl
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "correct-horse"  # programs take it out of their configurations, each with rules of its own


@dataclass(frozen=True)
class Mailbox:
    """Where a client's mail is: login, address, name, ports for TLS, the authority's certificate; a short directory."""

    user: str
    address: str
    name: str
    imaps: int
    submissions: int
    authority: str
    directory: Path

    def hand_over(self, raw: bytes, recipient: str) -> None:
        """Send a mail, for a program that makes mails and does not send them."""
        with smtplib.SMTP_SSL("localhost", self.submissions, context=self._trust(), timeout=20) as session:
            session.login(self.user, PASSWORD)
            session.sendmail(self.address, [recipient], raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    def newest(self) -> bytes:
        """The mail that came last."""
        with imaplib.IMAP4_SSL("localhost", self.imaps, ssl_context=self._trust(), timeout=20) as session:
            session.login(self.user, PASSWORD)
            session.select("INBOX", readonly=True)
            _, fetched = session.fetch("*", "(RFC822)")
            assert isinstance(fetched[0], tuple), "the mailbox is empty"
            return bytes(fetched[0][1])

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authority)
