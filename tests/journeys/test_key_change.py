"""M06 from the mailbox to the outbox: a letter under another key arrives, nothing leaves, a decision, and it leaves."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.support.posts import EmbeddedPost
from tests.support.practices import Writer
from tests.support.sending import SUBJECT, TEXT, Sending, sending_over
from therapymail.domain.key_change import KeySign
from therapymail.domain.kinds import Standing
from therapymail.domain.outbox import OutboxState
from therapymail.domain.sealing import Hindrance
from therapymail.errors import NotSent
from therapymail.practice import outbox
from therapymail.practice.introduce import show_client
from therapymail.practice.key_changes import accept_new_key, dismiss_keys, open_key_changes
from therapymail.practice.keys import import_key
from therapymail.practice.notify import NoticeKind, send_notice
from therapymail.practice.outbox import SendRequest
from therapymail.practice.receive import SyncRequest, sync


@pytest.fixture
def story(embedded: EmbeddedPost) -> Iterator[Sending]:
    with sending_over(embedded) as practice:
        yield practice


def another_key(story: Sending) -> Writer:
    heron = story.clients["HERON"]
    return story.writers.add("Maren", heron.address)


def arrives(story: Sending, text: str, signer: Writer | None = None, extra: str = "") -> None:
    """A letter of HERON in the practice's mailbox, fetched and filed."""
    raw = story.writers.letter(story.clients["HERON"], text, signer=signer, extra=extra)
    story.post.append(story.user, "INBOX", raw, datetime.now(UTC))
    sync(story.practice, SyncRequest())


def test_M06_while_a_key_change_is_open_nothing_leaves_and_then_it_is_sealed_to_the_key_that_was_confirmed(
    story: Sending,
) -> None:
    fresh = another_key(story)
    before = story.draft("HERON", TEXT, SUBJECT)
    arrives(story, "from the borrowed laptop", signer=fresh)
    [found] = open_key_changes(story.practice)
    assert (found.code, found.change.sign, found.change.is_here) == ("HERON", KeySign.SIGNED, False)
    with pytest.raises(NotSent) as refused:
        outbox.send(story.practice, SendRequest(before, at_once=True))
    assert refused.value.hindrances == (Hindrance.KEY_CHANGE_OPEN,)
    with pytest.raises(NotSent):
        outbox.send(story.practice, SendRequest(before))  # nor is it held: nobody knows yet to whom it would go
    send_notice(story.practice, "HERON", NoticeKind("please-ring"))  # that leaves at any time
    other = story.released("LINDEN")
    assert story.depart().sent
    assert story.entry(other).state is OutboxState.SENT  # nobody else waits

    import_key(story.practice, fresh.certificate, "HERON")
    accept_new_key(story.practice, "HERON", fresh.fingerprint, "the code word, by phone")
    outbox.send(story.practice, SendRequest(before, at_once=True))
    story.depart()
    assert story.entry(before).state is OutboxState.SENT
    raw = story.arrived()[-1]
    read = story.opened_by_client(raw)
    assert read.payload is not None
    assert read.facts.opened_with == fresh.fingerprint
    [letter] = [each for each in story.letters() if each.subject == "a letter"]
    assert letter.standing is Standing.ACCEPTED


def test_M06_a_letter_that_was_released_before_is_refused_at_its_departure_and_its_draft_is_kept(
    story: Sending,
) -> None:
    name = story.released("HERON")
    fresh = another_key(story)
    import_key(story.practice, fresh.certificate, "HERON")
    assert not story.depart().sent
    entry = story.entry(name)
    assert (entry.state, entry.hindrances) == (OutboxState.REFUSED, (Hindrance.KEY_CHANGE_OPEN,))
    assert story.arrived() == []
    dismiss_keys(story.practice, "HERON", [], "it was not them")
    outbox.retry(story.practice, name)
    story.depart()
    assert story.entry(name).state is OutboxState.SENT
    assert story.opened_by_client(story.arrived()[0]).facts.opened_with == story.clients["HERON"].fingerprint


def test_K4_what_a_sync_finds_anew_of_a_pinned_key_is_taken_in(story: Sending) -> None:
    heron = story.clients["HERON"]
    story.writers.gpg.run(["--quick-set-expire", "--", heron.fingerprint, "90d"])
    newer = story.writers.gpg.run(["--export", "--", heron.fingerprint]).output
    data = base64.encodebytes(newer).decode().replace("\n", "\r\n ").strip()
    arrives(story, "as ever", extra=f"Autocrypt: addr={heron.address}; keydata={data}\r\n")
    [key] = show_client(story.practice, "HERON").keys
    assert key.expires is not None
    assert key.confirmed is not None
    assert open_key_changes(story.practice) == ()
