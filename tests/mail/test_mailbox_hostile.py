"""Reading from hosts that lose, shorten, invent or hold back: whole mails or none, and never a hang."""

import time
from threading import Event

import pytest

from tests.support.hostile import SECRET, Authority, HostileServer, Line
from tests.support.hostile_imap import FakeImap
from therapymail.config import Security
from therapymail.errors import ServerSaidNo, ServerUnreachable, TherapymailError, UnusableInput
from therapymail.mail import fetching
from therapymail.mail.account import connect
from therapymail.mail.fetching import FetchedMail, NotFetched, NotFetchedWhy
from therapymail.mail.folder import FolderState
from therapymail.mail.mailbox import Mailbox

MAILS = {uid: b"From: c%d@x.example\r\nSubject: s\r\n\r\nletter %d\r\n" % (uid, uid) for uid in (3, 4, 9, 11)}
TIMEOUT = 0.6


class Opened:
    """A fake server and a mailbox on it, INBOX open."""

    def __init__(self, fake: FakeImap, authority: Authority, seconds: float = TIMEOUT) -> None:
        self.server = HostileServer(fake, authority.context())
        self._authority = authority
        self._seconds = seconds

    def __enter__(self) -> Mailbox:
        self.server.__enter__()
        settings = self.server.settings(Security.TLS, ca_file=self._authority.ca_file)
        self.mailbox = connect(settings, SECRET, timeout=self._seconds)
        self.mailbox.open("INBOX")
        return self.mailbox

    def __exit__(self, *failure: object) -> None:
        self.mailbox.close()
        self.server.__exit__(None, None, None)


def raws(mailbox: Mailbox, *uids: int) -> dict[int, bytes | NotFetchedWhy]:
    fetched = mailbox.fetch(uids or sorted(MAILS))
    return {mail.uid: mail.raw if isinstance(mail, FetchedMail) else mail.why for mail in fetched}


def test_mails_come_exactly_and_missing_ones_are_named(authority: Authority) -> None:
    with Opened(FakeImap(MAILS), authority) as mailbox:
        assert raws(mailbox, 3, 5, 11) == {3: MAILS[3], 5: NotFetchedWhy.GONE, 11: MAILS[11]}
        assert [glimpse.uid for glimpse in mailbox.glimpses([2, 9, 3])] == [3, 9]
        assert mailbox.new_uids(9) == [11]
        assert mailbox.new_uids(50) == []  # "51:*" names the last mail too


def test_no_command_changes_anything_at_the_server(authority: Authority) -> None:
    fake = FakeImap(MAILS)
    with Opened(fake, authority) as mailbox:
        raws(mailbox)
        list(mailbox.glimpses(MAILS))
        mailbox.search_addresses(["a@x.example"])
    allowed = (b"CAPABILITY", b"AUTHENTICATE", b"EXAMINE", b"UID SEARCH", b"LOGOUT", b"UID FETCH")
    assert all(command.startswith(allowed) for command in fake.commands)
    fetches = [command for command in fake.commands if command.startswith(b"UID FETCH")]
    assert all(b"BODY[" not in command for command in fetches)  # only PEEK leaves \Seen alone


def test_C40_a_connection_lost_inside_a_mail_gives_no_mail(authority: Authority) -> None:
    class Dropping(FakeImap):
        def on_uid_fetch(self, line: Line, tag: bytes, rest: bytes) -> bool | None:
            if b"BODY.PEEK[]" not in rest:
                return super().on_uid_fetch(line, tag, rest)
            line.say_raw(self.answer(3, b"BODY.PEEK[]"))
            line.say_raw(b"* 2 FETCH (UID 4 BODY[] {5000}\r\nFrom: half a mail")
            return False

    with Opened(Dropping(MAILS), authority) as mailbox:
        got: list[object] = []
        with pytest.raises(ServerUnreachable):
            got.extend(mailbox.fetch([3, 4]))
        assert got == []
        with pytest.raises(ServerUnreachable):
            mailbox.folders()


def test_C40_a_short_mail_is_no_mail(authority: Authority) -> None:
    class Shortening(FakeImap):
        def body(self, uid: int) -> bytes:
            return self.mails[uid][:20] if uid == 4 else self.mails[uid]

    with Opened(Shortening(MAILS), authority) as mailbox:
        assert raws(mailbox) == {**MAILS, 4: NotFetchedWhy.INCOMPLETE}


