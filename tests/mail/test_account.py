"""Connecting: nothing is ever said in clear, whatever a host does, and every fault gets its own plain error."""

import base64
import logging
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import hostile_imap
from tests.support.hostile import SECRET, Authority, HostileServer, Line
from tests.support.hostile_imap import FakeImap, Script
from therapymail.config import Auth, HostSettings, Security
from therapymail.errors import (
    FileUnusable,
    LoginRefused,
    SecretUnavailable,
    ServerSaidNo,
    ServerUnreachable,
    TherapymailError,
    TlsRefused,
    explain,
)
from therapymail.mail import faults, tls
from therapymail.mail.account import connect, secret_from_command

TIMEOUT = 0.6
LONGEST_SECONDS = 6.0


def refused(settings: HostSettings, secret: str = SECRET) -> TherapymailError:
    """The error that connecting raises, within a few seconds and with nothing of the server's in it."""
    began = time.monotonic()
    with pytest.raises(TherapymailError) as raised:
        connect(settings, secret, timeout=TIMEOUT)
    assert time.monotonic() - began < LONGEST_SECONDS
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    sentence = explain(raised.value).sentence
    assert secret not in sentence
    assert "welcome back" not in sentence
    return raised.value


def no_secret_heard(server: HostileServer) -> None:
    for heard in (server.heard.clear, server.heard.secured):
        assert SECRET.encode() not in heard
        assert base64.b64encode(b"\0ana\0" + SECRET.encode()) not in heard
        assert b"AUTHENTICATE" not in heard
        assert b"LOGIN" not in heard


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (hostile_imap.strips_starttls, tls.STRIPPED),
        (hostile_imap.refuses_starttls, tls.STARTTLS_FAILED),
        (hostile_imap.preauth, tls.PREAUTHENTICATED),
        (hostile_imap.injects_late, None),
    ],
)
def test_H12_S15_without_sound_STARTTLS_nothing_is_sent(script: Script, why: str | None) -> None:
    with HostileServer(script) as server:
        error = refused(server.settings(Security.STARTTLS))
        assert isinstance(error, TlsRefused)
        assert error.why == why or (why is None and error.why in {tls.INJECTED, tls.NO_TLS})
        no_secret_heard(server)


def test_S15_bytes_before_the_handshake_end_the_connection(authority: Authority) -> None:
    with HostileServer(hostile_imap.injects_before_tls(authority.context())) as server:
        error = refused(server.settings(Security.STARTTLS, ca_file=authority.ca_file))
        assert isinstance(error, TlsRefused)
        assert error.why == tls.INJECTED
        no_secret_heard(server)


def test_S15_what_was_said_before_TLS_is_forgotten(authority: Authority) -> None:
    class Poisoned(FakeImap):
        def on_starttls(self, line: Line, tag: bytes, rest: bytes) -> None:
            line.say_raw(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN ENABLE CONDSTORE LIST-STATUS\r\n* 9 EXISTS\r\n")
            super().on_starttls(line, tag, rest)

    fake = Poisoned(upgrade=authority.context(), mechanisms=(), capabilities=b"")
    fake.on_login = lambda line, tag, rest: accept_login(fake, line, tag, rest)  # type: ignore[attr-defined]
    with HostileServer(fake) as server:
        settings = server.settings(Security.STARTTLS, ca_file=authority.ca_file)
        with connect(settings, SECRET, timeout=TIMEOUT) as mailbox:
            mailbox.states(["INBOX", "Sent"])
        assert not any(command.startswith((b"AUTHENTICATE", b"ENABLE")) for command in fake.commands)
        assert any(command.startswith(b"STATUS") for command in fake.commands)
        assert SECRET.encode() not in server.heard.clear
        assert SECRET.encode() in server.heard.secured


def accept_login(fake: FakeImap, line: Line, tag: bytes, rest: bytes) -> None:
    """LOGIN with two synchronising literals."""
    for _ in range(2):
        count = int(rest.rpartition(b"{")[2].rstrip(b"}"))
        line.say(b"+ go on")
        fake.sasl.append(line.hear_bytes(count))
        rest = line.hear()
    line.say(tag + b" OK in")


@pytest.mark.parametrize("secret", ['a"b\\c', "pä ss", "{5}", "a\r\nA1 LOGOUT", "x" * 300])
def test_S12_a_password_is_never_protocol(authority: Authority, secret: str) -> None:
    fake = FakeImap(mechanisms=())
    fake.on_login = lambda line, tag, rest: accept_login(fake, line, tag, rest)  # type: ignore[attr-defined]
    with HostileServer(fake, authority.context()) as server:
        connect(server.settings(Security.TLS, ca_file=authority.ca_file), secret, timeout=TIMEOUT).close()
    assert fake.sasl == [b"ana", secret.encode()]
    fake = FakeImap()
    with HostileServer(fake, authority.context()) as server:
        connect(server.settings(Security.TLS, ca_file=authority.ca_file), secret, timeout=TIMEOUT).close()
    assert fake.sasl == [b"\0ana\0" + secret.encode()]


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (hostile_imap.says_bye, (ServerUnreachable, ServerSaidNo)),
        (hostile_imap.floods_the_greeting, ServerSaidNo),
        (hostile_imap.drips_the_greeting, ServerUnreachable),
        (hostile_imap.floods_with_lines, (ServerSaidNo, ServerUnreachable)),
        (hostile_imap.drips_lines, ServerUnreachable),
        (hostile_imap.says_garbage, ServerSaidNo),
        (hostile_imap.garbage_after_greeting, ServerSaidNo),
        (hostile_imap.never_answers, ServerUnreachable),
        (hostile_imap.hangs_up, ServerUnreachable),
    ],
)
def test_every_nonsense_ends_in_one_plain_error(script: Script, kind: type[TherapymailError]) -> None:
    with HostileServer(script) as server:
        assert isinstance(refused(server.settings(Security.STARTTLS)), kind)
        no_secret_heard(server)


