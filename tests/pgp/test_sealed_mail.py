import email
import email.policy
import re
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.gnupg import People, output
from tests.support.letters import SUBJECT, TEXT, headers_to, opened_by_others, outgoing
from therapymail.domain.draft import DraftContent, DraftEnclosure
from therapymail.domain.seal import Protection, SignatureFinding
from therapymail.mail.entity import enclosure_bytes, read_entity
from therapymail.mail.headers import read_headers
from therapymail.pgp.opening import OpenedMail, open_mail
from therapymail.pgp.parts import read_mail
from therapymail.pgp.protected_headers import HeaderSource
from therapymail.pgp.sealed_mail import sealed_mail
from therapymail.pgp.single import SingleOpener

ENCLOSURES = [
    (DraftEnclosure("größer & 日記.pdf", "application/pdf", 0), bytes(range(256)) * 20),
    (DraftEnclosure("harbour.jpg", "image/jpeg", 0), b"\xff\xd8\xff"),
]
SUBJECTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=120)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=300)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=60)
few = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def opened(people: People, raw: bytes) -> OpenedMail:
    return open_mail(raw, SingleOpener(people.reader))


@few
@given(subject=SUBJECTS, text=TEXTS, name=NAMES)
@example(subject="", text="", name="")
@example(subject="From here", text="From here\n.\n-----BEGIN PGP MESSAGE-----\n\n--=_x\n> quoted\n", name="Fenwick, O.")
@example(subject="..", text="trailing \t\n \n" + "x" * 3000, name='"Orla" <eve@evil.example>')
@example(subject="Über " * 40, text="\u2028\x85\x1b[2J\x07\u202e", name="Dr Ö")
def test_C1_any_letter_is_proven_and_opens_as_it_was_written(
    everybody: People, subject: str, text: str, name: str
) -> None:
    letter = outgoing(everybody, DraftContent(subject, text), ENCLOSURES, headers_to(subject=subject, sender_name=name))
    proven = letter.proven()
    found = opened(everybody, proven.raw)
    assert found.facts.protection is Protection.SEALED
    assert [(fact.finding, fact.signer) for fact in found.facts.signatures] == [(SignatureFinding.GOOD, everybody.own)]
    assert not {note for note in found.facts.notes if not note.startswith("sealed-part")}
    read = opened_by_others(everybody, proven.raw)
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "application/pdf", "image/jpeg"]
    body, *files = list(read.iter_parts())
    as_sent = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode()
    assert body.get_payload(decode=True) == as_sent
    assert [(part.get_filename(), part.get_payload(decode=True)) for part in files] == [
        (enclosure.name, data) for enclosure, data in ENCLOSURES
    ]
    ours = read_entity(found.payload or b"", is_entity=True)
    assert [each.name for each in ours.enclosures] == [enclosure.name for enclosure, _ in ENCLOSURES]
    assert enclosure_bytes(found.payload or b"", 0) == ENCLOSURES[0][1]


def test_a_letter_reads_the_same_in_our_own_reader(everybody: People) -> None:
    letter = outgoing(everybody, DraftContent("Über die Nacht", TEXT), ENCLOSURES)
    found = opened(everybody, letter.raw)
    ours = read_entity(found.payload or b"", is_entity=True)
    assert (ours.text, ours.quoted, ours.subject) == (TEXT.strip("\n"), "", "Über die Nacht")
    assert found.headers.subject == "Über die Nacht"
    assert (found.headers.source, found.headers.confidential) == (HeaderSource.RFC9788, ("subject",))
    assert found.unsealed_text == ""
    assert read_headers(found.headers.block).message_id == letter.headers.message_id


# --- what stands outside --------------------------------------------------------------------------------


def test_S16_subject_text_and_names_are_nowhere_outside_the_seal(everybody: People) -> None:
    letter = outgoing(everybody, DraftContent(SUBJECT, TEXT), ENCLOSURES)
    outside = letter.raw.lower()
    for word in (b"thunderstorm", b"lighthouse", b"harbour", b"holloway", b"a-17", "größer".encode(), b"gr=C3=B6"):
        assert word.lower() not in outside
    assert outside.count(b"subject:") == 1
    assert b"\r\nSubject: ...\r\n" in letter.raw


def test_S16_HP9_the_header_is_protected_in_both_forms_that_programs_read(everybody: People) -> None:
    letter = outgoing(everybody)
    root = read_mail(letter.entity)
    assert root.media_type == "multipart/mixed"
    assert (root.parameters["protected-headers"], root.parameters["hp"]) == ("v1", "cipher")
    outer = read_mail(letter.raw)
    seen = {
        field.name: b" ".join(field.value.split())
        for field in outer.fields
        if field.name[:8] not in {"mime-ver", "content-"}
    }
    said = [b" ".join(value.split()) for value in root.values("hp-outer")]
    assert sorted(said) == sorted(name.encode() + b": " + value for name, value in _by_written_name(letter.raw, seen))
    assert root.value("subject") == SUBJECT.encode()


