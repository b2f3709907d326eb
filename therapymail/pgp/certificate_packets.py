"""The packets of a certificate, looked at before gpg is: versions, digests and features, and names that bite."""

import functools
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from therapymail.errors import KeyRefused, OpenPgpUnreadable
from therapymail.pgp.armor import dearmor_block, find_blocks, is_armored
from therapymail.pgp.signature_packets import SELF_CERTIFICATIONS, SignaturePacket, read_signature

MAX_BYTES = 200 * 1024
MAX_PACKETS = 2000
SIGNATURE, _SECRET_KEY, _PUBLIC_KEY, _SECRET_SUBKEY, _USER_ID, _PUBLIC_SUBKEY, _ATTRIBUTE = 2, 5, 6, 7, 13, 14, 17
_PRIMARY = {_SECRET_KEY, _PUBLIC_KEY}
_KEYS = {*_PRIMARY, _SECRET_SUBKEY, _PUBLIC_SUBKEY}
_SECRET = {_SECRET_KEY, _SECRET_SUBKEY}
_BLOCKS = ("PUBLIC KEY BLOCK", "PRIVATE KEY BLOCK")
_WEAK_DIGESTS = {1, 2, 3}
_KEY_REVOCATION = 0x20
_ENCRYPTING = {1, 2, 16, 18}  # RSA, ElGamal, ECDH
_FOR_ENCRYPTION = 0x0C
_MOST_BITS = {**dict.fromkeys((1, 2, 3), (16_384, 40)), 17: (4096, 512)}  # RSA: modulus, exponent; DSA: p, q
_SEIPD_2 = 0x08
# What could make a line of its own, or steer a terminal: C0, DEL, C1, line and paragraph separators, and gpg's prefix.
_HOSTILE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]|\[GNUPG:\]")


@dataclass(frozen=True)
class KeyPacket:
    """One packet: its tag, its body and where the whole of it stands in the material."""

    tag: int
    body: bytes
    start: int
    end: int

    @property
    def fingerprint(self) -> str:
        """Of a public key or subkey of version 4 (40 upper-case hex digits); empty for anything else."""
        return _fingerprint(self.body).hex().upper() if self.tag in _KEYS - _SECRET else ""


@dataclass(frozen=True)
class CertificateOutline:
    """What the packets say by themselves: none of it is verified.

    `keys` counts primary keys, `user_ids` names; `secret` is true if any secret part is there; `versions`
    are those of all keys. `weak_digest`: the newest certification of a name uses MD5, SHA-1 or RIPEMD-160.
    `wants_seipd2`: it asks for a message format that GnuPG cannot read (PGP.md AC7). `algorithms` are the OpenPGP
    numbers of all keys, `primary_algorithms` those of the primary ones. `unwieldy`: numbers in it were chosen so that
    looking at it takes long.
    """

    keys: int
    user_ids: int
    secret: bool
    versions: frozenset[int]
    weak_digest: bool
    wants_seipd2: bool
    algorithms: frozenset[int] = frozenset()
    primary_algorithms: frozenset[int] = frozenset()
    unwieldy: bool = False


def key_packets(material: bytes) -> bytes:
    """The binary packets in `material`: itself, or its armored key blocks one after the other.

    Raises KeyRefused where it is too large or holds no key.
    """
    if len(material) > MAX_BYTES:
        raise KeyRefused("", f"it is larger than {MAX_BYTES // 1024} KiB")
    if not is_armored(material):
        return material
    blocks = [block for block in find_blocks(material) if block.label in _BLOCKS]
    try:
        packets = b"".join(dearmor_block(material, block) for block in blocks)
    except OpenPgpUnreadable as error:
        raise KeyRefused("", error.why) from None
    if not packets:
        raise KeyRefused("", "there is no OpenPGP key in it")
    return packets


def outline(packets: bytes) -> CertificateOutline:
    """What stands in `packets`. Raises KeyRefused for what is no whole sequence of key packets."""
    found = list(each_packet(packets))
    keys = [packet for packet in found if packet.tag in _KEYS]
    signatures = [parsed for packet in found if packet.tag == SIGNATURE and (parsed := read_signature(packet.body))]
    certifications = [parsed for parsed in signatures if parsed.kind in SELF_CERTIFICATIONS and _is_own(parsed, keys)]
    newest = max(certifications, key=lambda parsed: parsed.created, default=None)
    return CertificateOutline(
        keys=sum(packet.tag in _PRIMARY for packet in found),
        user_ids=sum(packet.tag == _USER_ID for packet in found),
        secret=any(packet.tag in _SECRET for packet in found),
        versions=frozenset(packet.body[0] for packet in keys if packet.body),
        weak_digest=newest is not None and newest.digest in _WEAK_DIGESTS,
        wants_seipd2=any(parsed.features & _SEIPD_2 for parsed in signatures if _is_own(parsed, keys)),
        algorithms=_algorithms(keys),
        primary_algorithms=_algorithms(packet for packet in keys if packet.tag in _PRIMARY),
        unwieldy=any(_is_unwieldy(packet.body) for packet in keys),
    )


