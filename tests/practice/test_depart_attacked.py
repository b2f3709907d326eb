"""Departure while the record changes and mail hosts lie: a letter leaves by the rules of its last moment, once."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.support.hostile import Authority, HostileServer, Line, authority
from tests.support.hostile_smtp import HANGS_UP, FakeSmtp
from tests.support.posts import EmbeddedPost, embedded
from tests.support.sending import Sending, sending_over
from therapymail.config import Security
from therapymail.domain.client import ClientStatus
from therapymail.domain.draft import DraftContent, DraftName
from therapymail.domain.outbox import Obstacle, OutboxState
from therapymail.errors import NotSent, ServerSaidNo, ServerUnreachable, VaultLocked
from therapymail.mail.mailbox import Mailbox
from therapymail.practice import outbox, write
from therapymail.practice.depart import recover
from therapymail.practice.introduce import ClientChange, edit_client
from therapymail.practice.receive import SyncRequest, sync
from therapymail.practice.settle import NOT_SENT, settle
from therapymail.practice.unlock import lock, unlock

__all__ = ["authority", "embedded"]


@pytest.fixture
def story(embedded: EmbeddedPost) -> Iterator[Sending]:
    with sending_over(embedded) as practice:
        yield practice


@dataclass
class SlowSmtp(FakeSmtp):
    """A host that takes its time before it answers `at`: long enough for `meanwhile` to happen, once."""

    at: bytes = b""
    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def _reply(self, line: Line, to: bytes) -> bytes:
        self._take_time(to)
        return super()._reply(line, to)

    def _ehlo(self, line: Line) -> None:
        self._take_time(b"EHLO")
        super()._ehlo(line)

    def _take_time(self, to: bytes) -> None:
        if to == self.at and self.meanwhile:
            self.meanwhile.pop()()


@contextmanager
def over(story: Sending, fake: FakeSmtp, authority: Authority) -> Iterator[Sending]:
    """The practice with `fake` as its submission host."""
    with HostileServer(fake, authority.context()) as server:
        yield story.using(smtp=server.settings(Security.TLS, ca_file=authority.ca_file, username=story.user))


# --- the record changes while the host is talked to ------------------------------------------------------


@pytest.mark.parametrize("at", [b"EHLO", b"MAIL", b"RCPT", b"DATA"])
@pytest.mark.parametrize("what", ["paused", "another address", "key unpinned"])
def test_C6_what_the_therapist_says_while_the_host_is_slow_still_counts(
    story: Sending, authority: Authority, at: bytes, what: str
) -> None:
    change = {
        "paused": ClientChange(status=ClientStatus.PAUSED),
        "another address": ClientChange(write_to="elsewhere@mail.example"),
        "key unpinned": ClientChange(unpin=story.clients["HERON"].fingerprint),
    }[what]
    slow = SlowSmtp(at=at, meanwhile=[lambda: edit_client(story.practice, "HERON", change)])
    with over(story, slow, authority) as other:
        name, another = other.released(), other.released("LINDEN")
        other.depart()
        assert other.entry(name).state is OutboxState.REFUSED
        assert other.entry(another).state is OutboxState.SENT  # it does not hold back the next
    assert [b"user" in letter for letter in slow.letters] == [True]
    assert slow.pieces in ([], [b""])  # not one byte of the other


def test_a_lock_that_comes_while_the_host_says_no_leaves_no_letter_in_doubt(
    story: Sending, authority: Authority
) -> None:
    slow = SlowSmtp(at=b"END", meanwhile=[lambda: lock(story.practice)], replies={b"END": b"451 not now"})
    with over(story, slow, authority) as other:
        name = other.released()
        with contextlib.suppress(VaultLocked):
            other.depart()
        unlock(other.practice, None)
        other.depart()
        entry = other.entry(name)
    assert (entry.state, entry.obstacle) == (OutboxState.RELEASED, Obstacle.BUSY)


def test_C13_a_letter_long_overdue_waits_for_a_word_of_the_therapists(story: Sending) -> None:
    """Also where an older copy of the record was put back, in which it had not left yet."""
    name, vault = story.released(), story.practice.paths.vault
    with story.practice.vault() as opened:
        opened.clear_log()
    older = vault.read_bytes()
    story.depart()
    for beside in vault.parent.glob(f"{vault.name}-*"):
        beside.unlink()
    vault.write_bytes(older)
    story.clock.later += timedelta(days=1, minutes=1)
    assert sync(story.practice, SyncRequest()).departed.refused
    entry = story.entry(name)
    assert (entry.state, entry.hindrances) == (OutboxState.REFUSED, ("overdue",))
    assert len(story.arrived()) == 1
    outbox.retry(story.practice, name)
    assert story.depart().sent


def test_C16_what_the_host_took_is_sent_though_another_process_thought_us_ended(
    story: Sending, authority: Authority
) -> None:
    """Two processes with different $XDG_RUNTIME_DIR do not see each other's lock."""

    def another_process() -> None:
        with story.practice.vault() as vault:
            assert recover(story.practice, vault)[0].state is OutboxState.UNCERTAIN

    slow = SlowSmtp(at=b"END", meanwhile=[another_process])
    with over(story, slow, authority) as other:
        name = other.released()
        other.depart()
        assert other.entry(name).state is OutboxState.SENT
        assert len(other.letters()) == len(slow.letters) == 1


