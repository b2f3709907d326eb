"""Attached files that have a signature of their own beside them, paired by name and checked one by one (PGP.md A6)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from therapymail.domain.seal import SignatureFact, SignatureFinding
from therapymail.errors import OpenPgpUnreadable
from therapymail.pgp.armor import dearmor, is_armored
from therapymail.pgp.decrypter import Decrypter
from therapymail.pgp.layers import ENCRYPTED, SIGNED
from therapymail.pgp.packets import packet_tags
from therapymail.pgp.parts import Part, walk

MAX_SIGNED_FILES = 10  # checked in one mail; the others stay without a word on their signature
_ENDINGS = (".sig", ".asc", ".sign")
_SIGNATURE_PACKET = 2


@dataclass(frozen=True)
class SignedFile:
    """An attachment and the binary signature that its name goes with; `contents` are the bytes it may stand for."""

    contents: tuple[bytes, ...] = field(repr=False)
    signature: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        """The SHA-256 of the attachment as it came, transfer encoding undone."""
        return hashlib.sha256(self.contents[0]).digest()


def signed_files(root: Part) -> tuple[SignedFile, ...]:
    """The attachments of `root` with a signature named after them: `x.txt` with `x.txt.sig` or `x.txt.asc`. Pure.

    A name that two files bear pairs with nothing: which of them was meant could be chosen by whoever wrote the mail.
    What lies in a sealed or signed part is that part's matter (M4).
    """
    files: dict[str, list[Part]] = {}
    for part in _attachments(root):
        files.setdefault(part.file_name, []).append(part)
    return tuple(_pairs(files))[:MAX_SIGNED_FILES]


def check_files(root: Part, opener: Decrypter) -> dict[bytes, tuple[SignatureFact, ...]]:
    """What the signatures of attached files prove, by the file's SHA-256; an unreadable signature proves nothing.

    The name of a file is not signed: whoever wrote the mail chose it.
    """
    return {each.digest: _checked(each, opener) for each in signed_files(root)}


def _attachments(root: Part) -> Iterator[Part]:
    closed_up_to = 0
    for part in walk(root):
        if part.start < closed_up_to:
            continue
        if part.media_type in {ENCRYPTED, SIGNED}:
            closed_up_to = part.end
        elif not part.children and part.file_name:
            yield part


def _pairs(files: dict[str, list[Part]]) -> Iterator[SignedFile]:
    for name, parts in files.items():
        beside = [files[name + ending] for ending in _ENDINGS if name + ending in files]
        if len(parts) != 1 or len(beside) != 1 or len(beside[0]) != 1 or parts[0].decoded is None:
            continue
        signature = _signature(beside[0][0].decoded or b"")
        if signature:
            yield SignedFile(_contents(parts[0], parts[0].decoded), signature)


def _signature(data: bytes) -> bytes:
    """The binary signature that a file holds, and nothing else; empty for any other file."""
    try:
        binary = dearmor(data, "SIGNATURE") if is_armored(data) else data
        return binary if set(packet_tags(binary)) == {_SIGNATURE_PACKET} else b""
    except OpenPgpUnreadable:
        return b""


def _contents(part: Part, content: bytes) -> tuple[bytes, ...]:
    """The file as it came; of text that mail carried as lines, also with the line ends of a file (RFC 2046 4.1.1)."""
    is_lines = part.media_type.startswith("text/") and not part.value("content-transfer-encoding").lower().startswith(
        b"base64"
    )
    as_file = content.replace(b"\r\n", b"\n")
    if not is_lines:
        return (content,)
    # The last line end may be the delimiter's: a text file ends with one, a part need not.
    return tuple(dict.fromkeys((content, as_file, as_file + b"\n", content + b"\r\n")))


def _checked(file: SignedFile, opener: Decrypter) -> tuple[SignatureFact, ...]:
    found: tuple[SignatureFact, ...] = ()
    for content in file.contents:
        facts = opener.verify_detached(content, file.signature)
        found = found or facts
        if facts and all(fact.finding is not SignatureFinding.BAD for fact in facts):
            return facts
    return found
