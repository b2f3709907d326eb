"""Header copies in the text are hidden only where a decrypted hp="cipher" marks them (PGP.md HP7)."""

import base64

import pytest

from therapymail.pgp.legacy_display import without_legacy_display
from therapymail.pgp.parts import read_part

COPY = b"Subject: the real one\r\nDate: today\r\n of all days\r\n\r\n"
TEXT = b"Dear therapist,\r\n\r\nSubject: none\r\n"
MARKED = b'Content-Type: text/plain; charset=utf-8; hp-legacy-display="1"'


def cut(payload: bytes) -> bytes:
    return without_legacy_display(read_part(payload))


def test_marked_lines_are_cut_from_the_text() -> None:
    result = cut(MARKED + b'; hp="cipher"\r\n\r\n' + COPY + TEXT)
    assert read_part(result).raw_body == TEXT
    assert read_part(result).parameters["charset"] == "utf-8"


@pytest.mark.parametrize("payload", [
    MARKED + b'; hp="clear"\r\n\r\n' + COPY + TEXT,
    MARKED + b"\r\n\r\n" + COPY + TEXT,
    b'Content-Type: text/plain; hp="cipher"\r\n\r\n' + COPY + TEXT,
    MARKED + b'; hp="cipher"\r\n\r\n' + TEXT,
    MARKED + b'; hp="cipher"\r\n\r\n\r\n' + COPY,
    MARKED + b'; hp="cipher"\r\n\r\nSubject: no blank line ever',
    b'Content-Type: text/html; hp="cipher"; hp-legacy-display="1"\r\n\r\n<p>no element</p>',
])  # fmt: skip
def test_HP7_elsewhere_nothing_is_hidden(payload: bytes) -> None:
    assert cut(payload) == payload


def test_marked_html_loses_its_first_element() -> None:
    page = b'<body><div class="header-protection-legacy-display"><pre>Subject: x</pre></div><p>hello</p></body>'
    result = cut(b'Content-Type: text/html; hp="cipher"; hp-legacy-display="1"\r\n\r\n' + page)
    assert read_part(result).raw_body == b"<body><p>hello</p></body>"


def test_transfer_encoded_text_is_cut_too() -> None:
    head = MARKED + b'; hp="cipher"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    assert read_part(cut(head + base64.encodebytes(COPY + TEXT))).decoded == TEXT


def test_every_alternative_is_cut_and_attachments_are_not() -> None:
    def part(kind: bytes, body: bytes) -> bytes:
        return b"Content-Type: " + kind + b'; hp-legacy-display="1"\r\n\r\n' + body

    html = part(b"text/html", b'<div class="header-protection-legacy-display">Subject: x</div>hello')
    inner = b"Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\n%b\r\n--a\r\n%b\r\n--a--\r\n" % (
        part(b"text/plain", COPY + TEXT), html
    )  # fmt: skip
    attached = part(b"text/plain", COPY + b"of an attachment\r\n")
    head = b'Content-Type: multipart/mixed; hp="cipher"; boundary=m\r\n\r\n'
    result = read_part(cut(head + b"--m\r\n%b\r\n--m\r\n%b\r\n--m--\r\n" % (inner, attached)))
    alternative, attachment = result.children
    assert [leaf.raw_body for leaf in alternative.children] == [TEXT, b"hello"]
    assert attachment.raw == attached


OLD = b'Content-Type: multipart/mixed; boundary=m; protected-headers="v1"\r\n\r\n'
COPIED = b'--m\r\nContent-Type: text/plain; protected-headers="v1"\r\n\r\nSubject: x\r\n'


def test_the_older_form_shows_its_second_part_alone() -> None:
    letter = b"Content-Type: text/plain\r\n\r\nhello"
    assert cut(OLD + COPIED + b"\r\n--m\r\n" + letter + b"\r\n--m--\r\n") == letter


def test_the_older_form_with_a_third_part_hides_nothing() -> None:
    payload = OLD + COPIED + b"\r\n--m\r\n\r\na\r\n--m\r\n\r\nb\r\n--m--\r\n"
    assert cut(payload) == payload


@pytest.mark.parametrize("payload", [
    OLD.replace(b'; protected-headers="v1"', b"") + COPIED + b"\r\n--m\r\n\r\nhello\r\n--m--\r\n",
    OLD + COPIED.replace(b'; protected-headers="v1"', b"") + b"\r\n--m\r\n\r\nhello\r\n--m--\r\n",
    OLD + COPIED.replace(b"text/plain", b"text/html") + b"\r\n--m\r\n\r\nhello\r\n--m--\r\n",
])  # fmt: skip
def test_HP7_the_older_form_hides_only_what_both_root_and_part_call_a_copy(payload: bytes) -> None:
    assert cut(payload) == payload


def test_S24_a_page_of_openings_is_cut_in_time() -> None:
    page = b'<div class="header-protection-legacy-display">' * 50_000
    payload = b'Content-Type: text/html; hp="cipher"; hp-legacy-display="1"\r\n\r\n' + page
    assert cut(payload) == payload