def test_C40_a_mail_shown_empty_is_no_mail(authority: Authority) -> None:
    class Emptying(FakeImap):
        def body(self, uid: int) -> bytes:
            return b"" if uid == 4 else self.mails[uid]

        def answer(self, uid: int, items: bytes) -> bytes:
            if uid == 4 and b"]<" in items:
                return b"* 2 FETCH (UID 4 BODY[]<0> {0}\r\n)\r\n"
            return super().answer(uid, items)

    with Opened(Emptying(MAILS), authority) as mailbox:
        assert raws(mailbox) == {**MAILS, 4: NotFetchedWhy.INCOMPLETE}


def test_a_server_that_only_estimates_sizes_is_understood(authority: Authority) -> None:
    class Estimating(FakeImap):
        def size(self, uid: int) -> int:
            return len(self.mails[uid]) + 100

    with Opened(Estimating(MAILS), authority) as mailbox:
        assert raws(mailbox) == MAILS


def test_short_once_is_asked_again(authority: Authority) -> None:
    class Once(FakeImap):
        def body(self, uid: int) -> bytes:
            return self.mails[uid][:9] if len([c for c in self.commands if b"PEEK[]" in c]) == 1 else self.mails[uid]

    with Opened(Once(MAILS), authority) as mailbox:
        assert raws(mailbox) == MAILS


def test_one_mail_the_server_cannot_give_does_not_stop_the_others(authority: Authority) -> None:
    class Refusing(FakeImap):
        def on_uid_fetch(self, line: Line, tag: bytes, rest: bytes) -> bool | None:
            numbers, _, items = rest.partition(b" ")
            if b"BODY.PEEK[]" in items and 4 in self.asked(numbers):
                line.say(tag + b" NO [SERVERBUG] cannot read it")
                return None
            return super().on_uid_fetch(line, tag, rest)

    with Opened(Refusing(MAILS), authority) as mailbox:
        assert raws(mailbox) == {**MAILS, 4: NotFetchedWhy.REFUSED}


def test_what_nobody_asked_about_is_tolerated(authority: Authority) -> None:
    class Chatty(FakeImap):
        def on_uid_fetch(self, line: Line, tag: bytes, rest: bytes) -> bool | None:
            line.say(b"* 1 FETCH (FLAGS (\\Seen $odd))", b"* 9 EXPUNGE", b"* 7 EXISTS", b"* OK [ALERT] buy more")
            line.say(b"* 8 FETCH (UID 77 FLAGS () BODY[] {1}", b"x)", b"* VANISHED 1:2", b"* X-ODD what (ever")
            return super().on_uid_fetch(line, tag, rest)

    with Opened(Chatty(MAILS), authority) as mailbox:
        assert raws(mailbox) == MAILS


def test_a_mail_above_the_limit_is_fetched_only_when_asked_for(authority: Authority) -> None:
    fake = FakeImap({**MAILS, 20: b"x" * 3_000})
    with Opened(fake, authority) as mailbox:
        got = list(mailbox.fetch([9, 20], largest=1_000))
        assert got[1] == NotFetched(20, NotFetchedWhy.TOO_LARGE, 3_000)
        assert not any(
            command.startswith((b"UID FETCH 20 (BODY", b"UID FETCH 9,20 (BODY")) for command in fake.commands
        )
        assert raws(mailbox, 20) == {20: b"x" * 3_000}


def test_batches_are_bounded_by_bytes(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "BATCH_BYTES", 2_500)
    fake = FakeImap(dict.fromkeys(range(1, 8), b"x" * 1_000))
    with Opened(fake, authority) as mailbox:
        assert len(raws(mailbox, *range(1, 8))) == 7
    bodies = [command.split()[2] for command in fake.commands if b"PEEK[]" in command]
    assert bodies == [b"1:2", b"3:4", b"5:6", b"7"]


def test_commands_stay_short_for_scattered_mail(authority: Authority) -> None:
    fake = FakeImap(dict.fromkeys(range(1_000_001, 1_008_001, 2), b"From: a@x.example\r\n\r\nx"))
    with Opened(fake, authority, seconds=5) as mailbox:
        assert len(list(mailbox.glimpses(fake.mails))) == 4_000
        assert len(raws(mailbox, *fake.mails)) == 4_000
    assert max(len(command) for command in fake.commands) < 8_000


