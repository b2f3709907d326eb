"""A practice on a loopback mail host, driven by its commands alone, and mailboxes there for clients."""

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.support.correspondents.mailbox import PASSWORD, Mailbox
from tests.support.mailhost import HostFacts, MailHost
from tests.support.practices import short_directory
from tests.support.program import Program, Ran, program

OWN = "orla"
_USERS = [f"client{number}" for number in range(1, 20)]


@dataclass
class Desk:
    """The practice, its mail host, and the logins that are left for clients."""

    therapymail: Program
    host: HostFacts
    directory: Path
    left: list[str]

    @property
    def address(self) -> str:
        """The practice's."""
        return f"{OWN}@{self.host.domain}"

    @cached_property
    def certificate(self) -> bytes:
        """Its public key, armored."""
        return self.therapymail.ok("key", "export").out.encode()

    def mailbox(self, name: str) -> Mailbox:
        """A fresh mailbox for a client of that name, with a directory of its own."""
        user = self.left.pop()
        directory = self.directory / user
        directory.mkdir(mode=0o700)
        ports = self.host.ports
        return Mailbox(
            user, f"{user}@{self.host.domain}", name, ports["imaps"], ports["submissions"], self.host.ca, directory
        )

    def add(self, code: str, mailbox: Mailbox, certificate: bytes) -> dict[str, Any]:
        """Take a client in, with the key that they gave; the client as `--json` shows it."""
        key = mailbox.directory / "certificate"
        key.write_bytes(certificate)
        given = ("client", "add", code, mailbox.address, "--name", mailbox.name, "--key", str(key), "--json")
        client: dict[str, Any] = self.therapymail.ok(*given).answer["clients"][0]
        return client

    def confirm(self, code: str, fingerprint: str) -> None:
        """Confirm a client's key by another channel."""
        self.therapymail.ok("client", "verify", code, "--fingerprint", fingerprint, "--how", "in person")

    def answer(self, letter: str, text: str, *enclosures: Path) -> None:
        """Answer a letter, and let it leave at once."""
        how = ["--body-file", "-", "--json", *(word for each in enclosures for word in ("--enclose", str(each)))]
        draft = self.therapymail.ok("reply", letter, *how, stdin=text.encode()).answer["draft"]
        (entry,) = self.therapymail.ok("send", draft, "--at-once", "--json").answer["outbox"]
        assert entry["state"] == "sent", entry

    def sync(self) -> None:
        """Fetch what has come."""
        self.therapymail.ok("sync")

    def received(self, code: str) -> dict[str, str]:
        """The letters that came from a client, newest first; the state of each."""
        listed = self.therapymail.ok("letters", code, "--json").answer["letters"]
        return {letter["id"]: letter["state"] for letter in listed if letter["direction"] == "in"}

    def read(self, name: str) -> Ran:
        """Read a letter."""
        return self.therapymail.run("read", name, "--json")

    def another(self) -> Callable[[], bool]:
        """What says whether a mail more than now has come to the practice's INBOX."""
        before = self._count()
        return lambda: self._count() > before

    def _count(self) -> int:
        with self._session() as session:
            return int(session.select("INBOX", readonly=True)[1][0] or 0)

    def mails(self) -> list[bytes]:
        """What lies in the practice's INBOX, oldest first."""
        with self._session() as session:
            session.select("INBOX", readonly=True)
            _, fetched = session.fetch("1:*", "(RFC822)")
            return [bytes(item[1]) for item in fetched if isinstance(item, tuple)]

    def deliver(self, raw: bytes) -> None:
        """Lay a mail into the practice's INBOX."""
        with self._session() as session:
            answer, _ = session.append("INBOX", "", None, raw)
            assert answer == "OK"

    def _session(self) -> imaplib.IMAP4_SSL:
        context = ssl.create_default_context(cafile=self.host.ca)
        session = imaplib.IMAP4_SSL("localhost", self.host.ports["imaps"], ssl_context=context, timeout=20)
        session.login(OWN, PASSWORD)
        return session


@contextmanager
def desk_on(host: MailHost) -> Iterator[Desk]:
    """A practice and clients' mailboxes on `host`, which is started for them and stopped."""
    facts = host.start(dict.fromkeys([OWN, *_USERS], PASSWORD))
    try:
        with program() as therapymail, short_directory() as directory:
            _set_up(therapymail, facts)
            yield Desk(therapymail, facts, directory, list(_USERS))
    finally:
        host.stop(wipe=True)


def _set_up(therapymail: Program, host: HostFacts) -> None:
    therapymail.ok(
        *("setup", "--yes", "--name", "Dr Orla Fenwick", "--email", f"{OWN}@{host.domain}", "--zone", "Europe/London"),
        *("--imap", f"localhost:{host.ports['imaps']}", "--imap-security", "tls"),
        *("--smtp", f"localhost:{host.ports['submissions']}", "--smtp-security", "tls"),
        *("--username", OWN, "--ca-file", host.ca, "--password-stdin"),
        *("--new-key", "--no-passphrase", "--no-roundtrip"),
        stdin=PASSWORD.encode() + b"\n",
    )
    config = therapymail.home / "config.toml"
    config.write_text("undo_seconds = 0\n" + config.read_text())
