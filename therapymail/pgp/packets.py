"""The outside of an OpenPGP message: its packet headers, read without a key, to know what gpg is given."""

import bz2
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from therapymail.errors import OpenPgpUnreadable

_PKESK, _SIGNATURE, _SKESK, _ONE_PASS, _COMPRESSED, _NO_INTEGRITY, _MARKER, _LITERAL = 1, 2, 3, 4, 8, 9, 10, 11
_INTEGRITY_PROTECTED, _AEAD, _PADDING = 18, 20, 21
_ENCRYPTED_DATA = {_NO_INTEGRITY, _INTEGRITY_PROTECTED, _AEAD}
_MAY_COME_IN_STRETCHES = {_COMPRESSED, _LITERAL, *_ENCRYPTED_DATA}  # RFC 9580 section 4.2.1.4
_FOUR_OCTETS, _FIRST_PARTIAL, _FIRST_TWO_OCTETS = 255, 224, 192
MAX_PACKETS = 500
MAX_STRETCHES = 100_000  # partial lengths of one packet: 800 MB as GnuPG writes them
_MAX_INFLATED, _INFLATED_AT_ONCE = 64 << 20, 1 << 20  # octets
_DECOMPRESSORS: dict[int, Callable[[], Any]] = {
    1: lambda: zlib.decompressobj(-zlib.MAX_WBITS),
    2: zlib.decompressobj,
    3: bz2.BZ2Decompressor,
}
HIDDEN_RECIPIENT = "0" * 16


class SealForm(StrEnum):
    """The form of the encrypted data (RFC 9580 sections 5.7, 5.13; GnuPG's packet 20)."""

    INTEGRITY_PROTECTED = "integrity-protected"  # tag 18, version 1
    AEAD = "aead"  # tag 20: GnuPG's OCB and EAX
    UNSUPPORTED = "unsupported"  # tag 18, version 2 and later
    NO_INTEGRITY = "no-integrity"  # tag 9


@dataclass(frozen=True)
class MessageLayout:
    """What stands in a binary OpenPGP message, in order of first sight.

    `recipients` are the key ids of public-key session keys (16 upper-case hex digits; zeros for a hidden
    one), `passwords` counts session keys sealed with a password. `seal` is None for data that is not
    encrypted. `stray` is true where anything stands before the session keys or after the encrypted data
    (HAZARDS S4, packet smuggling). `unsupported` is true where a recipient packet has an unknown version.
    """

    recipients: tuple[str, ...]
    passwords: int
    seal: SealForm | None
    stray: bool
    unsupported: bool

    @property
    def readable_by_gpg(self) -> bool:
        """Whether a GnuPG of ours can be expected to know this form (PGP.md section 11)."""
        return self.seal is not SealForm.UNSUPPORTED and not (self.unsupported and not self.recipients)


def read_layout(message: bytes) -> MessageLayout:
    """The layout of `message`, binary OpenPGP. Raises OpenPgpUnreadable for what is no packet sequence.

    Reads headers only, and inflates compressed data of no stated length to find its end. A packet that is
    cut short, or more than 500 packets, is unreadable.
    """
    recipients: list[str] = []
    passwords, unsupported, stray, at = 0, False, False, 0
    seal: SealForm | None = None
    for _ in range(MAX_PACKETS):
        tag, body, at = _packet(message, at)
        version = message[body] if body < len(message) else 0
        if seal is not None:
            stray = True
        elif tag in _ENCRYPTED_DATA:
            seal = _form(tag, version)
        elif tag == _PKESK:
            key_id = _key_id(message, body, version)
            unsupported = unsupported or key_id is None
            recipients += [key_id] if key_id else []
        elif tag == _SKESK:
            passwords += 1
        elif tag not in {_MARKER, _PADDING}:
            stray = True
        if at >= len(message):
            return MessageLayout(tuple(recipients), passwords, seal, stray, unsupported)
    raise OpenPgpUnreadable("there are too many packets")


def without_passwords(message: bytes) -> bytes:
    """`message` without session keys that are sealed with a password, where some are sealed to keys as well.

    GnuPG 2.4 asks for the password first and stops there; our key opens the letter without it. What is no whole
    sequence of packets is given back as it is.
    """
    try:
        layout = read_layout(message)
        if not layout.passwords or not layout.recipients:
            return message
        kept, at = [], 0
        while at < len(message):
            tag, _, end = _packet(message, at)
            kept += [] if tag == _SKESK else [message[at:end]]
            at = end
    except OpenPgpUnreadable:
        return message
    return b"".join(kept)


def packet_tags(message: bytes) -> tuple[int, ...]:
    """The tags of all packets of `message` in order. Raises OpenPgpUnreadable as `read_layout`."""
    tags: list[int] = []
    at = 0
    while at < len(message) or not tags:
        tag, _, at = _packet(message, at)
        tags.append(tag)
        if len(tags) > MAX_PACKETS:
            raise OpenPgpUnreadable("there are too many packets")
    return tuple(tags)


def sealed_to_key_ids(ciphertext: bytes) -> tuple[str, ...]:
    """The key ids `ciphertext` is sealed to, by its own account; empty where it cannot be read."""
    try:
        return read_layout(ciphertext).recipients
    except OpenPgpUnreadable:
        return ()


