"""Writing an export: whole or not at all, for its owner alone, sealed on the way where it is; journalled before."""

import contextlib
import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from therapymail.domain.sealing import Hindrance
from therapymail.domain.sealing_text import hindrance_phrase
from therapymail.errors import ExportChanged, ExportRefused, FileUnusable, SealingFailed, TherapymailError
from therapymail.exports.mailbox import Writable
from therapymail.exports.manifest import manifest_line
from therapymail.paths import StagedFile, error_phrase, staged_file
from therapymail.pgp.sealed_stream import sealed_stream
from therapymail.practice.export_key import ExportKey
from therapymail.practice.practice import Practice

MANIFEST_ENDING = ".sha256"
Render = Callable[[Writable], None]


class Target(NamedTuple):
    """Where an export goes: a file, over one that is there only with `overwrite`, with FILE.sha256 if `manifest`."""

    path: Path
    overwrite: bool = False
    manifest: bool = False

    @property
    def manifest_path(self) -> Path:
        """Where its sum goes."""
        return self.path.with_name(f"{self.path.name}{MANIFEST_ENDING}")

    def require_free(self) -> None:
        """Raises FileUnusable where nothing may be put, before anything is done."""
        for path in (self.path, self.manifest_path)[: 1 + self.manifest]:
            _require_free(path, overwrite=self.overwrite)


class Made(NamedTuple):
    """An export that is written: SHA-256 (hex) and size in bytes."""

    sha256: str
    size: int


def write_file(practice: Practice, target: Target, render: Render, key: ExportKey | None, journal: "Journal") -> Made:
    """Write what `render` gives to the target, sealed to `key` if there is one; `journal` hears of it first.

    Raises FileUnusable, ExportRefused, ExportChanged, GnupgMissing, GnupgUnusable, and what `render` raises; then
    nothing is left of it, and what was there is as it was.
    """
    target.require_free()
    with contextlib.ExitStack() as stack:
        staged = stack.enter_context(staged_file(target.path))
        made = rendered(practice, render, key, staged.write)
        sums = _manifest(stack, target, made) if target.manifest else None
        journal.made(made)
        try:
            _place(target, staged, sums)
        except TherapymailError:
            journal.failed()
            raise
    return made


class Journal:
    """What hears of an export before its file is named, and that it came to nothing after all."""

    def __init__(self, made: Callable[[Made], None], failed: Callable[[], None]) -> None:
        self.made, self.failed = made, failed


def rendered(practice: Practice, render: Render, key: ExportKey | None, sink: Callable[[bytes], object]) -> Made:
    """Hand what `render` gives to `sink`, sealed on the way. Raises as `write_file`."""
    counted = _Counted(sink)
    if key is None:
        render(counted)
        return counted.made()
    try:
        with practice.gpg() as gpg, sealed_stream(gpg, key.material, key.fingerprint, counted.write) as stream:
            render(stream)
            stream.finish()
    except SealingFailed as failed:
        raise ExportRefused(hindrance_phrase(Hindrance(failed.hindrance)), "See `therapymail key list`.") from None
    return counted.made()


class _Counted:
    """Hands on what is written to it, and keeps its sum."""

    def __init__(self, sink: Callable[[bytes], object]) -> None:
        self._sink, self._sum, self._size = sink, hashlib.sha256(), 0

    def write(self, content: bytes, /) -> int:
        """Hand `content` on."""
        self._sink(content)
        self._sum.update(content)
        self._size += len(content)
        return len(content)

    def flush(self) -> None:
        """Nothing waits here."""

    def made(self) -> Made:
        """What went through."""
        return Made(self._sum.hexdigest(), self._size)


def _manifest(stack: contextlib.ExitStack, target: Target, made: Made) -> StagedFile:
    sums = stack.enter_context(staged_file(target.manifest_path))
    sums.write(os.fsencode(manifest_line(made.sha256, target.path.name)))
    return sums


def _place(target: Target, staged: StagedFile, sums: StagedFile | None) -> None:
    """Name the files, the manifest first; where the export itself cannot be named, a new manifest goes again."""
    if sums is not None:
        _name(sums, overwrite=target.overwrite)
    try:
        _name(staged, overwrite=target.overwrite)
    except TherapymailError:
        if sums is not None and not target.overwrite:
            target.manifest_path.unlink(missing_ok=True)
        raise


def _name(staged: StagedFile, *, overwrite: bool) -> None:
    if overwrite:
        _require_free(staged.path, overwrite=True)
        staged.take_place()
    elif not staged.place():
        raise ExportChanged


def _require_free(path: Path, *, overwrite: bool) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise FileUnusable(str(path), "its directory does not exist") from None
        return
    except OSError as error:
        raise FileUnusable(str(path), error_phrase(error)) from None
    if stat.S_ISDIR(found.st_mode):
        raise FileUnusable(str(path), "it is a directory")
    if stat.S_ISLNK(found.st_mode):
        raise FileUnusable(str(path), "a link stands in its place")
    if not stat.S_ISREG(found.st_mode):
        raise FileUnusable(str(path), "it is no ordinary file")
    if not overwrite:
        raise FileUnusable(str(path), "there is a file of that name already; `--overwrite` replaces it")
