"""Charsets as they lie: what is declared, what the bytes are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.mail.charsets import MISLABELLED, UNKNOWN, WRONG, decode_text


@pytest.mark.parametrize(
    ("content", "declared", "text", "defect"),
    [
        (b"plain", "", "plain", ""),
        ("é".encode(), "utf-8", "é", ""),
        ("é".encode(), "", "é", ""),
        (b"\xe9", "", "é", ""),
        (b"\x93quoted\x94", "iso-8859-1", "\u201cquoted\u201d", ""),
        ("été".encode(), "iso-8859-1", "été", MISLABELLED),
        ("été".encode(), "us-ascii", "été", MISLABELLED),
        (b"\xe9t\xe9", "utf-8", "été", WRONG),
        (b"\xe9t\xe9", "x-unknown", "été", UNKNOWN),
        ("日本".encode("iso-2022-jp"), "ISO-2022-JP", "日本", ""),
        ("日本".encode("cp932"), "shift_jis", "日本", ""),
        ("한".encode("cp949"), "ks_c_5601-1987", "한", ""),
        ("привет".encode("koi8-r"), '"KOI8-R"', "привет", ""),
        (b"\xef\xbb\xbfbom", "utf-8", "bom", ""),
        (b"a\0b", "utf-8", "ab", ""),
        (b"\x81", "", "\x81", ""),
        ("weiß".encode("utf-7"), "utf-7", "weiß", ""),
        (b"+2AA-", "utf-7", "\ufffd", ""),
    ],
)
def test_the_bytes_decide_where_the_declared_charset_cannot_be_right(
    content: bytes, declared: str, text: str, defect: str
) -> None:
    decoded = decode_text(content, declared)
    assert (decoded.text, decoded.defect) == (text, defect)


@pytest.mark.parametrize("name", ["punycode", "idna", "rot13", "unicode_escape", "zlib", "hex", "raw-unicode-escape"])
def test_S24_codecs_of_python_that_are_no_charsets_are_not_used(name: str) -> None:
    assert decode_text(b"xn--\\u0041\xff", name).defect == UNKNOWN


@settings(max_examples=100)
@given(st.binary(max_size=200), st.one_of(st.text(max_size=20), st.sampled_from(["utf-16", "utf-7", "hz", "gb2312"])))
def test_C42_any_bytes_become_text_that_can_be_stored(content: bytes, declared: str) -> None:
    text = decode_text(content, declared).text
    text.encode()
    assert "\0" not in text