def recipients_before_data(head: bytes) -> tuple[str, ...] | None:
    """The key ids that a message is sealed to of which only the beginning is at hand; None unless they begin it.

    Nothing but session keys sealed to keys stands before its encrypted data, and that has begun. Never raises.
    """
    found: list[str] = []
    at = 0
    try:
        while not _is_encrypted_data(head[at]):
            tag, body, end = _packet(head, at)
            key_id = _key_id(head, body, head[body]) if tag == _PKESK else None
            if key_id is None:
                return None
            found.append(key_id)
            at = end
    except (OpenPgpUnreadable, IndexError):
        return None
    return tuple(found)


def _is_encrypted_data(head: int) -> bool:
    tag = head & 0x3F if head & 0x40 else head >> 2 & 0x0F
    return bool(head & 0x80) and tag in {_INTEGRITY_PROTECTED, _AEAD}


def _form(tag: int, version: int) -> SealForm:
    if tag == _NO_INTEGRITY:
        return SealForm.NO_INTEGRITY
    if version != 1:
        return SealForm.UNSUPPORTED
    return SealForm.AEAD if tag == _AEAD else SealForm.INTEGRITY_PROTECTED


def _key_id(message: bytes, body: int, version: int) -> str | None:
    """The key id of a version 2 or 3 session-key packet (RFC 9580 section 5.1.1); None for later versions."""
    if version not in {2, 3}:
        return None
    key_id = message[body + 1 : body + 9]
    if len(key_id) < 8:
        raise OpenPgpUnreadable("a packet is cut short")
    return key_id.hex().upper()


def _packet(message: bytes, at: int) -> tuple[int, int, int]:
    """Tag, offset of the body's first octet and offset after the packet that starts at `at`."""
    if at >= len(message):
        raise OpenPgpUnreadable("there is no packet")
    head = message[at]
    if not head & 0x80:
        raise OpenPgpUnreadable("it does not start as a packet")
    try:
        if head & 0x40:
            return _new_format(message, at, head & 0x3F)
        return _old_format(message, at, head)
    except IndexError:
        raise OpenPgpUnreadable("a packet is cut short") from None


def _old_format(message: bytes, at: int, head: int) -> tuple[int, int, int]:
    tag, kind = head >> 2 & 0x0F, head & 3
    if kind == 3:  # indeterminate: to the end of the message, or of the compressed data
        return tag, at + 1, _compressed_end(message, at + 1) if tag == _COMPRESSED else len(message)
    octets = 1 << kind
    if at + 1 + octets > len(message):
        raise IndexError
    length = int.from_bytes(message[at + 1 : at + 1 + octets], "big")
    body = at + 1 + octets
    return tag, body, _within(message, body + length)


def _compressed_end(message: bytes, body: int) -> int:
    """Where compressed data of no stated length ends: what follows is another packet, and was smuggled in (S4)."""
    if body >= len(message):
        raise OpenPgpUnreadable("a packet is cut short")
    algorithm = message[body]
    if algorithm not in _DECOMPRESSORS:
        return len(message)
    decompressor = _DECOMPRESSORS[algorithm]()
    waiting = message[body + 1 :]
    try:
        for _ in range(_MAX_INFLATED // _INFLATED_AT_ONCE):
            decompressor.decompress(waiting, _INFLATED_AT_ONCE)
            if decompressor.eof:
                return len(message) - len(decompressor.unused_data)
            waiting = getattr(decompressor, "unconsumed_tail", b"")
    except (zlib.error, OSError):
        raise OpenPgpUnreadable("its compressed data is broken") from None
    raise OpenPgpUnreadable("its compressed data does not end")


def _new_format(message: bytes, at: int, tag: int) -> tuple[int, int, int]:
    body, end, partial = _new_length(message, at + 1)
    if partial and tag not in _MAY_COME_IN_STRETCHES:
        raise OpenPgpUnreadable("a packet that may not be divided is")
    for _ in range(MAX_STRETCHES):
        if not partial:
            return tag, body, end
        _, end, partial = _new_length(message, end)
    raise OpenPgpUnreadable("a packet has too many parts")


def _new_length(message: bytes, at: int) -> tuple[int, int, bool]:
    """Where the stretch of body behind the length octets at `at` starts and ends, and whether more follow."""
    first = message[at]
    if first < _FIRST_TWO_OCTETS:
        return at + 1, _within(message, at + 1 + first), False
    if first < _FIRST_PARTIAL:
        length = (first - _FIRST_TWO_OCTETS << 8) + message[at + 1] + _FIRST_TWO_OCTETS
        return at + 2, _within(message, at + 2 + length), False
    if first < _FOUR_OCTETS:
        return at + 1, _within(message, at + 1 + (1 << (first & 0x1F))), True
    if at + 5 > len(message):
        raise IndexError
    return at + 5, _within(message, at + 5 + int.from_bytes(message[at + 1 : at + 5], "big")), False


def _within(message: bytes, end: int) -> int:
    if end > len(message):
        raise OpenPgpUnreadable("a packet is cut short")
    return end
