"""Checking the submission login: no password without TLS, no machine's name, no mail sent."""

import base64
import logging
import socket
import time

import pytest

from tests.support.hostile import SECRET, Authority, HostileServer, Line
from tests.support.hostile_smtp import GREETING, FakeSmtp
from tests.support.mailhost import token_for
from tests.support.posts import PASSWORD, DovecotPost, EmbeddedPost, Post
from therapymail.config import Auth, HostSettings, Security
from therapymail.errors import (
    LoginRefused,
    SecretUnavailable,
    ServerSaidNo,
    ServerUnreachable,
    TherapymailError,
    TlsRefused,
    explain,
)
from therapymail.mail import faults, tls
from therapymail.mail.account import connect
from therapymail.mail.submission import check_login

TIMEOUT = 0.6


def refused(host: HostSettings, secret: str = SECRET) -> TherapymailError:
    began = time.monotonic()
    with pytest.raises(TherapymailError) as raised:
        check_login(host, secret, timeout=TIMEOUT)
    assert time.monotonic() - began < 6
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    assert secret not in explain(raised.value).sentence
    return raised.value


def no_secret_heard(server: HostileServer) -> None:
    for heard in (server.heard.clear, server.heard.secured):
        assert b"AUTH" not in heard
        assert base64.b64encode(SECRET.encode())[:-2] not in heard


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"offers_starttls": False}, tls.STRIPPED),
        ({"refuses_starttls": True}, tls.STARTTLS_FAILED),
        ({"injected": b"250 AUTH PLAIN\r\n"}, tls.INJECTED),
        ({"injected": b"250 AUTH PLAIN\r\n", "late": True}, tls.NO_TLS),
    ],
)
def test_H11_S15_without_sound_STARTTLS_nothing_is_sent(
    authority: Authority, fault: dict[str, bytes | bool], why: str
) -> None:
    fake = FakeSmtp(upgrade=authority.context(), **fault)  # type: ignore[arg-type] # fields by name
    with HostileServer(fake) as server:
        error = refused(server.settings(Security.STARTTLS, ca_file=authority.ca_file))
        assert isinstance(error, TlsRefused)
        assert error.why == why
        no_secret_heard(server)


@pytest.mark.parametrize("security", list(Security))
@pytest.mark.parametrize(
    ("names", "expired", "why"),
    [
        (("other.example",), False, "its certificate is for another name"),
        (("localhost",), True, "its certificate has expired"),
    ],
)
def test_S15_a_certificate_that_cannot_be_trusted_ends_the_connection(
    authority: Authority, security: Security, names: tuple[str, ...], expired: bool, why: str
) -> None:
    context = authority.context(*names, expired=expired)
    fake = FakeSmtp(upgrade=None if security is Security.TLS else context)
    with HostileServer(fake, context if security is Security.TLS else None) as server:
        error = refused(server.settings(security, ca_file=authority.ca_file))
        assert isinstance(error, TlsRefused)
        assert error.why == why
        no_secret_heard(server)


def test_H11_neither_machine_nor_user_is_named_in_EHLO(authority: Authority) -> None:
    fake = FakeSmtp(upgrade=authority.context())
    with HostileServer(fake) as server:
        check_login(server.settings(Security.STARTTLS, ca_file=authority.ca_file), SECRET, timeout=TIMEOUT)
        heard = server.heard.clear + server.heard.secured
    assert [command for command in fake.commands if command.startswith(b"EHLO")] == [b"EHLO [127.0.0.1]"] * 2
    assert socket.gethostname().encode() not in heard
    assert not any(command.startswith((b"MAIL", b"RCPT", b"DATA")) for command in fake.commands)
    assert SECRET.encode() not in server.heard.clear


@pytest.mark.parametrize(
    ("mechanisms", "sent"),
    [
        (b"LOGIN PLAIN", [b"\0ana\0" + SECRET.encode()]),
        (b"CRAM-MD5 LOGIN", [b"ana", SECRET.encode()]),
    ],
)
def test_a_wrong_password_is_sent_once(authority: Authority, mechanisms: bytes, sent: list[bytes]) -> None:
    fake = FakeSmtp(mechanisms=mechanisms, accepts=False)
    with HostileServer(fake, authority.context()) as server:
        error = refused(server.settings(Security.TLS, ca_file=authority.ca_file))
    assert isinstance(error, LoginRefused)
    assert fake.sasl == sent


