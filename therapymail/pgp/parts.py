"""A mail's MIME structure as ranges of its raw bytes, so that what is verified is what came (PGP.md D6, M3).

Not a mail reader: it finds parts, their types and their decoded bytes, never rewrites and never raises on
what a mail holds. Header fields are raw bytes; `pgp.header_fields` says what they mean.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

MAX_PARTS = 1000
MAX_DEPTH = 8
# Of one header; what goes on beyond that is a way to fill memory, and is passed over (HAZARDS S24).
MAX_FIELDS, MAX_HEADER_BYTES = 500, 1_048_576
_MAX_PARAMETERS = 2048
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*+\n?")  # possessive: else each line costs 150 bytes
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_PARAMETER = re.compile(r';\s*([^=;\s"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s]*)')
_FILE_NAME = re.compile(rb'filename\s*=\s*"?([^";\r\n]*)', re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)")
_TAG = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")


class HeaderField(NamedTuple):
    """One header field: its lower-case `name` and its `raw` lines with line ends."""

    name: str
    raw: bytes

    @property
    def value(self) -> bytes:
        """What stands behind the colon, still folded."""
        return self.raw.partition(b":")[2].strip()


@dataclass(frozen=True)
class Part:
    """A MIME entity inside `source`: header from `start`, body from `body`, both up to `end` (offsets)."""

    source: bytes = field(repr=False)
    start: int
    body: int
    end: int
    fields: tuple[HeaderField, ...] = field(repr=False)

    @cached_property
    def content_type(self) -> tuple[str, dict[str, str]]:
        """Media type in lower case (`text/plain` where none is usable) and parameters by lower-case name."""
        return _content_type(self.value("content-type"))

    @property
    def media_type(self) -> str:
        """The media type, lower case."""
        return self.content_type[0]

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of Content-Type, names in lower case."""
        return self.content_type[1]

    @property
    def raw(self) -> bytes:
        """The entity as it came, header and body."""
        return self.source[self.start : self.end]

    @property
    def raw_body(self) -> bytes:
        """The body as it came."""
        return self.source[self.body : self.end]

    def value(self, name: str) -> bytes:
        """The value of the first field called `name` (lower case), empty without one."""
        return next((found.value for found in self.fields if found.name == name), b"")

    def values(self, name: str) -> tuple[bytes, ...]:
        """The values of every field called `name` (lower case)."""
        return tuple(found.value for found in self.fields if found.name == name)

    @property
    def file_name(self) -> str:
        """The file name the part is given, as it is written, empty without one. Never to be opened or believed."""
        found = _FILE_NAME.search(self.value("content-disposition"))
        return found[1].decode("latin-1").strip() if found else self.parameters.get("name", "")

    @property
    def is_attachment(self) -> bool:
        """Whether it is anything but text to be read in place."""
        disposition = self.value("content-disposition").lower()
        return not self.media_type.startswith("text/") or disposition.startswith(b"attachment") or bool(self.file_name)

    @cached_property
    def decoded(self) -> bytes | None:
        """The body with its transfer encoding undone; None where that is broken."""
        encoding = self.value("content-transfer-encoding").strip().lower()
        if encoding.startswith(b"base64"):
            return _from_base64(self.raw_body)
        if encoding.startswith(b"quoted-printable"):
            return binascii.a2b_qp(self.raw_body)
        return self.raw_body

    @cached_property
    def children(self) -> tuple["Part", ...]:
        """The parts of a multipart, at most 1,000; none for any other type or without a boundary."""
        boundary = self.parameters.get("boundary", "")
        if not self.media_type.startswith("multipart/") or not boundary:
            return ()
        delimiter = b"--" + boundary.rstrip().encode("latin-1", "replace")
        return tuple(read_part(self.source, start, end) for start, end in _ranges(self, delimiter))


