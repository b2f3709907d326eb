"""One contract for every mail host: the same suite on Dovecot and on the embedded post office."""

import itertools
import threading
import time
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.counting_proxy import CountingProxy
from tests.support.mailhost import token_for
from tests.support.posts import PASSWORD, DovecotPost, EmbeddedPost, Post
from therapymail.config import Auth, HostSettings, Security
from therapymail.errors import LoginRefused, ServerSaidNo, TlsRefused
from therapymail.mail.account import connect
from therapymail.mail.fetching import FetchedMail, NotFetched, NotFetchedWhy
from therapymail.mail.folder import FolderRole
from therapymail.mail.mailbox import Mailbox

WHEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=5)))
_numbers = itertools.count(1)


def mail(sender: str = "ana@client.example", recipient: str = "me@practice.example", body: str = "hello") -> bytes:
    number = next(_numbers)
    return (
        f"From: Ana <{sender}>\r\nTo: {recipient}\r\nSubject: greetings {number}\r\n"
        f"Message-ID: <{number}@client.example>\r\nReferences: <a@x> <b@x>\r\nIn-Reply-To: <b@x>\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n.\r\n..dot\r\n"
    ).encode()


def joined(post: Post, user: str, secret: str = PASSWORD) -> Mailbox:
    return connect(post.imap(user), secret, timeout=10)


def only_mails(fetched: list[FetchedMail | NotFetched]) -> dict[int, bytes]:
    assert all(isinstance(item, FetchedMail) for item in fetched)
    return {item.uid: item.raw for item in fetched if isinstance(item, FetchedMail)}