def _by_written_name(raw: bytes, seen: dict[str, bytes]) -> list[tuple[str, bytes]]:
    names = re.findall(rb"(?m)^([A-Za-z-]+):", raw.partition(b"\r\n\r\n")[0])
    return [(name.decode(), seen[name.decode().lower()]) for name in names if name.decode().lower() in seen]


def test_HP10_what_other_programs_read_stands_on_the_sealed_root_itself(everybody: People) -> None:
    """Thunderbird takes Subject and Date from there, neomutt the Subject, and neither looks any deeper."""
    letter = outgoing(everybody, DraftContent(SUBJECT, TEXT), ENCLOSURES)
    root = read_mail(letter.entity)
    outer = read_mail(letter.raw)
    assert (root.value("subject"), root.value("date")) == (SUBJECT.encode(), outer.value("date"))
    assert root.media_type == "multipart/mixed"
    assert root.parameters["protected-headers"] == "v1"
    assert not any(child.value("subject") or child.parameters.get("protected-headers") for child in root.children)


def test_S17_an_answer_protects_what_the_letter_before_protected(everybody: People) -> None:
    first = outgoing(everybody, DraftContent(SUBJECT, TEXT))
    parent = opened(everybody, first.raw)
    answer = DraftContent(f"Re: {parent.headers.subject}", f"Yes.\n\n> {TEXT}")
    headers = headers_to(subject=answer.subject, in_reply_to=first.headers.message_id)
    second = outgoing(everybody, answer, headers=headers)
    assert second.proven().raw == second.raw
    assert b"thunderstorm" not in second.raw.lower()
    found = opened(everybody, second.raw)
    assert set(parent.headers.confidential) <= set(found.headers.confidential)
    assert found.headers.subject == f"Re: {SUBJECT}"


def test_C19_the_thread_can_be_followed_outside_the_seal(everybody: People) -> None:
    letter = outgoing(everybody)
    mail = email.message_from_bytes(letter.raw, policy=email.policy.SMTP)
    assert mail["In-Reply-To"] == "<q7.1@client.example>"
    assert mail["References"] == "<first@client.example> <q7.1@client.example>"


def test_S21_only_these_fields_and_none_of_them_says_more_than_it_must(everybody: People) -> None:
    letter = outgoing(everybody)
    mail = email.message_from_bytes(letter.raw, policy=email.policy.SMTP)
    assert mail.keys() == [
        *("From", "To", "Date", "Subject", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type")
    ]
    date: Any = mail["Date"].datetime
    assert isinstance(date, datetime)
    assert (date.utcoffset(), date.microsecond) == (letter.headers.date.utcoffset(), 0)
    assert mail["To"].addresses[0].display_name == ""
    armor = letter.raw[letter.raw.index(b"-----BEGIN") :]
    assert b"Version:" not in armor
    assert b"Comment:" not in armor


def test_C5_C26_one_sealed_part_holds_everything_and_no_signature_stands_beside_it(everybody: People) -> None:
    letter = outgoing(everybody, DraftContent(SUBJECT, TEXT), ENCLOSURES)
    mail = email.message_from_bytes(letter.raw, policy=email.policy.SMTP)
    assert [part.get_content_type() for part in mail.walk()] == [
        *("multipart/encrypted", "application/pgp-encrypted", "application/octet-stream")
    ]


def test_W0_W1_the_bytes_are_what_every_mail_program_expects(everybody: People) -> None:
    letter = outgoing(everybody, DraftContent("Ü" * 200, "x" * 3000), ENCLOSURES)
    for raw in (letter.raw, letter.entity):
        assert raw.isascii()
        assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")
        assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert re.search(rb"\r\n=[A-Za-z0-9+/]{4}\r\n-----END PGP MESSAGE-----\r\n", letter.raw)  # W0: the checksum


def test_two_letters_share_nothing_random(everybody: People) -> None:
    one, two = outgoing(everybody), outgoing(everybody)
    boundaries = [re.findall(rb'boundary="(.*?)"', raw) for raw in (one.raw, one.entity, two.raw, two.entity)]
    assert len({each[0] for each in boundaries}) == 4
    assert one.headers.message_id != two.headers.message_id


def test_armor_of_either_line_end_is_the_same_mail(everybody: People) -> None:
    letter = outgoing(everybody)
    armor = output(everybody.therapist, ["--armor", "--recipient", everybody.own, "--encrypt"], letter.entity)
    unix, dos = sealed_mail(letter.headers, armor), sealed_mail(letter.headers, armor.replace(b"\n", b"\r\n"))
    boundary = re.compile(rb"=_[0-9a-z]{28}")
    assert boundary.sub(b"", unix) == boundary.sub(b"", dos)


def test_C3_an_answer_is_sealed_as_any_letter_is(everybody: People) -> None:
    answer = outgoing(everybody, DraftContent("Re: x", "> quoted words\n\nYes."))
    assert opened(everybody, answer.proven().raw).facts.protection is Protection.SEALED
    assert not re.search(rb"quoted|words|Yes", answer.raw.partition(b"-----BEGIN")[0])
