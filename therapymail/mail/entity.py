"""The letter in a MIME entity: the author's text, the quoted text, the enclosures."""

from dataclasses import dataclass

from therapymail.domain.arrangement import Arrangement
from therapymail.domain.letter import Enclosure
from therapymail.mail.letter_parts import LetterParts
from therapymail.mail.parts import Part, content_of, parts_of
from therapymail.mail.quotes import split_quotes

_ENDINGS = {
    "application/pdf": ".pdf",
    "application/pgp-keys": ".asc",
    "application/pgp-signature": ".asc",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "message/rfc822": ".eml",
    "multipart/encrypted": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/vcard": ".vcf",
}


@dataclass(frozen=True, slots=True)
class ReadEntity:
    r"""What a person reads of an entity. Text with `\\n` line ends, decoded, not sanitised.

    `subject` is that of the entity's own header, not checked against any other. `text` is empty where
    there is nothing but a quote or a forward: `quoted` then holds all of it. `language` is left to who
    knows languages. `defects` are codes of what was wrong or left out, each once. `arrangement` is the order of own and
    quoted words (domain/arrangement.py).
    """

    subject: str
    text: str
    quoted: str
    enclosures: tuple[Enclosure, ...] = ()
    language: str = ""
    defects: tuple[str, ...] = ()
    arrangement: Arrangement = ()


def read_entity(payload: bytes, *, is_entity: bool, charset: str = "") -> ReadEntity:
    """The letter in `payload`: a MIME entity, or bare text in `charset` where `is_entity` is false.

    Never raises: damage becomes a defect, and what cannot be read an enclosure (HAZARDS S24, C42; limits
    in `parts` and `letter_parts`). Nothing is fetched, run or decrypted (HAZARDS S2, S3, S22).
    """
    found = LetterParts()
    subject = ""
    if is_entity:
        root = parts_of(payload)
        subject = root.subject
        found.read(root)
    else:
        found.add_bare(payload, charset)
    split = split_quotes("\n\n".join(found.texts) if len(found.texts) != 1 else found.texts[0])
    return ReadEntity(
        subject=subject,
        text=split.own,
        quoted=split.quoted,
        enclosures=tuple(_enclosure(part) for part in found.enclosures),
        defects=tuple(dict.fromkeys(found.defects)),
        arrangement=split.arrangement,
    )


def enclosure_bytes(payload: bytes, index: int) -> bytes:
    """The bytes of the enclosure at `index` (from 0) among those `read_entity` found in the entity `payload`.

    Raises IndexError if there is none.
    """
    found = LetterParts()
    found.read(parts_of(payload))
    if index < 0:
        raise IndexError(index)
    return _whole(found.enclosures[index])


def _whole(part: Part) -> bytes:
    """The content of a single part; of one that has parts itself, all of it with its header."""
    if part.media_type.startswith("multipart/"):
        return part.source[part.start : part.end]
    return content_of(part)


def _enclosure(part: Part) -> Enclosure:
    name = part.filename
    if not name:
        stem = "message" if part.media_type.startswith(("message/", "multipart/")) else "enclosure"
        name = stem + _ENDINGS.get(part.media_type, "")
    return Enclosure(name=name, media_type=part.media_type, size=len(_whole(part)))
