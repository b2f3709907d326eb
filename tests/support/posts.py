"""Mail hosts that tests run against, one face for each: Dovecot on loopback and the embedded post office."""

import imaplib
import os
import ssl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pytest

from tests.support.mailhost import MailHost, dovecot_missing
from therapymail.config import Auth, HostSettings, Security
from therapymail.mail.folder import encoded_name
from therapymail.mail.post_office import PostOffice

PASSWORD = 'pä"s\\w ö{3}rd %'  # what must not be taken for protocol


class Post(Protocol):
    """A running mail host."""

    def new_user(self) -> str:
        """A fresh user; the login name. The password is PASSWORD."""
        ...

    def imap(self, user: str, security: Security = Security.TLS, auth: Auth = Auth.PASSWORD) -> HostSettings:
        """How to reach IMAP."""
        ...

    def smtp(self, user: str, security: Security = Security.TLS, auth: Auth = Auth.PASSWORD) -> HostSettings:
        """How to reach submission."""
        ...

    def address(self, user: str) -> str:
        """The user's mail address."""
        ...

    def append(self, user: str, folder: str, raw: bytes, internaldate: datetime) -> None:
        """Put a mail into a folder, made if missing."""
        ...

    def expunge(self, user: str, folder: str, *uids: int) -> None:
        """Remove mails for good."""
        ...

    def visit(self, user: str) -> imaplib.IMAP4_SSL:
        """A plain imaplib session, for what therapymail itself never does."""
        ...


class _Visits:
    """What any IMAP host lets us do to a mailbox through its front door."""

    def imap(self, user: str, security: Security = Security.TLS, auth: Auth = Auth.PASSWORD) -> HostSettings:
        raise NotImplementedError

    def visit(self, user: str) -> imaplib.IMAP4_SSL:
        """A plain imaplib session, for what therapymail itself never does."""
        settings = self.imap(user)
        context = ssl.create_default_context(cafile=settings.ca_file)
        session = imaplib.IMAP4_SSL(settings.host, settings.port, ssl_context=context, timeout=20)
        session.authenticate("PLAIN", lambda _: f"\0{user}\0{PASSWORD}".encode())
        return session

    def expunge(self, user: str, folder: str, *uids: int) -> None:
        """Remove mails for good."""
        with self.visit(user) as session:
            session.select(encoded_name(folder).decode())
            session.uid("STORE", ",".join(map(str, uids)), "+FLAGS", "(\\Deleted)")
            session.expunge()

    def flags(self, user: str, folder: str) -> list[bytes]:
        """The FLAGS lines of every mail in a folder."""
        with self.visit(user) as session:
            session.select(encoded_name(folder).decode(), readonly=True)
            return [line for line in session.fetch("1:*", "(FLAGS)")[1] if isinstance(line, bytes)]


class DovecotPost(_Visits):
    """Dovecot 2.3 with submission, on loopback."""

    def __init__(self, host: MailHost) -> None:
        self.host = host
        names = [f"user{number}" for number in range(1, 200)]  # Dovecot sees a later one only after a second
        self._fresh = iter(names)
        host.start(dict.fromkeys(names, PASSWORD))

    def new_user(self) -> str:
        """A fresh user."""
        return next(self._fresh)

    def address(self, user: str) -> str:
        """The user's mail address."""
        return f"{user}@practice.test"

    def imap(self, user: str, security: Security = Security.TLS, auth: Auth = Auth.PASSWORD) -> HostSettings:
        """How to reach IMAP."""
        return self._settings("imap" if security is Security.STARTTLS else "imaps", user, security, auth)

    def smtp(self, user: str, security: Security = Security.TLS, auth: Auth = Auth.PASSWORD) -> HostSettings:
        """How to reach submission."""
        return self._settings("submission" if security is Security.STARTTLS else "submissions", user, security, auth)

    def append(self, user: str, folder: str, raw: bytes, internaldate: datetime) -> None:
        """Put a mail into a folder, made if missing."""
        with self.visit(user) as session:
            name = encoded_name(folder).decode()
            session.create(name)
            answer, _ = session.append(name, "", internaldate, raw)
            assert answer == "OK"

    def _settings(self, service: str, user: str, security: Security, auth: Auth) -> HostSettings:
        facts = self.host.facts()
        assert facts is not None
        return HostSettings("localhost", facts.ports[service], security, user, auth, ca_file=facts.ca)


class EmbeddedPost(_Visits):
    """The post office of `therapymail demo`."""

    def __init__(self, directory: Path) -> None:
        self._users = [f"user{number}@embedded.example" for number in range(1, 400)]
        self._fresh = iter(self._users)
        self.office = PostOffice(directory, dict.fromkeys(self._users, PASSWORD))

    def new_user(self) -> str:
        """A fresh user."""
        return next(self._fresh)

    def address(self, user: str) -> str:
        """The user's mail address."""
        return user

    def imap(self, user: str, security: Security = Security.TLS, auth: Auth = Auth.PASSWORD) -> HostSettings:
        """How to reach IMAP."""
        assert auth is Auth.PASSWORD
        return self.office.imap_settings(user, security)

    def smtp(self, user: str, security: Security = Security.TLS, auth: Auth = Auth.PASSWORD) -> HostSettings:
        """How to reach submission."""
        assert auth is Auth.PASSWORD
        return self.office.smtp_settings(user, security)

    def append(self, user: str, folder: str, raw: bytes, internaldate: datetime) -> None:
        """Put a mail into a folder, made if missing."""
        self.office.append(user, folder, raw, internaldate)


def need_dovecot() -> None:
    """Skip where Dovecot is not installed, unless THERAPYMAIL_REQUIRE_DOVECOT=1."""
    if missing := dovecot_missing():
        if os.environ.get("THERAPYMAIL_REQUIRE_DOVECOT") == "1":
            pytest.fail(f"Dovecot is required: {missing}")
        pytest.skip(f"no mail host to test against: {missing}")


@pytest.fixture(scope="session")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DovecotPost]:
    """Dovecot for the whole session."""
    need_dovecot()
    host = MailHost(tmp_path_factory.mktemp("mailhost"))
    try:
        yield DovecotPost(host)
    finally:
        host.stop(wipe=True)


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPost]:
    """The embedded post office for the whole session."""
    post = EmbeddedPost(tmp_path_factory.mktemp("post-office"))
    with post.office:
        yield post
