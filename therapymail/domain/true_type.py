"""What a file truly is, by its content, beside what its sender and its name say (HAZARDS S25)."""

import mimetypes
from pathlib import PurePosixPath
from typing import NamedTuple

UNKNOWN = ""
TEXT, HTML, SVG, PROGRAM = "text/plain", "text/html", "image/svg+xml", "application/x-executable"
_SAME = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/heif": "image/heic",
    "audio/wav": "audio/x-wav",
    "audio/wave": "audio/x-wav",
    "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4",
    "video/x-m4v": "video/mp4",
    "application/x-gzip": "application/gzip",
    "application/x-zip-compressed": "application/zip",
    "text/rtf": "application/rtf",
    "application/xhtml+xml": HTML,
}
_SAYS_NOTHING = {
    "application/octet-stream",
    "application/force-download",
    "application/x-download",
    "binary/octet-stream",
}
_ENDINGS_OF_PROGRAMS = frozenset(
    [
        ".app",
        ".apk",
        ".appimage",
        ".bash",
        ".bat",
        ".bin",
        ".cmd",
        ".com",
        ".command",
        ".cpl",
        ".deb",
        ".desktop",
        ".dll",
        ".exe",
        ".hta",
        ".jar",
        ".js",
        ".jse",
        ".lnk",
        ".msc",
        ".msi",
        ".msp",
        ".pif",
        ".pl",
        ".ps1",
        ".py",
        ".pyw",
        ".rb",
        ".reg",
        ".rpm",
        ".run",
        ".scf",
        ".scpt",
        ".scr",
        ".sh",
        ".vb",
        ".vbe",
        ".vbs",
        ".wsf",
        ".wsh",
        ".zsh",
    ]
)


class TrueType(NamedTuple):
    """A media type found in the content itself; empty where the content does not tell."""

    media_type: str

    @property
    def is_program(self) -> bool:
        """Whether a machine would run it."""
        return self.media_type == PROGRAM

    @property
    def is_page(self) -> bool:
        """Whether what shows it may load things from the network, and so tell its sender that it was opened."""
        return self.media_type in {HTML, SVG}


def runs_by_name(name: str) -> bool:
    """Whether a file of this name would be run rather than shown when it is opened."""
    return PurePosixPath(name.lower().rstrip(". ")).suffix in _ENDINGS_OF_PROGRAMS


def is_page_by_name(name: str) -> bool:
    """Whether a file of this name would be shown by a browser."""
    return PurePosixPath(name.lower().rstrip(". ")).suffix in {
        ".htm",
        ".html",
        ".xhtml",
        ".svg",
        ".mht",
        ".mhtml",
        ".shtml",
    }


def contradicts(declared: str, name: str, true: TrueType) -> bool:
    """Whether the content is something else than its sender, or its name, says; where nothing is told, nothing is."""
    if true.media_type == UNKNOWN:
        return False
    said = [] if declared.lower() in _SAYS_NOTHING else [declared.lower()]
    by_name = mimetypes.guess_type(name.lower())[0]
    said += [by_name] if by_name else []
    return any(not _are_alike(each, true.media_type) for each in said)


def _are_alike(said: str, true: str) -> bool:
    one, other = _SAME.get(said, said), _SAME.get(true, true)
    if true == TEXT:  # a poem, a calendar, a table, a key: text is the form of many types
        return one.startswith(("text/", "message/")) or one.endswith(("json", "xml", "pgp-keys", "pgp-signature"))
    return one == other
