"""What a file says of its maker beside its content: taken out of pictures, pointed out in documents (HAZARDS S21)."""

from dataclasses import dataclass, field

from therapymail.mail.picture_metadata import PictureUnreadable, cleaned_picture

METADATA_REMOVED, MAY_NAME_AUTHOR = "metadata-removed", "may-name-its-author"
_TELLING_STARTS = (
    b"%PDF",
    b"{\\rtf",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # Office before 2007
    b"II*\0",  # TIFF, and most cameras' raw pictures
    b"MM\0*",
    b"ID3",
    b"fLaC",
    b"OggS",
    b"RIFF",  # WAV and AVI; WebP is cleaned
    b"\x1aE\xdf\xa3",  # Matroska
    b"PK\x03\x04",  # Office since 2007, OpenDocument, EPUB, and archives of anything
)
_LOOKED_AT = 4096
_TELLING_ANYWHERE = (b"<svg", b"<html", b"<HTML", b"<?xml")


@dataclass(frozen=True)
class Cleaned:
    """A file's bytes as they may be enclosed; `notes` are codes of domain.draft.DraftEnclosure."""

    data: bytes = field(repr=False)
    notes: tuple[str, ...] = ()


def without_metadata(name: str, media_type: str, data: bytes) -> Cleaned:
    """`data` without place, device, time and comments, if it is a JPEG, PNG, GIF or WebP picture.

    The picture itself is not touched: not one of its compressed bytes changes; colour profile and
    orientation stay. What cannot be cleaned and usually names its author (documents, recordings, other or
    damaged pictures) is noted. The content decides, not `name` and `media_type`. Never raises.
    """
    try:
        clean = cleaned_picture(data)
    except PictureUnreadable:
        return Cleaned(data, (MAY_NAME_AUTHOR,))
    if clean is not None:
        return Cleaned(clean, () if clean == data else (METADATA_REMOVED,))
    return Cleaned(data, (MAY_NAME_AUTHOR,) if _may_name_its_author(name, media_type, data) else ())


def _may_name_its_author(name: str, media_type: str, data: bytes) -> bool:
    if data.startswith(_TELLING_STARTS) or data[4:8] == b"ftyp":  # MP4, HEIC, AVIF
        return True
    beginning = data[:_LOOKED_AT]
    if any(mark in beginning for mark in _TELLING_ANYWHERE):
        return True
    return media_type.lower().startswith(("image/", "audio/", "video/")) or name.lower().endswith((".docx", ".odt"))
