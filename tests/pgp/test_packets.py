"""Packet headers read without a key: what a message says of itself, and what no bytes can do to the reader."""

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.sealing import packet
from therapymail.errors import OpenPgpUnreadable
from therapymail.pgp.packets import (
    HIDDEN_RECIPIENT,
    SealForm,
    packet_tags,
    read_layout,
    sealed_to_key_ids,
    without_passwords,
)

KEY_ID = "0123456789ABCDEF"


def session_key(key_id: str = KEY_ID, version: int = 3) -> bytes:
    return packet(1, bytes([version]) + bytes.fromhex(key_id) + b"\x12" + b"\x00" * 40)


PASSWORD = packet(3, b"\x04\x09\x03\x08" + b"\x00" * 9)
DATA = packet(18, b"\x01" + b"\x00" * 60)
LITERAL = packet(11, b"b\x00\x00\x00\x00\x00hello")


def test_recipients_are_read_in_order() -> None:
    layout = read_layout(session_key() + session_key(HIDDEN_RECIPIENT) + PASSWORD + DATA)
    assert layout.recipients == (KEY_ID, HIDDEN_RECIPIENT)
    assert (layout.passwords, layout.seal, layout.stray, layout.unsupported) == (
        1,
        SealForm.INTEGRITY_PROTECTED,
        False,
        False,
    )
    assert sealed_to_key_ids(session_key() + DATA) == (KEY_ID,)


@pytest.mark.parametrize(("data", "form"), [
    (packet(18, b"\x01" + b"\x00" * 60), SealForm.INTEGRITY_PROTECTED),
    (packet(18, b"\x02" + b"\x00" * 60), SealForm.UNSUPPORTED),
    (packet(20, b"\x01" + b"\x00" * 60), SealForm.AEAD),
    (packet(9, b"\x00" * 60), SealForm.NO_INTEGRITY),
])  # fmt: skip
def test_the_form_of_the_seal(data: bytes, form: SealForm) -> None:
    assert read_layout(session_key() + data).seal is form


def test_C32_beside_a_key_a_password_is_left_out_and_without_one_it_stays() -> None:
    """GnuPG 2.4 asks for the password first, and gives up the letter that our key would open."""
    assert packet_tags(without_passwords(PASSWORD + session_key() + PASSWORD + DATA)) == (1, 18)
    for message in (PASSWORD + DATA, session_key() + DATA, LITERAL, b"", b"no packets", PASSWORD + session_key()[:-3]):
        assert without_passwords(message) == message


def test_AC6_a_version_gpg_does_not_know_is_said() -> None:
    later = read_layout(session_key(version=6) + DATA)
    assert later.unsupported
    assert later.recipients == ()
    assert not later.readable_by_gpg
    assert read_layout(session_key(version=6) + session_key() + DATA).readable_by_gpg


@pytest.mark.parametrize(
    "message", [LITERAL + session_key() + DATA, session_key() + DATA + LITERAL, DATA + DATA, LITERAL]
)
def test_S4_packets_beside_the_seal_are_seen(message: bytes) -> None:
    assert read_layout(message).stray


def test_S4_packets_behind_compressed_data_of_no_stated_length_are_seen() -> None:
    deflate = zlib.compressobj(wbits=-15)
    compressed = b"\xa3\x01" + deflate.compress(LITERAL) + deflate.flush()
    layout = read_layout(compressed + session_key() + DATA)
    assert layout.stray
    assert layout.seal is SealForm.INTEGRITY_PROTECTED
    assert read_layout(compressed).seal is None


def test_marker_and_padding_are_passed_over() -> None:
    assert not read_layout(packet(10, b"PGP") + session_key() + packet(21, b"\x00" * 9) + DATA).stray


def test_lengths_of_the_old_format() -> None:
    body = session_key()[6:]
    for stated in (
        bytes([0x84, len(body)]),
        b"\x85" + len(body).to_bytes(2, "big"),
        b"\x86" + len(body).to_bytes(4, "big"),
    ):
        assert read_layout(stated + body + DATA).recipients == (KEY_ID,)


def test_partial_lengths_are_one_packet() -> None:
    body = b"\x01" + b"\x00" * 1500
    last = len(body) - 768
    two_octets = bytes([(last - 192 >> 8) + 192, last - 192 & 0xFF])
    partial = b"\xd2\xe9" + body[:512] + b"\xe8" + body[512:768] + two_octets + body[768:]
    layout = read_layout(session_key() + partial)
    assert layout.seal is SealForm.INTEGRITY_PROTECTED
    assert not layout.stray


@pytest.mark.parametrize("message", [b"", b"hello", b"\x00\xff", b"\x85", b"\xc1", b"\xc1\xff\x00", session_key()[:-1]])
def test_what_is_no_message_is_unreadable(message: bytes) -> None:
    with pytest.raises(OpenPgpUnreadable):
        read_layout(message)
    assert sealed_to_key_ids(message) == ()


@given(st.binary(max_size=300))
@settings(max_examples=100)
def test_no_bytes_do_more_than_be_unreadable(message: bytes) -> None:
    for candidate in (message, b"\xc1" + message, b"\xa3\x02" + message, session_key() + b"\xd2" + message):
        try:
            read_layout(candidate)
        except OpenPgpUnreadable:
            continue


@given(st.integers(0, 300))
@settings(max_examples=60)
def test_every_truncation_is_unreadable_or_says_less(length: int) -> None:
    whole = session_key() + session_key() + DATA
    try:
        layout = read_layout(whole[:length])
    except OpenPgpUnreadable:
        return
    assert length >= len(whole) or layout.seal is None


def test_S19_a_session_key_in_stretches_cannot_name_another_recipient_than_gpg_reads() -> None:
    """Its length octets would be read as part of the key id."""
    key_id, rest = bytes.fromhex("0123456789ABCDEF"), bytes([1]) + bytes(300)
    body = b"\x03" + key_id[:1] + key_id + rest
    divided = b"\xc1\xe0" + body[:1] + b"\xe8" + body[1:257] + bytes([len(body) - 257]) + body[257:]
    with pytest.raises(OpenPgpUnreadable):
        read_layout(divided + DATA)


def test_S24_endless_packets_and_lengths_stop() -> None:
    for message in (
        b"\xca\x00" * 100_000,
        b"\xd2" + b"\xe0\x00" * 300_000,
        b"\xa3\x02" + zlib.compress(bytes(90 << 20)),
    ):
        with pytest.raises(OpenPgpUnreadable):
            read_layout(message)
