"""HAZARDS C1, C5, C10, S16: of all that we send nothing is in clear, not even to our own mail host (inside TLS)."""

import base64
import getpass
import socket
from collections.abc import Iterator

import pytest

from tests.support.hostile import Authority, authority
from tests.support.marked import found_in
from tests.support.posts import Post, dovecot, embedded
from tests.support.sending import Sending, sending_over
from tests.support.tls_tap import TlsTap
from therapymail.domain.draft import DraftContent
from therapymail.domain.kinds import Direction
from therapymail.domain.outbox import OutboxState
from therapymail.errors import OutboxMoved
from therapymail.practice import outbox, write
from therapymail.practice.outbox import SendRequest
from therapymail.practice.receive import SyncRequest, sync
from therapymail.practice.settle import settle

__all__ = ["authority", "dovecot", "embedded"]

MARKED = {
    "subject": "marmaladesky",
    "text": "quillfeathered",
    "enclosure's name": "pocketsextant",
    "enclosure": "lanternfish",
    "their words, quoted": "umbrellastand",
    "client's name": "wolfgrimsdottir",
    "client's code": "HERON",
}


@pytest.fixture(params=["embedded", "dovecot"])
def post(request: pytest.FixtureRequest) -> Post:
    host: Post = request.getfixturevalue(request.param)
    return host


@pytest.fixture
def story(post: Post) -> Iterator[Sending]:
    with sending_over(post) as practice:
        yield practice


def send_everything(story: Sending) -> None:
    """A letter with an enclosure, an answer that quotes, a copy of each in Sent, a search there, a settling."""
    practice, person = story.practice, story.clients["HERON"]
    theirs = story.writers.letter(person, f"I wrote of the {MARKED['their words, quoted']}.", subject="mine")
    story.post.append(story.user, "INBOX", theirs, story.clock())
    first = write.start_draft(practice, "HERON", DraftContent(MARKED["subject"], f"Your {MARKED['text']} dream.\n"))
    write.enclose(practice, first.name, MARKED["enclosure's name"] + ".txt", MARKED["enclosure"].encode())
    outbox.send(practice, SendRequest(first.name, at_once=True))
    sync(practice, SyncRequest())
    answered = next(letter for letter in story.letters() if letter.direction is Direction.IN)
    reply = write.start_reply(practice, str(answered.name))
    text = reply.content.text + f"\n\nAgain of the {MARKED['text']}.\n"
    assert MARKED["their words, quoted"] in text
    write.save(practice, reply.name, DraftContent(f"Re: {MARKED['subject']}", text))
    outbox.send(practice, SendRequest(reply.name, at_once=True))
    story.depart()
    assert story.entry(reply.name).state is OutboxState.SENT
    held = write.start_draft(practice, "HERON", DraftContent(MARKED["subject"], MARKED["text"]))
    outbox.send(practice, SendRequest(held.name))
    sync(practice, SyncRequest(full=True))
    with pytest.raises(OutboxMoved):
        settle(practice, held.name)


def test_C1_C5_C10_S16_W5_no_marked_word_is_on_any_wire_even_inside_TLS(story: Sending, authority: Authority) -> None:
    settings = story.practice.settings
    assert settings.smtp is not None
    assert settings.imap is not None
    with TlsTap(settings.smtp, authority) as smtp, TlsTap(settings.imap, authority) as imap:
        tapped = story.using(smtp=smtp.settings, imap=imap.settings)
        send_everything(tapped)
        said = {"SMTP": bytes(smtp.client_said), "IMAP": bytes(imap.client_said)}
        heard = {"SMTP": bytes(smtp.server_said), "IMAP": bytes(imap.server_said)}
    assert said["SMTP"].count(b"-----BEGIN PGP MESSAGE-----") == 2
    assert said["IMAP"].count(b"-----BEGIN PGP MESSAGE-----") == 2  # the copies; a draft is never put anywhere (C10)
    assert said["SMTP"].count(b"RCPT TO:") == 2
    names = {"machine": socket.gethostname(), "user": getpass.getuser()}
    for wire in ("SMTP", "IMAP"):
        assert found_in(said[wire], MARKED) == [], wire
        ours = {what: name for what, name in names.items() if len(name) > 5}
        assert found_in(said[wire], ours) == [], wire
        of_ours = {what: word for what, word in MARKED.items() if what != "client's name"}  # their letters bear it
        assert found_in(heard[wire], of_ours) == [], wire
    assert len(story.arrived()) == 2


def test_the_search_finds_what_it_should() -> None:
    """A test of the test: each form of a word is found where it stands."""
    for hidden in (
        b"xx quillfeathered yy",
        base64.b64encode(b"a quillfeathered b"),
        base64.b64encode(b"ab quillfeathered b"),
        base64.b64encode(b"abc quillfeathered b"),
        b"quillfeat\r\n hered",
        "quillfeathered".encode("utf-16-le"),
    ):
        assert found_in(b"250 ok\r\n" + hidden + b"\r\n", MARKED) == ["text"]
