"""The copy in Sent: made once, by us or by the mail host, never by both, and after a kill looked for first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.posts import EmbeddedPost, embedded
from tests.support.sending import Sending, sending_over
from therapymail.config import SentCopy
from therapymail.errors import ServerUnreachable
from therapymail.mail.mailbox import Mailbox
from therapymail.mail.providers import PROVIDERS, files_what_it_sends
from therapymail.practice import sent_copy
from therapymail.practice.receive import SyncRequest, sync
from therapymail.practice.sent_copy import GIVEN_TO_THE_HOST, MOST_TRIES, ON_ITS_WAY, CopyStep, next_step
from therapymail.vault import sent_copies
from therapymail.vault.sent_copies import PendingCopy

__all__ = ["embedded"]

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def story(embedded: EmbeddedPost) -> Iterator[Sending]:
    with sending_over(embedded) as practice:
        yield practice


def with_mode(story: Sending, mode: SentCopy) -> Sending:
    settings_now = replace(story.practice.settings, sent_copy=mode)
    return replace(story, practice=replace(story.practice, settings=settings_now))


def waiting(story: Sending) -> list[PendingCopy]:
    with story.practice.vault() as vault, vault.reading() as reader:
        return sent_copies.pending(reader)


def host_files_itself(story: Sending) -> bool:
    with story.practice.vault() as vault, vault.reading() as reader:
        return sent_copies.files_itself(reader)


# --- deciding ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "tries", "host_files", "minutes", "step"),
    [
        (SentCopy.SERVER, 0, False, 0, CopyStep.THE_HOSTS),
        (SentCopy.APPEND, 0, True, 0, CopyStep.MAKE),
        (SentCopy.APPEND, 1, False, 0, CopyStep.LOOK_ONLY),
        (SentCopy.AUTO, 0, False, 0, CopyStep.LOOK),
        (SentCopy.AUTO, 0, True, 1, CopyStep.LEAVE),
        (SentCopy.AUTO, 0, True, 3, CopyStep.LOOK),
    ],
)
def test_what_is_done_about_a_copy(
    mode: SentCopy, tries: int, minutes: int, step: CopyStep, *, host_files: bool
) -> None:
    copy = PendingCopy(b"d", "<m@x>", NOW - timedelta(minutes=minutes), tries, NOW if tries else None)
    assert next_step(copy, mode, NOW, host_files=host_files) is step


@pytest.mark.parametrize("mode", [SentCopy.APPEND, SentCopy.AUTO])
def test_one_that_got_no_answer_is_not_made_again_while_it_may_still_arrive(mode: SentCopy) -> None:
    def then(minutes: float) -> CopyStep:
        copy = PendingCopy(b"d", "<m@x>", NOW - timedelta(days=1), 1, NOW - timedelta(minutes=minutes))
        return next_step(copy, mode, NOW, host_files=False)

    assert then(0) is then(9) is CopyStep.LOOK_ONLY
    assert then(10) is CopyStep.LOOK
    assert then(-60) is CopyStep.LOOK  # tried when the clock was wrong


@given(st.sampled_from(SentCopy), st.integers(0, 20), st.booleans(), st.integers(0, 10_000))
@settings(max_examples=60)
def test_C16_what_was_tried_before_is_never_made_without_looking(
    mode: SentCopy, tries: int, host_files: bool, minutes: int
) -> None:
    copy = PendingCopy(b"d", "<m@x>", NOW - timedelta(minutes=minutes), tries, NOW if tries else None)
    step = next_step(copy, mode, NOW, host_files=host_files)
    assert step is not CopyStep.MAKE or tries == 0
    if tries >= MOST_TRIES and mode is not SentCopy.SERVER:
        assert step is CopyStep.LEAVE
        assert next_step(copy, SentCopy.APPEND, NOW + timedelta(days=1), host_files=False) is CopyStep.LOOK


def test_providers_that_file_it_are_known_by_their_submission_host() -> None:
    assert files_what_it_sends("smtp.gmail.com")
    assert files_what_it_sends("SMTP.office365.com.")
    assert not files_what_it_sends("smtp.mailbox.org")
    assert any(provider.files_sent for provider in PROVIDERS)


# --- doing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [SentCopy.APPEND, SentCopy.AUTO])
def test_C14_one_copy_of_the_exact_bytes_is_made_after_the_host_has_taken_it(story: Sending, mode: SentCopy) -> None:
    story = with_mode(story, mode)
    story.released()
    assert story.in_sent() == []
    story.depart()
    (copy,) = story.in_sent()
    assert copy in story.arrived()[0]
    assert waiting(story) == []
    sync(story.practice, SyncRequest())
    story.depart()
    assert len(story.in_sent()) == 1


def test_the_host_makes_it_where_that_is_set(story: Sending) -> None:
    story = with_mode(story, SentCopy.SERVER)
    story.released()
    story.depart()
    assert (story.in_sent(), waiting(story)) == ([], [])


def test_C16_a_copy_whose_making_was_cut_off_is_not_made_twice(story: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Mailbox.append

    def lost(mailbox: Mailbox, folder: str, raw: bytes, date: datetime) -> None:
        usual(mailbox, folder, raw, date)
        raise ServerUnreachable("localhost", 993, "dropped")

    story = with_mode(story, SentCopy.APPEND)
    story.released()
    with monkeypatch.context() as patch:
        patch.setattr(Mailbox, "append", lost)
        story.depart()
    assert [copy.tries for copy in waiting(story)] == [1]
    sync(story.practice, SyncRequest())
    assert waiting(story) == []
    assert len(story.in_sent()) == 1


def unanswered(story: Sending, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Send a letter whose APPEND stalls on its way; its copy, which the mail host does not have yet."""
    stalled: list[bytes] = []

    def stalls(mailbox: Mailbox, folder: str, raw: bytes, date: datetime) -> None:
        stalled.append(raw)
        raise ServerUnreachable("localhost", 993, "timed out")

    with monkeypatch.context() as patch:
        patch.setattr(Mailbox, "append", stalls)
        story.released()
        story.depart()
    return stalled[0]