@functools.lru_cache(maxsize=8)
def key_fingerprints(packets: bytes) -> tuple[str, ...]:
    """The fingerprints (40 upper-case hex digits) of the one public key that is all of `packets`: primary, subkeys.

    Raises KeyRefused where it is not one version 4 key, or any secret part came along.
    """
    return tuple(_fingerprint(packet.body).hex().upper() for packet in _public_keys(packets))


@functools.lru_cache(maxsize=8)
def encryption_key_ids(packets: bytes) -> frozenset[str]:
    """The key ids (16 upper-case hex digits) of those parts of one public key that are for encryption.

    By algorithm, and by the key flags of its newest own signature where there are any: expiry and revocation
    are gpg's to judge. Raises KeyRefused as `key_fingerprints`.
    """
    keys = _public_keys(packets)
    usages: dict[int, tuple[int, int]] = {}  # by where the key starts: when it was said, the flags
    current, own = 0, {_key_id(packet.body) for packet in keys}
    for packet in each_packet(packets):
        if packet.tag in _KEYS:
            current = packet.start
        elif packet.tag == SIGNATURE and (made := read_signature(packet.body)) and made.states_usage_of(own):
            usages[current] = max(usages.get(current, (0, 0)), (made.created, made.usage or 0))
    return frozenset(
        _key_id(packet.body).hex().upper()
        for packet in keys
        if packet.body[5] in _ENCRYPTING and usages.get(packet.start, (0, _FOR_ENCRYPTION))[1] & _FOR_ENCRYPTION
    )


def with_only_part(packets: bytes, part: str) -> bytes:
    """One public key without its other subkeys: nothing else of it than `part` (a fingerprint) can be sealed to.

    The primary key stays, which holds it together; gpg prefers a subkey. Raises KeyRefused where it has no such part.
    """
    if part not in key_fingerprints(packets):
        raise KeyRefused("", "it has no such part")
    kept, dropping = [], False
    for packet in each_packet(packets):
        if packet.tag == _PUBLIC_SUBKEY:
            dropping = _fingerprint(packet.body).hex().upper() != part
        elif packet.tag != SIGNATURE:
            dropping = False
        if not dropping:
            kept.append(packets[packet.start : packet.end])
    return b"".join(kept)


def says_more(packets: bytes, held: bytes) -> bool:
    """Whether a copy of a key holds any packet but names that the `held` one lacks: a new end, part or revocation.

    Cheap, and asked of every letter: true is a reason to let gpg look, no more (PGP.md K4). Raises KeyRefused.
    """
    told = {(packet.tag, packet.body) for packet in each_packet(held)}
    return any(
        packet.tag in {*_KEYS, SIGNATURE} and (packet.tag, packet.body) not in told for packet in each_packet(packets)
    )


def is_revoked(packets: bytes) -> bool:
    """Whether a held certificate is revoked by its own primary key.

    Of held material: gpg let no revocation into it that does not verify. Of any other, whether it says so.
    False for what is not one public key.
    """
    try:
        primary = _key_id(_public_keys(packets)[0].body)
    except KeyRefused:
        return False
    return any(
        made.kind == _KEY_REVOCATION and made.is_by(primary)
        for packet in each_packet(packets)
        if packet.tag == SIGNATURE and (made := read_signature(packet.body))
    )


def _algorithms(keys: Iterable[KeyPacket]) -> frozenset[int]:
    # Byte 5 in versions 4, 5 and 6 alike; in version 3, which is refused, another.
    return frozenset(packet.body[5] for packet in keys if len(packet.body) > 5)


def _is_unwieldy(body: bytes) -> bool:
    """Whether one signature of this key may take gpg seconds to check, and a hundred of them minutes (HAZARDS S24).

    Nobody's program makes such: an RSA exponent is 65537 or thereabouts, a DSA key has at most 3072 and 256 bits.
    """
    largest = _MOST_BITS.get(body[5] if len(body) > 5 else 0, ())
    at = 6
    for most in largest:
        bits = int.from_bytes(body[at : at + 2], "big")
        if bits > most:
            return True
        at += 2 + (bits + 7) // 8
    return False


