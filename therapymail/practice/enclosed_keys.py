"""Where keys are in a letter that was opened: looked for only where its header or its enclosures say so."""

from collections.abc import Iterator
from typing import NamedTuple

from therapymail.domain.found_key import KeySource
from therapymail.domain.letter import Enclosure, Reading
from therapymail.domain.seal import Protection
from therapymail.mail.autocrypt import AutocryptKey, may_offer_key, offered_key
from therapymail.mail.entity import enclosure_bytes
from therapymail.mail.headers import header_block, read_headers
from therapymail.pgp.certificate_packets import MAX_BYTES
from therapymail.pgp.opening import OpenedMail

MAX_ENCLOSED = 4  # key files looked at in one letter
_KEY_TYPE = "application/pgp-keys"
_KEY_ENDINGS = (".asc", ".pgp", ".gpg", ".key", ".pub")
# A signature beside a text is called .asc as well; only armor or OpenPGP packets of a key are worth a closer look.
_ARMORED = (b"-----BEGIN PGP PUBLIC KEY BLOCK-----", b"-----BEGIN PGP PRIVATE KEY BLOCK-----")
_KEY_BEGINS = {b"\x98", b"\x99", b"\xc6", b"\x94", b"\x95", b"\xc5"}  # tags 6 and 5, old format and new


class KeyMaterial(NamedTuple):
    """What may be one key, as it stood in the letter, and where."""

    source: KeySource
    material: bytes


def key_material(raw: bytes, opened: OpenedMail, reading: Reading | None) -> tuple[KeyMaterial, ...]:
    """What may be keys in the mail `raw`, each only once; its own header last. Never raises.

    A letter without an Autocrypt field and without an enclosure that looks like a key costs one search of its
    header and a look at its enclosures' names: nothing is parsed. Gossip is left alone: what a client's letter says
    about another's key is nothing to rely on (PGP.md AC3).
    """
    found: dict[bytes, KeySource] = {}
    sealed, outer = _sealed_key(opened), _outer_key(raw)
    if sealed:
        found[sealed.keydata] = KeySource.SEALED_HEADER
    for material in _enclosed(opened, reading):
        found.setdefault(material, KeySource.ENCLOSED)
    if outer:
        found.setdefault(outer.keydata, KeySource.HEADER)
    return tuple(KeyMaterial(source, material) for material, source in found.items())


def header_key(raw: bytes, opened: OpenedMail) -> tuple[KeySource, AutocryptKey] | None:
    """The key that the mail's own Autocrypt header gives, inside the seal before outside. Never raises."""
    if sealed := _sealed_key(opened):
        return KeySource.SEALED_HEADER, sealed
    outer = _outer_key(raw)
    return (KeySource.HEADER, outer) if outer else None


def _outer_key(raw: bytes) -> AutocryptKey | None:
    block = header_block(raw)
    return offered_key(block) if may_offer_key(block) else None


def _sealed_key(opened: OpenedMail) -> AutocryptKey | None:
    """A field in the root of a sealed payload, for the author that the letter's header names."""
    if opened.facts.protection is not Protection.SEALED or not opened.is_entity or opened.payload is None:
        return None
    block = header_block(opened.payload)
    if not may_offer_key(block):
        return None
    author = read_headers(opened.headers.block).single_author
    return offered_key(block, author) if author else None


def _enclosed(opened: OpenedMail, reading: Reading | None) -> Iterator[bytes]:
    if reading is None or opened.payload is None or not opened.is_entity:
        return
    wanted = [index for index, each in enumerate(reading.enclosures) if _may_be_key(each) and not each.outside]
    for index in wanted[:MAX_ENCLOSED]:
        material = enclosure_bytes(opened.payload, index)
        if any(begin in material for begin in _ARMORED) or material[:1] in _KEY_BEGINS:
            yield material


def _may_be_key(enclosure: Enclosure) -> bool:
    named = enclosure.media_type == _KEY_TYPE or enclosure.name.lower().endswith(_KEY_ENDINGS)
    return named and enclosure.size <= MAX_BYTES
