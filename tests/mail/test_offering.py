"""Handing letters over: exact bytes to one recipient, each answer understood, nothing without TLS, nothing twice."""

import base64
import hashlib
import logging
import socket
import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.counting_proxy import CountingProxy
from tests.support.hostile import SECRET, Authority, HostileServer, Line
from tests.support.hostile_smtp import FALLS_SILENT, HANGS_UP, FakeSmtp
from tests.support.posts import PASSWORD, DovecotPost, EmbeddedPost, Post
from therapymail.config import HostSettings, Security
from therapymail.domain.departure import EXCEPTIONS, PROVER, Notice, Proof, ProvenLetter
from therapymail.domain.outbox import Obstacle
from therapymail.errors import TherapymailError, TlsRefused
from therapymail.mail import tls
from therapymail.mail.account import connect
from therapymail.mail.handing_over import Accepted, AnswerLost, Deferred, Outcome, Rejected
from therapymail.mail.offering import Patience, offering

QUICK = Patience(connecting=0.6, command=0.6, block=0.6, answer=0.6)
PATIENT = Patience(10, 10, 10, 20)
HEADER = b"From: me@practice.example\r\nTo: ana@client.example\r\nMessage-ID: <m1@practice.example>\r\n\r\n"
MARKED = b"xq-marked-armor"
BODY = b"-----BEGIN PGP MESSAGE-----\r\n\r\n" + MARKED + b"\r\n.\r\n..two\r\n.leading\r\n-----END PGP MESSAGE-----\r\n"


def letter(
    raw: bytes = HEADER + BODY, recipient: str = "ana@client.example", sender: str = "me@practice.example"
) -> ProvenLetter:
    proof = Proof(hashlib.sha256(raw).hexdigest(), "", (), ())
    return ProvenLetter(raw, sender, recipient, "<m1@practice.example>", proof, PROVER)


class Steps:
    """What the caller was told, against what the host had heard by then."""

    def __init__(self, fake: FakeSmtp | None = None) -> None:
        self.fake = fake
        self.begun: list[int] = []

    def begin_data(self) -> None:
        self.begun.append(len(self.fake.letters) + len(self.fake.pieces) if self.fake else 0)


@pytest.fixture
def settings_of(authority: Authority) -> Callable[[HostileServer], HostSettings]:
    return lambda server: server.settings(Security.TLS, ca_file=authority.ca_file)


def offered(authority: Authority, fake: FakeSmtp, *letters: ProvenLetter | Notice) -> tuple[list[Outcome], Steps]:
    steps = Steps(fake)
    with HostileServer(fake, authority.context()) as server:
        host = server.settings(Security.TLS, ca_file=authority.ca_file)
        with offering(host, SECRET, patience=QUICK) as open_host:
            outcomes = [open_host.offer(each, steps.begin_data) for each in letters or (letter(),)]
    return outcomes, steps


def transaction(fake: FakeSmtp) -> list[bytes]:
    return [command for command in fake.commands if not command.startswith((b"EHLO", b"AUTH", b"QUIT"))]


# --- the conversation --------------------------------------------------------------------------------


def test_C14_a_letter_goes_to_one_recipient_with_its_exact_bytes(authority: Authority) -> None:
    fake = FakeSmtp()
    outcomes, steps = offered(authority, fake)
    assert outcomes == [Accepted()]
    assert steps.begun == [0]
    size = len(letter().raw)
    assert transaction(fake) == [
        b"MAIL FROM:<me@practice.example> SIZE=%d" % size,
        b"RCPT TO:<ana@client.example>",
        b"DATA",
    ]
    stuffed = HEADER + BODY.replace(b"\r\n.", b"\r\n..")
    assert fake.letters == [stuffed]


@given(st.lists(st.binary(max_size=40).map(lambda line: bytes(byte & 0x7F for byte in line)), max_size=8))
@settings(max_examples=20, deadline=None)
def test_whatever_lines_a_letter_has_the_host_gets_them_exactly(authority: Authority, lines: list[bytes]) -> None:
    lines = [line.replace(b"\r", b".").replace(b"\n", b".").replace(b"\0", b".") for line in lines]
    raw = HEADER + b"".join(line + b"\r\n" for line in lines)
    fake = FakeSmtp()
    assert offered(authority, fake, letter(raw))[0] == [Accepted()]
    unstuffed = b"\r\n".join(line.removeprefix(b".") for line in fake.letters[0].split(b"\r\n"))
    assert unstuffed == raw


