"""Charsets as they lie in inline OpenPGP (PGP.md A5)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.pgp.text import known_charset, settle_charset, text_of


@pytest.mark.parametrize(("data", "declared", "read"), [
    ("Grüße".encode(), "utf-8", "Grüße"),
    ("Grüße".encode(), "iso-8859-1", "Grüße"),  # the part's charset is not the sealed text's
    ("Grüße".encode("latin-1"), "iso-8859-1", "Grüße"),
    ("Grüße".encode("latin-1"), "utf-8", "Grüße"),
    ("Grüße".encode("cp1252"), "no-such-charset", "Grüße"),
    ("5 €".encode("iso-8859-15"), "ISO-8859-15", "5 €"),
    ("まみむ".encode("iso-2022-jp"), "iso-2022-jp", "まみむ"),
    ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
    (b"hello", "", "hello"),
])  # fmt: skip
def test_A5_text_is_read_in_the_charset_that_fits(data: bytes, declared: str, read: str) -> None:
    assert text_of(data, declared) == read


@pytest.mark.parametrize(
    "name", ["", "base64", "hex", "rot13", "zlib", "idna", "unicode_escape", "x" * 999, "ü", "\0", "a b"]
)
def test_names_that_are_no_charset_of_text_are_unknown(name: str) -> None:
    assert known_charset(name) == ""


@given(
    st.binary(max_size=100), st.sampled_from(["utf-16", "utf-7", "utf-32", "big5", "mbcs", "x", "", "cp037", "ascii"])
)
@settings(max_examples=100)
def test_any_bytes_are_some_text(data: bytes, declared: str) -> None:
    assert text_of(data, declared) == data.decode(settle_charset(data, declared))
