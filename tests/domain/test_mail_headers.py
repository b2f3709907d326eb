import email
import email.policy
import re
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from therapymail.domain.mail_headers import (
    LetterHeaders,
    encoded,
    field_line,
    full_fields,
    is_message_id,
    mail_date,
    new_boundary,
    new_message_id,
    outer_fields,
)
from therapymail.errors import UnusableInput

NOW = datetime(2026, 3, 3, 9, 5, 59, 999_999, tzinfo=timezone(timedelta(hours=5, minutes=30)))
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=200)


def headers(**more: object) -> LetterHeaders:
    given: dict[str, object] = {
        "sender_name": "Dr Orla Fenwick",
        "sender": "orla@practice.example",
        "recipient": "ann@client.example",
        "date": NOW,
        "subject": "Über",
        "message_id": "<x@practice.example>",
    }
    return LetterHeaders(**(given | more))  # type: ignore[arg-type]


def lines_of(fields: list[tuple[str, str]]) -> bytes:
    return b"".join(field_line(name, value) for name, value in fields)


def read(raw: bytes) -> EmailMessage:
    """The header as Python's own reader sees it."""
    found = email.message_from_bytes(raw + b"\r\n", policy=email.policy.SMTP)
    assert isinstance(found, EmailMessage)
    return found


def decoded(value: str) -> str:
    return str(make_header(decode_header(value)))


@settings(max_examples=60)
@given(TEXTS)
@example("=?utf-8?q?x?=")
@example(" leading and trailing ")
@example("two  blanks")
@example("\t")
@example("x" * 300)
@example("ß" * 300 + " " + "x" * 100)
@example("\u2028Bcc: eve@evil.example\x85\x0b\x0c")
def test_S12_any_subject_is_one_field_that_reads_back(subject: str) -> None:
    line = field_line("Subject", encoded(subject))
    assert line.isascii()
    assert line.endswith(b"\r\n")
    assert max(map(len, line.split(b"\r\n"))) <= 78
    assert not re.search(rb"\r\n[^ ]", line[:-2])
    raw = email.message_from_bytes(line + b"\r\n", policy=email.policy.compat32)
    assert raw.keys() == ["Subject"]
    assert decoded(re.sub("\r\n", "", str(raw["Subject"]))) == subject


@settings(max_examples=60)
@given(TEXTS)
@example('Fenwick, "Orla" (Dr) <eve@evil.example>, x@y.example')
@example("\\")
@example('"')
@example("=?utf-8?q?Bcc:?=")
@example("a" * 200)
def test_S12_any_name_is_the_name_of_the_one_mailbox(name: str) -> None:
    line = lines_of(outer_fields(headers(sender_name=name))[:1])
    assert max(map(len, line.split(b"\r\n"))) <= 78
    raw = email.message_from_bytes(line + b"\r\n", policy=email.policy.compat32)
    ((shown, address),) = email.utils.getaddresses([re.sub("\r\n", "", str(raw["From"]))])
    assert address == "orla@practice.example"
    assert decoded(shown) == " ".join(name.split())


@pytest.mark.parametrize("bad", ["a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\0b", "\ud800"])
@pytest.mark.parametrize("what", ["subject", "sender_name", "sender", "recipient", "message_id"])
def test_S12_a_line_end_never_gets_into_a_header(what: str, bad: str) -> None:
    with pytest.raises(UnusableInput) as refused:
        headers(**{what: bad})
    assert "Bcc" not in str(refused.value.__dict__)


@pytest.mark.parametrize(
    "address", ["Orla@practice.example", "o@x", "", "ö@practice.example", "a@b.example ", "a@b.example, c@d.example"]
)
@pytest.mark.parametrize("what", ["sender", "recipient"])
def test_only_canonical_ascii_addresses_are_written_to(what: str, address: str) -> None:
    with pytest.raises(UnusableInput):
        headers(**{what: address})


def test_S12_ids_copied_from_mail_are_left_out_where_they_are_none() -> None:
    bad = ("<a@b>\r\nBcc: x", "a@b.example", "<a b@c>", "<>", "", "<a><b>", "<\u00e4@b>", "<" + "x" * 300 + "@b>")
    assert not any(map(is_message_id, bad))
    made = headers(in_reply_to=bad[0], references=(*bad, "<good@b.example>"))
    assert made.ancestors == ("<good@b.example>",)
    assert [name for name, _ in outer_fields(made)] == ["From", "To", "Date", "Subject", "Message-ID", "References"]


def test_the_letter_answered_is_the_last_reference_and_a_long_thread_is_cut_in_its_middle() -> None:
    ids = tuple(f"<{number}@b.example>" for number in range(100))
    made = headers(in_reply_to="<5@b.example>", references=ids)
    assert len(made.ancestors) == 20
    assert (made.ancestors[0], made.ancestors[-1]) == ("<0@b.example>", "<5@b.example>")
    assert headers(in_reply_to="<a@b.example>").ancestors == ("<a@b.example>",)
    line = lines_of(outer_fields(made))
    assert max(map(len, line.split(b"\r\n"))) <= 78
    assert read(line)["References"].split() == list(made.ancestors)


def test_S16_the_outer_subject_says_nothing_and_the_inner_one_says_it() -> None:
    made = headers(subject="Über die Nacht")
    assert dict(outer_fields(made))["Subject"] == "..."
    assert read(lines_of(full_fields(made)))["Subject"] == "Über die Nacht"
    assert [each for each in outer_fields(made) if each[0] != "Subject"] == [
        each for each in full_fields(made) if each[0] != "Subject"
    ]


def test_H13_the_date_is_utc_in_whole_seconds() -> None:
    assert mail_date(NOW) == "Tue, 03 Mar 2026 03:35:59 +0000"
    assert dict(outer_fields(headers()))["Date"] == mail_date(NOW)
    assert mail_date(datetime(2026, 3, 3, tzinfo=UTC)).endswith("00:00:00 +0000")


def test_H13_a_message_id_is_random_and_under_the_mail_domain() -> None:
    made = {new_message_id("Practice.Example") for _ in range(200)}
    assert len(made) == 200
    for each in made:
        assert is_message_id(each)
        assert re.fullmatch(r"<[0-9b-df-hj-np-tv-z]{28}@practice\.example>", each)  # no word, no time, no machine
    with pytest.raises(UnusableInput):
        new_message_id("practice.example>\r\nBcc: x")


def test_W4_a_boundary_is_random_and_cannot_be_a_line_of_what_it_divides() -> None:
    made = {new_boundary() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"=_[0-9a-z]{28}", each) for each in made)  # in quoted-printable = stands before hex


def test_S21_nothing_but_what_has_to_be_there() -> None:
    assert [name for name, _ in full_fields(headers(in_reply_to="<a@b.example>"))] == [
        *("From", "To", "Date", "Subject", "Message-ID", "In-Reply-To", "References")
    ]
    with pytest.raises(UnusableInput):
        field_line("Subject", "a\r\nb")