def test_H11_neither_machine_nor_user_is_named_when_sending(authority: Authority) -> None:
    fake = FakeSmtp()
    with HostileServer(fake, authority.context()) as server:
        with offering(server.settings(Security.TLS, ca_file=authority.ca_file), SECRET, patience=QUICK) as open_host:
            assert open_host.offer(letter(), Steps().begin_data) == Accepted()
        heard = server.heard.secured
    assert {command for command in fake.commands if command.startswith(b"EHLO")} == {b"EHLO [127.0.0.1]"}
    assert socket.gethostname().encode() not in heard
    assert b"BODY=" not in heard
    assert b"SMTPUTF8" not in heard


def test_several_letters_go_over_one_connection(authority: Authority) -> None:
    fake = FakeSmtp(replies={b"RCPT": [b"550 5.1.1 no", b"250 ok"], b"END": [b"451 later", b"554 no", b"250 ok"]})
    letters = [letter(HEADER + b"letter %d\r\n" % number) for number in range(4)]
    outcomes, steps = offered(authority, fake, *letters)
    assert outcomes == [
        Rejected(Obstacle.NO_SUCH_ADDRESS),
        Deferred(Obstacle.BUSY),
        Rejected(Obstacle.CONTENT_REFUSED),
        Accepted(),
    ]
    assert steps.begun == [0, 1, 2]
    assert fake.commands.count(b"RSET") == 3
    assert sum(command.startswith(b"AUTH") for command in fake.commands) == 1


def test_a_notice_goes_the_same_way(authority: Authority) -> None:
    fake = FakeSmtp(size=b"")
    notice = Notice(HEADER + b"Please ring.\r\n", "me@practice.example", "ana@client.example", "<n@x>", EXCEPTIONS)
    assert offered(authority, fake, notice)[0] == [Accepted()]
    assert transaction(fake)[0] == b"MAIL FROM:<me@practice.example>"


# --- answers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "reply", "outcome"),
    [
        (b"MAIL", b"451 4.3.0 later", Deferred(Obstacle.BUSY)),
        (b"MAIL", b"421 4.3.2 closing", Deferred(Obstacle.BUSY)),
        (b"MAIL", b"553 5.7.1 not yours", Rejected(Obstacle.SENDER_REFUSED)),
        (b"RCPT", b"450 4.2.0 greylisted", Deferred(Obstacle.BUSY)),
        (b"RCPT", b"452 4.2.2 full", Deferred(Obstacle.NO_ROOM)),
        (b"RCPT", b"552 5.2.2 full", Rejected(Obstacle.NO_ROOM)),
        (b"RCPT", b"550-5.1.1 no\r\n550 5.1.1 such user", Rejected(Obstacle.NO_SUCH_ADDRESS)),
        (b"DATA", b"451 4.7.1 greylisted", Deferred(Obstacle.BUSY)),
        (b"DATA", b"554 5.5.1 no", Rejected(Obstacle.CONTENT_REFUSED)),
        (b"DATA", b"250 what", Deferred(Obstacle.CONNECTION_LOST)),
        (b"DATA", b"334 what", Deferred(Obstacle.CONNECTION_LOST)),
        (b"RCPT", b"354 what", Deferred(Obstacle.CONNECTION_LOST)),
        (b"MAIL", b"HTTP/1.1 400", Deferred(Obstacle.CONNECTION_LOST)),
        (b"MAIL", b"250 ok\r\n250 ok\r\n354 go on", Deferred(Obstacle.CONNECTION_LOST)),
        (b"RCPT", b"250 ok\r\n354 go on", Deferred(Obstacle.CONNECTION_LOST)),
        (b"DATA", b"354 go on\r\n250 taken", Deferred(Obstacle.CONNECTION_LOST)),
    ],
)
def test_C15_what_comes_before_354_leaves_the_letter_unsent(
    authority: Authority, step: bytes, reply: bytes, outcome: Outcome
) -> None:
    fake = FakeSmtp(replies={step: reply})
    outcomes, steps = offered(authority, fake)
    assert outcomes == [outcome]
    assert steps.begun == []
    assert fake.letters == []
    assert all(piece == b"" for piece in fake.pieces)


