"""Copies in Sent: which are still to be made, who makes them, and what is known after a restart."""

from datetime import timedelta

import pytest

from therapymail.domain.letter import Place
from therapymail.vault import sent, sent_copies
from therapymail.vault.connection import Vault
from therapymail.vault.places import add_places
from therapymail.vault.sent_copies import KeptBy

from .builders import NOW, heron
from .conftest import TEST_KEY
from .departing import offered, payload_digest, sent_filing, written

ACCOUNT = "therapist@mail.example"


@pytest.fixture
def digests(vault: Vault) -> list[bytes]:
    """Two letters that were sent, a minute apart."""
    client = heron(vault)
    with vault.writing() as writer:
        made = []
        for minute in range(2):
            draft = written(writer, client)
            at = NOW + timedelta(minutes=minute)
            sent.mark_sent(writer, offered(writer, draft), sent_filing(draft, client), at, at)
            made.append(payload_digest(draft))
    return made


def test_C15_copies_wait_in_the_order_of_sending_until_one_is_known(vault: Vault, digests: list[bytes]) -> None:
    with vault.writing() as writer:
        assert [each.digest for each in sent_copies.pending(writer)] == digests
        sent_copies.done(writer, digests[0], KeptBy.US)
        assert [each.digest for each in sent_copies.pending(writer)] == digests[1:]
        sent_copies.done(writer, digests[1], KeptBy.SERVER)
        assert sent_copies.pending(writer) == []


def test_an_append_that_was_begun_is_known_after_a_restart(vault: Vault, digests: list[bytes]) -> None:
    with vault.writing() as writer:
        sent_copies.tried(writer, digests[0], NOW)
        sent_copies.tried(writer, digests[0], NOW + timedelta(seconds=5))
    path = vault._path
    vault.close()
    with Vault.open(path, TEST_KEY) as again, again.reading() as reader:
        first, second = sent_copies.pending(reader)
        assert (first.tries, first.tried) == (2, NOW + timedelta(seconds=5))
        assert (second.tries, second.tried) == (0, None)


def test_waiting_twice_for_a_copy_is_waiting_once(vault: Vault, digests: list[bytes]) -> None:
    with vault.writing() as writer:
        sent_copies.tried(writer, digests[0], NOW)
        before = sent_copies.pending(writer)
        sent_copies.await_copy(writer, digests[0], "<x@mail.example>", NOW)
        assert sent_copies.pending(writer) == before


def test_whether_the_mail_host_files_it_itself_is_learnt_and_unlearnt(vault: Vault) -> None:
    with vault.writing() as writer:
        assert not sent_copies.files_itself(writer)
        for itself in (True, True, False, True):
            sent_copies.set_files_itself(writer, itself)
            assert sent_copies.files_itself(writer) is itself


def test_a_copy_of_ours_that_lies_in_sent_twice_gives_the_mail_host_away(vault: Vault, digests: list[bytes]) -> None:
    ours, theirs = digests
    with vault.writing() as writer:
        sent_copies.done(writer, ours, KeptBy.US)
        sent_copies.done(writer, theirs, KeptBy.SERVER)
        add_places(writer, [(Place(ACCOUNT, "Sent", 1, 1), ours)])
        add_places(writer, [(Place(ACCOUNT, "Sent", 1, uid), theirs) for uid in (2, 3)])
        # Elsewhere, or under another UIDVALIDITY, it is no second copy.
        add_places(writer, [(Place(ACCOUNT, "Archive", 1, 1), ours), (Place(ACCOUNT, "Sent", 2, 1), ours)])
        assert not sent_copies.filed_twice(writer, ACCOUNT, "Sent")
        add_places(writer, [(Place(ACCOUNT, "Sent", 1, 4), ours)])
        assert sent_copies.filed_twice(writer, ACCOUNT, "Sent")
        assert not sent_copies.filed_twice(writer, ACCOUNT, "Archive")
        assert not sent_copies.filed_twice(writer, "other@mail.example", "Sent")
