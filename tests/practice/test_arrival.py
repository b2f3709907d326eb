"""What is filed of a fetched mail: whose header holds, when it arrived, and that a failure leaves no text."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.sealing import encrypted_part, packet
from therapymail.domain.attribution import Correspondents
from therapymail.domain.client import Client
from therapymail.domain.kinds import LetterState
from therapymail.domain.letter import Filing, Place
from therapymail.domain.seal import OpeningFailure, Pin, Protection, SealFacts, SignatureFact
from therapymail.mail.headers import HeaderFields, read_headers
from therapymail.pgp.decrypter import Decrypted, Unwrapped
from therapymail.practice.arrival import Arrival, PassedOver, read_arrival, received_time, state_of

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
PLACE = Place("imap", "INBOX", 7, 3)
NOBODY = Correspondents(frozenset({"orla@practice.example"}), (Pin("A" * 40, verified=True),), {})
MESSAGE = packet(1, b"\x03" + b"\x11" * 8 + b"\x12" + b"\x00" * 40) + packet(18, b"\x01" + b"\x55" * 90)


@dataclass
class Opens:
    """A Decrypter that gives `entity`, or a failure."""

    entity: bytes | None
    failure: OpeningFailure | None = None

    def decrypt(self, ciphertext: bytes) -> Decrypted:
        return Decrypted(self.entity, self.failure, opened_with="A" * 40 if self.entity else None)

    def verify_detached(self, signed: bytes, signature: bytes) -> tuple[SignatureFact, ...]:
        return ()

    def unwrap_signed(self, data: bytes) -> Unwrapped:
        return Unwrapped(None)


def answered(message_ids: tuple[str, ...], *, only_ours: bool = False) -> tuple[Client, ...]:
    del message_ids, only_ours
    return ()


def read(header: str, opener: Opens, **changes: bool) -> Filing | PassedOver:
    raw = header.replace("\n", "\r\n").encode() + encrypted_part(MESSAGE)
    return read_arrival(replace(Arrival(PLACE, NOON, raw), **changes), opener, NOBODY, answered)  # type: ignore[arg-type]  # fields by name


def filed(header: str, opener: Opens, **changes: bool) -> Filing:
    found = read(header, opener, **changes)
    assert isinstance(found, Filing)
    return found


OUTER = (
    "From: Maren <maren@heron.example>\nTo: everybody@else.example\nDate: Sat, 1 Jan 2000 00:00:00 +0000\n"
    "Message-ID: <outer@mail.example>\nIn-Reply-To: <outer-parent@mail.example>\nSubject: outer\n"
)
INNER = (
    b'Content-Type: text/plain; hp="cipher"\r\nFrom: Maren <maren@heron.example>\r\nTo: orla@practice.example\r\n'
    b"Date: Tue, 4 Mar 2025 11:00:00 +0000\r\nMessage-ID: <inner@mail.example>\r\n"
    b"In-Reply-To: <inner-parent@mail.example>\r\nSubject: inner\r\n\r\nhello\r\n"
)


def test_S18_what_is_filed_is_what_the_seal_says() -> None:
    found = filed(OUTER, Opens(INNER))
    assert (found.message_id, found.in_reply_to) == ("<inner@mail.example>", ("<inner-parent@mail.example>",))
    assert found.written == NOON - timedelta(hours=1)
    assert found.author_address == "maren@heron.example"
    assert found.notes == ("unknown-sender",)
    assert found.reading is not None
    assert (found.reading.subject, found.reading.text.strip()) == ("inner", "hello")


def test_S18_another_author_inside_does_not_become_the_author() -> None:
    found = filed(OUTER, Opens(INNER.replace(b"maren@heron.example", b"eve@evil.example")))
    assert found.author_address == "maren@heron.example"
    assert "from-mismatch" in found.facts.notes


@pytest.mark.parametrize("failure", list(OpeningFailure))
def test_H3_of_a_mail_that_failed_nothing_is_read_and_its_outer_header_holds(failure: OpeningFailure) -> None:
    found = filed(OUTER, Opens(None, failure))
    assert (found.reading, found.facts.failure) == (None, failure)
    assert found.message_id == "<outer@mail.example>"
    waits = failure in {OpeningFailure.NO_KEY, OpeningFailure.LOCKED}
    assert found.state is (LetterState.SEALED if waits else LetterState.FAILED)
    assert state_of(SealFacts(Protection.SEALED)) is LetterState.OPENED


@pytest.mark.parametrize(
    ("said", "note"),
    [
        ("Tue, 4 Mar 2025 11:00:00 +0000", None),
        ("Mon, 3 Mar 2025 11:00:00 +0000", None),
        ("Sat, 1 Mar 2025 11:00:00 +0000", "date-differs-from-receipt"),
        ("Tue, 4 Mar 2025 12:30:00 +0000", None),
        ("Tue, 4 Mar 2025 14:00:00 +0000", "date-differs-from-receipt"),
        ("yesterday", "no-date"),
    ],
)
def test_S30_a_date_that_cannot_be_is_noted_and_moves_nothing(said: str, note: str | None) -> None:
    found = filed(OUTER, Opens(INNER.replace(b"Tue, 4 Mar 2025 11:00:00 +0000", said.encode())))
    assert found.received == NOON
    assert [each for each in found.notes if "date" in each] == ([note] if note else [])


@pytest.mark.parametrize(
    ("line", "received"),
    [
        ("Tue, 4 Mar 2025 11:59:00 +0000", NOON),
        ("Mon, 3 Mar 2025 13:00:00 +0000", NOON),
        ("Fri, 4 Mar 2022 11:59:00 +0000", datetime(2022, 3, 4, 11, 59, tzinfo=UTC)),  # a mailbox that moved house
        ("Thu, 4 Mar 2027 11:59:00 +0000", NOON),
        ("some day", NOON),
    ],
)
def test_S30_the_server_says_when_a_mail_arrived_unless_it_only_moved(line: str, received: datetime) -> None:
    outer = read_headers(
        f"Received: from a by b; {line}\r\nReceived: from evil; Sat, 1 Jan 2000 00:00:00 +0000".encode()
    )
    assert received_time(NOON, outer) == received


@pytest.mark.parametrize(
    ("internal", "date", "received"),
    [
        (datetime(2099, 1, 1, tzinfo=UTC), NOON - timedelta(hours=2), NOON - timedelta(hours=2)),
        (NOON + timedelta(hours=20), NOON, NOON + timedelta(hours=20)),  # another clock, or zone, taken wrongly
        (NOON - timedelta(days=400), NOON, NOON - timedelta(days=400)),
        # Both say so: it is this machine's clock that is wrong, or nobody can tell.
        (datetime(2099, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)),
        (datetime(2099, 1, 1, tzinfo=UTC), None, datetime(2099, 1, 1, tzinfo=UTC)),
    ],
)
def test_S30_a_server_that_received_a_letter_in_the_future_does_not_stop_its_clock(
    internal: datetime, date: datetime | None, received: datetime
) -> None:
    assert received_time(internal, HeaderFields(date=date), fetched=NOON) == received
    assert received_time(internal, HeaderFields(date=date)) == internal


def test_where_a_mail_was_found_is_noted() -> None:
    assert "found-in-junk" in filed(OUTER, Opens(INNER), in_junk=True).notes


def test_a_delivery_report_about_somebody_elses_mail_is_passed_over() -> None:
    report = (
        b"From: MAILER-DAEMON@host.example\r\nReturn-Path: <>\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n"
        b"--r\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
        b"--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; host.example\r\n\r\n"
        b"Final-Recipient: rfc822; someone@else.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"--r\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <other@else.example>\r\n--r--\r\n"
    )
    found = read_arrival(Arrival(PLACE, NOON, report), Opens(None), NOBODY, answered)
    assert found == PassedOver(PLACE)