@pytest.mark.parametrize(
    "script",
    [
        hostile_imap.floods_the_greeting,
        hostile_imap.drips_the_greeting,
        hostile_imap.drips_lines,
        hostile_imap.garbage_after_greeting,
        hostile_imap.never_answers,
        hostile_imap.hangs_up,
    ],
)
def test_every_nonsense_under_TLS_ends_in_one_plain_error(script: Script, authority: Authority) -> None:
    with HostileServer(script, authority.context()) as server:
        error = refused(server.settings(Security.TLS, ca_file=authority.ca_file))
        assert isinstance(error, ServerUnreachable | ServerSaidNo)
        no_secret_heard(server)


def test_H12_PREAUTH_is_refused_under_TLS_too(authority: Authority) -> None:
    with HostileServer(hostile_imap.preauth, authority.context()) as server:
        error = refused(server.settings(Security.TLS, ca_file=authority.ca_file))
        assert isinstance(error, TlsRefused)


@pytest.mark.parametrize("security", list(Security))
@pytest.mark.parametrize(
    ("names", "options", "trusted", "why"),
    [
        (("other.example",), {}, True, "its certificate is for another name"),
        (("localhost",), {"expired": True}, True, "its certificate has expired"),
        (("localhost",), {"premature": True}, True, "its certificate is not valid yet; is this machine's clock right"),
        (("localhost",), {}, False, "its certificate comes from an authority this machine does not trust"),
    ],
)
def test_S15_a_certificate_that_cannot_be_trusted_ends_the_connection(
    authority: Authority, security: Security, names: tuple[str, ...], options: dict[str, bool], trusted: bool, why: str
) -> None:
    context = authority.context(*names, **options)
    script = FakeImap(upgrade=None if security is Security.TLS else context)
    with HostileServer(script, context if security is Security.TLS else None) as server:
        error = refused(server.settings(security, ca_file=authority.ca_file if trusted else ""))
        assert isinstance(error, TlsRefused)
        assert error.why == why
        no_secret_heard(server)


def test_clear_text_on_the_TLS_port_is_no_TLS() -> None:
    with HostileServer(FakeImap()) as server:
        error = refused(server.settings(Security.TLS))
        assert isinstance(error, TlsRefused | ServerUnreachable)
        no_secret_heard(server)


def test_an_unknown_host_and_a_closed_port_say_so(authority: Authority) -> None:
    with HostileServer(FakeImap()) as server:
        settings = server.settings(Security.TLS)
    error = refused(settings)
    assert isinstance(error, ServerUnreachable)
    assert error.why == faults.REFUSED
    error = refused(HostSettings("no-such-host.invalid", 993, Security.TLS, "ana"))
    assert isinstance(error, ServerUnreachable)
    assert error.why == faults.UNKNOWN_HOST
    with pytest.raises(FileUnusable):
        connect(HostSettings("localhost", 993, Security.TLS, "ana", ca_file="/nowhere/ca.pem"), SECRET)


