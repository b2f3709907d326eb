"""Opening whole mails that honest programs write: the letter, its headers and its identity."""

import hashlib
from collections.abc import Iterator

import pytest

from tests.support.reading import text_of_letter
from tests.support.sealing import Sealers, armored, encrypted_part, packet, packets, pgp_mime, sealers, signed_part
from therapymail.domain.seal import Protection, SignatureFinding
from therapymail.pgp.opening import OpenedMail, open_mail
from therapymail.pgp.protected_headers import HeaderSource

ENTITY = b"Content-Type: text/plain; charset=utf-8\r\n\r\nA letter.\r\n"
FROM_CLIENT = b"From: Client <client@client.example>\r\n"


@pytest.fixture(scope="module")
def people() -> Iterator[Sealers]:
    with sealers() as ready:
        yield ready


def opened(people: Sealers, raw: bytes) -> OpenedMail:
    return open_mail(raw, people.opener())


def test_a_sealed_and_signed_letter_opens(people: Sealers) -> None:
    ciphertext = people.seal(ENTITY, signer=people.client)
    mail = opened(people, pgp_mime(ciphertext))
    assert mail.facts.protection is Protection.SEALED
    assert mail.facts.opened_with == people.therapist
    assert [(fact.finding, fact.signer) for fact in mail.facts.signatures] == [(SignatureFinding.GOOD, people.client)]
    assert mail.payload == ENTITY
    assert mail.is_entity
    assert mail.digest == hashlib.sha256(ciphertext).digest()
    assert mail.facts.notes == ()


# --- inline (A3, A5, M6) -----------------------------------------------------------------------------


