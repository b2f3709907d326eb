"""What is fetched of a folder whose numbers changed, and of mails that a server's search only seemed to find."""

import pytest

from tests.support.hostile import SECRET, Authority, HostileServer, authority
from tests.support.hostile_imap import FakeImap
from therapymail.config import Security
from therapymail.domain.letter import Place
from therapymail.domain.mailbox import Bookmark
from therapymail.mail.account import connect
from therapymail.mail.folder import Folder, FolderRole
from therapymail.practice.arrival import Arrival, Incoming, PassedOver
from therapymail.practice.arrivals import arrivals
from therapymail.practice.candidates import ACCOUNT, FolderWork
from therapymail.practice.open_again import _from_any_place

__all__ = ["authority"]

CLIENT = "maren@heron.example"
MAILS = {
    3: f"From: {CLIENT}\r\n\r\nhello".encode(),
    4: f"From: joan-{CLIENT}\r\n\r\nhello".encode(),
    9: f"From: {CLIENT}.evil.example\r\nTo: {CLIENT}\r\n\r\nhello".encode(),
}


def fetched(fake: FakeImap, trusted: Authority, *uids: int) -> list[Incoming]:
    work = FolderWork(
        folder=Folder("INBOX", FolderRole.INBOX, selectable=True),
        bookmark=Bookmark("INBOX", 7, 12, None, 4),
        uids=uids,
        searched=frozenset({CLIENT}),
        unchecked=frozenset(uids),
    )
    with HostileServer(fake, trusted.context()) as server:
        settings = server.settings(Security.TLS, ca_file=trusted.ca_file)
        with connect(settings, SECRET, timeout=2) as mailbox:
            return list(arrivals(mailbox, (work,)))


def at(uid: int) -> Place:
    return Place(ACCOUNT, "INBOX", 7, uid)


def test_a_folder_that_was_renumbered_while_we_looked_gives_nothing(authority: Authority) -> None:
    assert fetched(FakeImap(MAILS, uidvalidity=8), authority, 3, 4) == []


def test_S26_a_mail_that_is_no_clients_is_not_fetched_though_the_server_found_it(authority: Authority) -> None:
    fake = FakeImap(MAILS)
    came = fetched(fake, authority, 3, 4, 9, 11)
    assert [item.place for item in came if isinstance(item, Arrival)] == [at(3), at(9)]
    assert {item.place for item in came if isinstance(item, PassedOver)} == {at(4), at(11)}
    bodies = [command for command in fake.commands if b"BODY.PEEK[]" in command]
    assert [command.split()[2] for command in bodies] == [b"3,9"]


@pytest.mark.parametrize(("uidvalidity", "raw"), [(7, MAILS[4]), (8, None)])
def test_a_letter_fetched_by_name_is_never_another_mail_of_the_same_number(
    authority: Authority, uidvalidity: int, raw: bytes | None
) -> None:
    with HostileServer(FakeImap(MAILS, uidvalidity=uidvalidity), authority.context()) as server:
        settings = server.settings(Security.TLS, ca_file=authority.ca_file)
        with connect(settings, SECRET, timeout=2) as mailbox:
            assert _from_any_place(mailbox, [at(4)]) == raw
