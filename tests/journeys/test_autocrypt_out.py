"""What we send tells our own key where a program may look for it, and never anybody else's (AC3, AC5, C26)."""

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from tests.support.posts import EmbeddedPost, embedded
from tests.support.sending import Sending, sending_over
from therapymail.mail.autocrypt import offered_key
from therapymail.mail.notice import NoticeKind
from therapymail.pgp.certificate_packets import key_fingerprints
from therapymail.practice.notify import KitWanted, MailProgram, invite, send_notice

__all__ = ["embedded"]


@pytest.fixture(scope="module")
def story(embedded: EmbeddedPost) -> Iterator[Sending]:
    with sending_over(embedded) as made:
        yield made


def read(raw: bytes) -> EmailMessage:
    found = email.message_from_bytes(raw, policy=email.policy.SMTP)
    assert isinstance(found, EmailMessage)
    return found


def sent_letter(story: Sending, code: str) -> bytes:
    before = len(story.arrived(code))
    story.released(code)
    story.depart()
    return story.arrived(code)[before]


def test_AC5_a_letter_gives_our_key_inside_its_seal_and_nothing_outside(story: Sending) -> None:
    raw = sent_letter(story, "HERON")
    assert b"autocrypt" not in raw.lower()
    payload = story.opened_by_client(raw).payload
    assert payload is not None
    offered = offered_key(payload, story.practice.settings.email)
    assert offered is not None
    assert offered.prefers_encryption
    assert key_fingerprints(offered.keydata)[0] == story.practice.settings.own_key


def test_AC5_the_onboarding_mail_gives_the_same_key_in_its_header(story: Sending) -> None:
    invite(story.practice, "LINDEN", KitWanted(MailProgram.DELTACHAT))
    raw = story.arrived("LINDEN")[-1]
    offered = offered_key(raw)
    assert offered is not None
    assert key_fingerprints(offered.keydata)[0] == story.practice.settings.own_key
    assert offered.prefers_encryption
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78


def test_C26_sealed_letters_bear_no_signature_file_and_no_key_file_and_onboarding_brings_the_key_once(
    story: Sending,
) -> None:
    raw = sent_letter(story, "HERON")
    outer = read(raw)
    inner = read(story.opened_by_client(raw).payload or b"")
    for mail in (outer, inner):
        for part in mail.walk():
            assert part.get_content_type() not in {"application/pgp-signature", "application/pgp-keys"}
            assert part.get_filename() in {None, "encrypted.asc"}
    assert outer.get_content_type() == "multipart/encrypted"  # signed inside, in one message: no part to wonder about
    assert [part.get_content_type() for part in inner.iter_parts()] == ["text/plain"]
    invite(story.practice, "LINDEN", KitWanted(MailProgram.DELTACHAT))
    kinds = [part.get_content_type() for part in read(story.arrived("LINDEN")[-1]).walk()]
    assert kinds.count("application/pgp-keys") == 1
    assert "application/pgp-signature" not in kinds


def test_AC3_nothing_we_send_tells_a_client_of_another_clients_key(story: Sending) -> None:
    sent_letter(story, "HERON")
    send_notice(story.practice, "LINDEN", NoticeKind.PLEASE_RING)
    invite(story.practice, "LINDEN", KitWanted(MailProgram.DELTACHAT))
    for code, others in (("HERON", "LINDEN"), ("LINDEN", "HERON")):
        arrived = story.arrived(code)
        assert arrived
        for raw in arrived:
            opened = story.opened_by_client(raw).payload or b""
            for part in (raw.lower(), opened.lower()):
                assert b"autocrypt-gossip" not in part
                assert part.count(b"autocrypt:") <= 1
                assert story.clients[others].address.lower().encode() not in part