@pytest.mark.parametrize("step", [b"MAIL", b"RCPT", b"DATA"])
@pytest.mark.parametrize("deed", [HANGS_UP, FALLS_SILENT])
def test_C16_a_connection_lost_before_354_leaves_the_letter_surely_unsent(
    authority: Authority, step: bytes, deed: bytes
) -> None:
    outcomes, steps = offered(authority, FakeSmtp(replies={step: deed}))
    assert outcomes == [Deferred(Obstacle.CONNECTION_LOST)]
    assert steps.begun == []


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (b"250 ok", Accepted()),
        (b"251 will do", Accepted()),
        (b"450 4.2.0 later", Deferred(Obstacle.BUSY)),
        (b"421 closing", Deferred(Obstacle.BUSY)),
        (b"552 5.3.4 too big", Rejected(Obstacle.TOO_LARGE)),
        (b"554 5.6.0 no", Rejected(Obstacle.CONTENT_REFUSED)),
        (HANGS_UP, AnswerLost()),
        (FALLS_SILENT, AnswerLost()),
        (b"354 go on", AnswerLost()),
        (b"what?", AnswerLost()),
        (b"250-" + b"x" * 40_000, AnswerLost()),
    ],
)
def test_C14_only_the_answer_to_the_letter_itself_makes_it_sent(
    authority: Authority, reply: bytes, outcome: Outcome
) -> None:
    fake = FakeSmtp(replies={b"END": reply})
    outcomes, steps = offered(authority, fake)
    assert outcomes == [outcome]
    assert steps.begun == [0]
    assert len(fake.letters) == 1


@pytest.mark.parametrize("taken", [1, 100, len(letter().raw)])
def test_C16_a_letter_whose_end_was_never_written_is_surely_unsent(authority: Authority, taken: int) -> None:
    """The host goes away in its midst: only with the line that ends it can a letter have been taken."""
    long = letter(HEADER + b"x" * 70 + b"\r\n" + (b"y" * 76 + b"\r\n") * 250_000)
    outcomes, steps = offered(authority, FakeSmtp(size=b"", breaks_off_after=taken), long)
    assert outcomes == [Deferred(Obstacle.CONNECTION_LOST)]
    assert steps.begun == [0]


@pytest.mark.parametrize(
    ("early", "outcome"),
    [
        (b"552 5.3.4 too big", Rejected(Obstacle.TOO_LARGE)),
        (b"452 4.3.1 full", Deferred(Obstacle.NO_ROOM)),
        (b"250 taken already", Deferred(Obstacle.CONNECTION_LOST)),
    ],
)
def test_an_answer_in_the_midst_of_a_letter_is_taken_for_what_it_is(
    authority: Authority, early: bytes, outcome: Outcome
) -> None:
    long = letter(HEADER + (b"y" * 76 + b"\r\n") * 250_000)
    fake = FakeSmtp(size=b"", breaks_off_after=500, replies={b"EARLY": early})
    outcomes, _ = offered(authority, fake, long)
    assert outcomes in ([outcome], [Deferred(Obstacle.CONNECTION_LOST)])  # a reset may overtake the words
    assert fake.letters == []


@pytest.mark.parametrize(
    ("early", "outcome"),
    [
        (b"552 5.3.4 too big", Rejected(Obstacle.TOO_LARGE)),
        (b"250 taken already", Deferred(Obstacle.CONNECTION_LOST)),
    ],
)
def test_C16_a_host_that_answers_in_the_midst_and_goes_on_listening_hears_no_other_letter(
    authority: Authority, early: bytes, outcome: Outcome
) -> None:
    """It would take the next one's envelope for the text of this one."""

    class Listening(FakeSmtp):
        def _letter(self, line: Line) -> None:
            line.hear_bytes(500)
            line.say(early)
            while True:
                self.pieces.append(line.hear_bytes(1))

    fake = Listening(size=b"")
    long = letter(HEADER + (b"y" * 76 + b"\r\n") * 250_000)
    outcomes, _ = offered(authority, fake, long, letter(recipient="ben@client.example"))
    assert outcomes == [outcome, Deferred(Obstacle.CONNECTION_LOST)]
    assert b"ben" not in b"".join(fake.pieces)