class PostContract:
    """What therapymail asks of a mail host, and what it promises to do with it."""

    @pytest.fixture
    def post(self) -> Post:
        raise NotImplementedError

    @pytest.mark.parametrize("security", list(Security))
    def test_connects_over_TLS_with_any_password(self, post: Post, security: Security) -> None:
        user = post.new_user()
        with connect(post.imap(user, security), PASSWORD, timeout=10) as mailbox:
            assert mailbox.folders()[0].name == "INBOX"

    def test_a_wrong_password_is_refused(self, post: Post) -> None:
        user = post.new_user()
        with pytest.raises(LoginRefused):
            joined(post, user, "wrong")
        with pytest.raises(LoginRefused):
            connect(post.imap("nobody-here"), PASSWORD, timeout=10)

    @pytest.mark.parametrize("security", list(Security))
    def test_S15_another_authority_is_refused(self, post: Post, security: Security) -> None:
        host = post.imap(post.new_user(), security)
        with pytest.raises(TlsRefused):
            connect(HostSettings(host.host, host.port, security, host.username), PASSWORD, timeout=10)

    def test_folders_have_names_and_roles(self, post: Post) -> None:
        user = post.new_user()
        post.append(user, "Entwürfe & 日記", mail(), WHEN)
        post.append(user, 'odd "name" \\ here', mail(), WHEN)
        with joined(post, user) as mailbox:
            folders = {folder.name: folder.role for folder in mailbox.folders()}
            states = mailbox.states(mailbox.folders())
            assert mailbox.open("Entwürfe & 日記").messages == 1
            assert mailbox.open('odd "name" \\ here').messages == 1
        roles = {"INBOX": FolderRole.INBOX, "Sent": FolderRole.SENT, "Drafts": FolderRole.DRAFTS}
        assert roles.items() <= folders.items()
        assert folders["Entwürfe & 日記"] is None
        assert states.keys() == folders.keys()

    def test_states_and_opening_agree(self, post: Post) -> None:
        user = post.new_user()
        for _ in range(3):
            post.append(user, "INBOX", mail(), WHEN)
        with joined(post, user) as mailbox:
            state = mailbox.states(["INBOX", "Sent"])["INBOX"]
            opened = mailbox.open("INBOX")
            assert (opened.uidvalidity, opened.uidnext, opened.messages) == (state.uidvalidity, state.uidnext, 3)
            assert mailbox.states(["INBOX", "no such folder"]).keys() == {"INBOX"}
            with pytest.raises(ServerSaidNo):
                mailbox.open("no such folder")
            assert mailbox.open("INBOX") == opened

    def test_mails_come_exactly_as_they_were_put_in(self, post: Post) -> None:
        user = post.new_user()
        bodies = ["", "ünïcödé ⚓", "x" * 100_000, "){5}\r\n* 1 FETCH (UID 9)\r\nA1 OK done", "\0 nul"]
        raws = [mail(body=body) for body in bodies]
        for raw in raws:
            post.append(user, "INBOX", raw, WHEN)
        with joined(post, user) as mailbox:
            mailbox.open("INBOX")
            uids = mailbox.uids()
            fetched = list(mailbox.fetch([*uids, 999]))
        assert fetched.pop() == NotFetched(999, NotFetchedWhy.GONE)
        assert list(only_mails(fetched).values()) == [
            raw.replace(b"\0 nul", mailed_nul(raws[4], fetched)) for raw in raws
        ]
        for item in fetched:
            assert isinstance(item, FetchedMail)
            assert item.internaldate == WHEN
            assert item.internaldate.tzinfo is UTC
            assert item.size == len(item.raw)

    def test_no_flag_is_ever_set(self, post: Post) -> None:
        user = post.new_user()
        post.append(user, "INBOX", mail(), WHEN)
        with joined(post, user) as mailbox:
            mailbox.open("INBOX")
            uids = mailbox.uids()
            list(mailbox.glimpses(uids))
            list(mailbox.fetch(uids))
        assert isinstance(post, DovecotPost | EmbeddedPost)
        assert all(b"Seen" not in line for line in post.flags(user, "INBOX"))

    def test_glimpses_tell_who_and_in_answer_to_what(self, post: Post) -> None:
        user = post.new_user()
        post.append(user, "INBOX", mail("ana@client.example"), WHEN)
        sealed = b'From: b@x.example\r\nContent-Type: multipart/encrypted;\r\n boundary="b"\r\n\r\nSECRET BODY'
        post.append(user, "INBOX", sealed, WHEN)
        with joined(post, user) as mailbox:
            mailbox.open("INBOX")
            first, second = mailbox.glimpses(mailbox.uids())
        assert first.parties == {"ana@client.example", "me@practice.example"}
        assert first.header.references == ("<a@x>", "<b@x>")
        assert first.header.in_reply_to == ("<b@x>",)
        assert first.internaldate == WHEN
        assert first.size > 100
        assert first.header.subject == ""  # not asked for
        assert (first.sealed_type, second.sealed_type) == (False, True)

    def test_addresses_are_found_wherever_they_stand(self, post: Post) -> None:
        user = post.new_user()
        for sender, recipient in (("ana@c.example", "me@p.example"), ("x@y.example", "z@y.example")) * 2:
            post.append(user, "INBOX", mail(sender, recipient), WHEN)
        post.append(user, "INBOX", mail("me@p.example", "Ben <ben+tag@c.example>, ANA@C.example"), WHEN)
        with joined(post, user) as mailbox:
            mailbox.open("INBOX")
            uids = mailbox.uids()
            assert mailbox.search_addresses(["Ana@c.example"]) == [uids[0], uids[2], uids[4]]
            assert mailbox.search_addresses(["ben+tag@c.example"]) == [uids[4]]
            assert mailbox.search_addresses(["nobody@c.example", "o'hara{3}@c.example"]) == []
            assert mailbox.search_addresses([]) == []
            many = [f"client{number}@c.example" for number in range(60)]
            assert mailbox.search_addresses([*many, "ben+tag@c.example"]) == [uids[4]]

    def test_delivery_reports_are_found_by_type_and_by_sender(self, post: Post) -> None:
        user = post.new_user()
        report = b"From: a@b.example\r\nContent-Type: multipart/report; report-type=delivery-status\r\n\r\n\r\n"
        daemon = b"From: Mail Delivery <MAILER-DAEMON@b.example>\r\nSubject: failed\r\n\r\n\r\n"
        ordinary = b"From: c@b.example\r\nContent-Type: text/plain\r\n\r\nreport\r\n"
        for raw in (report, ordinary, daemon):
            post.append(user, "INBOX", raw, datetime.now(UTC))
        with connect(post.imap(user), PASSWORD) as mailbox:
            mailbox.open("INBOX")
            first, _, third = mailbox.uids()
            assert mailbox.search_delivery_reports() == [first, third]

    def test_new_mail_is_what_is_above_the_bookmark(self, post: Post) -> None:
        user = post.new_user()
        for _ in range(3):
            post.append(user, "INBOX", mail(), WHEN)
        with joined(post, user) as mailbox:
            mailbox.open("INBOX")
            uids = mailbox.uids()
            assert mailbox.new_uids(0) == uids
            assert mailbox.new_uids(uids[1]) == [uids[2]]
            assert mailbox.new_uids(uids[2]) == []

    def test_what_has_gone_is_known(self, post: Post) -> None:
        user = post.new_user()
        for _ in range(4):
            post.append(user, "INBOX", mail(), WHEN)
        with joined(post, user) as mailbox:
            before = mailbox.open("INBOX")
            uids = mailbox.uids()
        post.expunge(user, "INBOX", uids[1], uids[3])
        with joined(post, user) as mailbox:
            after = mailbox.open("INBOX")
            assert (after.messages, after.uidnext) == (2, before.uidnext)
            assert mailbox.gone(uids, before.highestmodseq) == {uids[1], uids[3]}
            assert mailbox.gone(uids) == {uids[1], uids[3]}

    def test_new_mail_is_pushed(self, post: Post) -> None:
        user = post.new_user()
        post.append(user, "INBOX", mail(), WHEN)
        with joined(post, user) as mailbox:
            assert mailbox.pushes
            mailbox.open("INBOX")
            assert mailbox.idle(Event(), 0.5) is False
            later = threading.Timer(0.4, lambda: post.append(user, "INBOX", mail(), WHEN))
            later.start()
            assert mailbox.idle(Event(), 10.0) is True
            later.join()
            assert len(mailbox.uids()) == 2

    def test_IDLE_stops_within_a_second(self, post: Post) -> None:
        stop = Event()
        with joined(post, post.new_user()) as mailbox:
            mailbox.open("INBOX")
            threading.Timer(0.2, stop.set).start()
            began = time.monotonic()
            assert mailbox.idle(stop, 60.0) is False
        assert time.monotonic() - began < 1.2

    def test_round_trips_do_not_grow_with_folders_or_mails(self, post: Post) -> None:
        def trips(user: str) -> tuple[int, int]:
            with CountingProxy(post.imap(user)) as proxy, connect(proxy.settings, PASSWORD, timeout=10) as mailbox:
                proxy.reset()
                states = mailbox.states(mailbox.folders())
                return len(states), proxy.round_trips

        small, large = post.new_user(), post.new_user()
        for number in range(60):
            post.append(large, f"folder {number}", mail(), WHEN)
        few_folders, small_trips = trips(small)
        many_folders, large_trips = trips(large)
        assert many_folders >= few_folders + 60
        assert large_trips == small_trips == 2

    def test_memory_stays_small_whatever_is_fetched(self, post: Post) -> None:
        user = post.new_user()
        for _ in range(12):
            post.append(user, "INBOX", mail(body="x" * 1_500_000), WHEN)
        with joined(post, user) as mailbox:
            mailbox.open("INBOX")
            uids = mailbox.uids()
            fetching = mailbox.fetch(uids)
            next(fetching)
            tracemalloc.start()
            total = sum(item.size for item in fetching)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert total > 16_000_000
        # The embedded post office shares this process; what it copies counts here too.
        assert peak < (12_000_000 if isinstance(post, DovecotPost) else 40_000_000)