@pytest.mark.parametrize(
    "spoilt",
    [
        b"* 1 FETCH (UID 3 BODY[] {99999999999}\r\nxx",
        b"* 1 FETCH (UID 3 BODY[] {-1}\r\nxx)\r\n)\r\n",
        b"* 1 FETCH (UID 3 BODY[] {3}\r\nab",
        b"\xff\xfe\r\n",
        b"* 1 FETCH (" + b"(" * 100_000 + b"\r\n* BAD\r\n",
        b"x" * 9_000_000,
    ],
    ids=["huge literal", "negative literal", "literal cut short", "no protocol", "deep nesting", "endless line"],
)
def test_no_answer_hangs_or_crashes(authority: Authority, spoilt: bytes) -> None:
    class Spoiling(FakeImap):
        def on_uid_fetch(self, line: Line, tag: bytes, rest: bytes) -> bool | None:
            line.say_raw(spoilt)
            line.wait()
            return False

    began = time.monotonic()
    with Opened(Spoiling(MAILS), authority) as mailbox, pytest.raises((ServerSaidNo, ServerUnreachable)):
        raws(mailbox)
    assert time.monotonic() - began < 5


def test_a_NO_leaves_the_connection_usable(authority: Authority) -> None:
    class NoSuchFolder(FakeImap):
        def on_examine(self, line: Line, tag: bytes, rest: bytes) -> None:
            if b"Gone" in rest:
                line.say(tag + b" NO [NONEXISTENT] no mailbox: secret-folder-name")
            else:
                super().on_examine(line, tag, rest)

    with Opened(NoSuchFolder(MAILS), authority) as mailbox:
        with pytest.raises(ServerSaidNo) as raised:
            mailbox.open("Gone")
        assert "secret-folder-name" not in str(raised.value)
        assert mailbox.open("INBOX") == FolderState("INBOX", 7, 12, 4)


def test_a_folder_without_UIDVALIDITY_is_not_opened(authority: Authority) -> None:
    class NoValidity(FakeImap):
        def on_examine(self, line: Line, tag: bytes, rest: bytes) -> None:
            line.say(b"* 4 EXISTS", tag + b" OK [READ-ONLY] open")

        def on_status(self, line: Line, tag: bytes, rest: bytes) -> None:
            line.say(b"* STATUS INBOX (MESSAGES 4)", tag + b" OK done")

    with pytest.raises(ServerSaidNo), Opened(NoValidity(MAILS), authority):
        pass


def test_folders_survive_odd_lines(authority: Authority) -> None:
    class OddFolders(FakeImap):
        def on_list(self, line: Line, tag: bytes, rest: bytes) -> None:
            line.say(
                b'* LIST () "/" 2023',
                b'* LIST (\\Noselect) NIL "[Gmail]"',
                b'* LIST () "/" "Entw&APw-rfe"',
                b'* LIST () "/" "&broken"',
                b'* LIST () "/" {5}',
                b"a\r\nb!",
                b"* LIST (((",
                b'* LIST () "/" "Cli"ent"',
                b'* LIST (\\Sent) "/" {4}',
                b"Post",
                b'* LIST () "/" inbox',
                tag + b" OK done",
            )

    with Opened(OddFolders(), authority) as mailbox:
        folders = mailbox.folders()
    assert [folder.name for folder in folders][:1] == ["INBOX"]
    assert {folder.name: folder.role for folder in folders if folder.role} == {
        "INBOX": "inbox",
        "Entwürfe": "drafts",
        "Post": "sent",
    }
    assert {"2023", "[Gmail]"} <= {folder.name for folder in folders}
    assert not any("\n" in folder.name for folder in folders)


@pytest.mark.parametrize("address", ['a"b@x.example', "a@x.example\r\nA9 LOGOUT", "a b@x.example", "", "x\0@y.example"])
def test_S12_what_is_no_address_is_never_sent(authority: Authority, address: str) -> None:
    fake = FakeImap(MAILS)
    with Opened(fake, authority) as mailbox:
        with pytest.raises(UnusableInput):
            mailbox.search_addresses(["good@x.example", address])
        assert not any(command.startswith(b"UID SEARCH") for command in fake.commands)
        assert mailbox.uids() == sorted(MAILS)


