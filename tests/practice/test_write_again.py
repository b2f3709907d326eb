"""A mail that did not arrive is begun anew whole: words, kind, enclosures, and what it answers."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.support.posts import Post, embedded
from tests.support.sending import SUBJECT, Sending, sending_over
from therapymail.domain.draft import DraftContent
from therapymail.domain.kinds import Direction, Kind
from therapymail.errors import LetterUnknown, UnusableInput
from therapymail.practice import outbox, write
from therapymail.practice.accept import set_kind
from therapymail.practice.outbox import SendRequest
from therapymail.practice.receive import SyncRequest, sync
from therapymail.practice.write_again import start_again

__all__ = ["embedded"]


@pytest.fixture(scope="module")
def story(embedded: Post) -> Iterator[Sending]:
    with sending_over(embedded) as made:
        theirs = made.writers.letter(made.clients["HERON"], "I slept badly.", subject="the week")
        made.post.append(made.user, "INBOX", theirs, datetime.now(UTC))
        sync(made.practice, SyncRequest())
        yield made


@pytest.fixture(scope="module")
def sent(story: Sending) -> str:
    draft = write.start_reply(story.practice, "HERON-1", Kind.CLARIFICATION)
    write.enclose(story.practice, draft.name, "/somewhere/diary.txt", b"dear diary")
    write.save(story.practice, draft.name, DraftContent(SUBJECT, "Which night was it?\n"))
    outbox.send(story.practice, SendRequest(draft.name, at_once=True))
    story.depart()
    return str(story.letter(draft.name).name)


def test_F23_all_that_was_sent_is_in_the_new_draft(story: Sending, sent: str) -> None:
    draft = start_again(story.practice, "heron", sent)
    assert (draft.kind, draft.content.subject, draft.content.text.strip()) == (
        Kind.CLARIFICATION,
        SUBJECT,
        "Which night was it?",
    )
    assert [(file.name, file.size) for file in draft.enclosures] == [("diary.txt", 10)]
    (theirs,) = [letter for letter in story.letters() if letter.direction is Direction.IN]
    assert draft.answers == theirs.digest
    assert write.show_draft(story.practice, draft.name).entry is None, "nothing leaves by itself"


def test_F09_F06_only_a_mail_of_ours_to_that_client_and_no_receipt(story: Sending, sent: str) -> None:
    before = write.list_drafts(story.practice)
    for code, name in (("LINDEN", sent), ("HERON", "HERON-1")):
        with pytest.raises(UnusableInput, match="--again"):
            start_again(story.practice, code, name)
    with pytest.raises(LetterUnknown):
        start_again(story.practice, "HERON", "HERON-99")
    set_kind(story.practice, sent, Kind.RECEIPT)
    with pytest.raises(UnusableInput, match="once"):
        start_again(story.practice, "HERON", sent)
    assert write.list_drafts(story.practice) == before
