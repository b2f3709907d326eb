"""What a file truly is, by its content, beside what its sender and its name say (HAZARDS S25)."""

import mimetypes
import re
import unicodedata
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
_SIGNS_BEHIND = re.compile(r"[^\w-]+$")
_RUN = (
    "apk app appimage application appref-ms appx bash bat bin bundle chm class cmd com command cpl csh "
    "deb desktop directory dll exe fish flatpak flatpakref gadget hlp hta img inf iso jar jnlp js jse "
    "kdelnk ksh library-ms lnk lua mobileconfig msc msi msix msp mst pif pl ps1 py pyw rb rdp reg rpm run "
    "scf scpt scr sct search-ms sh snap so tcl terminal vb vbe vbs vhd vhdx workflow ws wsc wsf wsh xbap "
    "zsh"
)
_PROGRAMS = frozenset(_RUN.split())
# Pages, and what names a place that is fetched as soon as it is opened: links, playlists, pictures of paths.
_FETCH = (
    "asx htm html inetloc m3u m3u8 mht mhtml pls ram shtml smil svg svgz swf torrent url wax webloc wvx "
    "xht xhtml xml xsl xslt xspf"
)
_PAGES = frozenset(_FETCH.split())
_PLAIN = frozenset(["csv", "log", "md", "txt"])


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
    return _ending(name) in _PROGRAMS


def is_page_by_name(name: str) -> bool:
    """Whether what shows a file of this name, a browser or a player, may load things from the network."""
    return _ending(name) in _PAGES


def is_plain_by_name(name: str) -> bool:
    """Whether a file of this name is shown as lines, whatever stands in it."""
    return _ending(name) in _PLAIN


def _ending(name: str) -> str:
    """What stands behind the last point, in lower case: what has no shape, and signs behind it, hide no ending."""
    shaped = "".join(each for each in name.lower() if unicodedata.category(each) != "Cf")
    return _SIGNS_BEHIND.sub("", shaped).rpartition(".")[2] if "." in shaped else ""


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
