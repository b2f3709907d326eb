"""Autocrypt headers: what is valid by Level 1, and that nothing else gives a key."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.corpora import mails
from therapymail.domain.addresses import is_address
from therapymail.mail.autocrypt import (
    MAX_FIELD_BYTES,
    AutocryptKey,
    may_offer_key,
    offered_key,
    parse,
)

ANN, BOB = "ann@client.example", "bob@client.example"
KEY = b"\x99\x01\x0d a public key"
DATA = base64.b64encode(KEY).decode()


def mail(*fields: str, author: str = f"Ann <{ANN}>", kind: str = "text/plain") -> bytes:
    lines = [f"From: {author}", f"To: {BOB}", *fields, f"Content-Type: {kind}", "", "hello"]
    return "\r\n".join(lines).encode()


def field_of(address: str = ANN, more: str = "", data: str = DATA) -> str:
    return f"Autocrypt: addr={address};{more} keydata={data}"


# --- AC1 -----------------------------------------------------------------------------------------------


def test_AC1_a_header_for_the_one_author_gives_its_key() -> None:
    assert offered_key(mail(field_of())) == AutocryptKey(ANN, KEY)
    assert offered_key(mail(field_of(more=" prefer-encrypt=mutual;"))) == AutocryptKey(ANN, KEY, True)
    assert offered_key(mail(f"autocrypt : addr=Ann@CLIENT.example; keydata=\r\n {DATA[:9]}\r\n\t{DATA[9:]}"))


@pytest.mark.parametrize(
    "value",
    [
        f"addr={ANN}",
        f"keydata={DATA}",
        f"addr=; keydata={DATA}",
        f"addr=nobody; keydata={DATA}",
        f"addr={ANN}; keydata=",
        f"addr={ANN}; keydata=m!@#$",
        f"addr={ANN}; keydata={DATA}=AAAA",
        f"addr={ANN}; keydata={DATA}; prefer-encrypt=mutual",
        f"addr={ANN}; addr={ANN}; keydata={DATA}",
        f"addr={ANN}; type=1; keydata={DATA}",
        f"addr={ANN}; keydata={DATA}; keydata={DATA}",
        f"addr={ANN}; nonsense; keydata={DATA}",
        f"addr={ANN}; keydata={'QUJD' * (MAX_FIELD_BYTES // 4)}",
        f"addr={ANN}; \ufffd=x; keydata={DATA}",
        "",
        ";",
    ],
)
def test_AC1_anything_else_is_invalid(value: str) -> None:
    assert parse(value.encode()) is None


def test_AC1_an_attribute_that_may_be_ignored_is_and_only_mutual_is_a_preference() -> None:
    assert parse(f"addr={ANN}; _later=x; prefer-encrypt=nopreference; keydata={DATA}".encode()) == AutocryptKey(
        ANN, KEY
    )


@pytest.mark.parametrize(
    "raw",
    [
        mail(field_of(BOB)),
        mail(field_of(), field_of()),
        mail(field_of(), author=f"Ann <{ANN}>, Bob <{BOB}>"),
        mail(field_of(), f"From: {BOB}"),
        mail(field_of(), kind="multipart/report; report-type=delivery-status; boundary=x"),
        mail() + b"\r\n" + field_of().encode(),
        mail(),
        b"",
    ],
)
def test_S13_a_header_that_could_be_anothers_gives_nothing(raw: bytes) -> None:
    assert offered_key(raw) is None


def test_S13_of_several_headers_the_valid_one_counts_only_if_it_is_alone() -> None:
    assert offered_key(mail(field_of(BOB), field_of(), field_of(more=" danger=1;"))) == AutocryptKey(ANN, KEY)


def test_AC1_the_root_of_a_sealed_payload_is_read_for_the_author_that_holds() -> None:
    root = (field_of() + "\r\nContent-Type: text/plain\r\n\r\nhello").encode()
    assert offered_key(root) is None
    assert offered_key(root, author=ANN) == AutocryptKey(ANN, KEY)
    assert offered_key(root, author=BOB) is None


def test_S13_of_several_valid_headers_inside_the_seal_none_counts() -> None:
    other = base64.b64encode(b"\x99 another key").decode()
    root = f"{field_of()}\r\n{field_of(data=other)}\r\nContent-Type: text/plain\r\n\r\nhello".encode()
    assert offered_key(root, author=ANN) is None


def test_AC1_a_report_inside_the_seal_gives_nothing() -> None:
    root = f"{field_of()}\r\nContent-Type: multipart/report; boundary=b\r\n\r\n".encode()
    assert offered_key(root, author=ANN) is None


# --- AC3 -----------------------------------------------------------------------------------------------


def test_AC3_gossip_is_no_autocrypt_header_wherever_it_stands() -> None:
    root = mail(f"Autocrypt-Gossip: addr={ANN}; keydata={DATA}")
    assert offered_key(root) is None
    assert offered_key(root, author=ANN) is None
    assert not may_offer_key(root)
    assert offered_key(mail(f"Autocrypt-Gossip: addr={BOB}; keydata={DATA}", field_of())) == AutocryptKey(ANN, KEY)


# --- other people's headers ----------------------------------------------------------------------------

_INVALID_OR_NONE = {
    "msg_8bit.eml",
    "msg_iso8859_quopri.eml",
    "multipart_fn_unicode.eml",
    "multipart_report.eml",
    "no-autocrypt.eml",
    "rsa2048-broken-base64.eml",
    "rsa2048-explicit-type.eml",  # `type` was of Level 0; Level 1 does not know it
    "rsa2048-from-not-match.eml",
    "rsa2048-unknown-critical.eml",
    "unknown-type.eml",
}


@pytest.mark.corpora
def test_AC1_the_vectors_of_muacrypt() -> None:
    given = {each.name: offered_key(each.raw) for each in mails("autocrypt-headers")}
    assert {name for name, key in given.items() if key is None} == _INVALID_OR_NONE
    assert len(given) == 16
    assert {key.address for key in given.values() if key} == {"alice@testsuite.autocrypt.org"}


@pytest.mark.corpora
def test_AC1_the_examples_of_the_specification() -> None:
    given = {each.name: offered_key(each.raw) for each in mails("autocrypt-spec")}
    simple = given["example-simple-autocrypt.eml"]
    assert simple is not None
    assert (simple.address, simple.prefers_encryption) == ("alice@autocrypt.example", True)
    assert {name for name, key in given.items() if key} == {"example-simple-autocrypt.eml", "example-gossip.eml"}


_KDE = {
    "messagelib_autocrypt_header.mbox": 1,
    "messagelib_autocrypt_gossipheader.mbox": 1,
    "messagelib_autocrypt_alice_gossip.mbox": 1,
    "messagelib_autocrypt_multiple_autocryptheaders.mbox": 0,
    # In these two the last line of the valid key stands behind the invalid one: half a key is none.
    "messagelib_autocrypt_multiple_autocryptheaders_invalid.mbox": 0,
    "messagelib_autocrypt_multiple_autocryptheaders_invalid_from.mbox": 0,
    "messagelib_autocrypt_mdn.mbox": 0,
    "messagelib_autocrypt_multiple_from.mbox": 0,
    "messagelib_autocrypt_gossipheader-nonencrypted.mbox": 0,
    "messagelib_autocrypt_draft.mbox": 0,
    "messagelib_autocrypt_setupmessage.mbox": 0,
}


@pytest.mark.corpora
def test_S13_the_vectors_of_kde() -> None:
    given = {each.name: int(offered_key(each.raw) is not None) for each in mails("kde") if "_autocrypt_" in each.name}
    assert given == _KDE


# --- bad input is ordinary input -----------------------------------------------------------------------

_PIECES = st.sampled_from(
    ["addr=", ANN, "; ", "keydata=", DATA, "=", "_x", "prefer-encrypt=mutual", "\r\n ", "\r\nAutocrypt: ", "\x00", "é"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=6), max_size=14))
def test_whatever_a_header_holds_a_key_is_for_its_author_or_there_is_none(pieces: list[str]) -> None:
    value = "".join(pieces).encode("utf-8", "surrogatepass")
    for found in (parse(value), offered_key(b"From: ann@client.example\r\nAutocrypt: " + value + b"\r\n\r\n")):
        assert found is None or (is_address(found.address) and found.keydata)
    found = offered_key(b"From: ann@client.example\r\nAutocrypt: " + value + b"\r\n\r\n")
    assert found is None or found.address == ANN


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    offered_key(raw)
    offered_key(b"Autocrypt:" + raw, author=ANN)


def test_C42_a_header_without_end_takes_no_time() -> None:
    assert offered_key(b"From: ann@client.example\r\n" + b"Autocrypt: a=b;\r\n " * 50_000) is None