@pytest.mark.parametrize("at", [b"RCPT", b"DATA"])
def test_C16_a_process_that_another_thought_ended_sends_nothing_more(
    story: Sending, authority: Authority, at: bytes
) -> None:
    def another_process() -> None:
        with story.practice.vault() as vault:
            assert recover(story.practice, vault)[0].state is OutboxState.RELEASED

    slow = SlowSmtp(at=at, meanwhile=[another_process])
    with over(story, slow, authority) as other:
        name = other.released()
        other.depart()
        assert slow.letters == []
        assert other.entry(name).state is OutboxState.RELEASED
        other.depart()
        assert other.entry(name).state is OutboxState.SENT


# --- letters in doubt ------------------------------------------------------------------------------------


@contextmanager
def in_doubt(story: Sending, authority: Authority) -> Iterator[tuple[Sending, FakeSmtp, DraftName]]:
    """A letter whose answer never came; the host's later ones do."""
    fake = FakeSmtp(replies={b"END": [HANGS_UP, b"250 ok"]})
    with over(story, fake, authority) as other:
        name = other.released()
        other.depart()
        assert other.entry(name).state is OutboxState.UNCERTAIN
        yield other, fake, name


def test_C13_a_letter_settled_as_not_sent_that_turns_up_in_Sent_is_not_sent_again(
    story: Sending, authority: Authority
) -> None:
    with in_doubt(story, authority) as (other, fake, name):
        settle(other.practice, name, NOT_SENT)
        story.post.append(story.user, "Sent", fake.letters[0], story.clock())
        sync(other.practice, SyncRequest())
        with pytest.raises(NotSent, match="on the record as sent"):
            outbox.retry(other.practice, name)
        other.depart()
        assert len(fake.letters) == len(other.letters()) == 1
        outbox.cancel(other.practice, name)  # if it never came: as a letter of its own
        outbox.send(other.practice, outbox.SendRequest(name, at_once=True))
        other.depart()
        assert other.entry(name).state is OutboxState.SENT
        assert len(fake.letters) == 2


def test_C13_a_letter_waiting_to_be_tried_again_that_turns_up_in_Sent_is_not_sent_again(
    story: Sending, authority: Authority
) -> None:
    lying = FakeSmtp(replies={b"END": [b"451 not now", b"250 ok"]})
    with over(story, lying, authority) as other:
        name = other.released()
        other.depart()
        assert other.entry(name).state is OutboxState.RELEASED
        story.post.append(story.user, "Sent", lying.letters[0], story.clock())
        sync(other.practice, SyncRequest())
        with pytest.raises(NotSent, match="on the record as sent"):
            outbox.retry(other.practice, name)
        assert len(lying.letters) == 1


def test_a_mail_in_Sent_that_only_bears_its_message_id_settles_nothing(story: Sending, authority: Authority) -> None:
    with in_doubt(story, authority) as (other, fake, name):
        message_id = other.entry(name).message_id.encode()
        another = other.released("LINDEN")
        other.depart()
        to_linden = fake.letters[-1].replace(other.entry(another).message_id.encode(), message_id)
        bare = b"Message-ID: " + message_id + b"\r\nSubject: ...\r\n\r\nnot a letter\r\n"
        damaged = fake.letters[0].replace(
            b"-----BEGIN PGP MESSAGE-----\r\n\r\n", b"-----BEGIN PGP MESSAGE-----\r\n\r\nAA"
        )
        for forged in (bare, to_linden, damaged):
            story.post.append(story.user, "Sent", forged, story.clock())
        assert settle(other.practice, name).state is OutboxState.UNCERTAIN
        story.post.append(story.user, "Sent", fake.letters[0], story.clock())
        assert settle(other.practice, name).state is OutboxState.SENT


