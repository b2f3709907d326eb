"""Which header holds: inside or outside (PGP.md HP1 to HP8, I1)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.pgp.parts import read_part
from therapymail.pgp.protected_headers import HeaderSource, ProtectedHeaders, outer_headers, read_protected

OUTER = (
    b"Received: from a by b\r\nFrom: Client <client@client.example>\r\nTo: therapist@practice.example\r\n"
    b"Subject: ...\r\nDate: Sat, 10 Oct 2026 10:00:00 +0000\r\nMessage-ID: <1@client.example>\r\n"
    b"Reply-To: other@client.example\r\nContent-Type: multipart/encrypted\r\n\r\n"
)
INNER = b"From: Client <client@client.example>\r\nSubject: the real one\r\nHP-Outer: Subject: ...\r\n"


def read(
    inner: bytes, *, parameter: bytes = b'hp="cipher"', outer: bytes = OUTER, sealed: bool = True, signed: bool = False
) -> ProtectedHeaders:
    payload = b"Content-Type: text/plain; " + parameter + b"\r\n" + inner + b"\r\nhello"
    return read_protected(read_part(outer), read_part(payload), sealed=sealed, signed=signed)


def test_HP3_the_inner_set_replaces_every_field_a_person_reads() -> None:
    headers = read(INNER)
    assert (headers.subject, headers.source) == ("the real one", HeaderSource.RFC9788)
    assert headers.value("received")
    assert not headers.value("to")
    assert not headers.value("reply-to")
    assert not headers.value("hp-outer")


def test_HP4_confidential_is_what_HP_Outer_did_not_show() -> None:
    inner = INNER + b"HP-Outer: From: Client <client@client.example>\r\nKeywords: grief\r\n"
    assert read(inner, outer=OUTER.replace(b"...", b"the real one")).confidential == ("subject", "keywords")


@pytest.mark.parametrize("parameter", [b"", b"protected-headers=v2", b"x=hp"])
def test_HP1_without_a_marker_nothing_is_taken_from_inside(parameter: bytes) -> None:
    headers = read(INNER, parameter=parameter)
    assert (headers.subject, headers.source) == ("", HeaderSource.OUTER)


def test_HP1_the_older_marker_replaces_field_by_field() -> None:
    headers = read(INNER, parameter=b'protected-headers="v1"')
    assert (headers.subject, headers.source) == ("the real one", HeaderSource.LEGACY)
    assert headers.value("to") == b"therapist@practice.example"
    assert headers.value("message-id") == b"<1@client.example>"
    assert headers.confidential == ("subject",)


def test_HP1_the_older_marker_brings_no_transport_field_of_its_own() -> None:
    inner = INNER + b"Received: from nowhere by nobody\r\nList-Id: <a.list.example>\r\n"
    headers = read(inner, parameter=b'protected-headers="v1"')
    assert headers.value("received") == b"from a by b"
    assert headers.value("list-id") == b""


def test_HP2_neither_sealed_nor_signed_is_neither() -> None:
    assert read(INNER, sealed=False, signed=False).source is HeaderSource.OUTER
    assert read(INNER, sealed=False, signed=True).subject == "the real one"


def test_HP5_in_a_mail_that_was_not_sealed_nothing_is_confidential() -> None:
    assert read(INNER, sealed=False, signed=True).confidential == ()
    assert read(INNER, parameter=b'hp="clear"').confidential == ()


EVE = b"From: Eve <eve@evil.example>\r\n"


@pytest.mark.parametrize("parameter", [b'hp="cipher"', b'protected-headers="v1"'])
def test_HP6_FROM_MISMATCH_another_author_inside_is_told_and_not_shown(parameter: bytes) -> None:
    headers = read(EVE + b"Reply-To: eve@evil.example\r\nSubject: x\r\n", parameter=parameter)
    assert headers.sealed_author == "eve@evil.example"
    assert "from-mismatch" in headers.notes
    assert headers.value("from") == b"Client <client@client.example>"
    assert headers.value("reply-to") == b"other@client.example"
    assert b"evil" not in headers.block


def test_HP6_the_same_address_written_otherwise_is_the_same_author() -> None:
    headers = read(b"From: =?utf-8?q?C?= <CLIENT@Client.Example>\r\nSubject: x\r\n")
    assert headers.sealed_author is None
    assert headers.value("from").endswith(b"<CLIENT@Client.Example>")


def test_an_inner_set_without_an_author_keeps_the_outer_one() -> None:
    assert read(b"Subject: x\r\n").value("from") == b"Client <client@client.example>"


@pytest.mark.parametrize("said", [
    "...", "[...]", "…", "=?utf-8?B?4oCm?=", "Encrypted Message", "ENCRYPTED  message", "=?utf-8?q?p=E2=89=A1p?=",
    "=?utf-8?q?Verschl=C3=BCsselte_Nachricht?=", "Subject Unavailable", "pEp", "", "Re: ...", "AW: Re: [...]", "Re:",
])  # fmt: skip
def test_HP8_placeholders_are_no_subject(said: str) -> None:
    outer = read_part(b"Subject: " + said.encode() + b"\r\n\r\n")
    assert outer_headers(outer, sealed=True).subject == ""
    assert outer_headers(outer, sealed=True).value("subject") == b""
    assert outer_headers(outer, sealed=False).value("subject") == said.encode()


def test_HP8_C18_a_reply_to_a_placeholder_sealed_as_it_stood_is_no_subject() -> None:
    assert read(b"Subject: Re: ...\r\n").subject == ""
    assert read(b"Subject: Re: ... and then\r\n").subject == "Re: ... and then"


AUTHORS = {
    b"From: client@client.example": (),
    b"From: Client <client@client.example>": (),
    b'From: "a@b.example, c" <client@client.example>': (),
    b"From: Client (a@b.example) <client@client.example> (mobile)": (),
    b"From: a@b.example, c@d.example": ("several-from",),
    b"From: a@b.example\r\nFrom: a@b.example": ("several-from",),
    b"From: group: a@b.example;": ("no-from",),
    b"From: Client": ("no-from",),
    b"From: <>": ("no-from",),
    b"From: a@b.example <client@client.example>": (),
    b"From: <a@b.example> <client@client.example>": ("several-from",),
    b"Sender: client@client.example": ("no-from",),
}


@pytest.mark.parametrize("field", AUTHORS)
def test_I1_exactly_one_mailbox_is_an_author(field: bytes) -> None:
    assert outer_headers(read_part(field + b"\r\n\r\n"), sealed=True).notes == AUTHORS[field]


@given(st.binary(max_size=200), st.binary(max_size=200))
@settings(max_examples=100)
def test_any_header_is_some_header(outer: bytes, inner: bytes) -> None:
    for name in (b"From:", b"Subject: =?utf-8?q?", b"HP-Outer:"):
        headers = read(name + inner.replace(b"\n", b"\n "), outer=name + outer + b"\r\n" + name + inner)
        assert isinstance(headers.subject, str)
        assert "\n" not in headers.subject
