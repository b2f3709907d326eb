"""Whole stories: a practice on a real mailbox, and clients who write to it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.posts import PASSWORD, Post, dovecot, embedded
from tests.support.practices import Writer, Writers, introduce, practice_in, short_directory, writers_to
from therapymail.domain.letter import Letter
from therapymail.domain.listing import ListFilter
from therapymail.practice.demo.stage import Stage, staged
from therapymail.practice.practice import Practice
from therapymail.practice.receive import SyncRequest, SyncResult, sync
from therapymail.vault import letters

__all__ = ["dovecot", "embedded"]

MONDAY = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)


@dataclass
class Correspondence:
    """A practice with the clients HERON and LINDEN, its mailbox, and a stranger with a key."""

    practice: Practice
    post: Post
    user: str
    writers: Writers
    heron: Writer
    linden: Writer
    stranger: Writer
    hours: int = 0

    def deliver(self, raw: bytes, folder: str = "INBOX", when: datetime | None = None) -> None:
        """Put a mail into the mailbox, each an hour after the one before."""
        self.hours += 1
        self.post.append(self.user, folder, raw, when or MONDAY + timedelta(hours=self.hours))

    def write(self, author: Writer, text: str, **details: object) -> bytes:
        """Deliver a letter from `author` and give its bytes."""
        raw = self.writers.letter(author, text, written=MONDAY + timedelta(hours=self.hours + 1), **details)  # type: ignore[arg-type]  # keywords as letter() names them
        self.deliver(raw)
        return raw

    def sync(self, *, full: bool = False) -> SyncResult:
        """Synchronise once."""
        return sync(self.practice, SyncRequest(full=full))

    def letters(self) -> list[Letter]:
        """Every letter on the record, oldest first."""
        with self.practice.vault() as vault, vault.reading() as reader:
            return letters.list_letters(reader, ListFilter(limit=10_000))[::-1]


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """The fictional practice as the story leaves it, for all who only look; who changes it puts on one of their own."""
    with staged(os.environ) as performance:
        yield performance


@pytest.fixture(params=["dovecot", "embedded"])
def post(request: pytest.FixtureRequest) -> Post:
    """Each mail host in turn."""
    host: Post = request.getfixturevalue(request.param)
    return host


@pytest.fixture
def correspondence(post: Post) -> Iterator[Correspondence]:
    """A practice on a fresh mailbox with two clients."""
    user = post.new_user()
    with (
        short_directory() as directory,
        practice_in(directory, post.imap(user), PASSWORD) as practice,
        writers_to(practice, directory) as writers,
    ):
        heron = writers.add("Maren Quist", "maren@heron.example")
        linden = writers.add("Tomas Roux", "tomas@linden.example")
        stranger = writers.add("Maren Quist", "stranger@else.example")
        introduce(practice, "HERON", heron)
        introduce(practice, "LINDEN", linden)
        yield Correspondence(practice, post, user, writers, heron, linden, stranger)
