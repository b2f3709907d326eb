"""Files written whole, for their owner alone, before they get their name; with why that cannot be, in words of ours."""

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from therapymail.errors import FileUnusable

PRIVATE_FILE = 0o600
_DESCRIPTORS = "/proc/self/fd"
_AT_ONCE = 1 << 20  # bytes
_KNOWS_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP})  # FAT, as on most memory sticks


def write_private_file(path: Path, content: bytes) -> None:
    """Replace `path` by `content` in one step, mode 0600, on disk before the old one goes. Raises FileUnusable."""
    with staged_file(path) as staged:
        staged.write(content)
        staged.take_place()


def place_private_file(path: Path, content: bytes) -> bool:
    """Write `content` to `path`, mode 0600 and on disk, whole or not at all; False, and nothing done, if it exists.

    Two processes that do so at once do not overwrite each other. Raises FileUnusable.
    """
    with staged_file(path) as staged:
        staged.write(content)
        return staged.place()


@contextlib.contextmanager
def staged_file(path: Path) -> Iterator["StagedFile"]:
    """A file that may come to be `path`: for its owner alone, and gone if it does not. Raises FileUnusable.

    Where the disk can hold a file without a name it has none until then: not even of a killed run anything is left.
    """
    staged = StagedFile(path)
    try:
        yield staged
    finally:
        staged.close()


class StagedFile:
    """A file that is written whole before it gets its name. Made by `staged_file`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unnamed = path.with_name(f".new-{secrets.token_hex(8)}")
        self._is_nameless = True
        try:
            self._descriptor = self._opened()
        except OSError as error:
            raise FileUnusable(str(path), error_phrase(error)) from None

    def write(self, content: bytes) -> int:
        """Add `content`, all of it; how many bytes that were. Raises FileUnusable."""
        left = memoryview(content)
        try:
            while left:
                left = left[os.write(self._descriptor, left) :]
        except OSError as error:
            raise FileUnusable(str(self.path), error_phrase(error)) from None
        return len(content)

    @contextlib.contextmanager
    def reading(self) -> Iterator[BinaryIO]:
        """What was written so far, from its beginning, as the disk has it. Raises FileUnusable."""
        path = Path(f"{_DESCRIPTORS}/{self._descriptor}") if self._is_nameless else self._unnamed
        try:
            os.fsync(self._descriptor)
            file = path.open("rb", buffering=0)
        except OSError as error:
            raise FileUnusable(str(self.path), error_phrase(error)) from None
        with file:
            yield file

    def place(self) -> bool:
        """Name it, once it is on the disk; False, and nothing done, if that name is taken. Raises FileUnusable."""
        try:
            os.fsync(self._descriptor)
            self._take_name()
        except FileExistsError:
            return False
        except OSError as error:
            raise FileUnusable(str(self.path), error_phrase(error)) from None
        return True

    def take_place(self) -> None:
        """Name it, once it is on the disk, in place of the file that has the name. Raises FileUnusable."""
        try:
            os.fsync(self._descriptor)
            self._name_at_once()
            self._unnamed.replace(self.path)
        except OSError as error:
            raise FileUnusable(str(self.path), error_phrase(error)) from None

    def close(self) -> None:
        """Let go of it; what has not been named is gone."""
        os.close(self._descriptor)
        if not self._is_nameless:
            self._unnamed.unlink(missing_ok=True)

    def _opened(self) -> int:
        nameless = getattr(os, "O_TMPFILE", None)
        if nameless is not None and Path(_DESCRIPTORS).is_dir():
            with contextlib.suppress(OSError):  # network and memory-stick file systems: then it is named at once
                return os.open(self.path.parent, os.O_RDWR | nameless | os.O_CLOEXEC, PRIVATE_FILE)
        return self._opened_by_name()

    def _opened_by_name(self) -> int:
        descriptor = os.open(self._unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE)
        self._is_nameless = False
        return descriptor

    def _take_name(self) -> None:
        """Name the written file. Raises FileExistsError, OSError."""
        try:
            self._link(self.path)  # not `rename`: what is there is never overwritten
        except OSError as error:
            if error.errno not in _KNOWS_NO_LINKS:
                raise
            self._name_at_once()
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE))
            self._unnamed.replace(self.path)  # over the empty file that has just taken the name

    def _link(self, name: Path) -> None:
        if not self._is_nameless:
            os.link(self._unnamed, name, follow_symlinks=False)
            return
        # Only linkat() follows the link that stands for an open file; Python calls it where a directory is given.
        os.link(f"{_DESCRIPTORS}/{self._descriptor}", name, src_dir_fd=self._descriptor, follow_symlinks=True)

    def _name_at_once(self) -> None:
        """Give it the name that goes again; where a nameless file can be had but no link, by writing it once more."""
        if not self._is_nameless:
            return
        try:
            self._link(self._unnamed)
        except OSError as error:
            if error.errno not in _KNOWS_NO_LINKS:
                raise
            self._write_again()
        self._is_nameless = False

    def _write_again(self) -> None:
        nameless, self._descriptor = self._descriptor, self._opened_by_name()
        try:
            os.lseek(nameless, 0, os.SEEK_SET)
            while content := os.read(nameless, _AT_ONCE):
                self.write(content)
            os.fsync(self._descriptor)
        finally:
            os.close(nameless)


def error_phrase(error: OSError) -> str:
    """A short phrase for why a file cannot be used, without the system's own text."""
    known = {
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "the disk quota is used up",
        errno.EROFS: "the disk is read-only",
        errno.EACCES: "permission is denied",
        errno.EPERM: "permission is denied",
        errno.ENOENT: "it does not exist",
        errno.ENOTDIR: "part of the path is not a directory",
        errno.EISDIR: "it is a directory",
        errno.EFBIG: "it would be larger than this system allows",
        errno.ENAMETOOLONG: "its name is too long",
        errno.EIO: "the disk reports an error",
    }
    return known.get(error.errno or 0, "the system refuses it")