def read_part(source: bytes, start: int = 0, end: int | None = None) -> Part:
    """The entity in `source[start:end]`. What does not start as a header is all body (RFC 2046 5.1, empty header)."""
    end = len(source) if end is None else end
    at = start
    fields: list[HeaderField] = []
    limit = min(end, start + MAX_HEADER_BYTES)
    while len(fields) < MAX_FIELDS and (found := _FIELD.match(source, at, limit)):
        fields.append(HeaderField(found[1].decode("ascii").lower(), found[0]))
        at = found.end()
    if len(fields) == MAX_FIELDS or (limit < end and source.find(b"\n", at, limit) < 0):
        empty = _EMPTY_LINE.search(source, max(start, at - 1), end)
        return Part(source, start, empty.end() if empty else end, end, tuple(fields))
    return Part(source, start, _after_blank_line(source, at, end), end, tuple(fields))


def read_mail(raw: bytes) -> Part:
    """The whole mail `raw` as an entity; a leading mbox line (`From …`) is passed over."""
    start = raw.find(b"\n") + 1 if raw.startswith((b"From ", b">From ")) else 0
    return read_part(raw, start)


def walk(part: Part, depth: int = MAX_DEPTH) -> Iterator[Part]:
    """`part` and the parts below it, outer before inner, not into embedded messages: 8 deep, 1,000 in all."""
    waiting = [(part, depth)]
    for _ in range(MAX_PARTS):
        if not waiting:
            return
        found, left = waiting.pop()
        yield found
        if left > 0:
            waiting += [(child, left - 1) for child in reversed(found.children)]


def crlf(data: bytes) -> bytes:
    r"""`data` with every line end as CRLF: what OpenPGP/MIME signs (RFC 3156 section 5), however it was stored."""
    if data.count(b"\n") == data.count(b"\r\n"):
        return data
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _line_end(source: bytes, at: int, end: int) -> int:
    found = source.find(b"\n", at, end)
    return found + 1 if found >= 0 else end


def _after_blank_line(source: bytes, at: int, end: int) -> int:
    for blank in (b"\r\n", b"\n"):
        if source.startswith(blank, at, end):
            return at + len(blank)
    return at


def _content_type(value: bytes) -> tuple[str, dict[str, str]]:
    text = value[:_MAX_PARAMETERS].decode("latin-1")
    media_type = text.partition(";")[0].strip().lower()
    parameters: dict[str, str] = {}
    for name, quoted in _PARAMETER.findall(text):
        bare = _ESCAPED.sub(r"\1", quoted[1:-1]) if quoted.startswith('"') and len(quoted) > 1 else quoted
        parameters.setdefault(name.lower(), bare)
    return (media_type if _TAG.fullmatch(media_type) else "text/plain"), parameters


def _ranges(part: Part, delimiter: bytes) -> Iterator[tuple[int, int]]:
    """Where each part starts and ends: without the line end that belongs to the next delimiter (RFC 2046 5.1.1)."""
    source, begun, count = part.source, -1, 0
    at = source.find(delimiter, part.body, part.end)
    while at >= 0 and count < MAX_PARTS:
        if at == part.body or source[at - 1] == 0x0A:
            rest = source[at + len(delimiter) : _line_end(source, at, part.end)].strip()
            if rest in {b"", b"--"}:
                if begun >= 0:
                    count += 1
                    yield begun, max(begun, _before_line_end(source, at))
                if rest:
                    return
                begun = _line_end(source, at, part.end)
        at = source.find(delimiter, at + len(delimiter), part.end)
    if begun >= 0 and count < MAX_PARTS:
        yield begun, part.end


def _before_line_end(source: bytes, at: int) -> int:
    return at - 2 if source[at - 2 : at] == b"\r\n" else at - 1


def _from_base64(body: bytes) -> bytes | None:
    for padding in (b"", b"=", b"=="):
        try:
            return binascii.a2b_base64(body + padding)
        except binascii.Error:
            continue
    return None
