"""Inline OpenPGP: what a text part amounts to (PGP.md A2 to A5, A7)."""

import pytest

from tests.support.sealing import armored, packet
from therapymail.pgp.inline import InlineForm, html_text, inline_in, read_inline
from therapymail.pgp.parts import read_part

ARMOR = armored(packet(18, b"\x01" + b"\x55" * 40))
CLEARTEXT = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nhello\n" + armored(
    packet(2, b"\x04" * 20), "SIGNATURE"
)


@pytest.mark.parametrize(("text", "form"), [
    (b"", InlineForm.NOTHING),
    (b"hello", InlineForm.NOTHING),
    (ARMOR, InlineForm.WHOLE),
    (b"\r\n \t\xc2\xa0\r\n" + ARMOR + b"\r\n\r\n", InlineForm.WHOLE),
    (b"x\r\n" + ARMOR, InlineForm.PARTIAL),
    (ARMOR + armored(b"\x99", "PUBLIC KEY BLOCK"), InlineForm.PARTIAL),
    (ARMOR + CLEARTEXT, InlineForm.PARTIAL),
    (CLEARTEXT, InlineForm.SIGNED),
    (CLEARTEXT + CLEARTEXT, InlineForm.NOTHING),
    (CLEARTEXT.replace(b"END PGP", b"FIN PGP"), InlineForm.NOTHING),
])  # fmt: skip
def test_A3_A4_A5_what_a_text_amounts_to(text: bytes, form: InlineForm) -> None:
    assert inline_in(text, "").form is form


def test_A5_the_blocks_own_charset_comes_before_the_parts() -> None:
    with_header = ARMOR.replace(b"-----\r\n\r\n", b"-----\r\nCharset: iso-8859-15\r\n\r\n", 1)
    assert inline_in(with_header, "utf-8").charset == "iso8859-15"
    assert inline_in(ARMOR, "koi8-r").charset == "koi8-r"
    assert inline_in(ARMOR, "nonsense").charset == ""


def test_A5_text_around_a_signed_block_stands_apart() -> None:
    finding = inline_in(b"before\n" + CLEARTEXT + b"after\n", "")
    assert (finding.signed, finding.outside) == (b"hello", "before\nafter")


@pytest.mark.parametrize(("media_type", "form"), [
    (b"application/pgp; x-action=encrypt", InlineForm.WHOLE),
    (b"text/plain", InlineForm.WHOLE),
    (b"application/octet-stream", InlineForm.NOTHING),
    (b"text/calendar", InlineForm.NOTHING),
])  # fmt: skip
def test_A2_A7_only_text_is_scanned(media_type: bytes, form: InlineForm) -> None:
    assert read_inline(read_part(b"Content-Type: " + media_type + b"\r\n\r\n" + ARMOR)).form is form


def test_html_is_reduced_to_its_text() -> None:
    page = "<head><title>t</title></head><style>p</style><p>a&amp;b<br/>c&nbsp;d</p><script>x</script>e < f"
    assert html_text(page).split() == ["a&b", "c", "d", "e", "<", "f"]


def test_S24_hostile_html_is_read_in_time() -> None:
    for page in ("<style>" * 300_000, "<" * 2_000_000, "<a" * 1_000_000, "&" * 1_000_000):
        html_text(page)
