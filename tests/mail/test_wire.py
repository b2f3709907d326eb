"""The bytes of a connection: endless answers end, stale ones do not count, and no line is kept (S15, S24, S28)."""

import json

import pytest

from tests.support.hostile import SECRET, Authority, HostileServer, Line
from tests.support.hostile_imap import FakeImap
from tests.support.hostile_smtp import FakeSmtp
from therapymail.config import Security
from therapymail.domain.seal import facts_from_json
from therapymail.errors import ServerSaidNo, TlsRefused
from therapymail.mail import wire
from therapymail.mail.account import connect
from therapymail.mail.faults import as_our_errors
from therapymail.mail.mailbox import Mailbox
from therapymail.mail.submission import check_login

MAILS = {uid: b"From: c%d@x.example\r\n\r\nletter" % uid for uid in (3, 4, 9)}
ALLOWANCE = 100_000
OTHER_ADDRESS = "its certificate is for another address"


def visiting(server: HostileServer, authority: Authority, seconds: float = 2.0) -> Mailbox:
    return connect(server.settings(Security.TLS, ca_file=authority.ca_file), SECRET, timeout=seconds)


class Saying(FakeImap):
    """A server whose answer to a search is `said`, and then nothing."""

    said: bytes = b""

    def on_uid_search(self, line: Line, tag: bytes, rest: bytes) -> None:
        line.say_raw(self.said)
        line.wait()


@pytest.mark.parametrize(
    "said",
    [b"* OK %b\r\n" % (b"x" * 500) * 300, b"* OK\r\n" * 200_000, b"* X {%d}\r\nx" % (ALLOWANCE + 1)],
    ids=["long lines", "short lines", "literal"],
)
def test_S24_an_answer_without_end_is_given_up_before_its_time_is(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    """Not ServerUnreachable: that would be the timeout, with whatever came until then in memory."""
    if not said.startswith(b"* OK\r\n"):
        monkeypatch.setattr(wire, "MAX_ANSWER_BYTES", ALLOWANCE)
    else:
        monkeypatch.setattr(wire, "MAX_ANSWER_BYTES", len(said) + ALLOWANCE)  # only what lines cost ends it
    fake = Saying(MAILS)
    fake.said = said
    with HostileServer(fake, authority.context()) as server, visiting(server, authority) as mailbox:
        mailbox.open("INBOX")
        with pytest.raises(ServerSaidNo):
            mailbox.new_uids(0)


def test_S15_what_came_with_an_earlier_answer_is_no_answer_to_this_command(authority: Authority) -> None:
    class Early(FakeImap):
        def on_examine(self, line: Line, tag: bytes, rest: bytes) -> None:
            line.say(b"* SEARCH 77", b"* 1 FETCH (UID 3 RFC822.SIZE 1 BODY[] {1}", b"x)")
            super().on_examine(line, tag, rest)

    with HostileServer(Early(MAILS), authority.context()) as server, visiting(server, authority) as mailbox:
        mailbox.open("INBOX")
        assert mailbox.new_uids(0) == [3, 4, 9]
        mailbox.open("INBOX")
        assert [glimpse.size for glimpse in mailbox.glimpses([3])] == [len(MAILS[3])]


@pytest.mark.parametrize("security", list(Security))
def test_S15_a_certificate_counts_for_the_name_that_was_asked_for_alone(
    authority: Authority, security: Security
) -> None:
    context = authority.context("localhost")
    at_once = context if security is Security.TLS else None
    later = None if security is Security.TLS else context
    with HostileServer(FakeImap(MAILS, upgrade=later), at_once) as server:
        settings = server.settings(security, ca_file=authority.ca_file, host="127.0.0.1")
        with pytest.raises(TlsRefused) as refused:
            connect(settings, SECRET, timeout=2)
        assert refused.value.why == OTHER_ADDRESS
        assert SECRET.encode() not in server.heard.clear + server.heard.secured
    with HostileServer(FakeSmtp(upgrade=later), at_once) as server:
        settings = server.settings(security, ca_file=authority.ca_file, host="127.0.0.1")
        with pytest.raises(TlsRefused) as refused:
            check_login(settings, SECRET, timeout=2)
        assert refused.value.why == OTHER_ADDRESS
        assert b"AUTH" not in server.heard.clear + server.heard.secured


def test_S28_the_library_keeps_no_line(authority: Authority) -> None:
    with HostileServer(FakeImap(MAILS), authority.context()) as server, visiting(server, authority) as mailbox:
        mailbox.open("INBOX")
        list(mailbox.fetch([3]))
        kept = mailbox._connection.wire
        assert kept.debug == 0
        assert getattr(kept, "_cmd_log", {}) == {}


def test_a_mistake_of_ours_stays_one_and_one_of_a_library_is_the_servers_nonsense(authority: Authority) -> None:
    with HostileServer(FakeImap(), authority.context()) as server:
        settings = server.settings(Security.TLS)
    with pytest.raises(KeyError), as_our_errors(settings, "testing"):
        facts_from_json({})
    with pytest.raises(ServerSaidNo), as_our_errors(settings, "testing"):
        json.loads("{")
