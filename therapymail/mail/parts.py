"""The parts of a MIME entity (RFC 2045, 2046, 2183, 2231): where each lies in the bytes, and what it says it is."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from therapymail.domain.sanitise import sanitise_line
from therapymail.mail.charsets import decode_text
from therapymail.mail.encoded_words import decoded_words, header_text

MAX_DEPTH = 8
MAX_PARTS = 200
MAX_NAME_CHARACTERS = 150
_LONGEST_DELIMITER_TAIL = 200  # bytes of "--", blanks and line end after a delimiter
_HEADER_BYTES = 262_144  # of one part
_FIELD = re.compile(
    rb"^(content-type|content-transfer-encoding|content-disposition|subject)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*+)",
    re.IGNORECASE | re.MULTILINE,
)
# field lines up to the first line that is none; a mailbox file's "From " line may stand before them
# (possessive: else every line costs some memory of the engine's)
_HEADER_LINES = re.compile(rb"(?:>?From [^\n]*\n)?(?:[!-9;-~]+[ \t]*:[^\n]*(?:\n|\Z)(?:[ \t][^\n]*(?:\n|\Z))*+)*+")
_EMPTY_LINE = re.compile(rb"\r?\n")
_END_OF_HEADER = re.compile(rb"\n\r?\n")
_MEDIA_TYPE = re.compile(r"\s*([\w!#$&.+^-]+/[\w!#$&.+^-]+)", re.ASCII)
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,80})\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)')
_ESCAPED = re.compile(r"\\(.)")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: `source[start:end]` is the whole of it, `source[body:end]` without its header.

    `media_type` is in lower case, `parameters` by lower-case name, `filename` a bare name (HAZARDS S25) or
    empty, `disposition` inline, attachment or empty. `defects` are codes of what was wrong with it alone.
    """

    source: bytes
    start: int
    body: int
    end: int
    media_type: str
    parameters: dict[str, str]
    encoding: str
    disposition: str
    filename: str
    subject: str
    children: tuple["Part", ...] = ()
    defects: tuple[str, ...] = ()

    @property
    def is_multipart(self) -> bool:
        """Whether it was taken apart into children."""
        return bool(self.children)

    def walk(self) -> Iterator["Part"]:
        """The part itself and every one inside it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


def parts_of(entity: bytes) -> Part:
    """The tree of parts of `entity`, MAX_DEPTH deep and MAX_PARTS wide at the most. Never raises.

    What lies deeper or beyond is left whole, with the defect `too-deep` or `too-many-parts`. Attached
    messages (message/rfc822) are not taken apart.
    """
    return _Reader(entity).part(0, len(entity), 1, "text/plain")


class _Reader:
    """Takes one entity apart and keeps count."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.parts = 0

    def part(self, start: int, end: int, depth: int, default_type: str) -> Part:
        self.parts += 1
        header_end, body = _header_bounds(self.source, start, end)
        fields: dict[bytes, bytes] = {}
        for found in _FIELD.finditer(self.source, start, min(header_end, start + _HEADER_BYTES)):
            fields.setdefault(found[1].lower(), found[2])
        media_type, parameters = _type_of(fields.get(b"content-type"), default_type)
        disposition, more = _value_and_parameters(header_text(fields.get(b"content-disposition", b"")))
        children: tuple[Part, ...] = ()
        defects: tuple[str, ...] = ()
        if media_type.startswith("multipart/"):
            children, defects = self._children(body, end, depth, media_type, parameters.get("boundary", ""))
        return Part(
            source=self.source,
            start=start,
            body=body,
            end=end,
            media_type=media_type,
            parameters=parameters,
            encoding=header_text(fields.get(b"content-transfer-encoding", b"")).partition(";")[0].strip().lower(),
            disposition=disposition.strip().lower(),
            filename=safe_name(more.get("filename", "") or parameters.get("name", "")),
            subject=decoded_words(header_text(fields.get(b"subject", b""))),
            children=children,
            defects=defects,
        )

    def _children(
        self, body: int, end: int, depth: int, media_type: str, boundary: str
    ) -> tuple[tuple[Part, ...], tuple[str, ...]]:
        if depth >= MAX_DEPTH:
            return (), ("too-deep",)
        spans, closed = _spans(self.source, body, end, boundary)
        if not spans:
            return (), ("boundary-missing",)
        defects = [] if closed else ["not-closed"]
        default_type = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
        children = []
        for start, stop in spans:
            if self.parts >= MAX_PARTS:
                defects.append("too-many-parts")
                break
            children.append(self.part(start, stop, depth + 1, default_type))
        return tuple(children), tuple(defects)


