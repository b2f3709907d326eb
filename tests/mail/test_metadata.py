import random
import struct
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from therapymail.mail.metadata import MAY_NAME_AUTHOR, METADATA_REMOVED, without_metadata
from therapymail.mail.picture_metadata import PictureUnreadable, cleaned_picture
from therapymail.practice.demo.photo import photo_with_exif

SECRET = b"51 30 N by Orla's telephone"
ICC = b"ICC_PROFILE\0\1\1" + b"colours" * 9


def exif(orientation: int | None, order: str = "<") -> bytes:
    """The TIFF in an Exif block, with a secret in it."""
    start = b"II*\0" if order == "<" else b"MM\0*"
    entries = [struct.pack(f"{order}HHII", 0x010F, 2, len(SECRET), 100)]
    if orientation is not None:
        entries.append(struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0))
    directory = struct.pack(f"{order}H", len(entries)) + b"".join(entries) + bytes(4)
    return (start + struct.pack(f"{order}I", 8) + directory).ljust(100, b"\0") + SECRET


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(*extra: bytes, behind: bytes = b"") -> bytes:
    """A whole small picture with further segments after its first."""
    whole = photo_with_exif(datetime(2026, 3, 3, tzinfo=UTC))
    tables = whole[2 + 2 + struct.unpack(">H", whole[4:6])[0] :]
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + b"".join(extra) + tables + behind


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*extra: bytes, behind: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\x7f"))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + pixels + chunk(b"IEND", b"") + behind


def gif(*extra: bytes, behind: bytes = b"") -> bytes:
    screen = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)
    image = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return screen + b"".join(extra) + image + b"\x3b" + behind


def extension(label: int, *blocks: bytes) -> bytes:
    return bytes([0x21, label]) + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def webp(*extra: tuple[bytes, bytes], flags: int = 0x2C, behind: bytes = b"") -> bytes:
    chunks = [(b"VP8X", bytes([flags]) + bytes(9)), (b"ICCP", b"colours"), (b"VP8L", b"\x2fpixels"), *extra]
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for kind, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body + behind


PLAIN = {"jpeg": jpeg(), "png": png(), "gif": gif(), "webp": webp(flags=0x20)}
TELLING = {
    "JPEG Exif": (jpeg(segment(0xE1, b"Exif\0\0" + exif(1))), jpeg()),
    "JPEG Exif and its thumbnail": (jpeg(segment(0xE1, b"Exif\0\0" + exif(None)), segment(0xE1, SECRET)), jpeg()),
    "JPEG XMP": (jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET)), jpeg()),
    "JPEG IPTC": (jpeg(segment(0xED, b"Photoshop 3.0\0" + SECRET)), jpeg()),
    "JPEG comment": (jpeg(segment(0xFE, SECRET)), jpeg()),
    "JPEG of several": (jpeg(segment(0xE2, b"MPF\0" + SECRET), segment(0xE5, SECRET)), jpeg()),
    "JPEG, colours kept": (jpeg(segment(0xE2, ICC), segment(0xFE, SECRET)), jpeg(segment(0xE2, ICC))),
    "JPEG, a film behind it": (jpeg(behind=b"ftyp" + SECRET), jpeg()),
    "JPEG, Adobe's transform kept": (
        jpeg(segment(0xEE, b"Adobe\0d\0\0\0\0\1"), segment(0xE1, SECRET)),
        jpeg(segment(0xEE, b"Adobe\0d\0\0\0\0\1")),
    ),
    "PNG text": (png(chunk(b"tEXt", b"Author\0" + SECRET), chunk(b"iTXt", SECRET), chunk(b"zTXt", SECRET)), png()),
    "PNG time": (png(chunk(b"tIME", b"1234567")), png()),
    "PNG Exif": (png(chunk(b"eXIf", exif(1))), png()),
    "PNG private": (png(chunk(b"caBX", SECRET)), png()),
    "PNG, colours kept": (png(chunk(b"iCCP", b"p\0\0x"), chunk(b"tIME", b"1")), png(chunk(b"iCCP", b"p\0\0x"))),
    "PNG, more behind it": (png(behind=SECRET), png()),
    "GIF comment": (gif(extension(0xFE, SECRET)), gif()),
    "GIF XMP": (gif(extension(0xFF, b"XMP DataXMP", SECRET)), gif()),
    "GIF, its loop kept": (
        gif(extension(0xFF, b"NETSCAPE2.0", b"\1\0\0"), extension(0xFE, SECRET)),
        gif(extension(0xFF, b"NETSCAPE2.0", b"\1\0\0")),
    ),
    "GIF, more behind it": (gif(behind=SECRET), gif()),
    "WebP Exif and XMP": (webp((b"EXIF", exif(1)), (b"XMP ", SECRET)), webp(flags=0x20)),
    "WebP unknown": (webp((b"meta", SECRET), flags=0x20), webp(flags=0x20)),
    "WebP, more behind it": (webp(flags=0x20, behind=SECRET), webp(flags=0x20)),
}


@pytest.mark.parametrize("kind", TELLING)
def test_S21_what_a_picture_says_of_its_maker_goes_and_the_picture_stays(kind: str) -> None:
    data, wanted = TELLING[kind]
    cleaned = without_metadata("x", "application/octet-stream", data)
    assert cleaned.data == wanted
    assert cleaned.notes == (METADATA_REMOVED,)
    assert without_metadata("x", "", wanted).notes == ()
    assert SECRET not in cleaned.data


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("order", ["<", ">"])
def test_S21_a_turned_picture_stays_turned_and_says_nothing_else(orientation: int, order: str) -> None:
    tiff = exif(orientation, order)
    for data in (
        jpeg(segment(0xE1, b"Exif\0\0" + tiff)),
        png(chunk(b"eXIf", tiff)),
        webp((b"EXIF", tiff)),
        webp((b"EXIF", b"Exif\0\0" + tiff)),
    ):
        cleaned = without_metadata("x", "", data)
        assert SECRET not in cleaned.data
        assert cleaned.notes == (METADATA_REMOVED,)
        small = b"MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0" + bytes([orientation]) + bytes(6)
        assert cleaned.data.count(small) == 1
        assert without_metadata("x", "", cleaned.data).data == cleaned.data


