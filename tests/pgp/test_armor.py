"""Armor as programs and relays leave it (PGP.md A1, A2), and what must not pass as armor."""

import base64
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.errors import OpenPgpUnreadable
from therapymail.pgp.armor import armor_headers, dearmor, find_blocks, is_armored, quotes_a_block, split_cleartext

DATA = bytes(range(256)) * 2
LINES = textwrap.wrap(base64.b64encode(DATA).decode(), 64)
BEGIN, END = "-----BEGIN PGP MESSAGE-----", "-----END PGP MESSAGE-----"


def block(*lines: str, end: str = "\n") -> bytes:
    return end.join([BEGIN, *lines, END, ""]).encode()


WRITTEN = {
    "plain": block("", *LINES),
    "CRLF": block("", *LINES, end="\r\n"),
    "CRCRLF": block("", *LINES, end="\r\r\n"),
    "no line end at all after END": block("", *LINES).rstrip(),
    "checksum": block("", *LINES, "=abcd"),
    "headers": block("Version: GnuPG v2", "Comment: https://example.org", "", *LINES, "=abcd"),
    "header without colon": block("Version GnuPG v2", "", *LINES),
    "blank line between headers": block("", "Comment: late", "", *LINES),
    "blank lines inside": block("", *[line for pair in LINES for line in (pair, "")]),
    "blanks before lines": block("", *[f"  {line}" for line in LINES]),
    "blanks behind lines": block(" \t", *[f"{line}  " for line in LINES]),
    "indented whole": textwrap.indent(block("", *LINES).decode(), "  ").encode(),
    "no-break space as blank line": block("\u00a0", *LINES),
    "no-break space in Latin-1": block("", *LINES).replace(b"\n\n", b"\n\xa0\n", 1),
    "no-break space as entity": block("&nbsp;", *LINES),
    "no blank line": block(*LINES, "=abcd"),
    "no blank line behind headers": block("Version: 1", *LINES, "=abcd"),
    "text around": b"Hello,\n\n" + block("", *LINES) + b"\nBye\n",
}


@pytest.mark.parametrize("form", WRITTEN)
def test_A1_armor_is_read_as_it_is_written(form: str) -> None:
    assert dearmor(WRITTEN[form]) == DATA


REFUSED = {
    "nothing": b"",
    "no block": b"Hello\n",
    "no end": block("", *LINES).replace(b"-----END", b""),
    "another label at the end": block("", *LINES).replace(b"END PGP MESSAGE", b"END PGP SIGNATURE"),
    "empty": block(""),
    "garbage": block("", *LINES, "{ not base64 }"),
    "data before the blank line": block(LINES[0], "", *LINES[1:], "!"),
    "data behind the checksum": block("", *LINES, "=abcd", *LINES),
    "whole groups behind the checksum": block("", "QUJD", "=abcd", "QUJD"),
    "padding inside": block("", "QUI=", *LINES),
    "cut inside a group": block("", "QUJDR"),
    "two blocks": block("", *LINES) * 2,
    "quoted": b"".join(b"> " + line + b"\n" for line in block("", *LINES).splitlines()),
    "behind other text on its line": b"see: " + block("", *LINES),
}


@pytest.mark.parametrize("form", REFUSED)
def test_A1_what_is_not_armor_is_refused(form: str) -> None:
    with pytest.raises(OpenPgpUnreadable):
        dearmor(REFUSED[form])


def test_a_blank_line_late_in_the_data_hides_none_of_it() -> None:
    assert dearmor(block(*LINES[:2], "", *LINES[2:])) == DATA


def test_A2_blocks_are_found_at_the_start_of_lines_only() -> None:
    text = (
        b"a\n"
        + block("", *LINES)
        + b"b\n> "
        + BEGIN.encode()
        + b"\n"
        + block("", *LINES).replace(b"MESSAGE", b"SIGNATURE")
    )
    assert [found.label for found in find_blocks(text)] == ["MESSAGE", "SIGNATURE"]
    first = find_blocks(text)[0]
    assert text[: first.start] == b"a\n"
    assert text[first.end :].startswith(b"b\n")


