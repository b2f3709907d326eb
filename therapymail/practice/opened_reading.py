"""What a person reads of a mail that was opened: its text, and its enclosures with what their signatures are."""

import hashlib

from therapymail.domain.letter import Enclosure, Reading
from therapymail.mail.entity import enclosure_bytes, read_entity
from therapymail.pgp.opening import OpenedMail
from therapymail.practice.key_notes import key_notes


def reading_of(opened: OpenedMail) -> tuple[Reading | None, tuple[str, ...]]:
    """What a person reads of an opened mail (None where it was not opened), and codes for what is odd in it.

    Attachments beside an inline letter follow those inside it, as enclosures outside the seal (PGP.md A6).
    """
    if opened.payload is None:
        return None, ()
    entity = read_entity(opened.payload, is_entity=opened.is_entity, charset=opened.charset)
    enclosures = _with_signatures(opened, opened.payload, entity.enclosures)
    if opened.beside is not None:
        beside = read_entity(opened.beside, is_entity=True).enclosures
        enclosures += tuple(each._replace(outside=True) for each in _with_signatures(opened, opened.beside, beside))
    reading = Reading(
        subject=opened.headers.subject,
        text=entity.text,
        quoted=entity.quoted,
        unsealed_text=opened.unsealed_text,
        enclosures=enclosures,
        arrangement=entity.arrangement,
    )
    return reading, (*entity.defects, *key_notes(opened, reading))


def _with_signatures(opened: OpenedMail, entity: bytes, listed: tuple[Enclosure, ...]) -> tuple[Enclosure, ...]:
    if not opened.file_signatures:
        return listed
    digests = [hashlib.sha256(enclosure_bytes(entity, index)).digest() for index in range(len(listed))]
    return tuple(
        each._replace(signatures=opened.file_signatures.get(digest, ()))
        for each, digest in zip(listed, digests, strict=True)
    )