@pytest.mark.parametrize("answer", [b"500 what", b"421 closing", HANGS_UP, FALLS_SILENT])
def test_where_an_envelope_cannot_be_forgotten_no_other_letter_follows_it(authority: Authority, answer: bytes) -> None:
    """Its recipient would get the next one too."""
    fake = FakeSmtp(replies={b"DATA": [b"451 later", b"354 go on"], b"RSET": answer})
    outcomes, _ = offered(authority, fake, letter(), letter(recipient="ben@client.example"))
    assert outcomes == [Deferred(Obstacle.BUSY), Deferred(Obstacle.CONNECTION_LOST)]
    assert fake.letters == []


def test_after_a_lost_connection_nothing_more_is_offered_on_it(authority: Authority) -> None:
    fake = FakeSmtp(replies={b"RCPT": HANGS_UP})
    outcomes, steps = offered(authority, fake, letter(), letter())
    assert outcomes == [Deferred(Obstacle.CONNECTION_LOST)] * 2
    assert steps.begun == []
    assert sum(command.startswith(b"MAIL") for command in fake.commands) == 1


@pytest.mark.parametrize("announced", [b"SIZE 100", b"SIZE 1", b"size 100"])
def test_a_letter_over_the_announced_size_is_not_even_begun(authority: Authority, announced: bytes) -> None:
    fake = FakeSmtp(size=announced)
    outcomes, steps = offered(authority, fake)
    assert outcomes == [Rejected(Obstacle.TOO_LARGE)]
    assert steps.begun == []
    assert transaction(fake) == []


@pytest.mark.parametrize("announced", [b"SIZE", b"SIZE 0", b"SIZE 99999999999999999999999", b"SIZE many", b""])
def test_a_host_without_a_limit_has_none(authority: Authority, announced: bytes) -> None:
    assert offered(authority, FakeSmtp(size=announced))[0] == [Accepted()]


@pytest.mark.parametrize(
    "unsendable",
    [
        letter(HEADER + "ä\r\n".encode()),
        letter(HEADER + b"x" * 999 + b"\r\n"),
        letter(HEADER + b"no line end"),
        letter(HEADER + b"bare\nline end\r\n"),
        letter(HEADER + b"bare\rreturn\r\n"),
        letter(HEADER + b"nul\0\r\n"),
        letter(b""),
        letter(recipient="ana@client.example, ben@client.example"),
        letter(recipient="ana@client.example>\r\nRCPT TO:<ben@client.example"),
        letter(recipient="jörg@client.example"),
        letter(recipient=""),
        letter(sender="me@practice.example> BODY=8BITMIME"),
    ],
)
def test_what_would_need_changes_or_a_second_recipient_is_never_handed_over(
    authority: Authority, unsendable: ProvenLetter
) -> None:
    fake = FakeSmtp()
    outcomes, steps = offered(authority, fake, unsendable)
    assert outcomes == [Rejected(Obstacle.NOT_PROVEN)]
    assert steps.begun == []
    assert transaction(fake) == []


# --- the caller's note -------------------------------------------------------------------------------


def test_C16_a_note_that_cannot_be_made_keeps_the_letter_back(authority: Authority) -> None:
    class DiskFull(Exception):
        pass

    def begin_data() -> None:
        raise DiskFull

    fake = FakeSmtp()
    with HostileServer(fake, authority.context()) as server:
        host = server.settings(Security.TLS, ca_file=authority.ca_file)
        with pytest.raises(DiskFull), offering(host, SECRET, patience=QUICK) as open_host:
            open_host.offer(letter(), begin_data)
        assert MARKED not in server.heard.secured
    assert fake.letters == []
    assert fake.pieces == [b""]


