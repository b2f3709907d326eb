"""Watching: mail is noticed as it comes, through cut and severed links, and a stop is heard within a second."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event

import pytest

from tests.support.counting_proxy import CountingProxy
from tests.support.hostile import SECRET, Authority, HostileServer, Line
from tests.support.hostile_imap import FakeImap
from tests.support.posts import PASSWORD, DovecotPost, EmbeddedPost, Post
from therapymail.config import Security
from therapymail.errors import LoginRefused, ServerUnreachable, TherapymailError, TlsRefused
from therapymail.mail.account import connect
from therapymail.mail.mailbox import Mailbox
from therapymail.mail.watch import Change, Rhythm, Watched, watch

WHEN = datetime(2026, 3, 4, tzinfo=UTC)
QUICK = Rhythm(idle=1.0, poll=0.4, first_pause=0.2, longest_pause=0.6)
MAIL = b"From: a@x.example\r\n\r\nhello\r\n"


class Watcher:
    """A watch in a thread of its own."""

    def __init__(self, join: Callable[[Event], Mailbox], others: tuple[str, ...] = (), rhythm: Rhythm = QUICK) -> None:
        self.stop = Event()
        self.changes: queue.Queue[Change] = queue.Queue()
        self.troubles: list[TherapymailError] = []
        self.pauses: list[float] = []
        self.failure: BaseException | None = None
        self._arguments = (join, others, rhythm)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        join, others, rhythm = self._arguments

        def trouble(error: TherapymailError, seconds: float) -> None:
            self.troubles.append(error)
            self.pauses.append(seconds)

        try:
            for change in watch(
                lambda: join(self.stop),
                self.stop,
                watched=Watched("INBOX", others),
                rhythm=rhythm,
                on_trouble=trouble,
            ):
                self.changes.put(change)
        except TherapymailError as error:
            self.failure = error

    def next(self, seconds: float = 15.0) -> Change:
        return self.changes.get(timeout=seconds)

    def quiet_for(self, seconds: float) -> bool:
        try:
            self.changes.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def end(self) -> float:
        """Stop; the seconds it took."""
        began = time.monotonic()
        self.stop.set()
        self._thread.join(20)
        assert not self._thread.is_alive()
        return time.monotonic() - began

    @contextmanager
    def running(self) -> Iterator["Watcher"]:
        self._thread.start()
        try:
            yield self
        finally:
            self.end()


class WatchContract:
    """On every mail host."""

    @pytest.fixture
    def post(self) -> Post:
        raise NotImplementedError

    def test_mail_is_noticed_in_every_watched_folder(self, post: Post) -> None:
        user = post.new_user()
        post.append(user, "Sent", MAIL, WHEN)

        def join(stop: Event) -> Mailbox:
            return connect(post.imap(user), PASSWORD, timeout=5, stop=stop)

        with Watcher(join, ("Sent",)).running() as watcher:
            assert watcher.next() is Change.CONNECTED
            assert watcher.quiet_for(2.5)  # also over several IDLEs
            post.append(user, "INBOX", MAIL, WHEN)
            assert watcher.next() is Change.PUSHED
            post.append(user, "Sent", MAIL, WHEN)
            assert watcher.next() is Change.NOTICED
            assert watcher.end() < 1.0
        assert watcher.troubles == []

    def test_H12_a_cut_link_is_taken_up_again(self, post: Post) -> None:
        user = post.new_user()
        with CountingProxy(post.imap(user)) as proxy:

            def join(stop: Event) -> Mailbox:
                return connect(proxy.settings, PASSWORD, timeout=2, stop=stop)

            with Watcher(join).running() as watcher:
                assert watcher.next() is Change.CONNECTED
                for _ in range(2):
                    time.sleep(0.2)
                    proxy.cut()
                    assert watcher.next() is Change.CONNECTED
                post.append(user, "INBOX", MAIL, WHEN)
                assert watcher.next() is Change.PUSHED
        assert watcher.troubles
        assert all(isinstance(trouble, ServerUnreachable) for trouble in watcher.troubles)

    def test_H12_a_severed_link_is_noticed_and_a_stop_heard_meanwhile(self, post: Post) -> None:
        user = post.new_user()
        with CountingProxy(post.imap(user)) as proxy:

            def join(stop: Event) -> Mailbox:
                return connect(proxy.settings, PASSWORD, timeout=1.5, stop=stop)

            with Watcher(join).running() as watcher:
                assert watcher.next() is Change.CONNECTED
                proxy.hold()
                ends = time.monotonic() + 10
                while not watcher.troubles and time.monotonic() < ends:
                    time.sleep(0.1)
                assert isinstance(watcher.troubles[0], ServerUnreachable)
                time.sleep(0.5)  # it is connecting to a host that says nothing
                assert watcher.end() < 1.0


@pytest.mark.dovecot
class TestDovecot(WatchContract):
    """Dovecot."""

    @pytest.fixture
    def post(self, dovecot: DovecotPost) -> Post:
        return dovecot


class TestEmbedded(WatchContract):
    """The post office of `therapymail demo`."""

    @pytest.fixture
    def post(self, embedded: EmbeddedPost) -> Post:
        return embedded


def fake_join(server: HostileServer, authority: Authority) -> Callable[[Event], Mailbox]:
    settings = server.settings(Security.TLS, ca_file=authority.ca_file)
    return lambda stop: connect(settings, SECRET, timeout=1, stop=stop)


def test_without_IDLE_it_looks_now_and_then(authority: Authority) -> None:
    fake = FakeImap({1: MAIL}, capabilities=b"")
    with HostileServer(fake, authority.context()) as server, Watcher(fake_join(server, authority)).running() as watcher:
        assert watcher.next() is Change.CONNECTED
        assert watcher.quiet_for(1.0)
        fake.mails[2] = MAIL
        assert watcher.next(2) is Change.NOTICED
        assert watcher.end() < 1.0
    assert not any(command.startswith(b"IDLE") for command in fake.commands)


def test_pauses_grow_up_to_a_limit_and_start_again(authority: Authority) -> None:
    class Failing(FakeImap):
        broken = True

        def on_status(self, line: Line, tag: bytes, rest: bytes) -> None:
            if self.broken:
                line.say_raw(b"* nonsense {{{\r\n\xff\r\n")
            else:
                super().on_status(line, tag, rest)

    fake = Failing({1: MAIL})
    with HostileServer(fake, authority.context()) as server, Watcher(fake_join(server, authority)).running() as watcher:
        ends = time.monotonic() + 15
        while len(watcher.pauses) < 5 and time.monotonic() < ends:
            time.sleep(0.05)
        fake.broken = False
        assert watcher.next() is Change.CONNECTED
    base, longest = QUICK.first_pause, QUICK.longest_pause
    for pause, wanted in zip(watcher.pauses, (base, base * 2, longest, longest, longest), strict=False):
        assert wanted * 0.8 <= pause <= wanted * 1.2


def test_what_a_person_must_put_right_ends_the_watch() -> None:
    def join(stop: Event) -> Mailbox:
        raise LoginRefused("mail.example", "ana")

    with pytest.raises(LoginRefused):
        next(watch(lambda: join(Event()), Event(), rhythm=QUICK))


def test_a_portal_with_a_false_certificate_is_ridden_out() -> None:
    attempts: list[int] = []
    stop = Event()

    def join() -> Mailbox:
        attempts.append(1)
        if len(attempts) == 3:
            stop.set()
        raise TlsRefused("mail.example", 993, "its certificate is for another name")

    assert list(watch(join, stop, rhythm=QUICK)) == []
    assert len(attempts) == 3


def test_a_stop_is_heard_while_a_name_is_looked_up() -> None:
    stop = Event()

    def join() -> Mailbox:
        time.sleep(4)
        raise ServerUnreachable("mail.example", 993, "no host of that name is known")

    threading.Timer(0.2, stop.set).start()
    began = time.monotonic()
    assert list(watch(join, stop, rhythm=QUICK)) == []
    assert time.monotonic() - began < 1.2


@pytest.mark.parametrize(
    "wrong", [{"idle": 29 * 60.0}, {"idle": 0.0}, {"poll": 0.0}, {"first_pause": 9.0, "longest_pause": 1.0}]
)
def test_no_rhythm_outlasts_the_server(wrong: dict[str, float]) -> None:
    with pytest.raises(AssertionError):
        Rhythm(**wrong)
