"""Keys that a mail's header offers (Autocrypt Level 1): read strictly, believed in nothing, never written here.

Gossip (Autocrypt-Gossip, keys that a mail gives for others it went to) is not read: docs/decisions/autocrypt.md.
"""

import binascii
import functools
import re
from dataclasses import dataclass, field

from therapymail.domain.addresses import canonical_address
from therapymail.errors import UnusableInput
from therapymail.mail.headers import header_block, read_headers

MAX_FIELD_BYTES = 10 * 1024  # Autocrypt Level 1, section 2.1.1: a longer header is invalid
_FIELD = re.compile(rb"^autocrypt[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*+)", re.IGNORECASE | re.MULTILINE)
_BLANKS = re.compile(r"[ \t\r\n]+")
_MUTUAL = "mutual"


@dataclass(frozen=True, slots=True)
class AutocryptKey:
    """One header as it was read: for whom (canonical), the binary key it gives, and whether sealing is preferred.

    Nobody vouches for it: whoever could write the mail's header could write this.
    """

    address: str
    keydata: bytes = field(repr=False)
    prefers_encryption: bool = False


def may_offer_key(block: bytes) -> bool:
    """Whether an Autocrypt field stands in the header `block`: asked of every mail, so nothing else is read."""
    return b"autocrypt" in block.lower() and _FIELD.search(block) is not None


def offered_key(raw: bytes, author: str | None = None) -> AutocryptKey | None:
    """The one valid Autocrypt field in the header of `raw` (a mail, an entity or its header), or None. Never raises.

    It has to be for the mail's one author: `author` (canonical) where another header says who that is, as for the
    root of a sealed payload. None for a multipart/report, for several From mailboxes and for several valid fields
    (PGP.md AC1, HAZARDS S13).
    """
    block = header_block(raw)
    fields = _FIELD.findall(block)
    if not fields:
        return None
    header = read_headers(block)
    wanted = author or header.single_author
    if not wanted or header.content_type == "multipart/report":
        return None
    valid = [found for value in fields if (found := parse(value)) and found.address == wanted]
    return valid[0] if len(valid) == 1 else None


@functools.lru_cache(maxsize=8)  # a client's letters bear the same field, and each is asked about more than once
def parse(value: bytes) -> AutocryptKey | None:
    """The value of one Autocrypt field, folded or not; None where it is invalid. Never raises.

    PGP.md AC1: `addr` and `keydata` are there, each attribute once, keydata last; an unknown attribute makes the
    whole field invalid unless its name begins with `_`; `prefer-encrypt` counts as `mutual` or as nothing.
    """
    if len(value) > MAX_FIELD_BYTES:
        return None
    try:
        attributes = _attributes(value.decode("utf-8"))
        address = canonical_address(attributes.pop("addr"))
        keydata = binascii.a2b_base64(_BLANKS.sub("", attributes.pop("keydata")).encode("ascii"), strict_mode=True)
    except (ValueError, KeyError, UnusableInput):  # ValueError: of either encoding or of base64
        return None
    preference = attributes.pop("prefer-encrypt", "")
    if not keydata or any(not name.startswith("_") for name in attributes):
        return None
    return AutocryptKey(address, keydata, preference == _MUTUAL)


def _attributes(text: str) -> dict[str, str]:
    """Names and values in order. Raises ValueError: without `=`, twice the same name, anything behind keydata."""
    found: dict[str, str] = {}
    for attribute in text.strip().rstrip(";").split(";"):
        name, equals, content = attribute.partition("=")
        name = name.strip()
        if not equals or not name or name in found or "keydata" in found:
            raise ValueError(name)
        found[name] = content.strip()
    return found
