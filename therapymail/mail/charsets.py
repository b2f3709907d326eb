"""Bytes of a letter as text: the declared charset, then what the bytes really are."""

import codecs
import functools
import re
from dataclasses import dataclass

UNKNOWN = "charset-unknown"  # nobody knows a charset of that name
WRONG = "charset-wrong"  # the bytes are not of the declared charset
MISLABELLED = "charset-mislabelled"  # declared as a one-byte charset, but UTF-8

_ALIASES = {
    "ansi": "cp1252",
    "cp-850": "cp850",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "macintosh": "mac-roman",
    "shift_jis": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "windows-874": "cp874",
    "windows-31j": "cp932",
    "x-sjis": "cp932",
    "x-mac-roman": "mac-roman",
}
_LATIN_1 = {"ascii", "iso8859-1"}  # read as cp1252, their superset in every mail program
# Python also knows codecs that are no charsets of mail (punycode and idna take quadratic time)
_CHARSETS = re.compile(
    r"utf-(7|8|16|32)(-[bl]e)?|iso8859-\d+|iso2022_(jp|kr)\w*|cp(125\d|8[5-7]\d|437|720|737|775|874|932|949|950)"
    r"|koi8-[rut]|gb18030|big5\w*|euc_\w+|shift_jis\w*|johab|hz|mac-\w+|tis-620|ptcp154|kz1048"
)
_ASCII_LOOKS_DIFFERENT = re.compile(r"utf-(7|16|32)|iso2022|hz")
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class DecodedText:
    """`text` without NUL or lone surrogates, line ends as they were; `defect` is a code or empty."""

    text: str
    defect: str = ""


def decode_text(content: bytes, declared: str) -> DecodedText:
    """`content` as text: by the `declared` charset, else as UTF-8, else as cp1252. Never raises.

    A one-byte charset is not believed where the bytes are UTF-8 with non-ASCII characters in it: text of
    that charset looks like UTF-8 only by a freak.
    """
    codec = _codec(declared)
    if content.isascii() and not _ASCII_LOOKS_DIFFERENT.match(codec):
        return DecodedText(_clean(content.decode("ascii")))
    if not codec:
        return DecodedText(_undeclared(content), UNKNOWN if declared else "")
    if _is_one_byte(codec):
        in_utf_8 = _strictly(content, "utf-8")
        if in_utf_8 is not None:
            return DecodedText(_clean(in_utf_8), MISLABELLED)
        codec = "cp1252" if codec in _LATIN_1 else codec
    text = _strictly(content, codec)
    if text is None:
        return DecodedText(_undeclared(content), WRONG)
    return DecodedText(_clean(text))


@functools.lru_cache(maxsize=64)
def _codec(declared: str) -> str:
    """Python's name of the declared charset; empty where none is declared or nobody knows it."""
    name = declared.strip().strip("'\"").lower()
    if not name or not name.isascii() or len(name) > 40:
        return ""
    try:
        found = codecs.lookup(_ALIASES.get(name, name)).name
    except (LookupError, ValueError):  # unknown; a NUL in the name
        return ""
    return found if found == "ascii" or _CHARSETS.fullmatch(found) else ""


def _is_one_byte(codec: str) -> bool:
    return codec.startswith(("ascii", "iso8859", "cp125", "koi8"))


def _strictly(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except UnicodeError:
        return None


def _undeclared(content: bytes) -> str:
    text = _strictly(content, "utf-8")
    if text is None:
        text = _strictly(content, "cp1252")
    return _clean(text if text is not None else content.decode("latin-1"))


def _clean(text: str) -> str:
    if "\0" in text:
        text = text.replace("\0", "")
    text = text.removeprefix("\ufeff")
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)
