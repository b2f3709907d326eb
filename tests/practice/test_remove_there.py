"""An erased client's letters on a real mail host: removed when asked for, left otherwise, and never fetched again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.support.posts import PASSWORD, DovecotPost, dovecot
from tests.support.practices import Writers, introduce, practice_in, short_directory, writers_to
from therapymail.errors import ServerUnreachable
from therapymail.mail.account import connect
from therapymail.practice.erase import Wish, carry_out, plan
from therapymail.practice.practice import Practice
from therapymail.practice.receive import SyncRequest, sync
from therapymail.practice.remove_there import folders_of
from therapymail.vault import clients, letters

__all__ = ["dovecot"]

pytestmark = pytest.mark.dovecot
WRITTEN = datetime(2025, 1, 7, 21, 14, tzinfo=UTC)
CODES = ("HERON", "WREN", "LINDEN")


class Story:
    """A practice with a mailbox on Dovecot: three clients with two letters each, one of them in a folder of its own."""

    def __init__(self, practice: Practice, post: DovecotPost, user: str, writers: Writers) -> None:
        self.practice, self.post, self.user = practice, post, user
        self.writers = {code: writers.add(code.title(), f"{code.lower()}@clients.example") for code in CODES}
        for code, writer in self.writers.items():
            introduce(practice, code, writer)
            for number, folder in ((1, "INBOX"), (2, f"Of {code}")):
                post.append(
                    user, folder, writers.letter(writer, f"the {code} letter {number}", written=WRITTEN), WRITTEN
                )
        post.append(user, "INBOX", b"From: a@b.example\r\nSubject: another\r\n\r\nnot of a client\r\n", WRITTEN)

    def there(self, folder: str) -> int:
        with connect(self.post.imap(self.user), PASSWORD, timeout=10) as mailbox:
            return mailbox.open(folder).messages

    def filed(self) -> int:
        with self.practice.vault() as vault, vault.reading() as reader:
            return sum(letters.count_letters(reader).values())


@pytest.fixture(scope="module")
def story(dovecot: DovecotPost) -> Iterator[Story]:
    user = dovecot.new_user()
    with (
        short_directory() as directory,
        practice_in(directory, dovecot.imap(user), PASSWORD, email=dovecot.address(user)) as practice,
        writers_to(practice, directory) as writers,
    ):
        made = Story(practice, dovecot, user, writers)
        sync(practice, SyncRequest())
        yield made


def test_F32_on_the_server_only_the_letters_of_the_erased_client_go(story: Story) -> None:
    assert story.filed() == 6
    assert folders_of(plan(story.practice, "HERON").places) == {"INBOX": 1, "Of HERON": 1}
    assert carry_out(story.practice, "HERON", Wish("asked for it", on_server=True))["on_server"] == 2
    assert (story.there("INBOX"), story.there("Of HERON"), story.there("Of WREN")) == (3, 0, 1)
    assert story.filed() == 4


def test_F32_by_default_nothing_is_removed_there_and_nothing_comes_back(story: Story) -> None:
    inbox = story.there("INBOX")
    assert carry_out(story.practice, "WREN", Wish("asked for it"))["on_server"] is None
    assert (story.there("INBOX"), story.there("Of WREN")) == (inbox, 1)
    filed = story.filed()
    assert sync(story.practice, SyncRequest(full=True)).fetched == 0
    assert story.filed() == filed
    # Should they come back one day, their old letters stay erased.
    introduce(story.practice, "WREN", story.writers["WREN"])
    sync(story.practice, SyncRequest())
    assert story.filed() == filed
    assert sync(story.practice, SyncRequest()).fetched == 0


def test_F32_where_the_host_cannot_be_reached_nothing_is_erased_here_either(story: Story) -> None:
    host = story.practice.settings.imap
    assert host is not None
    astray = replace(
        story.practice,
        settings=replace(story.practice.settings, imap=replace(host, port=1, secret_command="echo x")),
    )
    with pytest.raises(ServerUnreachable):
        carry_out(astray, "LINDEN", Wish("asked for it", on_server=True))
    with story.practice.vault() as vault, vault.reading() as reader:
        assert clients.client_by_code(reader, "LINDEN").code == "LINDEN"
    assert plan(story.practice, "LINDEN").counts["letters"] == 2
