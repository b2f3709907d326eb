"""Who wrote, to whom, when, in answer to what: read from hostile header blocks."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.mail.address_lists import MAX_MAILBOXES, mailboxes
from therapymail.mail.dates import mail_date
from therapymail.mail.headers import HeaderFields, header_block, message_ids, read_headers

ANN = "ann@example.org"


def of_from(*fields: str) -> HeaderFields:
    return read_headers("".join(f"From: {field}\r\n" for field in fields).encode() + b"\r\nbody")


@pytest.mark.parametrize(
    "field",
    [
        "ann@example.org",
        "<ann@example.org>",
        "Ann Reed <ann@example.org>",
        '"Reed, Ann" <ANN@Example.ORG>',
        "=?utf-8?q?Ann_R=C3=A9ed?= <ann@example.org>",
        "Ann (at home, mostly) <ann@example.org>",
        "ann@example.org (Ann Reed)",
        '"eve@evil.example" <ann@example.org>',
        "Ann\r\n Reed\r\n <ann@example.org>",
    ],
)
def test_I1_one_mailbox_however_it_is_written(field: str) -> None:
    assert of_from(field).from_addresses == (ANN,)
    assert of_from(field).single_author == ANN


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        (["ann@example.org, eve@evil.example"], 2),
        (["ann@example.org; eve@evil.example"], 2),
        (["ann@example.org", "eve@evil.example"], 2),
        (["ann@example.org", "ann@example.org"], 2),
        (["<ann@example.org> <eve@evil.example>"], 1),
        (["ann@example.org, not an address"], 2),
        (["ann@example.org\rFrom: eve@evil.example"], 1),
        (["=?utf-8?q?ann=40example.org?="], 1),
        (["Group: ann@example.org, eve@evil.example;"], 2),
        (['"ann@example.org'], 1),
        (["Ann Reed"], 1),
        (["ann@localhost"], 1),
        ([""], 0),
        (["undisclosed-recipients:;"], 0),
        ([], 0),
    ],
)
def test_S7_JOHNNY_I_every_mailbox_is_counted_and_none_of_several_is_the_author(fields: list[str], count: int) -> None:
    header = of_from(*fields)
    assert len(header.from_addresses) == count
    assert header.single_author is None


def test_S7_an_empty_from_field_beside_another_is_noted() -> None:
    header = of_from("ann@example.org", "")
    assert header.from_addresses == (ANN,)
    assert header.repeated == ("from",)
    assert header.single_author is None


def test_the_name_is_kept_apart_from_the_address() -> None:
    assert [(box.name, box.address) for box in mailboxes('"Reed, \\"Ann\\"" <ann@example.org>, b@c.example')] == [
        ('Reed, "Ann"', ANN),
        ("", "b@c.example"),
    ]


def test_a_group_is_its_members() -> None:
    assert [box.address for box in mailboxes("Team: a@b.example, c@d.example;, e@f.example")] == [
        "a@b.example",
        "c@d.example",
        "e@f.example",
    ]


def test_S24_a_list_of_very_many_mailboxes_is_cut() -> None:
    assert len(mailboxes("a@b.example," * 100_000)) == MAX_MAILBOXES


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Tue, 3 Mar 2026 10:12:01 +0100", datetime(2026, 3, 3, 9, 12, 1, tzinfo=UTC)),
        ("3 Mar 26 10:12 GMT", datetime(2026, 3, 3, 10, 12, tzinfo=UTC)),
        ("Tue, 03 Mar 2026 10:12:60 -0000", datetime(2026, 3, 3, 10, 12, 59, tzinfo=UTC)),
        ("Tue, 3 Mar 2026 10:12:01 EST", datetime(2026, 3, 3, 15, 12, 1, tzinfo=UTC)),
        ("Tue Mar  3 10:12:01 2026", datetime(2026, 3, 3, 10, 12, 1, tzinfo=UTC)),
        ("Wed, 20 Sep 1995 00:19:00 (EDT) -0400", datetime(1995, 9, 20, 4, 19, tzinfo=UTC)),
        ("Tue, 3 March 2026 10:12:01 +01:00", datetime(2026, 3, 3, 9, 12, 1, tzinfo=UTC)),
    ],
)
def test_dates_in_use_are_read(text: str, moment: datetime) -> None:
    assert mail_date(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "Tue, 31 Feb 2026 10:12:01 +0000",
        "Tue, 3 Mar 2026 25:12:01 +0000",
        "Thu, 1 Jan 1970 00:00:00 +0000",
        "Fri, 1 Jan 2100 00:00:00 +0000",
        "Fri, 1 Jan 9999 00:00:00 -9959",
        "Tue, 3 Mar 2026 10:12:01 +2500",
        "Tue, 3 Foo 2026 10:12:01 +0000",
        "\u0663 Mar 2026 10:12:01 +0000",
    ],
)
def test_S30_an_absurd_date_is_no_date(text: str) -> None:
    assert mail_date(text) is None


def test_what_a_reply_says_of_itself() -> None:
    header = read_headers(
        b"Received: from a by b; Tue, 3 Mar 2026 10:12:05 +0000\r\n"
        b"Received: from c by a; Mon, 2 Mar 2026 10:12:05 +0000\r\n"
        b"FROM : Ann <ann@example.org>\r\nTo: jo@practice.example\r\nTo: second@practice.example\r\nCc: x@y.example\r\n"
        b"Subject: =?utf-8?q?Caf=C3=A9?=\r\n and more\r\nSubject: another\r\n"
        b"Message-ID: <one@example.org>\r\nIn-Reply-To: <zero@practice.example>\r\n"
        b"References: <minus@practice.example>\r\n <zero@practice.example> <minus@practice.example>\r\n"
        b'Content-Type: Multipart/Report; Report-Type="delivery-status"; boundary=x\r\n\r\nSubject: in the body\r\n'
    )
    assert header.topmost_received == datetime(2026, 3, 3, 10, 12, 5, tzinfo=UTC)
    assert header.to_addresses == ("jo@practice.example", "second@practice.example")
    assert header.cc_addresses == ("x@y.example",)
    assert header.subject == "Café and more"
    assert header.message_id == "<one@example.org>"
    assert header.in_reply_to == ("<zero@practice.example>",)
    assert header.references == ("<minus@practice.example>", "<zero@practice.example>")
    assert (header.content_type, header.report_type) == ("multipart/report", "delivery-status")
    assert header.repeated == ("to", "subject")
    assert header.may_be_delivery_report


def test_references_in_encoded_words_are_read() -> None:
    assert message_ids("=?utf-8?q?=3Ca=40b=2Eexample=3E?=") == ("<a@b.example>",)


def test_what_stands_after_the_first_empty_line_is_no_header() -> None:
    assert read_headers(b"Subject: a\n\nFrom: eve@evil.example\r\n\r\n").authors == ()
    assert read_headers(b"\r\nFrom: eve@evil.example\r\n\r\n").authors == ()
    assert header_block(b"A: b\r\n\r\nC: d\n\n") == b"A: b\r"


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"References", b"Content-Type", b"Received"]
            ),
            st.binary(max_size=120),
        ),
        max_size=8,
    )
)
def test_S12_no_value_of_any_header_holds_a_line_end(fields: list[tuple[bytes, bytes]]) -> None:
    header = read_headers(b"".join(name + b": " + value + b"\r\n" for name, value in fields))
    values = [header.subject, header.message_id, *header.references, *header.in_reply_to, header.content_type]
    values += [text for box in (*header.authors, *header.to, *header.cc) for text in (box.name, box.address)]
    assert not set("\r\n\0") & set("".join(values))
    "".join(values).encode()


@settings(max_examples=50)
@given(st.text(st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=40))
def test_a_header_written_by_the_standard_library_reads_the_same(name: str) -> None:
    from email.headerregistry import Address

    message = EmailMessage()
    message["From"] = Address(name.strip(), "ann", "example.org")
    message["Subject"] = name
    header = read_headers(message.as_bytes())
    assert header.single_author == ANN
    assert header.subject.split() == name.split()