def test_A3_an_inline_block_alone_is_the_letter(people: Sealers) -> None:
    ciphertext = people.seal("Grüße".encode(), signer=people.client)
    mail = opened(people, FROM_CLIENT + b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\n" + armored(ciphertext))
    assert mail.facts.protection is Protection.SEALED
    assert (mail.is_entity, text_of_letter(mail)) == (False, "Grüße")
    assert mail.digest == hashlib.sha256(ciphertext).digest()


def test_A5_only_the_signed_text_is_the_letter(people: Sealers) -> None:
    text = b"Dear all,\n- a dash\nFrom here\n"
    block = people.gpg("--armor", "--local-user", people.client, "--clear-sign", stdin=text)
    mail = opened(people, FROM_CLIENT + b"\r\nbefore\r\n" + block.replace(b"\n", b"\r\n") + b"\r\nafter\r\n")
    assert mail.payload == text.strip().replace(b"\n", b"\r\n")
    assert [fact.finding for fact in mail.facts.signatures] == [SignatureFinding.GOOD]
    assert mail.unsealed_text == "before\r\n\r\nafter"
    assert "unsealed-text" in mail.facts.notes


def test_A5_an_altered_signed_text_is_bad(people: Sealers) -> None:
    block = people.gpg("--armor", "--local-user", people.client, "--clear-sign", stdin=b"I come.\n")
    mail = opened(people, FROM_CLIENT + b"\r\n" + block.replace(b"I come", b"I go"))
    assert [fact.finding for fact in mail.facts.signatures] == [SignatureFinding.BAD]


def test_M6_decrypted_data_without_a_mime_header_is_text(people: Sealers) -> None:
    mail = opened(people, pgp_mime(people.seal(b"Note: this is no header\r\n\r\nhello")))
    assert (mail.is_entity, mail.payload) == (False, b"Note: this is no header\r\n\r\nhello")


# --- headers (HP, S18, I1, I3) -----------------------------------------------------------------------

PROTECTED = (
    b'Content-Type: text/plain; charset=utf-8; hp="cipher"\r\n' + FROM_CLIENT + b"Subject: the real one\r\n"
    b"HP-Outer: Subject: ...\r\nHP-Outer: From: Client <client@client.example>\r\n\r\nhello\r\n"
)


def test_S18_the_sealed_headers_replace_the_outer_ones(people: Sealers) -> None:
    outer = FROM_CLIENT + b"Subject: URGENT invoice\r\nReply-To: eve@evil.example\r\nReceived: from a by b\r\n"
    mail = opened(people, pgp_mime(people.seal(PROTECTED), headers=outer))
    assert (mail.headers.subject, mail.headers.source) == ("the real one", HeaderSource.RFC9788)
    assert b"evil" not in mail.headers.block
    assert b"Received: from a by b\r\n" in mail.headers.block
    assert mail.headers.confidential == ("subject",)


def test_HP2_PHONY_headers_of_a_mail_that_failed_do_not_count(people: Sealers) -> None:
    keys, (tag, body) = packets(people.seal(PROTECTED))
    mail = opened(people, pgp_mime(packet(*keys) + packet(tag, body[:-1] + bytes([body[-1] ^ 1]))))
    assert (mail.headers.subject, mail.headers.source) == ("", HeaderSource.OUTER)


def test_HP1_headers_inside_an_inline_block_do_not_count(people: Sealers) -> None:
    outer = FROM_CLIENT + b"Subject: outside\r\n\r\n"
    mail = opened(people, outer + armored(people.seal(PROTECTED, signer=people.client)))
    assert mail.facts.protection is Protection.SEALED
    assert (mail.headers.subject, mail.headers.source) == ("outside", HeaderSource.OUTER)


def test_HP1_a_forwarded_mail_that_is_the_whole_letter_lends_it_no_header(people: Sealers) -> None:
    other = b"From: Client <client@client.example>\r\nSubject: of another day\r\n\r\nhello\r\n"
    outer = FROM_CLIENT + b"Subject: outside\r\n"
    forwarded = b"Content-Type: message/rfc822\r\n\r\n" + other
    mail = opened(people, pgp_mime(people.seal(forwarded), headers=outer))
    assert (mail.headers.subject, mail.headers.source, mail.payload) == ("outside", HeaderSource.OUTER, forwarded)
    wrapped = b'Content-Type: message/rfc822; forwarded="no"\r\n\r\n' + other
    mail = opened(people, pgp_mime(people.seal(wrapped), headers=outer))
    assert (mail.headers.subject, mail.headers.source) == ("of another day", HeaderSource.LEGACY)


def test_HP7_in_a_mail_that_was_not_sealed_nothing_is_hidden(people: Sealers) -> None:
    marked = b'Content-Type: text/plain; hp="cipher"; hp-legacy-display="1"\r\n\r\nSubject: x\r\n\r\nhello\r\n'
    signed = opened(people, FROM_CLIENT + signed_part(marked, people.sign(marked, people.client)))
    assert signed.payload == marked
    assert opened(people, FROM_CLIENT + marked).payload == FROM_CLIENT + marked
    assert opened(people, pgp_mime(people.seal(marked))).payload != marked


@pytest.mark.parametrize(("authors", "note"), [
    (b"From: a@client.example\r\nFrom: b@client.example\r\n", "several-from"),
    (b"From: a@client.example, b@client.example\r\n", "several-from"),
    (b"From: Client\r\n", "no-from"),
    (b"From: \r\n", "no-from"),
    (b"X-Nothing: here\r\n", "no-from"),
])  # fmt: skip
def test_I1_a_mail_without_exactly_one_author_says_so(people: Sealers, authors: bytes, note: str) -> None:
    mail = opened(people, pgp_mime(people.seal(ENTITY, signer=people.client), headers=authors))
    assert note in mail.facts.notes


def test_I3_a_signature_from_another_time_is_noted(people: Sealers) -> None:
    old = FROM_CLIENT + b"Date: Mon, 1 Jan 2001 10:00:00 +0000\r\n"
    assert (
        "signed-at-another-time"
        in opened(people, pgp_mime(people.seal(ENTITY, signer=people.client), headers=old)).facts.notes
    )


# --- identity ----------------------------------------------------------------------------------------


def test_the_same_ciphertext_is_the_same_letter_in_any_wrapping(people: Sealers) -> None:
    ciphertext = people.seal(ENTITY)
    in_another_folder = pgp_mime(ciphertext, headers=b"Received: by other\r\n" + FROM_CLIENT).replace(b"\r\n", b"\n")
    assert opened(people, pgp_mime(ciphertext)).digest == opened(people, in_another_folder).digest


def test_M4_S3_a_signature_around_a_sealed_letter_inside_a_seal_says_nothing_of_its_author(people: Sealers) -> None:
    somebodys = encrypted_part(people.seal(ENTITY))
    for wrapped in (
        pgp_mime(people.seal(somebodys, signer=people.client)),
        pgp_mime(people.gpg("--local-user", people.client, "--sign", stdin=somebodys)),
        pgp_mime(people.seal(signed_part(somebodys, people.sign(somebodys, people.client)))),
    ):
        mail = opened(people, wrapped)
        assert mail.payload == ENTITY
        assert mail.facts.signatures == ()
        assert "outer-signature-ignored" in mail.facts.notes


def test_a_signed_entity_inside_an_inline_seal_is_verified(people: Sealers) -> None:
    signed = signed_part(ENTITY, people.sign(ENTITY, people.client))
    for mail in (
        opened(people, FROM_CLIENT + b"Content-Type: text/plain\r\n\r\n" + armored(people.seal(signed))),
        opened(people, people.seal(signed)),
    ):
        assert [(fact.finding, fact.signer) for fact in mail.facts.signatures] == [
            (SignatureFinding.GOOD, people.client)
        ]
        assert mail.payload == ENTITY


def test_a_signature_is_not_the_letter_it_stands_beside(people: Sealers) -> None:
    signature = people.sign(ENTITY, people.client)
    genuine = opened(people, FROM_CLIENT + signed_part(ENTITY, signature))
    exchanged = opened(people, FROM_CLIENT + signed_part(ENTITY + b"More.\r\n", signature))
    assert genuine.digest != exchanged.digest


def test_a_seal_that_leaves_attachments_outside_is_not_the_whole_letter(people: Sealers) -> None:
    block = armored(people.seal(b"see the picture"))

    def with_picture(picture: bytes) -> bytes:
        part = b"Content-Type: image/png; name=a.png\r\n\r\n" + picture
        text = b"Content-Type: text/plain\r\n\r\n" + block
        head = FROM_CLIENT + b"Content-Type: multipart/mixed; boundary=o\r\n\r\n"
        return head + b"--o\r\n" + text + b"\r\n--o\r\n" + part + b"\r\n--o--\r\n"

    genuine, exchanged = opened(people, with_picture(b"one")), opened(people, with_picture(b"another"))
    assert (genuine.payload, genuine.facts.protection) == (b"see the picture", Protection.PARTLY)
    assert genuine.digest != exchanged.digest
