"""Keys that nobody can take are told: newer formats with a sentence for the client (AC6), Setup Messages (AC4)."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.support.corpora import mails
from tests.support.sealing import Sealers, packet, pgp_mime, sealers
from therapymail.domain.key_fault import UNREADABLE_LETTER, KeyFault, sentence_for_client
from therapymail.domain.seal import OpeningFailure, verdict_of
from therapymail.domain.wording import note_sentence, seal_sentence
from therapymail.pgp.opening import open_mail
from therapymail.practice.opened_reading import reading_of
from therapymail.practice.read import failure_phrase

CLIENT = "client@client.example"
# Version 6 keys by RFC 9580 section 5.5.2, for signing alone: Ed25519 (27) and the draft's ML-DSA (30).
VERSION_6 = b"\xc6\x2a\x06" + b"\x00\x00\x00\x01\x1b\x00\x00\x00\x20" + b"k" * 32
POST_QUANTUM = b"\xc6\x2a\x06" + b"\x00\x00\x00\x01\x1e\x00\x00\x00\x20" + b"k" * 32
NEWER_METHOD = b"\xc6\x26\x04" + b"\x00\x00\x00\x01\x1b" + b"k" * 32
VERSION_3 = b"\x99\x00\x10\x03" + b"\x00\x00\x00\x01\x00\x00\x01" + b"k" * 8


@pytest.fixture(scope="module")
def people() -> Iterator[Sealers]:
    with sealers() as made:
        yield made


def notes_of(people: Sealers, raw: bytes) -> tuple[str, ...]:
    return tuple(note for note in reading_of(open_mail(raw, people.opener()))[1] if note.startswith(("key-", "auto")))


def field_with(key: bytes) -> bytes:
    return f"Autocrypt: addr={CLIENT}; keydata={base64.b64encode(key).decode()}\r\n".encode()


def attached(key: bytes) -> bytes:
    return (
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nmy new key\r\n--b\r\n"
        b'Content-Type: application/pgp-keys; name="key.pgp"\r\nContent-Transfer-Encoding: base64\r\n'
        b"Content-Disposition: attachment\r\n\r\n" + base64.encodebytes(key) + b"\r\n--b--\r\n"
    )


CASES = {"key-format": VERSION_6, "key-post-quantum": POST_QUANTUM, "key-newer-method": NEWER_METHOD,
         "key-old-format": VERSION_3}  # fmt: skip


@pytest.mark.parametrize("code", CASES)
def test_AC6_a_key_that_gnupg_cannot_read_is_told_wherever_it_stands(people: Sealers, code: str) -> None:
    key = CASES[code]
    outside = f"From: {CLIENT}\r\n".encode() + field_with(key) + b"\r\nhello\r\n"
    in_a_file = f"From: {CLIENT}\r\n".encode() + attached(key)
    inside = pgp_mime(people.seal(field_with(key) + attached(key)))
    for raw in (outside, in_a_file, inside):
        assert notes_of(people, raw) == (code,)


@pytest.mark.parametrize("code", CASES)
def test_AC6_the_sentence_can_be_sent_to_the_client(code: str) -> None:
    said = note_sentence(code)
    assert said.startswith("It brings a key in a format this GnuPG cannot read")
    assert sentence_for_client(KeyFault(code.removeprefix("key-"))) in said


def test_AC6_a_key_that_gnupg_reads_or_what_is_none_is_not_told(people: Sealers) -> None:
    good = people.gpg("--export", people.client)
    for key in (good, b"\xc6", b"\xc6\x02\x06", b"no key", b"\xc6\x00"):
        assert notes_of(people, f"From: {CLIENT}\r\n".encode() + attached(key)) == ()
    assert notes_of(people, pgp_mime(people.seal(field_with(good) + attached(good)))) == ()


SEIPD_2 = packet(18, b"\x02\x09\x02\x06" + bytes(60))
PKESK_6 = packet(1, b"\x06\x21\x06" + bytes(32) + b"\x19" + bytes(40))


@pytest.mark.parametrize("message", [SEIPD_2, PKESK_6 + SEIPD_2])
def test_AC6_a_letter_in_the_new_format_is_explained_in_a_sentence_for_the_client(
    people: Sealers, message: bytes
) -> None:
    facts = open_mail(pgp_mime(message), people.opener()).facts
    assert facts.failure is OpeningFailure.UNSUPPORTED
    said = seal_sentence(verdict_of(facts, (), datetime.now(UTC)), "HERON", facts.failure)
    assert "in a format this GnuPG cannot read" in said
    assert UNREADABLE_LETTER in said
    assert "ask the client" in failure_phrase(facts.failure)


@pytest.mark.corpora
@pytest.mark.parametrize(
    ("corpus", "name"),
    [("autocrypt-spec", "example-setup-message.eml"), ("kde", "messagelib_autocrypt_setupmessage.mbox")],
)
def test_AC4_a_setup_message_is_recognised_and_never_opened(people: Sealers, corpus: str, name: str) -> None:
    raw = next(each.raw for each in mails(corpus) if each.name == name)
    opened = open_mail(raw, people.opener())
    reading, notes = reading_of(opened)
    assert "autocrypt-setup-message" in notes
    assert reading is not None
    assert "PRIVATE KEY" not in reading.text
    assert opened.facts.opened_with is None
    assert "None is ever taken from a mail" in note_sentence("autocrypt-setup-message")


@pytest.mark.corpora
def test_AC4_no_other_mail_is_taken_for_one(people: Sealers) -> None:
    for corpus in ("autocrypt-spec", "autocrypt-headers", "kde"):
        for each in mails(corpus):
            if "setup" not in each.name:
                assert "autocrypt-setup-message" not in notes_of(people, each.raw), each.name


def test_AC4_its_header_alone_is_reason_enough(people: Sealers) -> None:
    raw = f"From: {CLIENT}\r\nAutocrypt-Setup-Message: v1\r\n\r\nhello\r\n".encode()
    assert notes_of(people, raw) == ("autocrypt-setup-message",)
    assert notes_of(people, f"From: {CLIENT}\r\n\r\nAutocrypt-Setup-Message: v1\r\n".encode()) == ()
