"""Settling: what shows that a letter was sent settles it; absence proves nothing; the therapist's word counts."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.hostile import Authority, HostileServer, authority
from tests.support.hostile_smtp import HANGS_UP, FakeSmtp
from tests.support.posts import EmbeddedPost, embedded
from tests.support.sending import TEXT, Sending, sending_over
from therapymail.config import Security
from therapymail.domain.draft import DraftName
from therapymail.domain.outbox import Obstacle, OutboxState
from therapymail.errors import (
    GnupgUnusable,
    NotInOutbox,
    NotProven,
    OutboxMoved,
    PassphraseNeeded,
    TherapymailError,
    UnusableInput,
)
from therapymail.practice import outbox, write
from therapymail.practice.receive import SyncRequest, sync
from therapymail.practice.seal_letter import Sealer
from therapymail.practice.settle import NOT_SENT, SENT, settle
from therapymail.vault import sent

__all__ = ["authority", "embedded"]


@pytest.fixture
def story(embedded: EmbeddedPost) -> Iterator[Sending]:
    with sending_over(embedded) as practice:
        yield practice


@pytest.fixture
def fake() -> FakeSmtp:
    return FakeSmtp(replies={b"END": [HANGS_UP, b"250 ok"]})


@pytest.fixture
def uncertain(story: Sending, fake: FakeSmtp, authority: Authority) -> Iterator[tuple[Sending, DraftName]]:
    """A letter whose answer never came, and the practice over the host that lost it."""
    with HostileServer(fake, authority.context()) as server:
        other = story.using(smtp=server.settings(Security.TLS, ca_file=authority.ca_file, username=story.user))
        name = other.released()
        other.depart()
        assert other.entry(name).state is OutboxState.UNCERTAIN
        yield other, name


def test_C16_an_uncertain_letter_is_never_sent_again_by_itself(
    uncertain: tuple[Sending, DraftName], fake: FakeSmtp
) -> None:
    story, name = uncertain
    for _ in range(3):
        story.depart()
        result = sync(story.practice, SyncRequest())
    assert result.uncertain == 1
    assert len(fake.letters) == 1
    with pytest.raises(OutboxMoved):
        outbox.cancel(story.practice, name)
    with pytest.raises(OutboxMoved):
        outbox.retry(story.practice, name)


def test_that_nothing_is_found_proves_nothing(uncertain: tuple[Sending, DraftName]) -> None:
    story, name = uncertain
    assert settle(story.practice, name).state is OutboxState.UNCERTAIN
    assert story.letters() == []
    assert write.show_draft(story.practice, name).draft.content.text == TEXT


def raw_of(story: Sending, name: DraftName) -> bytes:
    with story.practice.vault() as vault, vault.reading() as reader:
        kept = sent.sealed(reader, name)
    assert kept is not None
    return kept.raw


@pytest.mark.parametrize("by_sync", [True, False])
def test_a_copy_in_Sent_settles_it(uncertain: tuple[Sending, DraftName], *, by_sync: bool) -> None:
    story, name = uncertain
    story.post.append(story.user, "Sent", raw_of(story, name), story.clock())
    if by_sync:
        assert sync(story.practice, SyncRequest()).uncertain == 0
    else:
        settle(story.practice, name)
    entry = story.entry(name)
    assert (entry.state, entry.obstacle) == (OutboxState.SENT, None)
    (letter,) = story.letters()
    assert letter.name == entry.letter
    sync(story.practice, SyncRequest())
    assert len(story.letters()) == len(story.in_sent()) == 1


def test_a_rewritten_copy_in_Sent_settles_it_by_its_id(uncertain: tuple[Sending, DraftName]) -> None:
    story, name = uncertain
    story.post.append(story.user, "Sent", b"X-Host: been here\r\n" + raw_of(story, name), story.clock())
    assert settle(story.practice, name).state is OutboxState.SENT


@pytest.mark.parametrize(
    "failure",
    [PassphraseNeeded(), NotProven("opens-for-us"), GnupgUnusable("it ended")],
    ids=lambda each: type(each).__name__,
)
def test_C16_a_copy_that_cannot_be_opened_just_now_ends_no_sync_and_settles_nothing(
    uncertain: tuple[Sending, DraftName], monkeypatch: pytest.MonkeyPatch, failure: TherapymailError
) -> None:
    story, name = uncertain
    story.post.append(story.user, "Sent", raw_of(story, name), story.clock())

    def read_own(*_: object) -> None:
        raise failure

    with monkeypatch.context() as patch:
        patch.setattr(Sealer, "read_own", read_own)
        assert sync(story.practice, SyncRequest()).uncertain == 1
    assert story.entry(name).state is OutboxState.UNCERTAIN
    assert sync(story.practice, SyncRequest()).uncertain == 0


@pytest.mark.parametrize("what", ["an answer", "a delivery report"])
def test_a_mail_on_the_record_that_names_it_settles_it(uncertain: tuple[Sending, DraftName], what: str) -> None:
    story, name = uncertain
    message_id = story.entry(name).message_id
    person = story.clients["HERON"]
    if what == "an answer":
        raw = story.writers.letter(person, "thank you", extra=f"In-Reply-To: {message_id}\r\n")
    else:
        raw = (
            f"From: MAILER-DAEMON@host.example\r\nTo: {story.post.address(story.user)}\r\nSubject: failed\r\n"
            "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: text/plain\r\n\r\nno\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            f"Reporting-MTA: dns; h.example\r\n\r\nFinal-Recipient: rfc822; {person.address}\r\nAction: failed\r\n"
            "Status: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
            f"Message-ID: {message_id}\r\n\r\n--b--\r\n"
        ).encode()
    story.post.append(story.user, "INBOX", raw, story.clock())
    assert sync(story.practice, SyncRequest()).uncertain == 0
    assert story.entry(name).state is OutboxState.SENT


def test_the_therapist_knows_that_it_arrived(uncertain: tuple[Sending, DraftName]) -> None:
    story, name = uncertain
    entry = settle(story.practice, name, SENT)
    assert entry.state is OutboxState.SENT
    (letter,) = story.letters()
    assert letter.name == entry.letter
    sync(story.practice, SyncRequest())
    assert len(story.in_sent()) == 1  # its copy is made as any other's


def test_the_therapist_knows_that_it_did_not_and_sends_it_again(
    uncertain: tuple[Sending, DraftName], fake: FakeSmtp
) -> None:
    story, name = uncertain
    message_id = story.entry(name).message_id
    entry = settle(story.practice, name, NOT_SENT)
    assert (entry.state, entry.obstacle) == (OutboxState.FAILED, Obstacle.SETTLED_NOT_SENT)
    story.depart()
    assert len(fake.letters) == 1
    outbox.retry(story.practice, name)
    story.depart()
    assert story.entry(name).state is OutboxState.SENT
    assert all(f"Message-ID: {message_id}".encode() in raw for raw in fake.letters)
    assert len(fake.letters) == 2


def test_only_what_is_uncertain_can_be_settled(uncertain: tuple[Sending, DraftName]) -> None:
    story, name = uncertain
    waiting = story.draft()
    outbox.send(story.practice, outbox.SendRequest(waiting))
    with pytest.raises(OutboxMoved):
        settle(story.practice, waiting, SENT)
    with pytest.raises(NotInOutbox):
        settle(story.practice, DraftName(99), NOT_SENT)
    with pytest.raises(UnusableInput):
        settle(story.practice, name, "perhaps")
    assert replace(story.entry(name)).state is OutboxState.UNCERTAIN
