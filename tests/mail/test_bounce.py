"""Delivery reports in the shapes that mail hosts give them; nothing else is one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.corpora import CORPORA, mails
from therapymail.mail.bounce import DeliveryFailure, recognise

ORIGINAL = "<letter-12@practice.example>"
RETURNED = f"Content-Type: message/rfc822\r\n\r\nFrom: jo@practice.example\r\nMessage-ID: {ORIGINAL}\r\n\r\nARMOR"


def standard(status: str, *, report_type: str = "delivery-status", returned: str = RETURNED) -> bytes:
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example (Mail Delivery System)\r\nTo: jo@practice.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <report@mx.example>\r\n"
        f'Content-Type: multipart/report; report-type={report_type}; boundary="b"\r\n\r\n'
        "--b\r\n\r\nI'm sorry to have to inform you\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.example\r\n\r\n{status}\r\n--b\r\n{returned}\r\n--b--\r\n"
    ).encode()


def test_a_final_failure_names_letter_address_and_status() -> None:
    report = recognise(
        standard(
            "Final-Recipient: rfc822; ann@host.example\r\nOriginal-Recipient: rfc822;Ann@Example.org\r\n"
            "Action: failed\r\nStatus: 5.1.1 (bad mailbox)\r\nDiagnostic-Code: smtp; 550\r\n <ann@example.org> unknown"
        )
    )
    assert report is not None
    assert report.original_message_ids == (ORIGINAL,)
    assert report.failures == (DeliveryFailure("ann@example.org", "5.1.1", permanent=True),)
    assert (report.failed_address, report.status, report.permanent) == ("ann@example.org", "5.1.1", True)


def test_a_delay_is_not_final() -> None:
    report = recognise(standard("Final-Recipient: rfc822; ann@example.org\r\nAction: delayed\r\nStatus: 4.4.1"))
    assert report is not None
    assert (report.failed_address, report.permanent) == ("ann@example.org", False)


def test_a_report_of_success_has_no_failures() -> None:
    report = recognise(standard("Final-Recipient: rfc822; ann@example.org\r\nAction: delivered\r\nStatus: 2.0.0"))
    assert report is not None
    assert (report.failures, report.permanent, report.failed_address) == ((), False, None)


def test_the_final_failure_of_several_comes_first() -> None:
    report = recognise(
        standard(
            "Final-Recipient: rfc822; a@example.org\r\nAction: delayed\r\nStatus: 4.2.2\r\n\r\n"
            "Final-Recipient: rfc822; b@example.org\r\nAction: FAILED\r\nStatus: 5.2.2"
        )
    )
    assert report is not None
    assert (report.failed_address, report.status, len(report.failures)) == ("b@example.org", "5.2.2", 2)


def test_a_returned_header_alone_names_the_letter_too() -> None:
    returned = f"Content-Type: text/rfc822-headers\r\n\r\nFrom: jo@practice.example\r\nMessage-Id: {ORIGINAL}\r\n"
    report = recognise(
        standard("Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.0.0", returned=returned)
    )
    assert report is not None
    assert report.original_message_ids == (ORIGINAL,)


PROSE = {
    "qmail": (
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message.\n\n"
        "<ann@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below is a copy of the message."
        "\n\nReturn-Path: <jo@practice.example>\nFrom: jo@practice.example\n"
        f"Message-ID: {ORIGINAL}\n\nARMOR eve@evil.example"
    ),
    "exim": (
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
        "delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
        f"  ann@example.org\n    550 5.1.1 user unknown\n\n------ This is a copy of the message ------\n\n"
        f"Message-ID: {ORIGINAL}"
    ),
    "exchange": (
        "Delivery has failed to these recipients or groups:\n\nann@example.org\nThe email address wasn't found.\n\n"
        f"Remote Server returned '550 5.1.1 RESOLVER.ADR.RecipNotFound'\n\nOriginal message headers:\n"
        f"Message-ID: {ORIGINAL}\n"
    ),
    "old exchange": (
        "Your message did not reach some or all of the intended recipients.\n\n  Subject: ...\n\nThe following "
        f"recipient(s) could not be reached:\n\n  ann@example.org on 3/3/2026\n     #5.1.1\n\nMessage-Id: {ORIGINAL}\n"
    ),
}


def prose(text: str, *fields: str, sender: str = "MAILER-DAEMON@mx.example") -> bytes:
    header = "".join(f"{field}\r\n" for field in fields)
    return f"From: {sender}\r\nTo: jo@practice.example\r\n{header}\r\n".encode() + text.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("host", PROSE)
def test_reports_in_prose_are_recognised(host: str) -> None:
    report = recognise(prose(PROSE[host], "Return-Path: <>"))
    assert report is not None
    assert report.original_message_ids == (ORIGINAL,)
    assert report.failures == (DeliveryFailure("ann@example.org", "5.1.1", permanent=True),)


def test_a_field_of_failed_addresses_is_enough() -> None:
    report = recognise(
        prose("Nothing useful.", "X-Failed-Recipients: ann@example.org,\r\n b@c.example", sender="x@y.example")
    )
    assert report is not None
    assert [failure.address for failure in report.failures] == ["ann@example.org", "b@c.example"]


def test_a_warning_in_prose_is_not_final() -> None:
    text = (
        "This message was created automatically by mail delivery software.\nann@example.org\nDelivery will be retried."
    )
    report = recognise(prose(text, "Return-Path: <>"))
    assert report is not None
    assert not report.permanent


@pytest.mark.parametrize(
    "raw",
    [
        standard("Final-Recipient: rfc822; a@b.example\r\nDisposition: displayed",
                 report_type="disposition-notification"),
        prose("I am away until Monday and could not be delivered from my worries.", "Auto-Submitted: auto-replied",
              sender="ann@example.org"),
        prose("I am away until Monday.", "Return-Path: <>", "Auto-Submitted: auto-replied", sender="ann@example.org"),
        prose("Dear Jo, my mail to my mother could not be delivered.\nAddress not found.", sender="ann@example.org"),
        prose("The list digest", "Return-Path: <>", sender="postmaster@list.example"),
        b"",
        b"\r\n\r\n",
    ],
)  # fmt: skip
def test_C14_automatic_replies_receipts_and_letters_are_no_delivery_reports(raw: bytes) -> None:
    assert recognise(raw) is None


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([standard, prose]))
def test_C42_any_bytes_in_a_report_are_read(content: bytes, make: object) -> None:
    text = content.decode("latin-1")
    report = recognise(
        standard(text) if make is standard else prose(PROSE["qmail"] + text, f"Return-Path: <>\r\n{text}")
    )
    if report is not None:
        assert not set("\r\n\0") & set("".join(report.original_message_ids))


@pytest.mark.corpora
def test_no_letter_of_the_corpora_is_taken_for_a_delivery_report() -> None:
    if not CORPORA.is_dir():
        pytest.skip("the corpora are not at hand (wanted in ../shared/corpora)")
    names = [path.name for path in CORPORA.iterdir() if path.is_dir()]
    assert [mail.name for name in names for mail in mails(name) if recognise(mail.raw)] == []
