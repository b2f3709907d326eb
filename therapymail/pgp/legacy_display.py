"""Copies of header fields that old programs show in the text, taken out again where that is safe (PGP.md HP7)."""

import re
from collections.abc import Iterator

from therapymail.pgp.parts import Part

_PSEUDO_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:|[ \t]+\S")
_HTML_BEGIN = re.compile(
    rb"<div\b[^<>]{0,200}\bclass\s*=\s*[\"']?header-protection-legacy-display\b[^<>]{0,200}>", re.IGNORECASE
)
_HTML_END = re.compile(rb"</div\s*>", re.IGNORECASE)
_FIRST_CHILD_IS_MAIN = {"multipart/mixed", "multipart/related"}


def without_legacy_display(payload: Part) -> bytes:
    """The bytes of `payload`, a decrypted payload root, without its legacy display elements.

    RFC 9788 section 5.2.2: only under hp="cipher", only in main body parts marked hp-legacy-display="1".
    The older form: multipart/mixed with protected-headers="v1" and exactly two children, the first a copy
    of the header: the second alone is the letter. Everything else is left as it is.
    """
    if payload.parameters.get("hp", "").lower() == "cipher":
        return _without_marked(payload)
    if _is_old_form(payload):
        return payload.children[1].raw
    return payload.raw


def _is_old_form(payload: Part) -> bool:
    if payload.media_type != "multipart/mixed" or payload.parameters.get("protected-headers", "").lower() != "v1":
        return False
    children = payload.children
    return (
        len(children) == 2
        and children[0].media_type in {"text/plain", "text/rfc822-headers"}
        and children[0].parameters.get("protected-headers", "").lower() == "v1"
    )


def _without_marked(payload: Part) -> bytes:
    pieces: list[bytes] = []
    at = payload.start
    for part in _main_parts(payload):
        rewritten = _rewritten(part)
        if rewritten is not None:
            pieces += [payload.source[at : part.start], rewritten]
            at = part.end
    return b"".join([*pieces, payload.source[at : payload.end]])


def _main_parts(part: Part) -> Iterator[Part]:
    if part.media_type in _FIRST_CHILD_IS_MAIN:
        for child in part.children[:1]:
            yield from _main_parts(child)
    elif part.media_type == "multipart/alternative":
        for child in part.children:
            yield from _main_parts(child)
    else:
        yield part


def _rewritten(part: Part) -> bytes | None:
    """The part without its element, its body no longer transfer-encoded; None where there is nothing to take out."""
    text = part.decoded
    if part.parameters.get("hp-legacy-display") != "1" or text is None or b"\0" in text:
        return None
    shorter = _without_element(text) if part.media_type == "text/html" else _without_lines(text)
    if shorter == text:
        return None
    kept = [found.raw for found in part.fields if found.name != "content-transfer-encoding"]
    return b"".join([*kept, b"Content-Transfer-Encoding: 8bit\r\n\r\n", shorter])


def _without_element(text: bytes) -> bytes:
    begin = _HTML_BEGIN.search(text)
    end = _HTML_END.search(text, begin.end()) if begin else None
    return text[: begin.start()] + text[end.end() :] if begin and end else text


def _without_lines(text: bytes) -> bytes:
    """Without leading lines that look like header fields, up to and with the first blank line."""
    lines = text.splitlines(keepends=True)
    for count, line in enumerate(lines):
        if not line.strip():
            return b"".join(lines[count + 1 :]) if count else text
        if not _PSEUDO_FIELD.match(line):
            return text
    return text
