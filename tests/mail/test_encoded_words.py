"""Header text: folding, raw bytes, encoded words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.mail.encoded_words import decoded_words, header_text, one_line

LINE_ENDS = set("\r\n\0\v\f\x1c\x1d\x1e\x85\u2028\u2029")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("=?utf-8?q?caf=C3=A9?=", "café"),
        ("=?utf-8?B?Y2Fmw6k=?=", "café"),
        ("=?utf-8?B?Y2Fmw6k?=", "café"),  # padding lost
        ("=?UTF-8?Q?a?= =?UTF-8?Q?b?=", "ab"),
        ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),  # a character divided over two words
        ("=?iso-8859-1*en?q?caf=E9?= x", "café x"),
        ("a =?utf-8?q?b?= c", "a b c"),
        ("=?utf-8?q?a_b?=", "a b"),
        ("=?x-nonsense?q?a=E9?=", "aé"),
        ("=?utf-8?x?a?=", "=?utf-8?x?a?="),
        ("=?utf-8?b?é?=", "=?utf-8?b?é?="),
        ("1 =? 2", "1 =? 2"),
        ('"=?utf-8?q?Z=C3=BCrich?=" <a@b.example>', '"Zürich" <a@b.example>'),
    ],
)
def test_encoded_words_are_read_as_mail_programs_write_them(written: str, meant: str) -> None:
    assert decoded_words(written) == meant


def test_S12_an_encoded_word_cannot_smuggle_a_line_end() -> None:
    assert decoded_words("=?utf-8?q?Hello=0D=0ABcc:_eve@evil.example=00?=") == "Hello Bcc: eve@evil.example"


def test_folding_is_undone() -> None:
    assert header_text(b" one\r\n\ttwo\r\n  three\r\n") == "one two three"


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_S12_no_header_text_holds_a_line_end(value: bytes) -> None:
    text = decoded_words(header_text(value))
    assert not LINE_ENDS & set(text)
    text.encode()


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_a_subject_survives_being_encoded(subject: str) -> None:
    from email.header import Header

    written = Header(subject, "utf-8").encode()
    assert decoded_words(header_text(written.encode())) == one_line(subject.replace("\0", ""))