def _header_bounds(source: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the header of the part at `start` ends, and where its body begins."""
    limit = min(end, start + _HEADER_BYTES)
    fields = _HEADER_LINES.match(source, start, limit)
    header_end = fields.end() if fields else start
    if limit < end and source.find(b"\n", header_end, limit) < 0:  # it goes on beyond the limit (HAZARDS S24)
        empty = _END_OF_HEADER.search(source, header_end, end)
        return header_end, empty.end() if empty else end
    empty_line = _EMPTY_LINE.match(source, header_end, end)
    return header_end, empty_line.end() if empty_line else header_end


def _spans(source: bytes, start: int, end: int, boundary: str) -> tuple[list[tuple[int, int]], bool]:
    """Where the body parts lie between the delimiter lines, and whether the last one is closed (RFC 2046 5.1.1)."""
    delimiter = b"--" + boundary.encode("latin-1", "replace")
    spans: list[tuple[int, int]] = []
    opened = -1
    position = source.find(delimiter, start, end) if boundary else -1
    while position >= 0:
        line_limit = min(end, position + len(delimiter) + _LONGEST_DELIMITER_TAIL)
        line_end = source.find(b"\n", position, line_limit)
        after = source[position + len(delimiter) : line_end if line_end >= 0 else line_limit].rstrip()
        if after in {b"", b"--"} and (position == start or source[position - 1 : position] == b"\n"):
            if opened >= 0:
                spans.append((opened, max(opened, _before_line_end(source, position))))
            if after or line_end < 0:
                return spans, bool(after)
            opened = line_end + 1
            if len(spans) > MAX_PARTS:
                break
        position = source.find(delimiter, position + len(delimiter), end)
    if opened >= 0:
        spans.append((opened, end))
    return spans, False


def _before_line_end(source: bytes, position: int) -> int:
    """Where the line end before `position` begins: it belongs to the delimiter."""
    if source[position - 2 : position] == b"\r\n":
        return position - 2
    return position - 1


def _type_of(field: bytes | None, default_type: str) -> tuple[str, dict[str, str]]:
    if field is None:
        return default_type, {}
    value, parameters = _value_and_parameters(header_text(field))
    found = _MEDIA_TYPE.match(value)
    if found:
        return found[1].lower(), parameters
    # RFC 2045 section 5.2: what cannot be read is plain text; but with a name it is an enclosure
    return ("application/octet-stream" if parameters.get("name") else "text/plain"), parameters


def _value_and_parameters(text: str) -> tuple[str, dict[str, str]]:
    value, semicolon, _ = text.partition(";")
    if not semicolon:
        return value, {}
    parameters: dict[str, str] = {}
    for found in _PARAMETER.finditer(text, len(value)):
        content = found[2].strip()
        if content.startswith('"'):
            content = _ESCAPED.sub(r"\1", content[1:].removesuffix('"'))
        parameters.setdefault(found[1].lower(), content)
    if any("*" in name for name in parameters):
        _join_continuations(parameters)
    return value, parameters


def _join_continuations(parameters: dict[str, str]) -> None:
    """Replace `name*0`, `name*1*` and `name*` by the `name` they mean (RFC 2231)."""
    for base in {name.partition("*")[0] for name in parameters if "*" in name}:
        pieces = []
        if f"{base}*" in parameters:
            pieces = [(parameters[f"{base}*"], True)]
        for number in range(MAX_PARTS if not pieces else 0):
            if f"{base}*{number}*" in parameters:
                pieces.append((parameters[f"{base}*{number}*"], True))
            elif f"{base}*{number}" in parameters:
                pieces.append((parameters[f"{base}*{number}"], False))
            else:
                break
        if pieces:
            parameters[base] = _joined(pieces)


def _joined(pieces: list[tuple[str, bool]]) -> str:
    charset = "utf-8"
    first, is_extended = pieces[0]
    if is_extended and first.count("'") >= 2:
        charset, _, first = first.split("'", 2)
    joined = b"".join(
        unquote_to_bytes(text) if extended else text.encode() for text, extended in [(first, is_extended), *pieces[1:]]
    )
    return decode_text(joined, charset).text


def safe_name(declared: str) -> str:
    """A bare file name out of the `declared` one: no path, no control character, direction marks visible.

    HAZARDS S25, S9. The ending is kept whole where a long name is cut. Empty if nothing usable is left.
    """
    name = sanitise_line(decoded_words(declared)).replace("\\", "/").rpartition("/")[2].strip()
    if name in {"", ".", ".."}:
        return ""
    if len(name) > MAX_NAME_CHARACTERS:
        stem, dot, ending = name.rpartition(".")
        ending = dot + ending if dot and len(ending) <= 20 else ""
        name = (stem if ending else name)[: MAX_NAME_CHARACTERS - len(ending)] + ending
    return name


def content_of(part: Part) -> bytes:
    """The bytes of `part` with its transfer encoding undone, damage and all (RFC 2045 section 6). Never raises."""
    body = part.source[part.body : part.end]
    if part.encoding == "base64":
        return _from_base64(body)
    if part.encoding == "quoted-printable":
        return binascii.a2b_qp(body)
    return body


def _from_base64(body: bytes) -> bytes:
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:  # cut off or damaged: what is left of it
        kept = _NOT_BASE64.sub(b"", body)
        return binascii.a2b_base64(kept[: len(kept) - (len(kept) % 4 == 1)] + b"===")
