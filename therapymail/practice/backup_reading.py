"""Reading a backup: opened as a stream, every file in it summed and compared with the manifest, and believed last."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from therapymail.domain.archive import members
from therapymail.domain.backup import MANIFEST, MAX_MANIFEST_BYTES, Manifest, read_manifest
from therapymail.errors import FileUnusable, SealedFileRefused, WorkStopped
from therapymail.paths import error_phrase
from therapymail.pgp.opened_stream import OpenedStream, opened_stream
from therapymail.pgp.runner import Gpg

Tell = Callable[[int, int], None]  # how much is done, of how much
Stopped = Callable[[], bool]
Keep = Callable[[str, bytes], object]  # a part of the file with this name
_AT_ONCE = 1 << 20


class ReadBackup(NamedTuple):
    """A backup that was read whole: its manifest, and the primary fingerprint of the key that signed it."""

    manifest: Manifest
    signer: str


class Steps:
    """How far long work is, over several steps of which each counts from nothing; and whether it is to stop."""

    def __init__(self, tell: Tell, stopped: Stopped, total: int) -> None:
        self._tell, self._stopped, self._total, self._before = tell, stopped, total, 0

    def begin(self) -> Tell:
        """The next step; what it tells goes on where the one before ended. What it gives raises WorkStopped."""
        before, so_far = self._before, 0

        def told(done: int, _total: int) -> None:
            nonlocal so_far
            so_far = max(so_far, done)
            self._before = before + so_far
            self._total = max(self._total, self._before)
            if self._stopped():
                raise WorkStopped
            self._tell(self._before, self._total)

        told(0, 0)
        return told


@contextmanager
def opened_file(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """The file at `path`, open for reading, and its size in bytes. Raises FileUnusable."""
    try:
        file = path.open("rb", buffering=0)
    except OSError as error:
        raise FileUnusable(str(path), error_phrase(error)) from None
    with file:
        yield file, os.fstat(file.fileno()).st_size


def sum_of(file: BinaryIO, tell: Tell) -> str:
    """The SHA-256 (hex) of an open file, from its beginning; it is at its beginning again then."""
    summed, done = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(_AT_ONCE):
        summed.update(chunk)
        done += len(chunk)
        tell(done, done)
    file.seek(0)
    return summed.hexdigest()


def read_backup(
    gpg: Gpg, file: BinaryIO, size: int, passphrase: str | None, tell: Tell, keep: Keep = lambda _name, _part: None
) -> ReadBackup:
    """Read the backup in the open `file` of `size` bytes; `keep` gets what it holds, before it is known whose it is.

    Raises SealedFileRefused for anything that is not whole, not as its manifest says, or not signed by the key that
    it says it is of; PassphraseNeeded, PassphraseWrong, GnupgMissing, GnupgUnusable, and what `keep` and `tell` raise.
    """
    with opened_stream(gpg, file, passphrase) as stream:
        try:
            manifest, problem = _read(stream, size, tell, keep), None
        except SealedFileRefused as refused:
            manifest, problem = None, refused
        signer = stream.finish(size)  # why nothing came of it, gpg knows better than the archive
    if problem is not None or manifest is None:
        raise problem or SealedFileRefused("it holds no backup")
    if signer != manifest.own_key:
        raise SealedFileRefused("it is not signed by the key of the practice that it is of")
    return ReadBackup(manifest, signer)


def _read(stream: OpenedStream, size: int, tell: Tell, keep: Keep) -> Manifest:
    inside = members(stream.read)
    first = next(inside, None)
    if first is None or first.name != MANIFEST:
        raise SealedFileRefused("it holds no backup")
    manifest = read_manifest(first.whole(MAX_MANIFEST_BYTES))
    if manifest.total > size:  # nothing of ours is compressed: what says so would fill the disk
        raise SealedFileRefused("it holds more than its size allows")
    missing, done = dict(manifest.files), 0
    for member in inside:
        expected = missing.pop(member.name, None)
        if expected is None or expected.bytes != member.size:
            raise SealedFileRefused("what it holds is not what its list says")
        summed = hashlib.sha256()
        for chunk in member.chunks():
            summed.update(chunk)
            keep(member.name, chunk)
            done += len(chunk)
            tell(done, size)
        if summed.hexdigest() != expected.sha256:
            raise SealedFileRefused("what it holds is not what its list says")
    if missing:
        raise SealedFileRefused("a part of it is missing")
    return manifest