def test_a_letter_found_in_two_folders_for_sent_mail_is_settled_once(
    story: Sending, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Mailbox.folders
    monkeypatch.setattr(Mailbox, "folders", lambda mailbox: [*usual(mailbox), *usual(mailbox)])
    with in_doubt(story, authority) as (other, fake, name):
        story.post.append(story.user, "Sent", fake.letters[0], story.clock())
        assert settle(other.practice, name).state is OutboxState.SENT
        assert len(other.letters()) == 1


# --- a mailbox that takes no copy ------------------------------------------------------------------------


def refuse(*_: object) -> None:
    raise ServerSaidNo("localhost", "making a folder")


def break_off(mailbox: Mailbox, *_: object) -> None:
    mailbox.close()
    raise ServerUnreachable("localhost", 993, "it broke off")


@pytest.mark.parametrize(("method", "instead"), [("make_folder", refuse), ("append", break_off)])
def test_a_mailbox_that_takes_no_copy_keeps_no_letter_from_us(
    story: Sending, monkeypatch: pytest.MonkeyPatch, method: str, instead: Callable[..., None]
) -> None:
    if method == "make_folder":
        with story.post.visit(story.user) as session:
            session.delete("Sent")
    monkeypatch.setattr(Mailbox, method, instead)
    story.released()
    raw = story.writers.letter(story.clients["HERON"], "a letter that waits in the mailbox")
    story.post.append(story.user, "INBOX", raw, story.clock())
    try:
        sync(story.practice, SyncRequest())
    except ServerUnreachable:
        assert method == "append"  # which is said, after the mail has been received
    assert len(story.letters()) == 2


# --- what a client's mail would put into our answer ------------------------------------------------------

EVE = "eve@evil.example"
HOSTILE: dict[str, dict[str, str]] = {
    "S3 answers elsewhere": {
        "extra": "".join(
            f"{field}: <{EVE}>\r\n"
            for field in ("Reply-To", "Mail-Followup-To", "Mail-Reply-To", "Sender", "Disposition-Notification-To")
        )
    },
    "a bomb of References": {
        "extra": "References: " + "\r\n ".join(f"<{'x' * 200}{number}@h.example>" for number in range(190)) + "\r\n"
    },
    "S12 ids that are none": {
        "extra": "References: <=?nope?q?x?=@x> <a\x1b[2J@x> <b@x>> <<c@x>\r\n "
        + EVE
        + "\r\nIn-Reply-To: (c <g@x>) <h@x>\r\n"
    },
    "S12 a header in an encoded word": {"extra": f"References: =?utf-8?q?<a@x>_<b@x=0D=0ABcc:{EVE}>?=\r\n"},
    "S12 a header in the subject": {"subject": f"=?utf-8?q?hi=0D=0ABcc:_{EVE}?="},
    "S9 a subject that steers": {"subject": "=?utf-8?q?x=1B]0;t=07[=40click=3Dapp.quit]y=E2=80=AE?="},
    "a subject without end": {"subject": "x" * 3000},
    "an id that no charset reads": {"message_id": "<=?nope?q?x?=@x>"},
    "an id that is a word of the answer": {"message_id": "<=6C=69=67=68=74=68=6F=75=73=65@x>"},
    "an id without end": {"message_id": "<" + "a" * 900 + "@x>"},
    "no id": {"message_id": ""},
}


@pytest.fixture(scope="module")
def answering(embedded: EmbeddedPost) -> Iterator[Sending]:
    with sending_over(embedded) as practice:
        yield practice


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
def test_S12_whatever_a_letter_says_the_answer_leaves_for_its_author_alone(
    answering: Sending, said: dict[str, str]
) -> None:
    before = {letter.name for letter in answering.letters()}
    raw = answering.writers.letter(answering.clients["HERON"], f"about number {len(before)}", **said)  # type: ignore[arg-type]
    answering.post.append(answering.user, "INBOX", raw, answering.clock())
    sync(answering.practice, SyncRequest())
    (letter,) = (letter for letter in answering.letters() if letter.name not in before)
    reply = write.start_reply(answering.practice, str(letter.name))
    written = DraftContent(reply.content.subject, "My answer about the lighthouse.\n" + reply.content.text)
    write.save(answering.practice, reply.name, written)
    outbox.send(answering.practice, outbox.SendRequest(reply.name, at_once=True))
    arrived = len(answering.arrived())
    assert len(answering.depart().sent) == 1
    _, answer = answering.arrived()[arrived - 1 :] if arrived else (b"", *answering.arrived())
    header = answer.partition(b"\r\n\r\n")[0]
    assert EVE.encode() not in header
    assert header.count(b"\r\nTo: <") == 1
    assert not set(header) & {0x1B, 0x00}
    assert len(header) < 8_000
    opened = answering.opened_by_client(answer).payload
    assert opened
    assert b"\r\nBcc" not in opened
    assert answering.arrived("LINDEN") == []