def test_A2_quoted_ciphertext_is_known_as_such() -> None:
    assert quotes_a_block(b"> > -----BEGIN PGP MESSAGE-----\n")
    assert quotes_a_block(b" | -----BEGIN PGP MESSAGE-----\n")
    assert not quotes_a_block(block("", *LINES))
    assert not quotes_a_block(b"> -----BEGIN PGP SIGNATURE-----\n")


def test_binary_is_not_armor() -> None:
    assert not is_armored(b"\x85\x01" + BEGIN.encode())
    assert is_armored(b"\n\n" + BEGIN.encode())


def test_A5_headers_of_a_block_are_read_by_name() -> None:
    text = block("Charset: iso-8859-15", "Comment: x", "Charset: utf-8", "", *LINES)
    assert armor_headers(text, find_blocks(text)[0]) == {"charset": "iso-8859-15", "comment": "x"}


def cleartext(*lines: str) -> bytes:
    signature = [BEGIN.replace("MESSAGE", "SIGNATURE"), "", "QUJD", END.replace("MESSAGE", "SIGNATURE"), ""]
    return "\n".join(["-----BEGIN PGP SIGNED MESSAGE-----", *lines, *signature]).encode()


def test_A5_the_signed_text_is_what_was_signed() -> None:
    text = cleartext("Hash: SHA512", "", "- -- ", "- From me  ", "", "last\t")
    assert split_cleartext(text, find_blocks(text)[0]) == (b"--\r\nFrom me\r\n\r\nlast", b"ABC")


def test_a_signed_text_that_was_signed_again_is_one_text() -> None:
    text = cleartext("", "- -----BEGIN PGP SIGNED MESSAGE-----", "", "x", "- -----BEGIN PGP SIGNATURE-----", "", "QUJD")
    (found,) = find_blocks(text)
    assert split_cleartext(text, found)[0].startswith(b"-----BEGIN PGP SIGNED MESSAGE-----\r\n")


@pytest.mark.parametrize("text", [cleartext("x"), cleartext("Hash: SHA1"), cleartext("", "x").replace(b"QUJD", b"{}")])
def test_a_broken_signed_text_is_refused(text: bytes) -> None:
    with pytest.raises(OpenPgpUnreadable):
        split_cleartext(text, find_blocks(text)[0])


@given(
    st.binary(min_size=1, max_size=400),
    st.integers(1, 20).map(lambda groups: 4 * groups),
    st.sampled_from(["\n", "\r\n", " \n"]),
)
@settings(max_examples=80)
def test_any_data_comes_back(data: bytes, width: int, end: str) -> None:
    assert dearmor(block("", *textwrap.wrap(base64.b64encode(data).decode(), width), end=end)) == data


PIECES = st.sampled_from([
    b"-----BEGIN PGP ", b"MESSAGE-----", b"SIGNED MESSAGE-----", b"-----END PGP ", b"SIGNATURE-----", b"\n", b"\r\n",
    b"> ", b"=abcd", b"QUJD", b"Hash: SHA1", b"\xc2\xa0", b"- ", b" ", b"\x00", b"\xff",
])  # fmt: skip


@given(st.lists(PIECES, max_size=40).map(b"".join))
@settings(max_examples=100)
def test_no_text_does_more_than_be_unreadable(text: bytes) -> None:
    for found in find_blocks(text):
        assert 0 <= found.start < found.end <= len(text)
        for read in (split_cleartext, armor_headers):
            try:
                read(text, found)
            except OpenPgpUnreadable:
                continue
    try:
        dearmor(text)
    except OpenPgpUnreadable:
        return


def test_S24_long_hostile_lines_are_read_in_time() -> None:
    for text in (b"-----BEGIN PGP " * 200_000, b"x" * 10 + b"-----BEGIN PGP MESSAGE-----" * 100_000):
        assert [found for found in find_blocks(text) if found.whole] == []
        quotes_a_block(text)
