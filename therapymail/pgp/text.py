"""Bytes of a letter as text where the charset may be wrong, missing or unknown (PGP.md A5)."""

import codecs

_NOT_FOR_TEXT = {"base64", "bz2", "hex", "quopri", "rot_13", "uu", "zlib", "idna", "punycode", "unicode_escape",
                 "raw_unicode_escape", "undefined"}  # fmt: skip


def known_charset(name: str) -> str:
    """Python's name of the charset `name`, empty where it is unknown or no charset of text."""
    try:
        found = codecs.lookup(name.strip()).name if name.isascii() and name else ""
    except (LookupError, ValueError):
        return ""
    return "" if found.replace("-", "_") in _NOT_FOR_TEXT else found


def settle_charset(data: bytes, declared: str) -> str:
    """The charset in which `data` reads best: UTF-8 where it is more than ASCII and fits, else `declared`.

    What is valid UTF-8 beyond ASCII is hardly ever anything else, while declared charsets are often wrong
    in inline OpenPGP: the part says what the program would have used for a text that is not sealed.
    """
    if not data.isascii() and _fits(data, "utf-8"):
        return "utf-8"
    name = known_charset(declared)
    if name and _fits(data, name):
        return name
    return "utf-8" if data.isascii() else "latin-1"


def text_of(data: bytes, declared: str) -> str:
    """`data` as text, in the charset that `settle_charset` finds. Never raises."""
    return data.decode(settle_charset(data, declared))


def _fits(data: bytes, charset: str) -> bool:
    try:
        data.decode(charset)
    except (UnicodeError, ValueError):
        return False
    return True