def test_C16_a_copy_that_arrives_late_is_not_made_a_second_time(
    story: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = unanswered(story, monkeypatch)
    sync(story.practice, SyncRequest())
    assert story.in_sent() == []
    story.post.append(story.user, "Sent", copy, story.clock())  # the link has come to life again
    story.clock.later += ON_ITS_WAY
    sync(story.practice, SyncRequest())
    assert (len(story.in_sent()), waiting(story)) == (1, [])


def test_C16_a_copy_that_never_arrived_is_made_again(story: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    unanswered(story, monkeypatch)
    story.clock.later += ON_ITS_WAY
    sync(story.practice, SyncRequest())
    assert (len(story.in_sent()), waiting(story)) == (1, [])


def test_a_mailbox_that_cannot_be_had_leaves_the_copy_for_the_next_sync(story: Sending) -> None:
    imap = story.practice.settings.imap
    assert imap is not None
    away = story.using(imap=replace(imap, port=1))
    away.released()
    assert len(away.depart().sent) == 1
    assert (len(waiting(story)), story.in_sent()) == (1, [])
    sync(story.practice, SyncRequest())
    assert (waiting(story), len(story.in_sent())) == ([], 1)


def test_a_practice_without_a_mailbox_sends_and_its_copy_waits_for_one(story: Sending) -> None:
    name = story.released()
    without = replace(story, practice=replace(story.practice, settings=replace(story.practice.settings, imap=None)))
    assert [entry.draft for entry in without.depart().sent] == [name]
    assert len(waiting(story)) == 1


def test_auto_finds_what_the_host_filed_and_leaves_it_to_the_host_from_then_on(
    story: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = with_mode(story, SentCopy.AUTO)

    def host_files_it() -> None:
        story.post.append(story.user, "Sent", story.arrived()[-1], story.clock())

    with monkeypatch.context() as patch:
        patch.setattr("therapymail.practice.depart.copy_sent_letters", lambda *_: host_files_it())
        story.released()
        story.depart()
    result = sync(story.practice, SyncRequest())
    assert result.fetched == 1  # the host's own copy: the same letter, its place not known before
    assert len(story.letters()) == len(story.in_sent()) == 1
    assert host_files_itself(story)
    story.released()
    story.depart()  # left to the host, which has minutes for it
    assert (len(story.in_sent()), len(waiting(story))) == (1, 1)
    story.clock.later += GIVEN_TO_THE_HOST + timedelta(seconds=1)
    sync(story.practice, SyncRequest())  # it did not: so we do
    assert (len(story.in_sent()), waiting(story)) == (2, [])


def test_auto_learns_from_two_copies_of_one_letter(story: Sending) -> None:
    story = with_mode(story, SentCopy.AUTO)
    story.released()
    story.depart()
    story.post.append(story.user, "Sent", story.arrived()[-1], story.clock())  # the host, a little late
    assert not host_files_itself(story)
    sync(story.practice, SyncRequest())
    assert host_files_itself(story)
    assert len(story.letters()) == 1


def test_a_folder_for_sent_mail_is_made_where_there_is_none(story: Sending) -> None:
    with story.post.visit(story.user) as session:
        session.delete("Sent")
    story.released()
    story.depart()
    assert len(story.in_sent()) == 1


def test_one_copy_that_is_refused_does_not_hold_back_the_next(story: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    from therapymail.errors import ServerSaidNo

    usual = Mailbox.append
    refused: list[bytes] = []

    def once(mailbox: Mailbox, folder: str, raw: bytes, date: datetime) -> object:
        if not refused:
            refused.append(raw)
            raise ServerSaidNo("localhost", "filing the copy of a letter")
        return usual(mailbox, folder, raw, date)

    monkeypatch.setattr(Mailbox, "append", once)
    story.released()
    story.released("LINDEN")
    story.depart()
    assert (len(story.in_sent()), len(waiting(story))) == (1, 1)
    assert sent_copy.USUAL_NAME == "Sent"
