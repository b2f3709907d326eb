"""Limits on what a header or a document from outside may be (HAZARDS S12, S24)."""

import pytest

from therapymail.mail import autoconfig
from therapymail.mail.autoconfig import read_autoconfig
from therapymail.mail.headers import (
    MAX_MESSAGE_IDS,
    MAX_SUBJECT_CHARACTERS,
    header_block,
    message_ids,
    read_headers,
)

DOCUMENT = (
    "<clientConfig version='1.1'><emailProvider id='x.example'><incomingServer type='imap'><hostname>{}</hostname>"
    "<port>993</port><socketType>SSL</socketType></incomingServer></emailProvider></clientConfig>"
)


def test_S24_a_header_is_read_up_to_a_limit() -> None:
    endless = b"X-Filler: " + b"x" * 3_000_000 + b"\r\nSubject: too late\r\n"
    assert len(header_block(endless)) < 2_000_000
    assert read_headers(endless).subject == ""


def test_S24_a_subject_and_references_have_a_longest() -> None:
    found = read_headers(
        b"Subject: " + b"s" * 9_000 + b"\r\nReferences:" + b"".join(b" <%d@x>" % n for n in range(500))
    )
    assert len(found.subject) == MAX_SUBJECT_CHARACTERS
    assert len(found.references) == MAX_MESSAGE_IDS
    assert found.references[-1] == "<499@x>"


@pytest.mark.parametrize("text", ["<a b@x>", "<a\r\n b@x>", "<a\tb@x>", "<>", "a@x", "<a<b@x"])
def test_S12_a_message_id_is_one_word_in_its_brackets(text: str) -> None:
    assert all(" " not in found and "\n" not in found for found in message_ids(text))
    assert message_ids(text) == ()
    assert message_ids(f"{text} <whole@x>") == ("<whole@x>",)


def test_S24_a_document_with_a_doctype_is_refused_whatever_it_says() -> None:
    assert read_autoconfig(DOCUMENT.format("imap.x.example").encode(), "a@x.example") is not None
    entity = "<!DOCTYPE c [<!ENTITY h 'imap.x.example'>]>" + DOCUMENT.format("&h;")
    assert read_autoconfig(entity.encode(), "a@x.example") is None


def test_S24_a_document_over_the_limit_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    document = DOCUMENT.format("imap.x.example").encode()
    monkeypatch.setattr(autoconfig, "MAX_XML_BYTES", len(document) - 1)
    assert read_autoconfig(document, "a@x.example") is None