def test_C16_after_a_note_that_cannot_be_made_nothing_more_goes_over_that_connection(authority: Authority) -> None:
    """The host waits for the letter: what is said next would be its text."""

    def begin_data() -> None:
        raise PermissionError

    fake = FakeSmtp()
    with HostileServer(fake, authority.context()) as server:
        host = server.settings(Security.TLS, ca_file=authority.ca_file)
        with offering(host, SECRET, patience=QUICK) as open_host:
            with pytest.raises(PermissionError):
                open_host.offer(letter(), begin_data)
            assert not open_host.is_open
            assert open_host.offer(letter(), lambda: None) == Deferred(Obstacle.CONNECTION_LOST)
        assert fake.pieces == [b""]
    assert fake.letters == []


def test_the_note_is_made_while_the_host_has_not_one_byte(authority: Authority) -> None:
    fake = FakeSmtp()
    with HostileServer(fake, authority.context()) as server:

        def begin_data() -> None:
            time.sleep(0.05)
            assert MARKED not in server.heard.secured
            assert fake.commands[-1] == b"DATA"

        with offering(server.settings(Security.TLS, ca_file=authority.ca_file), SECRET, patience=QUICK) as open_host:
            assert open_host.offer(letter(), begin_data) == Accepted()


def test_an_offering_works_in_any_thread(authority: Authority) -> None:
    found: list[Outcome] = []
    thread = threading.Thread(target=lambda: found.extend(offered(authority, FakeSmtp())[0]))
    thread.start()
    thread.join(10)
    assert found == [Accepted()]


def test_nothing_a_host_says_is_kept_or_logged(authority: Authority, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    outcomes, _ = offered(authority, FakeSmtp(replies={b"RCPT": b"550 5.1.1 xq-said by the host"}))
    assert "xq-said" not in repr(outcomes) + caplog.text
    assert "ana@client.example" not in caplog.text


# --- without TLS, nothing ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"offers_starttls": False}, tls.STRIPPED),
        ({"refuses_starttls": True}, tls.STARTTLS_FAILED),
        ({"injected": b"250 AUTH PLAIN\r\n"}, tls.INJECTED),
        ({"injected": b"235 you are in\r\n250 ok\r\n354 go on\r\n"}, tls.INJECTED),
        ({"injected": b"250 AUTH PLAIN\r\n", "late": True}, tls.NO_TLS),
    ],
)
def test_H11_S15_no_byte_of_a_letter_goes_out_without_sound_STARTTLS(
    authority: Authority, fault: dict[str, bytes | bool], why: str
) -> None:
    fake = FakeSmtp(upgrade=authority.context(), **fault)  # type: ignore[arg-type] # fields by name
    with HostileServer(fake) as server:
        refused(server, server.settings(Security.STARTTLS, ca_file=authority.ca_file), why)


@pytest.mark.parametrize("security", list(Security))
@pytest.mark.parametrize(
    ("names", "expired", "why"),
    [
        (("other.example",), False, "its certificate is for another name"),
        (("localhost",), True, "its certificate has expired"),
    ],
)
def test_S15_no_byte_of_a_letter_goes_to_a_host_with_the_wrong_certificate(
    authority: Authority, security: Security, names: tuple[str, ...], expired: bool, why: str
) -> None:
    context = authority.context(*names, expired=expired)
    fake = FakeSmtp(upgrade=None if security is Security.TLS else context)
    with HostileServer(fake, context if security is Security.TLS else None) as server:
        refused(server, server.settings(security, ca_file=authority.ca_file), why)


def test_S15_nothing_said_before_TLS_is_believed(authority: Authority) -> None:
    class TwoFaced(FakeSmtp):
        def _ehlo(self, line: Line) -> None:
            self.size = b"SIZE 1000000" if self._secured else b"SIZE 1"
            super()._ehlo(line)

    fake = TwoFaced(upgrade=authority.context())
    with HostileServer(fake) as server:
        host = server.settings(Security.STARTTLS, ca_file=authority.ca_file)
        with offering(host, SECRET, patience=QUICK) as open_host:
            assert open_host.offer(letter(), Steps().begin_data) == Accepted()
        for word in (b"AUTH", b"MAIL", b"RCPT", MARKED):
            assert word not in server.heard.clear


@pytest.mark.parametrize("greeting", [b"235 you are logged in", b"250 ok", b"334 go on", b"354 go on"])
def test_S15_a_greeting_that_is_none_ends_the_connection(authority: Authority, greeting: bytes) -> None:
    def script(line: Line) -> None:
        line.say(greeting)
        while True:
            line.hear()
            line.say(b"250 as you wish")

    with HostileServer(script) as server:
        refused(server, server.settings(Security.STARTTLS, ca_file=authority.ca_file), None)