def mailed_nul(raw: bytes, fetched: list[FetchedMail | NotFetched]) -> bytes:
    """How the host kept a NUL, which IMAP's plain literals cannot carry (Dovecot makes it 0x80)."""
    last = fetched[-1]
    assert isinstance(last, FetchedMail)
    start = raw.index(b"\0 nul")
    kept = last.raw[start : start + 5]
    assert kept[1:] == b" nul"
    return kept


@pytest.mark.dovecot
class TestDovecot(PostContract):
    """Dovecot: CONDSTORE, QRESYNC, LIST-STATUS, SPECIAL-USE."""

    @pytest.fixture
    def post(self, dovecot: DovecotPost) -> Post:
        return dovecot

    @pytest.mark.parametrize("auth", [Auth.XOAUTH2, Auth.OAUTHBEARER])
    @pytest.mark.parametrize("security", list(Security))
    def test_tokens_log_in(self, dovecot: DovecotPost, auth: Auth, security: Security) -> None:
        user = dovecot.new_user()
        with connect(dovecot.imap(user, security, auth), token_for(user), timeout=10) as mailbox:
            assert mailbox.open("INBOX").messages == 0
        with pytest.raises(LoginRefused):
            connect(dovecot.imap(user, security, auth), "token-of-somebody-else", timeout=10)

    def test_change_numbers_are_on_before_a_folder_is_opened(self, dovecot: DovecotPost) -> None:
        with joined(dovecot, dovecot.new_user()) as mailbox:
            assert mailbox.open("INBOX").highestmodseq is not None
            assert mailbox.states(["INBOX"])["INBOX"].highestmodseq is not None

    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.integers(1, 40), max_size=12))
    def test_any_choice_of_UIDs_comes_whole(self, dovecot_mailbox: Mailbox, wanted: list[int]) -> None:
        present = set(dovecot_mailbox.uids())
        fetched = list(dovecot_mailbox.fetch(wanted, batch=3))
        assert [item.uid for item in fetched] == sorted(set(wanted))
        assert {item.uid for item in fetched if isinstance(item, FetchedMail)} == set(wanted) & present

    @pytest.fixture(scope="class")
    def dovecot_mailbox(self, dovecot: DovecotPost) -> Mailbox:
        user = dovecot.new_user()
        for _ in range(20):
            dovecot.append(user, "INBOX", mail(), WHEN)
        dovecot.expunge(user, "INBOX", *range(2, 20, 3))
        mailbox = joined(dovecot, user)
        mailbox.open("INBOX")
        return mailbox


class TestEmbedded(PostContract):
    """The post office of `therapymail demo`: no CONDSTORE, no LIST-STATUS, roles by name."""

    @pytest.fixture
    def post(self, embedded: EmbeddedPost) -> Post:
        return embedded
