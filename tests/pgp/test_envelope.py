"""What encloses a mail, from its bytes alone (PGP.md M1 to M4, A1 to A7)."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.sealing import armored, encrypted_part, packet
from therapymail.domain.seal import OpeningFailure
from therapymail.pgp.envelope import find_envelope
from therapymail.pgp.layers import EnvelopeKind

MESSAGE = packet(1, b"\x03" + b"\x11" * 8 + b"\x12" + b"\x00" * 40) + packet(
    18, b"\x01" + b"\x55" * 91
)  # its armor is padded
ARMOR = armored(MESSAGE)
PLAIN = b"Content-Type: text/plain\r\n\r\n"
CONTROL = b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
OCTETS = b'Content-Type: application/octet-stream; name="encrypted.asc"\r\n\r\n' + ARMOR


def mail(*parts: bytes, kind: bytes = b"multipart/mixed", header: bytes = b"") -> bytes:
    body = b"".join(b"--outer\r\n" + part + b"\r\n" for part in parts)
    return header + b"Content-Type: " + kind + b"; boundary=outer\r\n\r\n" + body + b"--outer--\r\n"


def encoded(name: bytes, data: bytes) -> bytes:
    return b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: " + name + b"\r\n\r\n" + data


ENCRYPTED = b'multipart/encrypted; protocol="application/pgp-encrypted"'
AS_WRITTEN = {
    "RFC 3156": mail(CONTROL, OCTETS, kind=ENCRYPTED),
    "upper case": mail(CONTROL.upper(), OCTETS, kind=b'MULTIPART/ENCRYPTED; PROTOCOL="APPLICATION/PGP-ENCRYPTED"'),
    "base64 of armor": mail(CONTROL, encoded(b"base64", base64.encodebytes(ARMOR)), kind=ENCRYPTED),
    "base64 of binary": mail(CONTROL, encoded(b"base64", base64.encodebytes(MESSAGE)), kind=ENCRYPTED),
    "quoted-printable": mail(CONTROL, encoded(b"quoted-printable", ARMOR.replace(b"=", b"=3D")), kind=ENCRYPTED),
    "binary": mail(CONTROL, encoded(b"binary", MESSAGE), kind=ENCRYPTED),
    "part of any type": mail(CONTROL, PLAIN + ARMOR, kind=ENCRYPTED),
    "LF": mail(CONTROL, OCTETS, kind=ENCRYPTED).replace(b"\r\n", b"\n"),
}


@pytest.mark.parametrize("form", AS_WRITTEN)
def test_M1_the_second_part_is_the_message(form: str) -> None:
    envelope = find_envelope(AS_WRITTEN[form])
    assert (envelope.kind, envelope.message, envelope.repairs) == (EnvelopeKind.ENCRYPTED, MESSAGE, ())


def test_M1_a_missing_protocol_and_further_parts_are_noted() -> None:
    assert find_envelope(mail(CONTROL, OCTETS, kind=b"multipart/encrypted")).notes == ("protocol-missing",)
    assert find_envelope(mail(CONTROL, OCTETS, PLAIN, kind=ENCRYPTED)).notes == ("extra-parts",)


DAMAGED = {
    "one part": (mail(CONTROL, kind=ENCRYPTED), OpeningFailure.DAMAGED),
    "no parts": (b"Content-Type: multipart/encrypted\r\n\r\n", OpeningFailure.DAMAGED),
    "text": (mail(CONTROL, PLAIN + b"hello", kind=ENCRYPTED), OpeningFailure.DAMAGED),
    "empty": (mail(CONTROL, PLAIN, kind=ENCRYPTED), OpeningFailure.DAMAGED),
    "broken base64": (mail(CONTROL, encoded(b"base64", b"Q"), kind=ENCRYPTED), OpeningFailure.DAMAGED),
    "a key": (mail(CONTROL, PLAIN + armored(MESSAGE, "PUBLIC KEY BLOCK"), kind=ENCRYPTED), OpeningFailure.DAMAGED),
    "two blocks": (mail(CONTROL, OCTETS + ARMOR, kind=ENCRYPTED), OpeningFailure.STRUCTURE),
}


@pytest.mark.parametrize("form", DAMAGED)
def test_C23_an_envelope_without_a_readable_message_says_so(form: str) -> None:
    raw, damage = DAMAGED[form]
    envelope = find_envelope(raw)
    assert (envelope.kind, envelope.message, envelope.damage) == (EnvelopeKind.ENCRYPTED, b"", damage)


FOOTER = PLAIN + b"\r\n-- \r\nfooter"
GOOGLE, LIST = b"X-Gm-Message-State: abc\r\n", b"List-Id: <x.y>\r\n"
SEALED = encrypted_part(MESSAGE)
REPAIRED = {
    "exchange": (mail(PLAIN, CONTROL, OCTETS), "exchange-mixed", ""),
    "exchange without prelude": (mail(CONTROL, OCTETS), "exchange-mixed", ""),
    "exchange with text": (mail(PLAIN + b"Empty Message", CONTROL, OCTETS), "exchange-mixed", "Empty Message"),
    "exchange with HTML": (
        mail(b"Content-Type: text/html\r\n\r\n<p>Scanned&nbsp;by</p>", CONTROL, OCTETS), "exchange-mixed", "Scanned by"
    ),
    "exchange with footer": (mail(PLAIN, CONTROL, OCTETS, PLAIN + b"footer"), "exchange-mixed", "footer"),
    "iPGMail": (mail(PLAIN, b"Content-Type: application/pgp-encrypted\r\n\r\n" + ARMOR, PLAIN), "ipgmail-mixed", ""),
    "google": (mail(FOOTER, SEALED), "google-footer", "-- \r\nfooter"),
    "google by its header": (mail(PLAIN + b"footer", SEALED, header=GOOGLE), "google-footer", "footer"),
    "list": (mail(SEALED, PLAIN + b"footer", header=LIST), "list-footer", "footer"),
    "GpgOL": (
        mail(PLAIN, b'Content-Type: application/octet-stream; name="GpgOL_MIME_structure.mime"\r\n\r\n' + SEALED),
        "gpgol-attachment",
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", REPAIRED)
def test_M2_C21_known_manglings_are_repaired_and_marked(form: str) -> None:
    raw, repair, unsealed = REPAIRED[form]
    envelope = find_envelope(raw)
    assert (envelope.kind, envelope.message) == (EnvelopeKind.ENCRYPTED, MESSAGE)
    assert (envelope.repairs, envelope.unsealed_text) == ((repair,), unsealed)
    assert ("unsealed-text" in envelope.notes) == bool(unsealed)


GPGOL = b"Content-Type: application/octet-stream; name=GpgOL_MIME_structure.mime\r\n\r\n"
NOT_ENCLOSED = {
    "text before": mail(PLAIN + b"attacker", SEALED),
    "text behind": mail(SEALED, PLAIN + b"attacker"),
    "HTML before, google's header": mail(b"Content-Type: text/html\r\n\r\n<img src='", SEALED, header=GOOGLE),
    "image before control": mail(b"Content-Type: image/png\r\n\r\nx", CONTROL, OCTETS),
    "image behind": mail(PLAIN, CONTROL, OCTETS, b"Content-Type: image/png\r\n\r\nx"),
    "deeper": mail(mail(PLAIN, CONTROL, OCTETS)),
    "alternative": mail(PLAIN + b"x", SEALED, kind=b"multipart/alternative"),
    "related": mail(b"Content-Type: text/html\r\n\r\nx", SEALED, kind=b"multipart/related"),
    "GpgOL with text": mail(PLAIN + b"x", GPGOL + SEALED),
    "control part that names no version": mail(PLAIN, CONTROL.replace(b"Version", b"Greetings"), OCTETS),
}


@pytest.mark.parametrize("form", NOT_ENCLOSED)
def test_M4_S3_what_does_not_enclose_the_mail_is_not_opened(form: str) -> None:
    envelope = find_envelope(NOT_ENCLOSED[form])
    assert envelope.kind in {EnvelopeKind.PARTLY, EnvelopeKind.NONE}
    assert envelope.message == b""


def test_M8_a_forwarded_sealed_mail_is_an_attachment() -> None:
    envelope = find_envelope(mail(PLAIN + b"see below", b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n" + SEALED))
    assert (envelope.kind, envelope.notes) == (EnvelopeKind.NONE, ("sealed-attachment",))


def test_a_clients_key_beside_the_text_is_no_sealed_attachment() -> None:
    key = b'Content-Type: application/pgp-keys; name="key.asc"\r\n\r\n' + armored(MESSAGE, "PUBLIC KEY BLOCK")
    assert find_envelope(mail(PLAIN + b"my key", key)).notes == ()


SIGNATURE = b"Content-Type: application/pgp-signature\r\n\r\n" + armored(packet(2, b"\x04" * 20), "SIGNATURE")
SIGNED = b'multipart/signed; protocol="application/pgp-signature"'


def test_M3_the_signed_bytes_are_the_first_part_as_it_came() -> None:
    first = PLAIN + b"trailing blanks  \r\n\t\r\n"
    for raw in (mail(first, SIGNATURE, kind=SIGNED), mail(first, SIGNATURE, kind=SIGNED).replace(b"\r\n", b"\n")):
        envelope = find_envelope(raw)
        assert (envelope.kind, envelope.signed) == (EnvelopeKind.SIGNED, first)
        assert envelope.message == packet(2, b"\x04" * 20)


@pytest.mark.parametrize("raw", [
    mail(PLAIN, SIGNATURE, PLAIN, kind=SIGNED),
    mail(PLAIN, kind=SIGNED),
    mail(PLAIN, SIGNATURE.replace(b"pgp-signature", b"broken"), kind=SIGNED),
])  # fmt: skip
def test_M3_other_than_two_parts_is_no_signed_mail(raw: bytes) -> None:
    envelope = find_envelope(raw)
    assert (envelope.kind, envelope.notes) == (EnvelopeKind.NONE, ("signature-structure",))


HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n"
PURE = (
    HTML
    + b"<html><head><style>p{}</style></head><body><p>"
    + ARMOR.replace(b"\r\n", b"<br>\r\n")
    + b"&nbsp;</p></body></html>"
)
INLINE = {
    "text": (PLAIN + ARMOR, ()),
    "no header": (ARMOR, ()),
    "bare binary": (MESSAGE, ()),
    "application/pgp": (b"Content-Type: application/pgp; x-action=encrypt\r\n\r\n" + ARMOR, ()),
    "base64": (b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(ARMOR), ()),
    "wrong encoding": (b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + ARMOR, ("transfer-encoding",)),
    "pure HTML": (PURE, ("html-armor",)),
    "alternative of both": (mail(PLAIN + ARMOR, PURE, kind=b"multipart/alternative"), ()),
}  # fmt: skip


@pytest.mark.parametrize("form", INLINE)
def test_A2_A3_one_block_alone_is_the_letter(form: str) -> None:
    raw, repairs = INLINE[form]
    envelope = find_envelope(raw)
    assert (envelope.kind, envelope.message, envelope.whole) == (EnvelopeKind.INLINE, MESSAGE, True)
    assert envelope.repairs == repairs


def test_A6_attachments_beside_an_inline_letter_are_outside_its_seal() -> None:
    envelope = find_envelope(mail(PLAIN + ARMOR, b"Content-Type: image/png; name=a.png.pgp\r\n\r\nx"))
    assert (envelope.kind, envelope.whole) == (EnvelopeKind.INLINE, False)
    assert envelope.notes == ("attachments-outside-seal",)


PARTIAL = {
    "text before": PLAIN + b"hello\r\n" + ARMOR,
    "text behind": PLAIN + ARMOR + b"hello",
    "two blocks": PLAIN + ARMOR + ARMOR,
    "in an attribute": HTML + b'<img src="http://x/\r\n' + ARMOR + b'">',
    "in HTML with text": HTML + b"<p>hello</p>" + ARMOR,
    "beside another text": mail(PLAIN + ARMOR, PLAIN + b"hello"),
    "beside another HTML": mail(PLAIN + ARMOR, HTML + b"<p>hello</p>", kind=b"multipart/alternative"),
}


@pytest.mark.parametrize("form", PARTIAL)
def test_A3_A4_a_block_among_other_text_is_not_opened(form: str) -> None:
    envelope = find_envelope(PARTIAL[form])
    assert (envelope.kind, envelope.message) == (EnvelopeKind.PARTLY, b"")
    assert "sealed-part" in envelope.notes


def test_SMIME_is_named_not_opened() -> None:
    assert find_envelope(b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nx").notes == (
        "smime",
    )


PIECES = st.sampled_from([
    CONTROL, OCTETS, PLAIN, SIGNATURE, ARMOR, PURE, SEALED, MESSAGE, b"text", b"--outer\r\n", b"--sealed--\r\n",
    *[b"Content-Type: " + kind + b"; boundary=outer\r\n\r\n" for kind in (ENCRYPTED, SIGNED, b"multipart/mixed")],
    b"\xff\x00", b"-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\n",
])  # fmt: skip


@given(st.lists(PIECES, max_size=12).map(b"".join), st.integers(0, 3000))
@settings(max_examples=100)
def test_any_bytes_have_some_envelope(raw: bytes, cut: int) -> None:
    for candidate in (raw, raw[:cut], raw[cut:]):
        envelope = find_envelope(candidate)
        if envelope.kind in {EnvelopeKind.NONE, EnvelopeKind.PARTLY} or envelope.damage is OpeningFailure.STRUCTURE:
            assert envelope.message == b""