@pytest.mark.parametrize(
    ("auth", "afterwards"),
    [(Auth.XOAUTH2, b""), (Auth.OAUTHBEARER, b"\x01")],
)
@pytest.mark.parametrize("accepted", [True, False])
def test_tokens_are_sent_exactly_and_once(authority: Authority, auth: Auth, afterwards: bytes, accepted: bool) -> None:
    fake = FakeSmtp(
        mechanisms=auth.value.upper().encode(), accepts=accepted, challenge=b"" if accepted else b'{"status":"401"}'
    )
    with HostileServer(fake, authority.context()) as server:
        settings = server.settings(Security.TLS, auth=auth, ca_file=authority.ca_file)
        wanted = {
            Auth.XOAUTH2: b"user=ana\x01auth=Bearer ya29\x01\x01",
            Auth.OAUTHBEARER: b"n,a=ana,\x01host=localhost\x01port=%d\x01auth=Bearer ya29\x01\x01" % server.port,
        }[auth]
        if accepted:
            check_login(settings, "ya29", timeout=TIMEOUT)
            assert fake.sasl == [wanted]
        else:
            assert isinstance(refused(settings, "ya29"), LoginRefused)
            assert fake.sasl == [wanted, afterwards]


@pytest.mark.parametrize("refusal", [b"454 4.7.0 try later", b"421 closing"])
def test_a_server_that_is_busy_does_not_make_the_password_wrong(authority: Authority, refusal: bytes) -> None:
    with HostileServer(FakeSmtp(accepts=False, refusal=refusal), authority.context()) as server:
        error = refused(server.settings(Security.TLS, ca_file=authority.ca_file))
        assert isinstance(error, ServerSaidNo)


def test_no_way_to_send_a_password_is_said(authority: Authority) -> None:
    with HostileServer(FakeSmtp(mechanisms=b"GSSAPI"), authority.context()) as server:
        assert isinstance(refused(server.settings(Security.TLS, ca_file=authority.ca_file)), ServerSaidNo)


def _silent(line: Line) -> None:
    line.wait()


def _dripping(line: Line) -> None:
    while True:
        line.say_raw(b"2")
        time.sleep(0.05)


def _flooding(line: Line) -> None:
    while True:
        line.say_raw(b"220-hello\r\n" * 500)


def _unwilling(line: Line) -> None:
    line.say(b"554 no service")


def _garbage(line: Line) -> None:
    line.say_raw(b"\0\xff\r\nHTTP/1.1 400\r\n")
    line.wait()


def _hanging_up(line: Line) -> None:
    line.say(GREETING)


@pytest.mark.parametrize("script", [_silent, _dripping, _flooding, _unwilling, _garbage, _hanging_up])
@pytest.mark.parametrize("security", list(Security))
def test_every_nonsense_ends_in_one_plain_error(authority: Authority, script: object, security: Security) -> None:
    assert callable(script)
    with HostileServer(script, authority.context() if security is Security.TLS else None) as server:
        error = refused(server.settings(security, ca_file=authority.ca_file))
        assert isinstance(error, ServerUnreachable | ServerSaidNo)
        no_secret_heard(server)


def test_an_unknown_host_and_a_closed_port_say_so(authority: Authority) -> None:
    with HostileServer(FakeSmtp()) as server:
        settings = server.settings(Security.TLS)
    error = refused(settings)
    assert isinstance(error, ServerUnreachable)
    assert error.why == faults.REFUSED
    error = refused(HostSettings("no-such-host.invalid", 465, Security.TLS, "ana"))
    assert isinstance(error, ServerUnreachable)
    assert error.why == faults.UNKNOWN_HOST


def test_a_secret_that_cannot_be_sent_is_not_sent() -> None:
    with pytest.raises(SecretUnavailable):
        check_login(HostSettings("localhost", 1, Security.TLS, "ana"), "")


class SubmissionContract:
    """What therapymail asks of a submission host."""

    @pytest.fixture
    def post(self) -> Post:
        raise NotImplementedError

    @pytest.mark.parametrize("security", list(Security))
    def test_logs_in_and_sends_nothing(self, post: Post, security: Security, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        user = post.new_user()
        check_login(post.smtp(user, security), PASSWORD, timeout=10)
        with connect(post.imap(user), PASSWORD, timeout=10) as mailbox:
            assert mailbox.open("INBOX").messages == 0
        assert user not in caplog.text

    @pytest.mark.parametrize("security", list(Security))
    def test_a_wrong_password_is_refused(self, post: Post, security: Security) -> None:
        with pytest.raises(LoginRefused):
            check_login(post.smtp(post.new_user(), security), "wrong", timeout=10)


@pytest.mark.dovecot
class TestDovecot(SubmissionContract):
    """Dovecot's submission service."""

    @pytest.fixture
    def post(self, dovecot: DovecotPost) -> Post:
        return dovecot

    @pytest.mark.parametrize("auth", [Auth.XOAUTH2, Auth.OAUTHBEARER])
    def test_tokens_log_in(self, dovecot: DovecotPost, auth: Auth) -> None:
        user = dovecot.new_user()
        check_login(dovecot.smtp(user, Security.STARTTLS, auth), token_for(user), timeout=10)
        with pytest.raises(LoginRefused):
            check_login(dovecot.smtp(user, Security.TLS, auth), "token-of-somebody-else", timeout=10)


class TestEmbedded(SubmissionContract):
    """The post office of `therapymail demo`."""

    @pytest.fixture
    def post(self, embedded: EmbeddedPost) -> Post:
        return embedded
