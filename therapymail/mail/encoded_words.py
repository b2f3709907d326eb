"""Header text as it lies in a mail: folding undone, bytes of any charset and encoded words read as text."""

import binascii
import re

from therapymail.mail.charsets import decode_text

MAX_HEADER_BYTES = 32_768  # of one field: RFC 5322 names no limit, real ones stay far below
_ENCODED_WORD = re.compile(r"=\?([!-<>@-~]{1,60})\?([bBqQ])\?([^?\s]*)\?=")
_HEXADECIMAL = re.compile(rb"=([0-9A-Fa-f]{2})")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(=\?)")


def header_text(value: bytes) -> str:
    """`value` of a header field as text: one line, no NUL, encoded words left as they are.

    8-bit bytes are read as UTF-8, else as cp1252. HAZARDS S12: no character that ends a line survives.
    """
    value = value[:MAX_HEADER_BYTES]
    text = value.decode("ascii") if value.isascii() else decode_text(value, "").text
    return one_line(text)


def one_line(text: str) -> str:
    """`text` with every run of blanks and line ends (CR, LF, NUL, VT, FF, NEL, LS, PS) made one space."""
    return " ".join(text.replace("\0", " ").split())


def decoded_words(text: str) -> str:
    """`text` with its encoded words read (RFC 2047), as one line; a word that cannot be read stays as it is.

    Words inside quoted strings and glued to other text are read too, as mail programs in use write them.
    """
    if "=?" not in text:
        return text
    joined = _BETWEEN_WORDS.sub(r"\1\2", text)
    pieces: list[str] = []
    pending = b""
    charset = ""
    position = 0
    for word in _ENCODED_WORD.finditer(joined):
        content = _word_bytes(word[2], word[3])
        if content is None:
            continue
        name = word[1].partition("*")[0].lower()
        if pending and (name != charset or word.start() != position):
            pieces.append(decode_text(pending, charset).text)
            pending = b""
        pieces.append(joined[position : word.start()])
        # a character may be split over two words: bytes are joined before they are read
        pending, charset, position = pending + content, name, word.end()
    pieces.append(decode_text(pending, charset).text)
    pieces.append(joined[position:])
    return one_line("".join(pieces))


def _word_bytes(encoding: str, content: str) -> bytes | None:
    if encoding in "qQ":
        spaced = content.replace("_", " ").encode("ascii", "replace")
        return _HEXADECIMAL.sub(lambda found: bytes([int(found[1], 16)]), spaced)
    kept = content.rstrip("=")
    if not kept.isascii():
        return None
    try:
        return binascii.a2b_base64(kept[: len(kept) - (len(kept) % 4 == 1)] + "===")
    except binascii.Error:
        return None
