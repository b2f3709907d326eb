"""Removing mails at a real mail host: exactly those that are named, never what else is marked as deleted (F32)."""

from datetime import UTC, datetime

import pytest

from tests.support.posts import PASSWORD, DovecotPost, EmbeddedPost, Post, dovecot, embedded
from therapymail.errors import NotRemovedThere
from therapymail.mail.account import connect
from therapymail.mail.mailbox import Mailbox
from therapymail.mail.removing import refuse_unless_possible, remove

__all__ = ["dovecot", "embedded"]

WHEN = datetime(2025, 1, 7, 9, tzinfo=UTC)
FOLDER = "Letters of ö"


def joined(post: Post, user: str) -> Mailbox:
    return connect(post.imap(user), PASSWORD, timeout=10)


@pytest.mark.dovecot
def test_F32_exactly_the_named_mails_are_removed_and_what_others_marked_stays(dovecot: DovecotPost) -> None:
    user = dovecot.new_user()
    for number in range(1, 8):
        dovecot.append(user, FOLDER, f"Subject: {number}\r\n\r\nbody\r\n".encode(), WHEN)
    with dovecot.visit(user) as session:
        session.select(f'"{"Letters of &APY-"}"')
        session.uid("STORE", "5", "+FLAGS", "(\\Deleted)")
    with joined(dovecot, user) as mailbox:
        refuse_unless_possible(mailbox)
        state = mailbox.open(FOLDER)
        assert remove(mailbox, FOLDER, state.uidvalidity, [2, 3, 7, 99]) == 3
        assert mailbox.uids() == [1, 4, 5, 6]
        assert remove(mailbox, FOLDER, state.uidvalidity, [2, 3]) == 0
        # Renumbered, gone, nothing: nothing is touched.
        assert remove(mailbox, FOLDER, state.uidvalidity + 1, [1]) == 0
        assert not mailbox.remove(FOLDER, state.uidvalidity + 1, [1])
        assert remove(mailbox, "Nowhere", state.uidvalidity, [1]) == 0
    with joined(dovecot, user) as mailbox:
        mailbox.open(FOLDER)
        assert mailbox.uids() == [1, 4, 5, 6]
    assert [b"\\Deleted" in flags for flags in dovecot.flags(user, FOLDER)] == [False, False, True, False]


def test_F32_a_host_that_cannot_remove_single_mails_is_left_alone(
    embedded: EmbeddedPost, monkeypatch: pytest.MonkeyPatch
) -> None:
    with joined(embedded, embedded.new_user()) as mailbox:
        can = mailbox._connection.can
        monkeypatch.setattr(mailbox._connection, "can", lambda name: name != "UIDPLUS" and can(name))
        with pytest.raises(NotRemovedThere):
            refuse_unless_possible(mailbox)
