"""Pictures without what they say of camera, place and author: JPEG, PNG, GIF and WebP, their image data untouched.

Only the containers are read, never the picture: nothing is decoded, so a hostile file cannot reach a decoder.
"""

import re
import struct
import zlib
from collections.abc import Iterator

_ORIENTATION = 0x0112
_UPRIGHT = 1
_EXIF = b"Exif\0\0"

_JPEG, _PNG, _GIF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a")
_SCAN, _END = 0xDA, 0xD9
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
# Everything a PNG's look depends on (third edition of the specification, and animations).
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT pHYs bKGD hIST sPLT cICP mDCV cLLI acTL fcTL fdAT".split()
)
_GIF_KEPT = {b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"}
_WEBP_KEPT = {b"VP8X", b"VP8 ", b"VP8L", b"ANIM", b"ANMF", b"ALPH", b"ICCP"}
_VP8X_EXIF, _VP8X_XMP = 0x08, 0x04


class PictureUnreadable(Exception):
    """A file begins as a picture and does not go on as one."""


def cleaned_picture(data: bytes) -> bytes | None:
    """`data` without metadata; None if it is none of the four kinds. Raises PictureUnreadable where it is damaged.

    Kept are colour profiles, and an orientation other than upright in an Exif block that says nothing else.
    What stands behind a picture's end (further pictures, a film, a maker's records) goes too.
    """
    try:
        if data.startswith(_JPEG):
            return b"".join(_jpeg(data))
        if data.startswith(_PNG):
            return b"".join(_png(data))
        if data.startswith(_GIF):
            return b"".join(_gif(data))
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _webp(data)
    except (IndexError, struct.error):
        raise PictureUnreadable from None
    return None


# --- JPEG (ITU-T T.81 annex B): segments, and scans of entropy-coded data -------------------------------


def _jpeg(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    at, turned = 2, False
    while True:
        if data[at] != 0xFF:
            raise PictureUnreadable
        while data[at] == 0xFF:  # any number of fill bytes
            at += 1
        marker = data[at]
        if marker == _END:
            yield b"\xff\xd9"
            return
        if marker in _STANDALONE:
            yield bytes([0xFF, marker])
            at += 1
            continue
        end = at + 1 + _number(data, at + 1, 2)
        body = data[at + 3 : end]
        if marker == 0xE1 and body.startswith(_EXIF) and not turned and (orientation := _orientation(body[6:])):
            turned = True
            exif = _EXIF + _only_orientation(orientation)
            yield b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
        elif _jpeg_keeps(marker, body):
            yield b"\xff" + data[at:end]
        at = end
        if marker == _SCAN:
            found = _AFTER_SCAN.search(data, at)
            if not found:
                raise PictureUnreadable
            yield data[at : found.start()]
            at = found.start()


def _jpeg_keeps(marker: int, body: bytes) -> bool:
    """All that is needed to draw: no APPn but JFIF, ICC profile and Adobe's colour transform, no comment."""
    if marker == 0xFE:
        return False
    if not 0xE0 <= marker <= 0xEF:
        return True
    if marker == 0xE0:
        return body.startswith(b"JFIF\0")
    return (marker == 0xE2 and body.startswith(b"ICC_PROFILE\0")) or (marker == 0xEE and body.startswith(b"Adobe"))


# --- PNG: chunks of length, type, data, checksum ---------------------------------------------------------


def _png(data: bytes) -> Iterator[bytes]:
    yield data[:8]
    at = 8
    while True:
        end = at + 12 + _number(data, at, 4)
        kind = data[at + 4 : at + 8]
        if end > len(data):
            raise PictureUnreadable
        if kind in _PNG_KEPT:
            yield data[at:end]
        elif kind == b"eXIf" and (orientation := _orientation(data[at + 8 : end - 4])):
            chunk = kind + _only_orientation(orientation)
            yield struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        if kind == b"IEND":
            return
        at = end


# --- GIF: blocks; comments and applications' own extensions go -------------------------------------------


def _gif(data: bytes) -> Iterator[bytes]:
    at = 13 + _colours(data[10])
    yield data[:at]
    while data[at] != 0x3B:
        if data[at] == 0x2C:
            end = _sub_blocks_end(data, at + 10 + _colours(data[at + 9]) + 1)
            kept = True
        elif data[at] == 0x21:
            end = _sub_blocks_end(data, at + 2)
            label = data[at + 1]
            kept = label in {0xF9, 0x01} or (label == 0xFF and data[at + 3 : at + 14] in _GIF_KEPT)
        else:
            raise PictureUnreadable
        if kept:
            yield data[at:end]
        at = end
    yield b"\x3b"


def _colours(packed: int) -> int:
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _sub_blocks_end(data: bytes, at: int) -> int:
    while data[at]:
        at += 1 + data[at]
    return at + 1


# --- WebP (RIFF): chunks of type, length, data, padding --------------------------------------------------


def _webp(data: bytes) -> bytes:
    kept: list[bytes] = []
    at, stop = 12, 8 + int.from_bytes(data[4:8], "little")
    orientation = 0
    if stop > len(data):
        raise PictureUnreadable
    while at < stop:
        kind, length = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        end = at + 8 + length + (length & 1)
        if end > stop:
            raise PictureUnreadable
        if kind == b"EXIF":
            orientation = _orientation(data[at + 8 : at + 8 + length].removeprefix(_EXIF))
        elif kind in _WEBP_KEPT:
            kept.append(data[at:end])
        at = end
    if orientation:
        exif = _only_orientation(orientation)
        kept.append(b"EXIF" + struct.pack("<I", len(exif)) + exif)
    if kept and kept[0].startswith(b"VP8X"):
        flags = kept[0][8] & ~(_VP8X_EXIF | _VP8X_XMP) | (_VP8X_EXIF if orientation else 0)
        kept[0] = kept[0][:8] + bytes([flags]) + kept[0][9:]
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


# --- Exif: a small TIFF whose first directory may hold the orientation -----------------------------------


def _orientation(tiff: bytes) -> int:
    """The orientation in an Exif block, 0 where there is none, it is upright, or the block is damaged."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if not order:
        return 0
    try:
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, directory)
        for number in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, directory + 2 + 12 * number)
            if tag == _ORIENTATION:
                return value if _UPRIGHT < value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _only_orientation(orientation: int) -> bytes:
    """A TIFF of one directory with one entry; 26 bytes."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)


def _number(data: bytes, at: int, octets: int) -> int:
    found = data[at : at + octets]
    if len(found) < octets:
        raise PictureUnreadable
    return int.from_bytes(found, "big")
