"""Finding out from a file's first bytes what it truly is: by the library filetype, and by our own look at texts."""

import re

from therapymail.domain.true_type import HTML, PROGRAM, SVG, TEXT, UNKNOWN, TrueType

_LOOKED_AT = 65_536  # bytes; a container says on its first pages what it is
# What filetype does not know or names in another way: what a machine would run, and the old Office container.
_PROGRAMS = (
    *(b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa"),
    b"\x4c\x00\x00\x00\x01\x14\x02\x00",  # a Windows shortcut
    b"!<arch>\ndebian-binary",
    b"\xed\xab\xee\xdb",
    b"[Desktop Entry]",
)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NO_TEXT = bytes({*range(0x20), 0x7F} - {*b"\t\n\r\f\x1b"})
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,400}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(!doctype\s+html|html|head|body|script|svg|!doctype\s+svg)\b",
    re.IGNORECASE | re.DOTALL,
)


# A program that goes by content looks for these anywhere in the first lines, and then shows all of it as a page.
_MARKUP = re.compile(
    rb"<(?:!doctype|html|head|title|body|meta|script|style|link|img|iframe|svg|\w+:svg|a|h1|\?xml-stylesheet)\b"
    rb"|#EXTM3U|\[playlist\]|\[InternetShortcut\]",
    re.IGNORECASE,
)
_FIRST_LINES = 8192  # bytes


def holds_markup(content: bytes) -> bool:
    """Whether a page may begin somewhere in the first lines of `content`, in whatever encoding of ASCII's letters."""
    return _MARKUP.search(content[:_FIRST_LINES].replace(b"\0", b"")) is not None


def true_type(content: bytes) -> TrueType:
    """What `content` is by itself, whatever it is called. Never raises."""
    start = content[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf")
    if start.startswith(_PROGRAMS):
        return TrueType(PROGRAM)
    if start.startswith(_OLD_OFFICE):
        return TrueType("application/x-ole-storage")
    if page := _PAGE.match(start):
        return TrueType(SVG if b"svg" in page[1].lower() else HTML)
    import filetype

    found = filetype.guess(start) if start else None
    if found is not None:
        return TrueType(
            PROGRAM if found.mime in {"application/x-msdownload", "application/x-executable"} else found.mime
        )
    return TrueType(TEXT if _is_text(start) else UNKNOWN)


def _is_text(start: bytes) -> bool:
    if not start or start.translate(None, _NO_TEXT) != start:
        return False
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(start) - 4  # cut within a character
    return True
