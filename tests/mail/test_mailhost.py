"""The tests' own mail host: it comes back as it was, takes users and mail, and cleans up after itself."""

import json
import smtplib
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.mailhost import HostError, MailHost
from tests.support.posts import DovecotPost
from therapymail.config import HostSettings, Security
from therapymail.mail.account import connect
from therapymail.mail.fetching import FetchedMail

pytestmark = pytest.mark.dovecot
MAIL = b"From: ana@practice.test\r\nTo: ben@practice.test\r\nSubject: x\r\n\r\n.dot\r\n"


def inbox(ports: dict[str, int], ca: str, user: str) -> list[FetchedMail]:
    host = HostSettings("localhost", ports["imaps"], Security.TLS, user, ca_file=ca)
    with connect(host, f"{user}-pw", timeout=10) as mailbox:
        mailbox.open("INBOX")
        return [item for item in mailbox.fetch(mailbox.uids()) if isinstance(item, FetchedMail)]


def test_mail_ports_and_certificates_outlive_a_stop(dovecot: DovecotPost, tmp_path: Path) -> None:
    del dovecot  # only so that this skips where there is none
    host = MailHost(tmp_path / "host")
    maildir = tmp_path / "mail"
    for part in ("cur", "new"):
        (maildir / part).mkdir(parents=True)
    (maildir / "cur" / "1700000000.M1.h:2,").write_bytes(MAIL)
    try:
        first = host.start()
        assert host.load("ben", maildir) == 1
        with pytest.raises(HostError):
            MailHost(tmp_path / "host").start()
        host.stop()
        assert not host.running()
        assert not Path(first.run).exists()
        second = host.start()
        assert (second.ports, second.ca, second.data) == (first.ports, first.ca, first.data)
        assert [mail.raw for mail in inbox(second.ports, second.ca, "ben")] == [MAIL]
    finally:
        host.stop(wipe=True)
    assert not (tmp_path / "host").exists()


def test_what_is_submitted_is_delivered_or_refused_as_the_address_says(dovecot: DovecotPost, tmp_path: Path) -> None:
    del dovecot
    with MailHost(tmp_path) as facts:
        context = ssl.create_default_context(cafile=facts.ca)
        with smtplib.SMTP_SSL("localhost", facts.ports["submissions"], context=context, timeout=20) as session:
            session.login("ana", "ana-pw")
            session.sendmail("ana@practice.test", ["ben@practice.test"], MAIL)
            for refused in ("nobody@practice.test", "reject@x.test", "tempfail@x.test"):
                with pytest.raises(smtplib.SMTPRecipientsRefused):
                    session.sendmail("ana@practice.test", [refused], MAIL)
            with pytest.raises(smtplib.SMTPDataError):
                session.sendmail("ana@practice.test", ["refuse-data@x.test"], MAIL)
        assert inbox(facts.ports, facts.ca, "ben")[0].raw.endswith(b"\r\n\r\n.dot\r\n")


def test_the_command_says_what_a_client_needs(dovecot: DovecotPost, tmp_path: Path) -> None:
    del dovecot

    def run(*arguments: str) -> dict[str, object]:
        command = [sys.executable, "-m", "tests.support.mailhost", *arguments, "--dir", str(tmp_path / "h")]
        root = Path(__file__).resolve().parents[2]
        ran = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=True, timeout=60)
        facts: dict[str, object] = json.loads(ran.stdout)
        return facts

    started = run("start", "--user", "eve:eve-pw", "--domain", "x.test")
    try:
        assert started["running"] is True
        assert started["users"] == {"eve": "eve-pw"}
        assert run("status") == started
    finally:
        assert run("stop", "--wipe") == {"running": False}
    assert not (tmp_path / "h").exists()
