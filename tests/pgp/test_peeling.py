"""Whatever a mail and gpg's answers hold, opening gives a result (C42) and no plaintext gpg did not vouch for."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.sealing import armored, encrypted_part, packet, signed_part
from therapymail.domain.seal import OpeningFailure, Protection, SignatureFact, SignatureFinding
from therapymail.pgp.decrypter import Decrypted, Unwrapped
from therapymail.pgp.envelope import envelope_of
from therapymail.pgp.opening import open_mail
from therapymail.pgp.parts import read_mail
from therapymail.pgp.peeling import Peeling

MESSAGE = packet(1, b"\x03" + b"\x11" * 8 + b"\x12" + b"\x00" * 40) + packet(18, b"\x01" + b"\x55" * 90)
LITERAL = packet(11, b"b\x00\x00\x00\x00\x00hello")
GOOD = SignatureFact(SignatureFinding.GOOD, signer="A" * 40)


@dataclass
class Answers:
    """A Decrypter whose every answer is given beforehand."""

    plaintext: bytes | None
    opened_with: str | None
    content: bytes | None

    def decrypt(self, ciphertext: bytes) -> Decrypted:
        return Decrypted(self.plaintext, signatures=(GOOD,), opened_with=self.opened_with)

    def verify_detached(self, signed: bytes, signature: bytes) -> tuple[SignatureFact, ...]:
        return (GOOD,)

    def unwrap_signed(self, data: bytes) -> Unwrapped:
        return Unwrapped(self.content, (GOOD,))


SECRET = b"a letter about a marigold"
PIECES = st.sampled_from([
    b"From: a@b.example\r\n", b"Content-Type: text/plain\r\n\r\n", b"\r\n", b"--outer\r\n", b"--outer--\r\n",
    b"Content-Type: multipart/mixed; boundary=outer\r\n\r\n", encrypted_part(MESSAGE), encrypted_part(LITERAL),
    armored(MESSAGE), armored(LITERAL), MESSAGE, signed_part(b"\r\nx", packet(2, b"\x04")), b"text", b"\xff\x00",
    b'Content-Type: message/rfc822; forwarded="no"\r\n\r\n', b'Content-Type: text/plain; hp="cipher"\r\n',
    b"Subject: x\r\n\r\n", b"Date: Mon, 99 Xyz 99999 99:99:99 +9999\r\n",
])  # fmt: skip
MAILS = st.lists(PIECES, max_size=8).map(b"".join)


def test_S24_no_further_layer_is_begun_when_a_mails_time_is_up() -> None:
    nested = encrypted_part(MESSAGE)
    mail = read_mail(b"From: a@b.example\r\n" + nested)
    peeling = Peeling(Answers(nested, "B" * 40, None), seconds=-1)
    assert peeling.peel(mail, envelope_of(mail)) is None
    assert (peeling.failure, peeling.signatures) == (OpeningFailure.TIMED_OUT, [])


@given(MAILS, MAILS, st.booleans(), st.one_of(st.none(), MAILS))
@settings(max_examples=100, deadline=None)
def test_any_mail_with_any_plaintext_gives_a_result(
    raw: bytes, inner: bytes, ours: bool, content: bytes | None
) -> None:
    mail = open_mail(raw, Answers(inner, "B" * 40 if ours else None, content))
    assert (mail.payload is None) == (mail.facts.protection is Protection.FAILED)
    assert (mail.facts.failure is None) == (mail.payload is not None)
    assert len(mail.digest) == 32
    if not mail.is_entity and mail.payload is not None:
        mail.payload.decode(mail.charset)
    if not ours:
        assert mail.facts.opened_with is None
        assert mail.facts.protection is not Protection.SEALED


@given(MAILS)
@settings(max_examples=60, deadline=None)
def test_H3_without_a_plaintext_there_is_no_trace_of_one(raw: bytes) -> None:
    for answers in (Answers(None, "B" * 40, None), Answers(SECRET, None, None)):
        mail = open_mail(raw, answers)
        assert SECRET.decode() not in repr(mail)
        assert SECRET not in (mail.payload or b"")
        assert mail.facts.protection in {Protection.FAILED, Protection.NO, Protection.PARTLY}


def test_a_failure_is_told_as_gpg_found_it() -> None:
    class Locked(Answers):
        def decrypt(self, ciphertext: bytes) -> Decrypted:
            return Decrypted(None, OpeningFailure.LOCKED)

    facts = open_mail(encrypted_part(MESSAGE), Locked(None, None, None)).facts
    assert (facts.failure, facts.sealed_to) == (OpeningFailure.LOCKED, ("11" * 8,))
