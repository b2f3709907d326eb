"""The copy of a sent letter: put into a folder with its exact bytes, found by its Message-ID, on every mail host."""

import time
from datetime import UTC, datetime

import pytest

from tests.mail.test_mailbox_hostile import Opened
from tests.support.hostile import Authority, Line
from tests.support.hostile_imap import FakeImap
from tests.support.posts import PASSWORD, DovecotPost, EmbeddedPost, Post
from therapymail.errors import ServerSaidNo, ServerUnreachable, UnusableInput
from therapymail.mail.account import connect
from therapymail.mail.answers import Appended
from therapymail.mail.fetching import FetchedMail
from therapymail.mail.mailbox import Mailbox

SENT_AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def letter(message_id: str, body: bytes = b"sealed") -> bytes:
    head = f"From: me@practice.example\r\nTo: ana@client.example\r\nMessage-ID: {message_id}\r\n\r\n"
    return head.encode() + body + b"\r\n.\r\n..dot\r\nA9 OK done\r\n"


def joined(post: Post, user: str) -> Mailbox:
    return connect(post.imap(user), PASSWORD, timeout=10)


class AppendContract:
    """What therapymail asks of a mail host for its copies in Sent."""

    @pytest.fixture
    def post(self) -> Post:
        raise NotImplementedError

    def test_C14_a_copy_lies_in_Sent_exactly_seen_and_dated(self, post: Post) -> None:
        user = post.new_user()
        raws = [letter("<a1@practice.example>"), letter("<a2@practice.example>", b"y" * 2_000_000)]
        with joined(post, user) as mailbox:
            places = [mailbox.append("Sent", raw, SENT_AT) for raw in raws]
            state = mailbox.open("Sent")
            mails = list(mailbox.fetch(mailbox.uids()))
        assert [mail.raw for mail in mails if isinstance(mail, FetchedMail)] == raws
        assert [mail.internaldate for mail in mails if isinstance(mail, FetchedMail)] == [SENT_AT] * 2
        assert places == [Appended(state.uidvalidity, mail.uid) for mail in mails]
        assert isinstance(post, DovecotPost | EmbeddedPost)
        assert all(b"\\Seen" in line for line in post.flags(user, "Sent"))

    def test_a_copy_is_found_by_its_whole_id_alone(self, post: Post) -> None:
        user = post.new_user()
        with joined(post, user) as mailbox:
            for message_id in ("<a1@practice.example>", "<a1@practice.example.org>", "<xa1@practice.example>"):
                mailbox.append("Sent", letter(message_id), SENT_AT)
            mailbox.append("Sent", letter("<other@practice.example>", b"<a1@practice.example>"), SENT_AT)
            assert len(mailbox.find_message_id("Sent", "<a1@practice.example>")) == 1
            assert mailbox.find_message_id("Sent", "<none@practice.example>") == []
            assert mailbox.find_message_id("INBOX", "<a1@practice.example>") == []
            with pytest.raises(ServerSaidNo):
                mailbox.find_message_id("no such folder", "<a1@practice.example>")
            with pytest.raises(UnusableInput):
                mailbox.find_message_id("Sent", "<a>\r\nA1 LOGOUT")

    def test_a_folder_that_is_missing_is_said_and_can_be_made(self, post: Post) -> None:
        user = post.new_user()
        name = 'Gesendet & "mehr"'
        with joined(post, user) as mailbox:
            with pytest.raises(ServerSaidNo):
                mailbox.append(name, letter("<a1@practice.example>"), SENT_AT)
            mailbox.make_folder(name)
            mailbox.append(name, letter("<a1@practice.example>"), SENT_AT)
            assert mailbox.open(name).messages == 1
            with pytest.raises(ServerSaidNo):
                mailbox.make_folder(name)


@pytest.mark.dovecot
class TestDovecot(AppendContract):
    """Dovecot."""

    @pytest.fixture
    def post(self, dovecot: DovecotPost) -> Post:
        return dovecot


class TestEmbedded(AppendContract):
    """The post office of `therapymail demo`."""

    @pytest.fixture
    def post(self, embedded: EmbeddedPost) -> Post:
        return embedded


# --- hosts that misbehave ----------------------------------------------------------------------------


def test_nothing_of_a_letter_goes_to_a_host_that_refuses_it(authority: Authority) -> None:
    class Full(FakeImap):
        def on_append(self, line: Line, tag: bytes, rest: bytes) -> bool | None:
            del rest
            line.say(tag + b" NO [OVERQUOTA] no room")
            return None

    fake = Full()
    opened = Opened(fake, authority)
    with opened as mailbox:
        with pytest.raises(ServerSaidNo):
            mailbox.append("Sent", letter("<a1@practice.example>", b"xq-marked"), SENT_AT)
        assert mailbox.folders()  # the connection goes on
        assert b"xq-marked" not in opened.server.heard.secured


@pytest.mark.parametrize("said", [b"", b"[APPENDUID 7]", b"[APPENDUID 7 0]", b"[APPENDUID 7 1:2]", b"[APPENDUID x y]"])
def test_a_place_that_is_not_said_is_not_invented(authority: Authority, said: bytes) -> None:
    class Vague(FakeImap):
        def on_append(self, line: Line, tag: bytes, rest: bytes) -> bool | None:
            line.say(b"+ ")
            line.hear_bytes(int(rest.rpartition(b"{")[2].rstrip(b"}")) + 2)
            line.say(tag + b" OK " + said + b" done")
            return None

    with Opened(Vague(), authority) as mailbox:
        assert mailbox.append("Sent", letter("<a1@practice.example>"), SENT_AT) is None


def test_C16_a_copy_whose_answer_is_lost_is_known_to_be_in_doubt(authority: Authority) -> None:
    class Dropping(FakeImap):
        def on_append(self, line: Line, tag: bytes, rest: bytes) -> bool | None:
            super().on_append(line, b"*", rest)
            return False

    fake = Dropping()
    with Opened(fake, authority) as mailbox, pytest.raises(ServerUnreachable):
        mailbox.append("Sent", letter("<a1@practice.example>"), SENT_AT)
    assert fake.appended == [letter("<a1@practice.example>")]


def test_a_host_that_never_says_go_on_is_given_up(authority: Authority) -> None:
    class Silent(FakeImap):
        def on_append(self, line: Line, tag: bytes, rest: bytes) -> bool | None:
            line.wait()
            return False

    began = time.monotonic()
    with Opened(Silent(), authority) as mailbox, pytest.raises(ServerUnreachable):
        mailbox.append("Sent", letter("<a1@practice.example>"), SENT_AT)
    assert time.monotonic() - began < 6
