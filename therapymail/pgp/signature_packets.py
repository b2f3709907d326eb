"""What a signature packet of version 4 says of itself: by whom, when, and what for. None of it is verified."""

from collections.abc import Iterator
from dataclasses import dataclass

_SUPPORTED_VERSION = 4
SELF_CERTIFICATIONS = {0x10, 0x11, 0x12, 0x13}
_ABOUT_KEYS = {0x18, 0x1F}  # a subkey's binding, a signature on the primary key itself
_CREATED, _KEY_FLAGS, _FEATURES, _ISSUER, _ISSUER_FINGERPRINT = 2, 27, 30, 16, 33


@dataclass(frozen=True)
class SignaturePacket:
    """Type and digest (RFC 9580 sections 5.2.1 and 9.5), when it was made, and the ends of its makers' fingerprints.

    `features` and `usage` (the key flags, if it states any) are what it grants. Only what it signs itself counts.
    """

    kind: int
    digest: int
    created: int
    features: int
    issuers: tuple[bytes, ...]
    usage: int | None = None  # the key flags, if it states any

    def is_by(self, key_id: bytes) -> bool:
        """Whether it names the key with this id as its maker, and nobody else beside it."""
        return bool(self.issuers) and all(issuer[-8:] == key_id for issuer in self.issuers)

    def states_usage_of(self, own: set[bytes]) -> bool:
        """Whether it is by one of the keys with these ids, and says what the key it stands behind is for."""
        is_about_a_key = self.kind in SELF_CERTIFICATIONS | _ABOUT_KEYS
        return self.usage is not None and is_about_a_key and any(issuer[-8:] in own for issuer in self.issuers)


def read_signature(body: bytes) -> SignaturePacket | None:
    """A version 4 signature's facts (RFC 9580 section 5.2.3); None for other versions and what is cut short."""
    if len(body) < 6 or body[0] != _SUPPORTED_VERSION:
        return None
    hashed = 6 + int.from_bytes(body[4:6], "big")
    unhashed = hashed + 2 + int.from_bytes(body[hashed : hashed + 2], "big")
    created, features, issuers = 0, 0, []
    usage: int | None = None
    for area, is_signed in ((body[6:hashed], True), (body[hashed + 2 : unhashed], False)):
        for kind, content in _subpackets(area):
            if kind == _CREATED and is_signed:  # what is not signed, whoever carried the key could write
                created = int.from_bytes(content[:4], "big")
            elif kind == _KEY_FLAGS and content and is_signed:
                usage = content[0]
            elif kind == _FEATURES and content and is_signed:
                features = content[0]
            elif kind == _ISSUER or (kind == _ISSUER_FINGERPRINT and content[:1] == b"\x04"):
                issuers.append(content)
    return SignaturePacket(body[1], body[3], created, features, tuple(issuers), usage)


def _subpackets(area: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(area):
        first = area[at]
        if first < 192:
            length, at = first, at + 1
        elif first < 255:
            length, at = (first - 192 << 8) + int.from_bytes(area[at + 1 : at + 2], "big") + 192, at + 2
        else:
            length, at = int.from_bytes(area[at + 1 : at + 5], "big"), at + 5
        content = area[at : at + length]
        if content:
            yield content[0] & 0x7F, content[1:]
        at += max(length, 1)
