"""A tiny photograph with the tell-tale data a telephone writes into it, drawn by the program itself."""

import struct
from datetime import datetime

_ASCII, _LONG, _RATIONAL = 2, 4, 5
_GPS_POINTER = 0x8825
_SIDE = 8

_Field = tuple[int, int, int, bytes]  # tag, type, count, value


def photo_with_exif(taken: datetime) -> bytes:
    """A valid JPEG of 8 by 8 grey pixels whose EXIF block names a camera, a moment and a place."""
    return b"".join(
        [
            b"\xff\xd8",
            _segment(0xE1, b"Exif\0\0" + _tiff(taken)),
            _segment(0xDB, b"\0" + bytes([16]) * 64),  # one flat quantisation table
            _segment(0xC0, struct.pack(">BHHB", 8, _SIDE, _SIDE, 1) + b"\x01\x11\x00"),  # baseline, one component
            _segment(0xC4, b"\x00" + b"\x01" + bytes(15) + b"\x00"),  # DC: the code 0 means no difference
            _segment(0xC4, b"\x10" + b"\x01" + bytes(15) + b"\x00"),  # AC: the code 0 ends the block
            _segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
            b"\x3f",  # two code bits, padded with ones
            b"\xff\xd9",
        ]
    )


def _segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def _tiff(taken: datetime) -> bytes:
    """The EXIF block's inside: a little-endian TIFF with a camera's fields and a GPS directory."""
    start = 8
    camera = [
        _text(0x010F, "Example Optics"),
        _text(0x0110, "Pocket 3"),
        _text(0x0132, taken.strftime("%Y:%m:%d %H:%M:%S")),
    ]
    pointer: _Field = (_GPS_POINTER, _LONG, 1, struct.pack("<I", 0))
    gps_start = start + len(_directory([*camera, pointer], start))
    pointer = (_GPS_POINTER, _LONG, 1, struct.pack("<I", gps_start))
    place = [
        _text(0x0001, "N"),
        _degrees(0x0002, (51, 30, 0)),
        _text(0x0003, "W"),
        _degrees(0x0004, (0, 6, 0)),
    ]
    return b"II*\0" + struct.pack("<I", start) + _directory([*camera, pointer], start) + _directory(place, gps_start)


def _text(tag: int, value: str) -> _Field:
    raw = value.encode("ascii") + b"\0"
    return tag, _ASCII, len(raw), raw


def _degrees(tag: int, value: tuple[int, int, int]) -> _Field:
    return tag, _RATIONAL, 3, b"".join(struct.pack("<II", part, 1) for part in value)


def _directory(fields: list[_Field], start: int) -> bytes:
    """A TIFF directory at offset `start`: its entries, then the values that do not fit into four bytes."""
    after = start + 2 + 12 * len(fields) + 4
    entries, values = b"", b""
    for tag, kind, count, value in fields:
        if len(value) <= 4:
            stored = value.ljust(4, b"\0")
        else:
            stored = struct.pack("<I", after + len(values))
            values += value + b"\0" * (len(value) % 2)
        entries += struct.pack("<HHI", tag, kind, count) + stored
    return struct.pack("<H", len(fields)) + entries + struct.pack("<I", 0) + values
