"""The embedded post office: mail goes in by submission and APPEND and comes out by IMAP, for its users alone."""

import smtplib
import socket
import ssl
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from therapymail.config import Security
from therapymail.errors import ServerUnreachable
from therapymail.mail.account import connect
from therapymail.mail.fetching import FetchedMail
from therapymail.mail.post_office import PostOffice

USERS = {"ana@demo.example": "pass %+", "ben@demo.example": "other"}
MAIL = b"From: ana@demo.example\r\nTo: ben@demo.example\r\nSubject: x\r\n\r\n.dot\r\nl\xc3\xa4st line\r\n"


def sender(office: PostOffice, security: Security) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=str(office.ca_file))
    host = office.smtp_settings("ana@demo.example", security)
    if security is Security.TLS:
        return smtplib.SMTP_SSL(host.host, host.port, context=context, timeout=10)
    session = smtplib.SMTP(host.host, host.port, timeout=10)
    session.starttls(context=context)
    return session


def inbox(office: PostOffice, user: str) -> list[bytes]:
    with connect(office.imap_settings(user), USERS[user], timeout=10) as mailbox:
        mailbox.open("INBOX")
        return [item.raw for item in mailbox.fetch(mailbox.uids()) if isinstance(item, FetchedMail)]


@pytest.mark.parametrize("security", list(Security))
def test_submitted_mail_arrives_exactly_and_nowhere_else(tmp_path: Path, security: Security) -> None:
    with PostOffice(tmp_path, USERS) as office:
        with sender(office, security) as session:
            session.login("ana@demo.example", USERS["ana@demo.example"])
            session.sendmail("ana@demo.example", ["BEN@demo.example"], MAIL)
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                session.sendmail("ana@demo.example", ["nobody@elsewhere.example"], MAIL)
        assert inbox(office, "ben@demo.example") == [MAIL]
        with connect(office.imap_settings("ana@demo.example"), USERS["ana@demo.example"], timeout=10) as mailbox:
            assert all(state.messages == 0 for state in mailbox.states(mailbox.folders()).values())


@pytest.mark.parametrize("security", list(Security))
def test_nothing_is_taken_without_TLS_and_login(tmp_path: Path, security: Security) -> None:
    with PostOffice(tmp_path, USERS) as office:
        with sender(office, security) as session, pytest.raises(smtplib.SMTPException):
            session.sendmail("ana@demo.example", ["ben@demo.example"], MAIL)
        with smtplib.SMTP("localhost", office.ports.submission, timeout=10) as session:
            with pytest.raises(smtplib.SMTPException):
                session.login("ana@demo.example", USERS["ana@demo.example"])
            with pytest.raises(smtplib.SMTPException):
                session.sendmail("ana@demo.example", ["ben@demo.example"], MAIL)
        assert inbox(office, "ben@demo.example") == []


def test_appended_mail_keeps_its_date_and_bytes(tmp_path: Path) -> None:
    when = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    with PostOffice(tmp_path, USERS) as office:
        first = office.append("ben@demo.example", "INBOX", MAIL, when)
        second = office.append("ben@demo.example", "INBOX", MAIL + b"2", when)
        assert second == first + 1
        office.append("ben@demo.example", "Post/Älteres", MAIL, when)
        with connect(office.imap_settings("ben@demo.example"), "other", timeout=10) as mailbox:
            assert "Post/Älteres" in {folder.name for folder in mailbox.folders()}
            mailbox.open("INBOX")
            assert list(mailbox.fetch([first])) == [FetchedMail(first, when, len(MAIL), MAIL)]


def test_it_listens_on_loopback_alone_and_names_no_machine(tmp_path: Path) -> None:
    with PostOffice(tmp_path, USERS) as office:
        with socket.create_connection(("127.0.0.1", office.ports.imap), 5) as plain:
            greeting = plain.recv(500)
        with socket.create_connection(("127.0.0.1", office.ports.submission), 5) as plain:
            greeting += plain.recv(500)
        assert socket.gethostname().encode() not in greeting
        listening = Path("/proc/net/tcp").read_text("ascii")
        for port in (office.ports.imap, office.ports.imaps, office.ports.submission, office.ports.submissions):
            assert f" 0100007F:{port:04X} 00000000:0000 0A" in listening
            assert f" 00000000:{port:04X} " not in listening


def test_stopping_ends_open_connections_at_once(tmp_path: Path) -> None:
    office = PostOffice(tmp_path, USERS)
    office.start()
    port = office.ports.imap
    held = connect(office.imap_settings("ana@demo.example"), "pass %+", timeout=10)
    office.stop()
    office.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1)
    with pytest.raises(ServerUnreachable):
        held.folders()


def test_importing_it_loads_none_of_its_libraries() -> None:
    code = (
        "import sys, therapymail.mail.post_office, therapymail.mail.submission\n"
        "print([name for name in ('pymap', 'aiosmtpd', 'trustme', 'aiosmtplib', 'pysasl') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