def _public_keys(packets: bytes) -> list[KeyPacket]:
    found = list(each_packet(packets))
    keys = [packet for packet in found if packet.tag in _KEYS]
    if not keys or found[0] is not keys[0] or sum(packet.tag in _PRIMARY for packet in keys) != 1:
        raise KeyRefused("", "it is not one public key")
    if any(packet.tag in _SECRET for packet in keys):
        raise KeyRefused("", "it is a secret key")
    if any(len(packet.body) < 6 or not _fingerprint(packet.body) for packet in keys):
        raise KeyRefused("", "its format cannot be read by GnuPG")
    return keys


def without_hostile_names(packets: bytes) -> bytes:
    """`packets` without the user ids that could be taken for something else (PGP.md K3, P1), and their signatures."""
    kept, dropping = [], False
    for packet in each_packet(packets):
        if packet.tag in {_USER_ID, _ATTRIBUTE}:
            dropping = packet.tag == _ATTRIBUTE or is_hostile(packet.body)
        elif packet.tag != SIGNATURE:
            dropping = False
        if not dropping:
            kept.append(packets[packet.start : packet.end])
    return b"".join(kept)


def without_foreign_signatures(packets: bytes) -> bytes:
    """`packets` of one public key without the signatures that name anybody but its primary key as their maker.

    gpg checks the primary key's own and drops what fails; others' it keeps unchecked in places, a revocation among
    them, and of two makers named in one signature it asks the first (PGP.md K4, HAZARDS S14). Raises KeyRefused.
    """
    found = list(each_packet(packets))
    if not found or found[0].tag != _PUBLIC_KEY:
        return packets  # a secret key, which is refused elsewhere
    primary = _key_id(found[0].body)
    kept = [each for each in found if each.tag != SIGNATURE or _is_made_by(primary, each.body)]
    return b"".join(packets[each.start : each.end] for each in kept)


def _is_made_by(primary: bytes, body: bytes) -> bool:
    if body[:1] == b"\x03":
        return body[7:15] == primary  # RFC 9580 section 5.2.2: old keys certify themselves so
    made = read_signature(body)
    return made is not None and made.is_by(primary)


def is_hostile(name: bytes) -> bool:
    """Whether a user id holds what could forge a line or steer a terminal."""
    return _HOSTILE.search(name.decode("utf-8", "replace")) is not None


def each_packet(packets: bytes) -> Iterator[KeyPacket]:
    """Each packet in order (RFC 9580 section 4.2; keys have stated lengths). Raises KeyRefused."""
    at, count = 0, 0
    while at < len(packets):
        count += 1
        tag, start, end = _bounds(packets, at)
        if end > len(packets) or count > MAX_PACKETS:
            raise KeyRefused("", "it is cut short" if end > len(packets) else "it has too many parts")
        yield KeyPacket(tag, packets[start:end], at, end)
        at = end


def _bounds(packets: bytes, at: int) -> tuple[int, int, int]:
    head = packets[at]
    if not head & 0x80:
        raise KeyRefused("", "there is no OpenPGP key in it")
    lengths = packets[at + 1 : at + 6]
    if not head & 0x40:
        octets = 1 << (head & 3)
        if octets == 8 or len(lengths) < octets:
            raise KeyRefused("", "it is cut short")
        start = at + 1 + octets
        return head >> 2 & 0x0F, start, start + int.from_bytes(lengths[:octets], "big")
    first = lengths[0] if lengths else 224
    if first < 192:
        return head & 0x3F, at + 2, at + 2 + first
    if first < 224 and len(lengths) > 1:
        return head & 0x3F, at + 3, at + 3 + (first - 192 << 8) + lengths[1] + 192
    if first == 255 and len(lengths) == 5:
        return head & 0x3F, at + 6, at + 6 + int.from_bytes(lengths[1:], "big")
    raise KeyRefused("", "it is cut short")


def _is_own(made: SignaturePacket, keys: list[KeyPacket]) -> bool:
    """Whether it names no issuer, or one of `keys` (by key id: the end of a version 4 fingerprint)."""
    if any(packet.tag in _SECRET for packet in keys):
        return True  # its key id would want the secret parts cut off; an own key is not judged by strangers
    own = {_key_id(packet.body) for packet in keys}
    return not made.issuers or any(issuer[-8:] in own for issuer in made.issuers)


def _key_id(body: bytes) -> bytes:
    """The key id of a version 4 key whose packet has only public parts; b"" for others."""
    return _fingerprint(body)[-8:]


def _fingerprint(body: bytes) -> bytes:
    """The fingerprint of such a key (RFC 9580 section 5.5.4.2); b"" for others."""
    if body[:1] != b"\x04" or len(body) > 0xFFFF:
        return b""
    return hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body, usedforsecurity=False).digest()