def test_S15_a_host_that_speaks_in_clear_where_TLS_comes_first_hears_nothing(authority: Authority) -> None:
    with HostileServer(FakeSmtp()) as server:
        refused(server, server.settings(Security.TLS, ca_file=authority.ca_file), None)


def refused(server: HostileServer, host: HostSettings, why: str | None) -> None:
    steps = Steps()
    with pytest.raises(TherapymailError) as raised, offering(host, SECRET, patience=QUICK) as open_host:
        open_host.offer(letter(), steps.begin_data)
    if why is not None:
        assert isinstance(raised.value, TlsRefused)
        assert raised.value.why == why
    assert steps.begun == []
    for heard in (server.heard.clear, server.heard.secured):
        for word in (b"AUTH", b"MAIL", b"RCPT", MARKED, b"example", base64.b64encode(SECRET.encode())[:-2]):
            assert word not in heard


# --- real hosts --------------------------------------------------------------------------------------


class OfferingContract:
    """What therapymail asks of a submission host."""

    @pytest.fixture
    def post(self) -> Post:
        raise NotImplementedError

    @pytest.mark.parametrize("security", list(Security))
    def test_a_letter_arrives_with_its_exact_bytes(self, post: Post, security: Security) -> None:
        sender, recipient = post.new_user(), post.new_user()
        raw = HEADER + BODY + (b"y" * 76 + b"\r\n") * 30_000
        sent = letter(raw, post.address(recipient), post.address(sender))
        steps = Steps()
        with offering(post.smtp(sender, security), PASSWORD, patience=PATIENT) as host:
            nobody = letter(raw, "nobody@embedded.example", post.address(sender))
            assert host.offer(nobody, steps.begin_data) == Rejected(Obstacle.NO_SUCH_ADDRESS)
            assert steps.begun == []
            assert host.offer(sent, steps.begin_data) == Accepted()
            assert host.offer(sent, steps.begin_data) == Accepted()
        with connect(post.imap(recipient), PASSWORD, timeout=10) as mailbox:
            mailbox.open("INBOX")
            mails = list(mailbox.fetch(mailbox.uids()))
        assert len(mails) == 2
        assert all(raw in mail.raw for mail in mails)  # type: ignore[union-attr] # both were fetched

    def test_C16_a_network_that_goes_away_leaves_no_second_letter(self, post: Post) -> None:
        sender, recipient = post.new_user(), post.new_user()
        sent = letter(HEADER + BODY, post.address(recipient), post.address(sender))
        with CountingProxy(post.smtp(sender)) as proxy, offering(proxy.settings, PASSWORD, patience=PATIENT) as host:
            assert host.offer(sent, proxy.cut) in (Deferred(Obstacle.CONNECTION_LOST), AnswerLost())
            assert not host.is_open
        with connect(post.imap(recipient), PASSWORD, timeout=10) as mailbox:
            assert mailbox.open("INBOX").messages == 0


@pytest.mark.dovecot
class TestDovecot(OfferingContract):
    """Dovecot's submission service."""

    @pytest.fixture
    def post(self, dovecot: DovecotPost) -> Post:
        return dovecot

    @pytest.mark.parametrize(
        ("address", "outcome"),
        [
            ("reject@x.test", Rejected(Obstacle.NO_SUCH_ADDRESS)),
            ("tempfail@x.test", Deferred(Obstacle.BUSY)),
            ("refuse-data@x.test", Rejected(Obstacle.CONTENT_REFUSED)),
        ],
    )
    def test_C15_its_refusals_are_understood(self, dovecot: DovecotPost, address: str, outcome: Outcome) -> None:
        user = dovecot.new_user()
        with offering(dovecot.smtp(user), PASSWORD, patience=PATIENT) as host:
            sent = letter(HEADER + BODY, address, dovecot.address(user))
            assert host.offer(sent, Steps().begin_data) == outcome


class TestEmbedded(OfferingContract):
    """The post office of `therapymail demo`."""

    @pytest.fixture
    def post(self, embedded: EmbeddedPost) -> Post:
        return embedded
