"""Key listings as gpg prints them for programs (`--with-colons`, GnuPG's doc/DETAILS), read as bytes."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from therapymail.pgp.runner import Gpg

# Without --fast-list-mode gpg 2.2 dies over an expired key in a home that has no trustdb yet, whatever the trust model.
LISTING = ("--with-colons", "--fixed-list-mode", "--fast-list-mode")
_ESCAPE = re.compile(rb"\\x([0-9a-fA-F]{2})")
_MOST_DIGITS = 9
_UNUSABLE = frozenset("idren")  # invalid, disabled, revoked, expired, not valid (field 2)


@dataclass
class KeyPart:
    """A primary key or subkey. `algorithm` is an OpenPGP number, `bits` its size, `usage` letters of field 12."""

    fingerprint: str
    key_id: str
    algorithm: int
    bits: int
    created: datetime | None
    expires: datetime | None
    usage: str
    validity: str
    secret: str  # "": none; "+": present; "#": only its public half; else a card's serial number
    keygrip: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether it is neither revoked, expired, disabled nor invalid."""
        return self.validity not in _UNUSABLE


@dataclass
class ListedKey:
    """One certificate or secret key in a listing. `uids` are unescaped, undecoded bytes with their validity letter."""

    primary: KeyPart
    is_secret: bool
    subkeys: list[KeyPart] = field(default_factory=list)
    uids: list[tuple[bytes, str]] = field(default_factory=list)

    @property
    def can_encrypt(self) -> bool:
        """Whether gpg would encrypt to it now (field 12: `E` and not `D`)."""
        return "E" in self.primary.usage and "D" not in self.primary.usage and self.primary.is_usable

    @property
    def seals_until(self) -> datetime | None:
        """When sealing to it ends: with the key, or before with its last part that encrypts; None: never."""
        ends = [part.expires for part in (self.primary, *self.subkeys) if "e" in part.usage and part.is_usable]
        last = max((end for end in ends if end is not None), default=None) if None not in ends else None
        known = [end for end in (self.primary.expires, last) if end is not None]
        return min(known, default=None)


def listed_keys(gpg: Gpg, fingerprint: str = "", *, secret: bool = False) -> list[ListedKey]:
    """The keys of the home (all, or the one with `fingerprint`); secret keys only if `secret`."""
    command = "--list-secret-keys" if secret else "--list-keys"
    wanted = ["--", fingerprint] if fingerprint else []
    run = gpg.run([*LISTING, "--with-keygrip", command, *wanted])
    return parse_listing(run.output)


def parse_listing(listing: bytes) -> list[ListedKey]:
    r"""The keys in a colon listing. Only ``\\n`` ends a record: a name cannot forge one (PGP.md P8)."""
    keys: list[ListedKey] = []
    part: KeyPart | None = None
    for line in listing.split(b"\n"):
        fields = [*line.split(b":"), *[b""] * 16]
        kind = fields[0]
        if kind in {b"pub", b"sec"}:
            part = _part(fields)
            keys.append(ListedKey(part, is_secret=kind == b"sec"))
        elif kind in {b"sub", b"ssb"} and keys:
            part = _part(fields)
            keys[-1].subkeys.append(part)
            keys[-1].is_secret = keys[-1].is_secret or kind == b"ssb"
        elif kind == b"fpr" and part and not part.fingerprint:
            part.fingerprint = _ascii(fields[9])
        elif kind == b"grp" and part and not part.keygrip:
            part.keygrip = _ascii(fields[9])
        elif kind == b"uid" and keys:
            keys[-1].uids.append((unescape(fields[9]), _ascii(fields[1])))
    return keys


def unescape(value: bytes) -> bytes:
    r"""`value` with gpg's ``\\xNN`` escapes undone."""
    return _ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), value)


def _part(fields: list[bytes]) -> KeyPart:
    return KeyPart(
        fingerprint="",
        key_id=_ascii(fields[4]),
        algorithm=_number(fields[3]),
        bits=_number(fields[2]),
        created=_moment(fields[5]),
        expires=_moment(fields[6]),
        usage=_ascii(fields[11]),
        validity=_ascii(fields[1])[:1],
        secret=_ascii(fields[14]),
    )


def _ascii(value: bytes) -> str:
    return value.decode("ascii", "replace")


def _number(value: bytes) -> int:
    return int(value) if value.isdigit() and len(value) <= _MOST_DIGITS else 0


def _moment(value: bytes) -> datetime | None:
    """Seconds since 1970 or ISO 8601 basic form, UTC; None where empty or beyond what a date can say."""
    text = _ascii(value)
    try:
        if "T" in text:
            return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        return datetime.fromtimestamp(int(text), UTC) if text else None
    except (ValueError, OverflowError, OSError):
        return None
