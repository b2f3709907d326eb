"""Rules of reading that stand across modules: PGP.md M7, M9, M10, I4 to I6; HAZARDS C18, C28."""

import itertools
from datetime import UTC, datetime

import pytest

from tests.support.gnupg import ANN_ADDRESS, People, output
from tests.support.sealing import pgp_mime, signed_part
from therapymail.domain.seal import KeyState, Pin, Protection, Signature, SignatureFinding, Verdict, verdict_of
from therapymail.domain.wording import seal_sentence
from therapymail.mail.entity import read_entity
from therapymail.pgp.opening import OpenedMail, open_mail
from therapymail.pgp.own_key import make_key, own_certificate
from therapymail.pgp.single import SingleOpener

FROM_ANN = f"From: Ann <{ANN_ADDRESS}>\r\n".encode()
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def stranger(everybody: People) -> str:
    """A key that is in nobody's keyring of ours."""
    return make_key(everybody.others, "Zoe", "zoe@stranger.example", None)


def opened(everybody: People, raw: bytes) -> OpenedMail:
    return open_mail(FROM_ANN + raw, SingleOpener(everybody.reader))


def signed_by(everybody: People, signer: str, entity: bytes) -> bytes:
    return signed_part(entity, output(everybody.others, ["--local-user", signer, "--detach-sign"], entity))


def verdict(everybody: People, mail: OpenedMail) -> Verdict:
    return verdict_of(mail.facts, (Pin(everybody.ann, verified=True),), NOW)


def test_M10_eight_bit_and_binary_parts_are_verified_as_they_came(everybody: People) -> None:
    for body in ("Grüße 🦊 \r\n trailing  ".encode(), bytes(range(256)).replace(b"\r", b"").replace(b"\n", b"")):
        entity = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body + b"\r\n"
        mail = opened(everybody, signed_by(everybody, everybody.ann, entity))
        assert [fact.finding for fact in mail.facts.signatures] == [SignatureFinding.GOOD]
        assert mail.payload == entity


def test_M9_an_unobtrusive_signature_is_no_signature(everybody: People) -> None:
    part = b"Sig: t=p; b=aGVsbG8=\r\nContent-Type: text/plain; hp=clear\r\n\r\nhello\r\n"
    mail = opened(everybody, b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + part + b"--b--\r\n")
    assert (mail.facts.protection, mail.facts.signatures) == (Protection.NO, ())
    assert verdict(everybody, mail).signature is Signature.NONE


def test_M7_what_comes_out_of_a_seal_is_read_within_the_same_limits(everybody: People) -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(400))
    wide = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 5000
    page = b"Content-Type: text/html\r\n\r\n" + b"<div>" * 50_000 + b"<img src=http://evil.example/x>"
    for entity in (deep + b"\r\nx", wide + b"--b--\r\n", page):
        payload = opened(everybody, pgp_mime(everybody.sealed(entity))).payload
        assert payload is not None
        assert read_entity(payload, is_entity=True).defects


def test_I4_a_sealed_letter_by_a_key_that_is_not_held_is_by_an_unknown_signer(everybody: People, stranger: str) -> None:
    mail = opened(everybody, pgp_mime(everybody.sealed(b"Content-Type: text/plain\r\n\r\nhello", signer=stranger)))
    assert mail.payload is not None
    assert verdict(everybody, mail).signature is Signature.UNKNOWN


def test_I5_a_seal_alone_says_nothing_of_who_wrote(everybody: People) -> None:
    mail = opened(everybody, pgp_mime(everybody.sealed(b"Content-Type: text/plain\r\n\r\nhello")))
    read = verdict(everybody, mail)
    assert (read.encrypted, read.signature, read.signer) == (Protection.SEALED, Signature.NONE, None)
    assert "nothing proves" in seal_sentence(read, "HERON", None)


def test_I6_FAKE_KEYS_a_key_that_comes_with_the_letter_does_not_judge_it(everybody: People, stranger: str) -> None:
    key = output(everybody.others, ["--armor", "--export", stranger])
    entity = b"Content-Type: application/pgp-keys; name=zoe.asc\r\n\r\n" + own_certificate(everybody.others, stranger)
    for content in (entity, b"Content-Type: application/pgp-keys\r\n\r\n" + key):
        sealed = pgp_mime(everybody.sealed(content, signer=stranger))
        assert [verdict(everybody, opened(everybody, sealed)).signature for _ in range(2)] == [Signature.UNKNOWN] * 2


def test_C18_the_subject_inside_the_seal_is_the_letters(everybody: People) -> None:
    for scheme in ('protected-headers="v1"', 'hp="cipher"'):
        head = f"Content-Type: text/plain; {scheme}\r\nSubject: about the autumn\r\n".encode()
        mail = opened(everybody, b"Subject: ...\r\n" + pgp_mime(everybody.sealed(head + FROM_ANN + b"\r\nhello")))
        assert mail.headers.subject == "about the autumn"


def test_C28_no_verdict_is_called_valid() -> None:
    for word, state in itertools.product(Signature, (None, *KeyState)):
        said = seal_sentence(Verdict(Protection.SEALED, word, None, state, repaired=False, notes=()), "HERON", None)
        assert "valid" not in said.lower()
        assert said
