import email
import email.policy
import re
import textwrap
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from tests.support.clinical import CLINICAL
from tests.support.gnupg import throw_away_home
from therapymail.domain.departure import Onboarding
from therapymail.domain.kit import certificate_name, make_kit
from therapymail.domain.mail_program import MailProgram
from therapymail.errors import UnusableInput
from therapymail.mail.onboarding import grouped_fingerprint, make_onboarding, onboarding_text
from therapymail.pgp.armor import dearmor
from therapymail.pgp.armor_writing import armored
from therapymail.pgp.certificates import inspect
from therapymail.pgp.own_key import make_key, own_certificate

FINGERPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"
ARMOR = armored(b"\x99\x00\x01\x04" + bytes(range(200)))
SUBJECT = "Writing to each other privately"


def made(certificate: str = ARMOR, fingerprint: str = FINGERPRINT, **more: str) -> Onboarding:
    people = {"sender_name": "Dr Órla Fenwick", "sender": "orla@practice.example", "recipient": "ann@client.example"}
    return make_onboarding(
        MailProgram.THUNDERBIRD,
        "en",
        **(people | more),
        now=datetime.now(UTC),
        certificate=certificate,
        fingerprint=fingerprint,
    )


def text_for(program: MailProgram, name: str = "Orla") -> str:
    return onboarding_text(make_kit(program, "en", name=name, address="o@fenwick.example", fingerprint=FINGERPRINT))


def read(raw: bytes) -> EmailMessage:
    found = email.message_from_bytes(raw, policy=email.policy.SMTP)
    assert isinstance(found, EmailMessage)
    return found


@pytest.mark.parametrize("program", MailProgram)
def test_M07_one_mail_brings_the_key_its_fingerprint_and_the_steps_for_that_program(program: MailProgram) -> None:
    text = text_for(program)
    numbers = [line.partition(".")[0] for line in text.split("\n") if re.match(r"\d\. ", line)]
    assert numbers == ["1", "2", "3", "4", "5"][: len(numbers)]
    assert len(numbers) >= 4
    assert "0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567" in text
    assert "89AB CDEF   nightbird pegasus spindle unravel\n" in text
    assert certificate_name(FINGERPRINT) in text
    assert "What email is not for" in text
    assert "emergency" in text
    assert max(map(len, text.split("\n"))) <= 72
    assert not re.search(r"[\[\]{}]", text)


@pytest.mark.parametrize("program", MailProgram)
def test_M07_nothing_in_it_says_what_it_is_about(program: MailProgram) -> None:
    assert not CLINICAL.search(text_for(program))


def test_a_name_is_one_line_however_long_and_whatever_it_holds() -> None:
    text = text_for(MailProgram.K9, "[O]\n{file} \u202e" + "x" * 500)
    assert max(map(len, text.split("\n"))) <= 72
    assert text.endswith("xxx\n")
    assert "[O] {file} \u2426" in text


def test_M07_nothing_in_it_is_about_the_client() -> None:
    assert not CLINICAL.search(SUBJECT)
    sent = made(recipient="ann.holloway@client.example")
    without_to = sent.raw.replace(b"To: <ann.holloway@client.example>\r\n", b"")
    assert b"holloway" not in without_to


def test_K8_the_own_key_goes_along_once_minimal_public_and_under_the_name_other_programs_give_it() -> None:
    with throw_away_home() as gpg:
        fingerprint = make_key(gpg, "Dr Orla Fenwick", "orla@practice.example", None)
        certificate = own_certificate(gpg, fingerprint)
        mail = read(made(armored(certificate), fingerprint).raw)
        words, key = mail.iter_parts()
        assert key.get_content_type() == "application/pgp-keys"
        assert key.get_filename() == certificate_name(fingerprint)
        enclosed = bytes(key.get_content())
        assert dearmor(enclosed, "PUBLIC KEY BLOCK") == certificate
        report = inspect(gpg, enclosed)
        assert (report.fingerprint, report.secret, report.can_encrypt) == (fingerprint, False, True)
        assert grouped_fingerprint(fingerprint) in words.get_content()


def test_S21_it_is_a_clean_mail_with_no_more_than_it_must_have() -> None:
    sent = made()
    mail = read(sent.raw)
    assert mail.keys() == ["From", "To", "Date", "Subject", "Message-ID", "MIME-Version", "Content-Type"]
    assert mail["Subject"] == SUBJECT
    assert re.fullmatch(rb"(?:[\t -~]{0,78}\r\n)+", sent.raw)
    assert not any(part.defects for part in mail.walk())
    assert str(mail["Date"]).endswith("+0000")
    assert mail["Message-ID"] == sent.message_id
    assert sent.message_id.endswith("@practice.example>")


@pytest.mark.parametrize(
    "certificate",
    [
        "",
        "not a key",
        ARMOR.replace("PUBLIC", "PRIVATE"),
        ARMOR + ARMOR,
        ARMOR + ARMOR.replace("PUBLIC", "PRIVATE"),
        "Hello\n" + ARMOR,
        ARMOR.replace("-----\n\n", "-----\nComment: grüße\n\n", 1),
    ],
)
def test_S14_only_one_public_key_is_ever_sent(certificate: str) -> None:
    with pytest.raises(UnusableInput):
        made(certificate)


def test_S12_names_and_addresses_cannot_add_a_field() -> None:
    for bad in ({"sender_name": "x\r\nBcc: y@z.example"}, {"recipient": "a@b.example\nBcc: c@d.example"}):
        with pytest.raises(UnusableInput):
            made(**bad)
    assert "Bcc" not in read(made(sender_name="{file} Bcc: x").raw).keys()  # noqa: SIM118 - a mail, not a mapping


def test_C5_nobody_else_can_make_it() -> None:
    sent = made()
    with pytest.raises(TypeError):
        Onboarding(sent.raw, sent.sender, sent.recipient, sent.message_id, object())


def test_a_fingerprint_is_grouped_as_other_programs_show_it() -> None:
    grouped = grouped_fingerprint(FINGERPRINT.lower())
    assert grouped.split() == textwrap.wrap(FINGERPRINT, 4)
    assert grouped.index("  ") == 24