def test_S12_addresses_are_quoted(authority: Authority) -> None:
    fake = FakeImap(MAILS)
    with Opened(fake, authority) as mailbox:
        mailbox.search_addresses(["o'hara+{3}%*@x.example"])
    search = next(command for command in fake.commands if command.startswith(b"UID SEARCH"))
    quoted = b'"o\'hara+{3}%*@x.example"'
    assert search == b"UID SEARCH OR OR FROM %b TO %b OR CC %b BCC %b" % (quoted, quoted, quoted, quoted)


class Pushing(FakeImap):
    """IDLE whose news comes as `pushes` says, piece by piece."""

    pushes: tuple[bytes, ...] = ()

    def on_idle(self, line: Line, tag: bytes, rest: bytes) -> bool | None:
        line.say(b"+ idling")
        for piece in self.pushes:
            time.sleep(0.1)
            line.say_raw(piece)
        while line.hear() != b"DONE":
            pass
        line.say(tag + b" OK done")
        return None


@pytest.mark.parametrize(
    "pushes",
    [
        (b"* 5 EXISTS\r\n",),
        (b"* 5 EXI", b"STS\r\n"),
        (b"* OK still here\r\n", b"* 1 EXPUNGE\r\n"),
        (b"* VANISHED 3\r\n",),
    ],
)
def test_H12_IDLE_hears_lines_in_any_pieces(authority: Authority, pushes: tuple[bytes, ...]) -> None:
    fake = Pushing(MAILS)
    fake.pushes = pushes
    with Opened(fake, authority) as mailbox:
        assert mailbox.idle(Event(), 5.0) is True
        assert mailbox.uids() == sorted(MAILS)  # the connection goes on


def test_IDLE_without_news_ends_in_time_and_flags_are_no_news(authority: Authority) -> None:
    fake = Pushing(MAILS)
    fake.pushes = (b"* 1 FETCH (FLAGS (\\Seen))\r\n",)
    with Opened(fake, authority) as mailbox:
        began = time.monotonic()
        assert mailbox.idle(Event(), 0.5) is False
        assert time.monotonic() - began < 2


def test_news_that_came_with_another_answer_is_not_lost(authority: Authority) -> None:
    class Telling(FakeImap):
        def on_uid_search(self, line: Line, tag: bytes, rest: bytes) -> None:
            line.say(b"* 5 EXISTS")
            super().on_uid_search(line, tag, rest)

    with Opened(Telling(MAILS), authority) as mailbox:
        mailbox.new_uids(0)
        assert mailbox.idle(Event(), 3.0) is True


@pytest.mark.parametrize("ending", ["bye", "hangup", "silence"])
def test_H12_a_dead_link_ends_IDLE(authority: Authority, ending: str) -> None:
    class Dying(FakeImap):
        def on_idle(self, line: Line, tag: bytes, rest: bytes) -> bool:
            line.say(b"+ idling")
            if ending == "bye":
                line.say(b"* BYE idle for too long")
            if ending == "silence":
                line.wait()
            return False

    began = time.monotonic()
    with Opened(Dying(MAILS), authority) as mailbox, pytest.raises(TherapymailError) as raised:
        mailbox.idle(Event(), 0.5)
    assert isinstance(raised.value, ServerUnreachable)
    assert time.monotonic() - began < 4


def test_gone_is_told_by_VANISHED_or_found_by_comparing(authority: Authority) -> None:
    class Qresync(FakeImap):
        def on_enable(self, line: Line, tag: bytes, rest: bytes) -> None:
            line.say(b"* ENABLED " + rest, tag + b" OK done")

        def on_uid_fetch(self, line: Line, tag: bytes, rest: bytes) -> None:
            assert rest == b"1:* (UID) (CHANGEDSINCE 40 VANISHED)"
            line.say(b"* VANISHED (EARLIER) 1:2,5:8,4294967295", b"* 1 FETCH (UID 3 MODSEQ (41))", tag + b" OK done")

    with Opened(Qresync(MAILS, capabilities=b"ENABLE CONDSTORE QRESYNC"), authority) as mailbox:
        assert mailbox.gone([2, 3, 7, 9], since=40) == {2, 7}
        assert mailbox.gone([2, 3, 7, 9]) == {2, 7}
    with Opened(FakeImap(MAILS), authority) as mailbox:
        assert mailbox.gone([2, 3, 7, 9], since=40) == {2, 7}