def test_a_file_without_certificates_is_no_trust_anchor(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("not a certificate")
    with pytest.raises(FileUnusable):
        connect(HostSettings("localhost", 993, Security.TLS, "ana", ca_file=str(tmp_path / "ca.pem")), SECRET)


TOKEN = "ya29.token-of-ana"


@pytest.mark.parametrize(
    ("auth", "first", "afterwards"),
    [
        (Auth.XOAUTH2, b"user=an,a=@x\x01auth=Bearer ya29.token-of-ana\x01\x01", b""),
        (
            Auth.OAUTHBEARER,
            b"n,a=an=2Ca=3D@x,\x01host=localhost\x01port=%d\x01auth=Bearer ya29.token-of-ana\x01\x01",
            b"\x01",
        ),
    ],
)
@pytest.mark.parametrize("accepted", [True, False])
def test_tokens_are_sent_exactly_and_once(
    authority: Authority, auth: Auth, first: bytes, afterwards: bytes, accepted: bool
) -> None:
    class Tokens(FakeImap):
        def on_authenticate(self, line: Line, tag: bytes, rest: bytes) -> None:
            assert rest == auth.value.upper().encode()
            line.say(b"+ ")
            self.sasl.append(base64.b64decode(line.hear()))
            if accepted:
                line.say(tag + b" OK in")
                return
            line.say(b"+ " + base64.b64encode(b'{"status":"401","schemes":"bearer"}'))
            self.sasl.append(base64.b64decode(line.hear()))
            line.say(tag + b" NO SASL authentication failed")

    fake = Tokens()
    with HostileServer(fake, authority.context()) as server:
        settings = server.settings(Security.TLS, auth=auth, ca_file=authority.ca_file, username="an,a=@x")
        wanted = first % server.port if b"%d" in first else first
        if accepted:
            connect(settings, TOKEN, timeout=TIMEOUT).close()
            assert fake.sasl == [wanted]
        else:
            assert isinstance(refused(settings, TOKEN), LoginRefused)
            assert fake.sasl == [wanted, afterwards]


def test_endless_challenges_end(authority: Authority) -> None:
    class Asking(FakeImap):
        def on_authenticate(self, line: Line, tag: bytes, rest: bytes) -> None:
            while True:
                line.say(b"+ ")
                line.hear()

    with HostileServer(Asking(), authority.context()) as server:
        error = refused(server.settings(Security.TLS, ca_file=authority.ca_file))
        assert isinstance(error, LoginRefused)


def test_a_server_that_is_busy_does_not_make_the_password_wrong(authority: Authority) -> None:
    class Busy(FakeImap):
        def on_authenticate(self, line: Line, tag: bytes, rest: bytes) -> None:
            line.say(b"+ ")
            line.hear()
            line.say(tag + b" NO [UNAVAILABLE] try later")

    with HostileServer(Busy(), authority.context()) as server:
        error = refused(server.settings(Security.TLS, ca_file=authority.ca_file))
        assert isinstance(error, ServerSaidNo)


@pytest.mark.parametrize("secret", ["", "a\0b"])
def test_a_secret_that_cannot_be_sent_is_not_sent(authority: Authority, secret: str) -> None:
    with HostileServer(FakeImap(), authority.context()) as server, pytest.raises(SecretUnavailable):
        connect(server.settings(Security.TLS, ca_file=authority.ca_file), secret, timeout=TIMEOUT)


def test_S28_nothing_of_a_session_is_logged(authority: Authority, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with (
        HostileServer(FakeImap(mails={1: b"From: ana@x.example\r\n\r\nhello"}), authority.context()) as server,
        connect(server.settings(Security.TLS, ca_file=authority.ca_file), SECRET, timeout=TIMEOUT) as mailbox,
    ):
        mailbox.open("INBOX")
        mailbox.search_addresses(["ana@x.example"])
        list(mailbox.fetch([1]))
    for marked in (SECRET, "ana", "hello", "INBOX"):
        assert marked not in caplog.text


def test_S28_a_command_gives_its_first_line() -> None:
    assert secret_from_command("printf 'pass word\\r\\nuser: ana\\n'") == "pass word"
    assert secret_from_command("printf %s 'pä$HOME`id`'") == "pä$HOME`id`"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("", "empty"),
        ("echo 'a", "quote"),
        ("no-such-program-here", "not installed"),
        ("false", "exit status 1"),
        ("true", "prints nothing"),
        ("printf '\\377'", "does not print text"),
        ("sleep 5", "does not end"),
        ("/", "cannot be run"),
    ],
)
def test_a_command_that_gives_no_secret_says_why(command: str, why: str) -> None:
    with pytest.raises(SecretUnavailable, match=why):
        secret_from_command(command, timeout=0.3)


Doing = Callable[[], object]
