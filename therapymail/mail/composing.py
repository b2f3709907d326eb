"""The parts of a letter we write: its text and its enclosures as MIME entities of exact bytes."""

import binascii
import re
from collections.abc import Sequence
from urllib.parse import quote

from therapymail.domain.draft import DraftEnclosure
from therapymail.errors import UnusableInput
from therapymail.mail.parts import safe_name

_LINE = 76  # RFC 2045: of quoted-printable and base64
_TO_ESCAPE = re.compile(rb"[^\n\t -<>-~]")
_UNUSUAL = re.compile(rb"[^\n\t -~]")
_MEDIA_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}")
_NAME_PIECE = 55  # characters of a name's percent-encoded form on one line
_LONGEST_FALLBACK = 60
_NOT_FOR_QUOTES = re.compile(r"[^ !#-\[\]-~]")


def letter_parts(text: str, enclosures: Sequence[tuple[DraftEnclosure, bytes]] = ()) -> list[bytes]:
    r"""`text` (`\\n` line ends) and then each enclosure, as whole MIME entities: CRLF, 7bit, lines of 76 (W2).

    Everything goes into the sealed part: nothing is ever beside it (HAZARDS C5). Raises UnusableInput for
    text that is no Unicode.
    """
    return [_text_part(text), *(_enclosure_part(enclosure, data) for enclosure, data in enclosures)]


def _text_part(text: str) -> bytes:
    try:
        content = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8")
    except UnicodeEncodeError:
        raise UnusableInput("text", "it holds characters that cannot be sent") from None
    if len(_UNUSUAL.findall(content)) * 6 > len(content):
        encoding, body = b"base64", _base64(content.replace(b"\n", b"\r\n"))
    else:
        encoding, body = b"quoted-printable", _quoted_printable(content)
    header = b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: ' + encoding
    return header + b"\r\n\r\n" + body


def _quoted_printable(content: bytes) -> bytes:
    r"""`content` (`\\n` line ends) by RFC 2045 section 6.7; blanks at line ends, `From ` and a lone dot escaped."""
    lines = _TO_ESCAPE.sub(_escaped, content).split(b"\n")
    return b"\r\n".join([_line(line) for line in lines])


def _line(line: bytes) -> bytes:
    """A line whose octets are escaped where they must be, its edges seen to, divided if it is too long."""
    if line.endswith((b" ", b"\t")):
        line = line[:-1] + b"=%02X" % line[-1]
    if line.startswith(b"From "):
        line = b"=46" + line[1:]
    elif line == b".":
        line = b"=2E"
    return line if len(line) <= _LINE else b"=\r\n".join(_pieces(line))


def _escaped(found: "re.Match[bytes]") -> bytes:
    return b"=%02X" % found[0][0]


def _pieces(line: bytes) -> list[bytes]:
    """`line`, already escaped, in pieces of at most 75 octets, no escape divided."""
    pieces, at = [], 0
    while len(line) - at > _LINE:
        end = at + _LINE - 1
        if line[end - 1 : end] == b"=":
            end -= 1
        elif line[end - 2 : end - 1] == b"=":
            end -= 2
        pieces.append(line[at:end])
        at = end
    return [*pieces, line[at:]]


def _base64(content: bytes) -> bytes:
    """`content` in lines of 76 characters, each ended by CRLF."""
    encoded = binascii.b2a_base64(content, newline=False)
    return b"".join([encoded[at : at + _LINE] + b"\r\n" for at in range(0, len(encoded), _LINE)])


def _enclosure_part(enclosure: DraftEnclosure, data: bytes) -> bytes:
    name = safe_name(enclosure.name) or "enclosure"
    media_type = enclosure.media_type.lower()
    if not _MEDIA_TYPE.fullmatch(media_type):
        media_type = "application/octet-stream"
    fallback = ascii_name(name)
    lines = [f"Content-Type: {media_type};", f' name="{fallback}"', "Content-Disposition: attachment;"]
    if fallback != name:  # first, because Python's own parser takes the first of the two
        lines += _extended(name)
    lines += [f' filename="{fallback}"', "Content-Transfer-Encoding: base64"]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + _base64(data)


def _extended(name: str) -> list[str]:
    """`name` as RFC 2231 writes it: percent-encoded UTF-8, in numbered pieces."""
    pieces, piece = [], "utf-8''"
    for character in name:
        escaped = quote(character, safe="")
        if len(piece) + len(escaped) > _NAME_PIECE:
            pieces.append(piece)
            piece = ""
        piece += escaped
    return [f" filename*{number}*={each};" for number, each in enumerate([*pieces, piece])]


def ascii_name(name: str) -> str:
    """`name` for programs that read only short ASCII ones: each other character, and what quoting needs, as `_`."""
    plain = _NOT_FOR_QUOTES.sub("_", name)
    if len(plain) <= _LONGEST_FALLBACK:
        return plain
    stem, dot, ending = plain.rpartition(".")
    ending = dot + ending if dot and len(ending) <= _LONGEST_FALLBACK // 2 else ""
    return (stem if ending else plain)[: _LONGEST_FALLBACK - len(ending)] + ending