def test_of_two_exif_blocks_one_orientation_is_kept() -> None:
    first, second = (segment(0xE1, b"Exif\0\0" + exif(orientation)) for orientation in (6, 3))
    (cleaned,) = {without_metadata("x", "", jpeg(first, second)).data}
    assert cleaned.count(b"Exif\0\0") == 1
    assert cleaned == without_metadata("x", "", jpeg(first)).data


def test_a_webp_says_whether_it_has_exif() -> None:
    assert without_metadata("x", "", webp((b"EXIF", exif(6)), flags=0x2C)).data[20] == 0x28
    assert without_metadata("x", "", webp((b"EXIF", exif(1)), flags=0x2C)).data[20] == 0x20


def test_a_webp_whose_parts_are_longer_than_itself_is_damaged() -> None:
    whole = bytearray(webp(flags=0x20, behind=SECRET))
    at = whole.index(b"VP8L") + 4
    whole[at] += 4
    with pytest.raises(PictureUnreadable):
        cleaned_picture(bytes(whole))


def test_the_demos_photograph_loses_its_place() -> None:
    photo = photo_with_exif(datetime(2026, 3, 3, 10, 5, tzinfo=UTC))
    cleaned = without_metadata("tree.jpg", "image/jpeg", photo)
    assert b"Example Optics" in photo
    assert b"Exif" not in cleaned.data
    assert photo.endswith(cleaned.data[2:])


def test_a_progressive_jpeg_keeps_its_scans_and_loses_the_comment_between_them() -> None:
    scan = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x3f\xff\x00\xff\xd0\x11"
    whole = b"\xff\xd8" + scan + segment(0xFE, SECRET) + b"\xff" + scan + b"\xff\xd9"
    assert cleaned_picture(whole) == b"\xff\xd8" + scan + scan + b"\xff\xd9"


@pytest.mark.parametrize(
    ("name", "media_type", "start"),
    [
        ("x.pdf", "application/pdf", b"%PDF-1.7"),
        ("x.doc", "application/msword", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("x.docx", "application/octet-stream", b"PK\x03\x04"),
        ("x.odt", "", b"PK\x03\x04"),
        ("x.rtf", "text/rtf", b"{\\rtf1"),
        ("x.heic", "image/heic", b"\0\0\0\x18ftypheic"),
        ("x.mp4", "video/mp4", b"\0\0\0\x18ftypisom"),
        ("x.tif", "image/tiff", b"II*\0"),
        ("x.svg", "image/svg+xml", b"<svg sodipodi:docname='x'>"),
        ("x.mp3", "audio/mpeg", b"ID3"),
        ("x.bmp", "image/bmp", b"BM"),
    ],
)
def test_S21_what_cannot_be_cleaned_is_pointed_out_and_left_alone(name: str, media_type: str, start: bytes) -> None:
    cleaned = without_metadata(name, media_type, start + SECRET)
    assert (cleaned.data, cleaned.notes) == (start + SECRET, (MAY_NAME_AUTHOR,))


@pytest.mark.parametrize("data", [b"", b"plain words", b"a,b\n1,2\n", b"-----BEGIN PGP PUBLIC KEY BLOCK-----"])
def test_plain_text_is_nobodys(data: bytes) -> None:
    assert without_metadata("x.txt", "text/plain", data).notes == ()


@settings(max_examples=60)
@given(st.sampled_from(sorted(TELLING)), st.integers(0, 2**32), st.booleans())
def test_S21_a_damaged_picture_is_left_alone_and_pointed_out_or_cleaned(kind: str, seed: int, cut: bool) -> None:
    data, _ = TELLING[kind]
    chance = random.Random(seed)
    if cut:
        data = data[: chance.randrange(len(data))]
    else:
        damaged = bytearray(data)
        for _ in range(chance.randrange(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        data = bytes(damaged)
    cleaned = without_metadata("x", "image/jpeg", data)
    assert cleaned.data == data or METADATA_REMOVED in cleaned.notes
    assert len(cleaned.data) <= len(data) + 40


@settings(max_examples=60)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x20\0\0\0WEBP"]),
)
@example(b"", b"RIFF\x04\0\0\0WEBP")
def test_any_bytes_give_a_result(data: bytes, start: bytes) -> None:
    cleaned = without_metadata("x", "", start + data)
    assert cleaned.data == start + data or cleaned.notes == (METADATA_REMOVED,)


@pytest.mark.parametrize("whole", PLAIN.values(), ids=PLAIN)
def test_a_picture_cut_short_is_not_called_clean(whole: bytes) -> None:
    assert without_metadata("x", "", whole) == without_metadata("y", "image/jpeg", whole)
    with pytest.raises(PictureUnreadable):
        cleaned_picture(whole[: len(whole) - 3])
    assert without_metadata("x", "", whole[:-3]).notes == (MAY_NAME_AUTHOR,)


def test_large_pictures_take_no_time() -> None:
    scan = segment(0xDA, b"\1\1\0\0\x3f\0") + bytes(random.Random(1).randbytes(20_000_000)).replace(b"\xff", b"\xfe")
    whole = b"\xff\xd8" + segment(0xFE, SECRET) + scan + b"\xff\xd9"
    assert cleaned_picture(whole) == b"\xff\xd8" + scan + b"\xff\xd9"
