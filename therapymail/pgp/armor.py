"""ASCII armor, read leniently where mail programs and relays differ and strictly where data could hide."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from therapymail.errors import OpenPgpUnreadable

_BEGIN = b"-----BEGIN PGP "
_MESSAGE = _BEGIN + b"MESSAGE-----"
_END = b"-----END PGP "
_DASHES = b"-----"
_BLANKS = b"\r\n \t"
_BASE64 = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_CHECKSUM = re.compile(rb"=[A-Za-z0-9+/]{4}")
_HEADER = re.compile(rb"([A-Za-z-]+):[ \t]*(.*)")
# A blank as relays and HTML leave it (A1): U+00A0 in UTF-8, in Latin-1, and as an entity.
_ODD_BLANKS = (b"\xc2\xa0", b"&nbsp;", b"\xa0")
_MAX_LABEL = 40
_MAX_INDENT = 200  # blanks or quote marks before armor on its line; keeps hostile long lines cheap


@dataclass(frozen=True)
class ArmorBlock:
    """One armored block in a text: its label (`MESSAGE`, `SIGNATURE`, `SIGNED MESSAGE` …) and its bytes' range.

    `start` is where the line of its BEGIN starts (blanks included), `end` is after the line of its END, or
    the end of the text where there is none (`whole` is False then). For a `SIGNED MESSAGE` the range ends
    with the signature's END.
    """

    label: str
    start: int
    end: int
    whole: bool


def find_blocks(text: bytes) -> tuple[ArmorBlock, ...]:
    """The armored blocks of `text` whose BEGIN stands at the start of a line, blanks allowed (PGP.md A2).

    Lines that quote old armor (`> -----BEGIN`) and armor behind other text on its line do not count.
    """
    if _BEGIN not in text:
        return ()
    return tuple(_blocks(text))


def quotes_a_block(text: bytes) -> bool:
    """Whether `text` quotes a message, as a reply does with old ciphertext (PGP.md A2): `> -----BEGIN PGP MESSAGE`."""
    at = text.find(_MESSAGE)
    while at >= 0:
        before = text[_line_start(text, at) : at].strip()
        if before and not before.strip(b"> \t|"):
            return True
        at = text.find(_MESSAGE, at + 1)
    return False


def is_armored(data: bytes) -> bool:
    """Whether `data` is armor rather than binary OpenPGP (whose first octet has its high bit set)."""
    return not (data[:1] >= b"\x80") and _BEGIN in data


def dearmor(text: bytes, label: str = "MESSAGE") -> bytes:
    """The binary data of the one armored block labelled `label` in `text`; text around it is ignored.

    PGP.md A1 and RFC 9580 section 6: the checksum is optional and ignored. Raises OpenPgpUnreadable where
    there is no such block, more than one, no end, or anything in it but base64.
    """
    blocks = [block for block in find_blocks(text) if block.label == label]
    if len(blocks) != 1:
        raise OpenPgpUnreadable("there is no armored block" if not blocks else "there are several armored blocks")
    return dearmor_block(text, blocks[0])


def dearmor_block(text: bytes, block: ArmorBlock) -> bytes:
    """The binary data of `block`, found in `text` by `find_blocks`. Raises OpenPgpUnreadable."""
    if not block.whole:
        raise OpenPgpUnreadable("the armor has no end")
    begin = text.find(b"\n", text.find(_BEGIN, block.start, block.end), block.end)
    end = text.rfind(_END, block.start, block.end)
    if begin < 0 or end < begin:
        raise OpenPgpUnreadable("the armor has no lines")
    body = text[begin + 1 : end]
    data = _quick(body) or _from_base64(b"".join(_data_lines(body)))
    if not data:
        raise OpenPgpUnreadable("the armor's base64 is broken")
    return data


def armor_headers(text: bytes, block: ArmorBlock) -> dict[str, str]:
    """The header lines of `block` by lower-case name (`charset`, `hash`, `version`); the first of a name wins."""
    headers: dict[str, str] = {}
    for line in text[block.start : block.end].splitlines()[1:]:
        found = _HEADER.fullmatch(line.strip())
        if not found:
            break
        headers.setdefault(found[1].decode("ascii").lower(), found[2].decode("ascii", "replace").strip())
    return headers


def split_cleartext(text: bytes, block: ArmorBlock) -> tuple[bytes, bytes]:
    r"""The signed text of a cleartext-signed `block`, as signed, and its binary signature.

    RFC 9580 section 7: dash escapes removed, blanks at line ends removed, lines joined by CRLF, without the
    line end before the signature. Raises OpenPgpUnreadable.
    """
    inside = text[text.find(b"\n", text.find(_BEGIN, block.start)) + 1 : block.end]
    found = find_blocks(inside)
    if len(found) != 1 or found[0].label != "SIGNATURE" or not block.whole:
        raise OpenPgpUnreadable("the signed text has no single signature")
    lines = inside[: found[0].start].split(b"\n")[:-1]
    stripped = [line.rstrip(b" \t\r") for line in lines]
    while stripped and stripped[0] and _HEADER.fullmatch(stripped[0]):
        del stripped[0]
    if not stripped or stripped[0]:
        raise OpenPgpUnreadable("the signed text has no blank line after its header")
    signed = b"\r\n".join(line.removeprefix(b"- ") for line in stripped[1:])
    return signed, dearmor_block(inside, found[0])


def _blocks(text: bytes) -> Iterator[ArmorBlock]:
    at = 0
    while (begin := text.find(_BEGIN, at)) >= 0:
        at = begin + len(_BEGIN)
        start = _line_start(text, begin)
        label = _label(text, at)
        if label is None or not _is_blank(text[start:begin]):
            continue
        end = _end_of(text, at, "SIGNATURE" if label == "SIGNED MESSAGE" else label)
        yield ArmorBlock(label, start, end if end >= 0 else len(text), whole=end >= 0)
        if end < 0:
            return
        at = end


def _label(text: bytes, at: int) -> str | None:
    end = text.find(_DASHES, at, at + _MAX_LABEL)
    return text[at:end].decode("ascii", "replace") if end > at else None


def _end_of(text: bytes, at: int, label: str) -> int:
    """Where the line after `-----END PGP label-----` starts, -1 without one; it must start its line."""
    wanted = _END + label.encode("ascii", "replace") + _DASHES
    while (found := text.find(wanted, at)) >= 0:
        if _is_blank(text[_line_start(text, found) : found]):
            newline = text.find(b"\n", found)
            return newline + 1 if newline >= 0 else len(text)
        at = found + 1
    return -1


def _line_start(text: bytes, at: int) -> int:
    """Where the line of `at` starts; `at` minus a limit on a longer line, whose beginning is then no blank."""
    newline = text.rfind(b"\n", max(0, at - _MAX_INDENT), at)
    return newline + 1 if newline >= 0 else max(0, at - _MAX_INDENT)


def _is_blank(piece: bytes) -> bool:
    return not piece.strip() or not _without_odd_blanks(piece).strip()


def _without_odd_blanks(line: bytes) -> bytes:
    for odd in _ODD_BLANKS:
        line = line.replace(odd, b" ")
    return line


def _quick(body: bytes) -> bytes | None:
    """The data of a well-formed block (headers, a blank line, base64, perhaps a checksum), None for any other."""
    crlf, lf = body.find(b"\r\n\r\n"), body.find(b"\n\n")
    if body.startswith((b"\r\n", b"\n")):
        start = 0
    elif crlf >= 0 and not 0 <= lf < crlf:
        start = crlf
    elif lf >= 0:
        start = lf
    else:
        return None
    if not all(b":" in line for line in body[:start].split(b"\n") if line):
        return None
    packed = body[start:].translate(None, _BLANKS)
    if packed[-5:-4] == b"=":
        packed = packed[:-5]
    return _from_base64(packed)


def _data_lines(body: bytes) -> Iterator[bytes]:
    """The base64 lines of an armor body: after its header lines, up to a checksum. Raises OpenPgpUnreadable."""
    lines = (_without_odd_blanks(line).strip() for line in body.splitlines())
    begun = ended = False
    for line in lines:
        if not line:
            continue
        if ended:
            raise OpenPgpUnreadable("there is data after the armor's checksum")
        if _BASE64.fullmatch(line):
            begun = True
            yield line
        elif begun and _CHECKSUM.fullmatch(line):
            ended = True
        elif begun or not (b":" in line or b" " in line):
            raise OpenPgpUnreadable("the armor holds something that is not base64")


def _from_base64(packed: bytes) -> bytes | None:
    """The data of `packed`, None for anything but well-formed base64 without blanks."""
    try:
        return binascii.a2b_base64(packed, strict_mode=True)
    except binascii.Error:
        return None
