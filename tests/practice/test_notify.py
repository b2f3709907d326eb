"""C2, F07: a client without a key gets no letter, but can always get a notice: fixed words, one recipient."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from tests.support.clinical import CLINICAL
from tests.support.posts import PASSWORD, Post, dovecot, embedded
from tests.support.practices import practice_in, short_directory
from therapymail.domain.client import ClientStatus
from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.domain.sealing import Hindrance, Refusal, SealingFacts, decide
from therapymail.errors import ClientUnknown, ExitCode, NoticeNotTaken, NoticeUnsettled, TherapymailError, UnusableInput
from therapymail.mail.account import connect
from therapymail.mail.fetching import FetchedMail
from therapymail.pgp.certificates import inspect
from therapymail.practice.introduce import ClientChange, NewClient, add_client, edit_client, show_client
from therapymail.practice.notify import (
    Absence,
    KitWanted,
    MailProgram,
    NoticeKind,
    invite,
    preview_invitation,
    preview_notice,
    send_notice,
)
from therapymail.practice.practice import Practice
from therapymail.practice.read import LettersRequest, list_letters
from therapymail.practice.rebuild import rebuild_record
from therapymail.practice.receive import SyncRequest, sync
from therapymail.vault import journal
from therapymail.vault.decisions import erase_letter

__all__ = ["dovecot", "embedded"]

NAME = "Maren Quist"


@dataclass(frozen=True)
class Scene:
    """A practice at a post office, and its client WREN, who has no key; their mailbox is `reader`'s."""

    practice: Practice
    post: Post
    reader: str

    def arrived(self) -> list[EmailMessage]:
        """What lies in the client's INBOX."""
        with connect(self.post.imap(self.reader), PASSWORD, timeout=10) as mailbox:
            mailbox.open("INBOX")
            raw = [item.raw for item in mailbox.fetch(mailbox.uids()) if isinstance(item, FetchedMail)]
        return [message_from_bytes(each, policy=default) for each in raw]

    def said(self, what: str) -> list[dict[str, object]]:
        """The payloads of the journal's entries of one kind."""
        with self.practice.vault() as vault, vault.reading() as reader:
            return [payload or {} for entry, payload in journal.entries(reader) if entry.what == what]


@contextmanager
def scene(post: Post, address: str = "") -> Iterator[Scene]:
    therapist, reader = post.new_user(), post.new_user()
    with (
        short_directory() as directory,
        practice_in(
            directory, post.imap(therapist), PASSWORD, email=post.address(therapist), smtp=post.smtp(therapist)
        ) as practice,
    ):
        add_client(practice, NewClient("WREN", NAME, (address or post.address(reader),), None, "UTC"))
        yield Scene(practice, post, reader)


@pytest.fixture(params=["dovecot", "embedded"])
def post(request: pytest.FixtureRequest) -> Post:
    found: Post = request.getfixturevalue(request.param)
    return found


def test_C2_to_a_client_without_a_key_no_letter_leaves_but_a_notice_does(post: Post) -> None:
    with scene(post) as on:
        client = show_client(on.practice, "WREN").client
        facts = SealingFacts(client, None, "A" * 40, None, own_usable=True, now=datetime.now(UTC))
        decision = decide(facts)
        assert isinstance(decision, Refusal)
        assert Hindrance.NO_KEY in decision.hindrances
        told = send_notice(on.practice, "WREN", NoticeKind.KEY_MISSING)
        [mail] = on.arrived()
        assert mail["To"].addresses[0].addr_spec == client.write_to
        assert [name for name in mail if name.lower() in {"cc", "bcc", "reply-to", "user-agent"}] == []
        preview = preview_notice(on.practice, "WREN", NoticeKind.KEY_MISSING)
        assert (mail["Subject"], mail.get_content().split()) == (preview.subject, preview.text.split())
        for secret in ("WREN", "Maren", "Quist"):
            assert secret not in mail.as_string()
        assert str(told.letter) == "WREN-1"


def test_F07_it_is_filed_once_as_admin_journalled_and_lies_in_Sent(post: Post) -> None:
    with scene(post) as on:
        sync(on.practice, SyncRequest())
        send_notice(on.practice, "WREN", NoticeKind.PLEASE_RING)
        result = sync(on.practice, SyncRequest())
        assert result.fetched == result.skipped
        [filed] = list_letters(on.practice, LettersRequest("WREN"))
        assert (filed.letter.direction, filed.letter.kind, filed.letter.standing) == (
            Direction.OUT,
            Kind.ADMIN,
            Standing.ACCEPTED,
        )
        assert filed.verdict.encrypted.value == "no"
        assert on.practice.settings.imap is not None
        with connect(on.practice.settings.imap, PASSWORD, timeout=10) as mailbox:
            mailbox.open("Sent")
            assert len(mailbox.uids()) == 1
        [said] = on.said("notice.sent")
        assert (said["kind"], said["certain"], said["letter"]) == ("please-ring", True, filed.letter.digest.hex())
        rebuild_record(on.practice)
        assert len(list_letters(on.practice, LettersRequest("WREN"))) == 1
        with on.practice.vault() as vault, vault.writing() as writer:
            erase_letter(writer, filed.letter.digest, on.practice.clock())
        rebuild_record(on.practice)
        assert list_letters(on.practice, LettersRequest("WREN")) == ()


