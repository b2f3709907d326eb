import email
import email.policy
import inspect
import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.departure import EXCEPTIONS, Notice
from therapymail.errors import UnusableInput
from therapymail.mail import notice
from therapymail.mail.notice import SUBJECT, Absence, NoticeKind, make_notice, notice_text

NOW = datetime(2026, 3, 3, 9, 5, 59, 5, tzinfo=timezone(timedelta(hours=-5)))
AWAY = Absence(date(2026, 3, 9), date(2026, 3, 20))
CLINICAL = re.compile(r"therap|counsel|client|patient|session|treat|diagnos|clinic|letter|practice", re.IGNORECASE)


def made(kind: NoticeKind, name: str = "Dr Órla Fenwick") -> Notice:
    return make_notice(
        kind,
        sender_name=name,
        sender="orla@practice.example",
        recipient="ann@client.example",
        now=NOW,
        absence=AWAY if kind is NoticeKind.ABSENCE else None,
    )


def read(raw: bytes) -> EmailMessage:
    found = email.message_from_bytes(raw, policy=email.policy.SMTP)
    assert isinstance(found, EmailMessage)
    return found


@pytest.mark.parametrize("kind", NoticeKind)
def test_F07_a_notice_is_a_plain_mail_in_our_own_words(kind: NoticeKind) -> None:
    sent = made(kind)
    mail = read(sent.raw)
    absence = AWAY if kind is NoticeKind.ABSENCE else None
    assert mail.get_content().replace("\r\n", "\n") == notice_text(kind, "Dr Órla Fenwick", absence)
    assert mail["Subject"] == SUBJECT
    assert not any(part.defects for part in mail.walk())
    assert (sent.sender, sent.recipient) == ("orla@practice.example", "ann@client.example")
    assert mail["Message-ID"] == sent.message_id


@pytest.mark.parametrize("kind", NoticeKind)
def test_F07_a_notice_says_nothing_of_anybodys_life(kind: NoticeKind) -> None:
    text = notice_text(kind, "", AWAY if kind is NoticeKind.ABSENCE else None)
    assert not CLINICAL.search(text)
    assert not CLINICAL.search(SUBJECT)
    assert "not encrypted" in " ".join(text.split())
    assert "!" not in text
    assert len(text.split()) < 100
    assert max(map(len, text.split("\n"))) <= 72
    assert "{" not in text


def test_F07_nothing_can_be_added_to_a_notice() -> None:
    assert set(inspect.signature(make_notice).parameters) == {
        *("kind", "sender_name", "sender", "recipient", "now", "absence")
    }


@pytest.mark.parametrize("kind", NoticeKind)
def test_S21_only_what_a_mail_must_have(kind: NoticeKind) -> None:
    sent = made(kind)
    assert read(sent.raw).keys() == [
        *("From", "To", "Date", "Subject", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
    ]
    assert read(sent.raw)["Date"] == "Tue, 03 Mar 2026 14:05:59 +0000"
    assert re.fullmatch(r"<[0-9a-z]{28}@practice\.example>", sent.message_id)
    assert is_plain(sent.raw)


def is_plain(raw: bytes) -> bool:
    """7bit, CRLF, short lines, ended."""
    return re.fullmatch(rb"(?:[\t -~]{0,78}\r\n)+", raw) is not None


@settings(max_examples=40)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=80), st.sampled_from(NoticeKind))
def test_S12_any_name_signs_a_notice_and_changes_nothing_else(name: str, kind: NoticeKind) -> None:
    sent = made(kind, name)
    assert is_plain(sent.raw)
    assert len(read(sent.raw).keys()) == 8
    words = " ".join(str(read(sent.raw).get_content()).split())
    assert words == " ".join(notice_text(kind, name, AWAY if kind is NoticeKind.ABSENCE else None).split())


def test_an_absence_names_its_days() -> None:
    text = notice_text(NoticeKind.ABSENCE, "Orla", AWAY)
    assert "from 9 March 2026 to 20 March 2026" in " ".join(text.split())
    one_day = Absence(date(2026, 3, 9), date(2026, 3, 9))
    assert "away on 9 March 2026" in " ".join(notice_text(NoticeKind.ABSENCE, "Orla", one_day).split())
    with pytest.raises(UnusableInput):
        Absence(date(2026, 3, 9), date(2026, 3, 8))


def test_days_belong_to_an_absence_alone() -> None:
    with pytest.raises(UnusableInput):
        notice_text(NoticeKind.ABSENCE, "Orla")
    with pytest.raises(UnusableInput):
        notice_text(NoticeKind.PLEASE_RING, "Orla", AWAY)


@pytest.mark.parametrize("bad", ["eve@evil.example\r\nBcc: x@y.example", "Ann <ann@client.example>", "", "ä@b.example"])
def test_S12_a_notice_goes_to_one_address(bad: str) -> None:
    with pytest.raises(UnusableInput):
        make_notice(
            NoticeKind.PLEASE_RING, sender_name="", sender="orla@practice.example", recipient=bad, now=datetime.now(UTC)
        )


def test_C5_nobody_else_can_make_a_notice() -> None:
    sent = made(NoticeKind.PLEASE_RING)
    with pytest.raises(TypeError):
        Notice(sent.raw, sent.sender, sent.recipient, sent.message_id, object())
    assert sent.maker is EXCEPTIONS
    assert notice.__doc__
