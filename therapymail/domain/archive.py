"""The archive inside a sealed file of ours: a plain tar (ustar, sizes as GNU has them), read more strictly than by tar.

Any tar reads what is written here. What is read here must be exactly what would be written here: regular files under
plain relative names, nothing before, between or after them. Pure: it is given bytes and gives bytes.
"""

import re
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from therapymail.errors import SealedFileRefused

BLOCK = 512
END = bytes(2 * BLOCK)
MAX_MEMBERS = 10_000
MAX_BYTES = 1 << 44  # 16 TB: far more than any disk that this is for
_AT_ONCE = 1 << 18
_NAME = re.compile(r"[a-z][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_LONGEST_NAME = 99
Read = Callable[[int], bytes]  # at most so many bytes, b"" at the end


def header(name: str, size: int) -> bytes:
    """The block that stands before a file of `size` bytes. Raises ValueError for a name or size no archive may have."""
    if not _is_plain(name) or not 0 <= size <= MAX_BYTES:
        raise ValueError("an archive holds files of plain names")
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, 0
    return member.tobuf(tarfile.GNU_FORMAT, "ascii", "strict")


def padding(size: int) -> bytes:
    """What stands after a file of `size` bytes, so that the next begins with a block."""
    return bytes(-size % BLOCK)


def archive_bytes(files: dict[str, bytes]) -> bytes:
    """A whole small archive of `files`, in their order."""
    parts = [
        part for name, content in files.items() for part in (header(name, len(content)), content, padding(len(content)))
    ]
    return b"".join([*parts, END])


def small_archive(content: bytes, most: int) -> dict[str, bytes]:
    """The files of a whole archive, of at most `most` bytes together. Raises SealedFileRefused."""
    if len(content) > most:
        raise SealedFileRefused("a part of it is larger than it can be")
    left = memoryview(content)

    def read(count: int) -> bytes:
        nonlocal left
        taken, left = bytes(left[:count]), left[count:]
        return taken

    return {member.name: b"".join(member.chunks()) for member in members(read)}


@dataclass
class Member:
    """One file of an archive: its name, its size in bytes, and its content to be read once, in order."""

    name: str
    size: int
    _read: Read = field(repr=False)
    _left: int = field(default=-1, repr=False)

    def __post_init__(self) -> None:
        self._left = self.size

    def chunks(self) -> Iterator[bytes]:
        """What is left of its content. Raises SealedFileRefused where the archive ends before."""
        while self._left:
            chunk = self._read(min(self._left, _AT_ONCE))
            if not chunk:
                raise SealedFileRefused("its end is missing")
            self._left -= len(chunk)
            yield chunk

    def whole(self, most: int) -> bytes:
        """All of it. Raises SealedFileRefused where it is larger than `most` bytes, or cut."""
        if self.size > most:
            raise SealedFileRefused("a part of it is larger than it can be")
        return b"".join(self.chunks())


def members(read: Read) -> Iterator[Member]:
    """The files of an archive, in order; what of one is not read is passed over. Raises SealedFileRefused."""
    seen: set[str] = set()
    while (block := _exactly(read, BLOCK)) != bytes(BLOCK):
        member = _member(block, read)
        if member.name in seen or len(seen) >= MAX_MEMBERS:
            raise SealedFileRefused("what it holds is not in the order of a file of ours")
        seen.add(member.name)
        yield member
        for _ in member.chunks():
            pass
        if any(_exactly(read, len(padding(member.size)))):
            raise SealedFileRefused("what it holds is not in the order of a file of ours")
    if any(_exactly(read, len(END) - BLOCK)) or read(1):
        raise SealedFileRefused("something stands behind its end")


def _member(block: bytes, read: Read) -> Member:
    """The file that `block` announces: only where we would have written the same block for it."""
    try:
        found = tarfile.TarInfo.frombuf(block, "ascii", "strict")
        if header(found.name, found.size) == block:
            return Member(found.name, found.size, read)
    except (tarfile.TarError, ValueError, OverflowError):
        pass
    raise SealedFileRefused("what it holds is not in the order of a file of ours")


def _exactly(read: Read, count: int) -> bytes:
    got = b""
    while len(got) < count:
        more = read(count - len(got))
        if not more:
            raise SealedFileRefused("its end is missing")
        got += more
    return got


def _is_plain(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None