@pytest.mark.parametrize("status", [ClientStatus.PAUSED, ClientStatus.CLOSED, ClientStatus.REFERRED])
def test_F07_a_notice_can_be_sent_whatever_the_status(embedded: Post, status: ClientStatus) -> None:
    with scene(embedded) as on:
        edit_client(on.practice, "WREN", ClientChange(status=status))
        send_notice(on.practice, "WREN", NoticeKind.ABSENCE, Absence(date(2025, 4, 14), date(2025, 4, 21)))
        [mail] = on.arrived()
        assert "from 14 April 2025 to 21 April 2025" in " ".join(mail.get_content().split())


def test_M07_an_invitation_brings_the_own_public_key_once_and_nothing_of_the_client_but_the_address(
    post: Post,
) -> None:
    with scene(post) as on:
        own = on.practice.settings.own_key
        preview = preview_invitation(on.practice, "WREN", KitWanted(MailProgram.K9))
        invite(on.practice, "WREN", KitWanted(MailProgram.K9))
        [mail] = on.arrived()
        body, key = mail.iter_parts()
        assert body.get_content().split() == preview.text.split()
        assert "".join(own[start : start + 4] + " " for start in range(0, 20, 4)) in body.get_content()
        assert "OpenKeychain" in preview.text
        assert [part.get_content_type() for part in mail.walk()].count("application/pgp-keys") == 1
        assert key.get_filename() == preview.enclosure
        armor = key.get_content()
        armor = armor if isinstance(armor, bytes) else armor.encode()
        assert armor.startswith(b"-----BEGIN PGP PUBLIC KEY BLOCK-----")
        with on.practice.gpg() as gpg:
            assert inspect(gpg, armor).fingerprint == own
        whole = mail.as_string() + body.get_content()
        for said in ("WREN", "Maren", "Quist"):
            assert said not in whole
        client = show_client(on.practice, "WREN").client
        added_on_the_way = {"Delivered-To", "X-Original-To", "Received", "Return-Path"}
        bearing = {name for name, value in mail.items() if client.write_to in value}
        assert bearing - added_on_the_way == {"To"}
        assert client.write_to not in body.get_content()
        assert not CLINICAL.search(body.get_content().replace(on.practice.settings.name, ""))
        [said_there] = on.said("client.invited")
        assert (said_there["own_key"], said_there["program"], said_there["language"]) == (own, "k9", "en")


def test_a_host_that_refuses_leaves_nothing_on_the_record(dovecot: Post) -> None:
    with scene(dovecot, "reject@practice.test") as on:
        with pytest.raises(NoticeNotTaken) as caught:
            send_notice(on.practice, "WREN", NoticeKind.CANNOT_OPEN)
        assert caught.value.exit_code is ExitCode.NOT_SENT
        assert list_letters(on.practice, LettersRequest("WREN")) == ()
        assert on.said("notice.sent") == []


def test_C14_an_answer_that_never_comes_is_said_and_journalled_as_uncertain(dovecot: Post) -> None:
    with scene(dovecot, "drop@practice.test") as on:
        with pytest.raises(TherapymailError) as caught:
            send_notice(on.practice, "WREN", NoticeKind.CANNOT_OPEN)
        assert list_letters(on.practice, LettersRequest("WREN")) == ()
        if isinstance(caught.value, NoticeUnsettled):
            assert [said["certain"] for said in on.said("notice.sent")] == [False]
        else:
            assert on.said("notice.sent") == []


def test_what_cannot_be_told_is_refused_before_anything_leaves(embedded: Post) -> None:
    with scene(embedded) as on:
        with pytest.raises(ClientUnknown):
            send_notice(on.practice, "OWL", NoticeKind.CANNOT_OPEN)
        with pytest.raises(UnusableInput):
            send_notice(on.practice, "WREN", NoticeKind.ABSENCE)
        with pytest.raises(UnusableInput):
            preview_notice(on.practice, "WREN", NoticeKind.CANNOT_OPEN, Absence(date(2025, 1, 1), date(2025, 1, 2)))
        assert on.arrived() == []
    with short_directory() as directory, practice_in(directory) as offline:
        add_client(offline, NewClient("WREN", NAME, ("wren@mail.example",), None, "UTC"))
        with pytest.raises(UnusableInput):
            invite(offline, "WREN", KitWanted(MailProgram.OTHER))
        with pytest.raises(UnusableInput):
            preview_invitation(offline, "WREN", KitWanted(MailProgram.OTHER))
        shown = preview_invitation(offline, "WREN", KitWanted(MailProgram.OTHER), to_send=False)
        assert "How to begin" in shown.text
