import email
import email.policy
import re
import time
from email.message import EmailMessage

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from therapymail.domain.draft import DraftEnclosure
from therapymail.errors import UnusableInput
from therapymail.mail.composing import ascii_name, letter_parts
from therapymail.mail.entity import enclosure_bytes, read_entity
from therapymail.mail.parts import content_of, parts_of

TEXTS = st.text(st.characters(codec="utf-8"), max_size=400) | st.text("ab .=\t\n\rFromß", max_size=300)


def read(part: bytes) -> EmailMessage:
    """The part as Python's own reader sees it."""
    found = email.message_from_bytes(part, policy=email.policy.SMTP)
    assert isinstance(found, EmailMessage)
    return found


def enclosure(name: str, media_type: str = "application/pdf") -> DraftEnclosure:
    return DraftEnclosure(name, media_type, 0)


def is_fit_for_mail(part: bytes) -> bool:
    """7bit, CRLF, lines of 76 at the most (PGP.md W2)."""
    lines = part.split(b"\r\n")
    return (
        part.isascii()
        and b"\0" not in part
        and max(map(len, lines)) <= 76
        and not re.search(rb"\r(?!\n)|(?<!\r)\n", part)
    )


@settings(max_examples=60)
@given(TEXTS)
@example("")
@example("\n")
@example("From me\n.\n..\n>From \nFrom \n")
@example("trailing \n \n\t\nend\t")
@example("x" * 1000 + " " + "ß" * 500)
@example("=" * 200)
@example("a" * 75 + " ")
@example("a" * 75 + "ß")
@example("F" + "rom " * 40)
@example("\u2028\x85\x0b\x0c\x00\x1b[31m")
@example("日本語" * 40)
def test_W2_any_text_arrives_as_it_was_written(text: str) -> None:
    (part,) = letter_parts(text)
    assert is_fit_for_mail(part)
    assert not re.search(rb"\r\n\r\n(.*\r\n)*?From ", part)
    assert not re.search(rb"[ \t](\r\n|\Z)", part)
    mail = read(part)
    assert (mail.get_content_type(), mail.get_content_charset()) == ("text/plain", "utf-8")
    decoded = mail.get_payload(decode=True)
    assert isinstance(decoded, bytes)
    as_sent = text.replace("\r\n", "\n").replace("\r", "\n")
    assert decoded == as_sent.replace("\n", "\r\n").encode()
    assert content_of(parts_of(part)) == decoded


def test_a_letter_reads_back_in_our_own_reader() -> None:
    text = "Dear Ann,\n\nFrom here it looks, well, “different”.\n\n" + "A long paragraph. " * 40 + "\n\nOrla"
    parts = letter_parts(text)
    assert read_entity(parts[0], is_entity=True).text == text


def test_plain_words_stay_readable_and_other_scripts_are_not_blown_up() -> None:
    assert b"Dear Ann," in letter_parts("Dear Ann,\n\nhow are you?")[0]
    assert b"quoted-printable" in letter_parts("Grüße und mehr, viel mehr davon")[0]
    cyrillic = "Здравствуйте, как вы поживаете сегодня? " * 20
    assert b"base64" in letter_parts(cyrillic)[0]
    assert len(letter_parts(cyrillic)[0]) < 1.5 * len(cyrillic.encode())


def test_text_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(UnusableInput):
        letter_parts("half \ud800")


# --- enclosures ----------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.binary(max_size=2000), st.text(st.characters(codec="utf-8"), max_size=300))
@example(b"", "")
@example(b"x", "日記 größer.pdf")
@example(b"x", 'a"b\\c;d.pdf')
@example(b"x", "'''%41.pdf")
@example(b"x", "x" * 400 + ".jpeg")
@example(b"x", "ü" * 200 + ".docx")
@example(b"x", "\u202egpj.exe")
@example(b"x", "=?utf-8?q?x?=.pdf")
def test_S25_any_file_under_any_name_arrives_as_a_bare_name(data: bytes, name: str) -> None:
    _, part = letter_parts("", [(enclosure(name), data)])
    assert is_fit_for_mail(part)
    mail = read(part)
    assert mail.get_content_disposition() == "attachment"
    assert mail.get_payload(decode=True) == data
    shown = mail.get_filename()
    assert shown
    assert not re.search(r"[/\\\r\n\0\u202e]", shown)
    found = parts_of(part)
    assert found.filename == shown
    assert content_of(found) == data


@pytest.mark.parametrize(
    "path", ["/home/orla/clients/Ann/notes.pdf", "..\\..\\notes.pdf", "C:\\Users\\orla\\notes.pdf", "~/notes.pdf"]
)
def test_S21_no_local_path_goes_with_an_enclosure(path: str) -> None:
    _, part = letter_parts("", [(enclosure(path), b"x")])
    assert read(part).get_filename() == "notes.pdf"
    assert b"orla" not in part.lower()


@pytest.mark.parametrize("name", ["", ".", "..", "///", "\x00"])
def test_a_file_without_a_usable_name_gets_one(name: str) -> None:
    _, part = letter_parts("", [(enclosure(name), b"x")])
    assert read(part).get_filename() in {"enclosure", "\u2426"}


def test_a_name_has_a_fallback_for_programs_that_read_ascii_alone() -> None:
    _, part = letter_parts("", [(enclosure("größer.pdf"), b"x")])
    assert b'\r\n filename="gr__er.pdf"\r\n' in part
    assert b"filename*0*=utf-8''gr%C3%B6%C3%9Fer.pdf" in part
    assert ascii_name("x" * 90 + ".pdf") == "x" * 56 + ".pdf"
    assert ascii_name('a"b\\c.pdf') == "a_b_c.pdf"
    _, plain = letter_parts("", [(enclosure("plain.pdf"), b"x")])
    assert b"filename*" not in plain


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        ("image/jpeg", "image/jpeg"),
        ("Text/Plain", "text/plain"),
        ("message/rfc822", "application/octet-stream"),  # may not be base64 (RFC 2046 section 5.2.1)
        ("multipart/mixed", "application/octet-stream"),
        ("text/plain\r\nBcc: x", "application/octet-stream"),
        ("", "application/octet-stream"),
        ('x/y; name="z"', "application/octet-stream"),
    ],
)
def test_S12_a_media_type_is_one_or_none(declared: str, sent: str) -> None:
    _, part = letter_parts("", [(enclosure("x", declared), b"x")])
    assert read(part).get_content_type() == sent
    assert b"Bcc" not in part


def test_C5_enclosures_are_parts_of_the_one_entity_in_their_order() -> None:
    parts = letter_parts("x", [(enclosure("a.pdf"), b"a"), (enclosure("b.pdf"), b"b")])
    assert [read(part).get_filename() for part in parts] == [None, "a.pdf", "b.pdf"]
    entity = b'Content-Type: multipart/mixed; boundary="=_x"\r\n' + b"".join(b"\r\n--=_x\r\n" + part for part in parts)
    found = read_entity(entity + b"\r\n--=_x--\r\n", is_entity=True)
    assert [each.name for each in found.enclosures] == ["a.pdf", "b.pdf"]
    assert enclosure_bytes(entity + b"\r\n--=_x--\r\n", 1) == b"b"


def test_a_large_enclosure_takes_no_time_to_speak_of() -> None:
    data = bytes(25_000_000)
    began = time.perf_counter()
    _, part = letter_parts("", [(enclosure("film.mp4", "video/mp4"), data)])
    assert time.perf_counter() - began < 5  # a tenth of that on a quiet machine
    assert len(part) < 1.4 * len(data)
