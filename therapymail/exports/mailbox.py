"""Letters as they came, sealed, in one file: a mailbox that mail programs read, or an archive of single mails."""

import hashlib
import re
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from therapymail.exports.manifest import manifest_line

MANIFEST = "SHA256SUMS"
_FROM = re.compile(rb"^(>*From )", re.MULTILINE)
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first day that a zip archive knows: it says nothing of its making
_PRIVATE = 0o100600 << 16


class Original(NamedTuple):
    """A letter as it came: its name (HERON-12), when it was received (UTC), and its bytes."""

    name: str
    received: datetime
    raw: bytes


class Writable(Protocol):
    """What takes bytes one after another."""

    def write(self, content: bytes, /) -> int:
        """Take `content`; how many bytes that were."""
        ...

    def flush(self) -> None:
        """Hand on what was taken."""


def write_mbox(letters: Iterable[Original], file: Writable) -> None:
    r"""Write a mailbox in the form "mboxrd": lines end with `\n`, and one that begins with From bears one > more.

    The line before each letter names nobody (RFC 4155 has the sender there).
    """
    for letter in letters:
        when = letter.received.astimezone(UTC).strftime("%a %b %e %H:%M:%S %Y").encode("ascii")
        body = letter.raw.replace(b"\r\n", b"\n")
        ending = b"\n" if body.endswith(b"\n") else b"\n\n"
        file.write(b"From MAILER-DAEMON " + when + b"\n" + _FROM.sub(rb">\1", body) + ending)


def write_archive(letters: Iterable[Original], file: Writable) -> None:
    """Write a zip archive of HERON-1.eml and so on, byte for byte as they came, and SHA256SUMS of them.

    The same letters give the same archive. Names in it are the letters' own and tell nobody.
    """
    lines = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]  # it takes any stream
        for letter in letters:
            name = f"{letter.name}.eml"
            archive.writestr(_entry(name), letter.raw)
            lines.append(manifest_line(hashlib.sha256(letter.raw).hexdigest(), name))
        archive.writestr(_entry(MANIFEST), "".join(lines))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _LONG_AGO)
    entry.external_attr = _PRIVATE
    return entry
