"""Where a practice is restored: beside its place until all of it is proven, then there by one rename; or nowhere."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from therapymail.errors import FileUnusable, PlaceTaken, PracticeExists
from therapymail.paths import PRIVATE_DIRECTORY, PracticePaths, error_phrase
from therapymail.pgp.agent import AgentConnection


def refuse_taken_place(paths: PracticePaths) -> None:
    """Raise PracticeExists where a practice is, PlaceTaken where anything is, FileUnusable where nothing can be."""
    if paths.config.exists():
        raise PracticeExists(str(paths.home))
    try:
        if paths.home.is_symlink() or (paths.home.exists() and any(paths.home.iterdir())):
            raise PlaceTaken(str(paths.home))
        paths.home.parent.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
    except OSError as error:
        raise FileUnusable(str(paths.home), error_phrase(error)) from None


@contextlib.contextmanager
def place_beside(paths: PracticePaths) -> Iterator[PracticePaths]:
    """A private directory beside the place, on the same disk, to be put there by `take_place`; gone at the end.

    What a killed run left in it is removed first. Raises FileUnusable, also where another run is in it.
    """
    beside = paths.home.with_name(f".{paths.home.name}.restoring")
    with _held(beside):
        try:
            _empty(beside)
            yield PracticePaths(beside)
        finally:
            if beside.is_dir():
                with AgentConnection(beside / "gnupg") as agent:
                    agent.kill()
            shutil.rmtree(beside, ignore_errors=True)


def take_place(beside: PracticePaths, paths: PracticePaths) -> None:
    """Put what stands beside into its place, at once and on the disk. Raises PlaceTaken, FileUnusable."""
    refuse_taken_place(paths)
    try:
        for directory, _, files in os.walk(beside.home):
            for name in (*files, "."):
                _to_disk(Path(directory) / name)
        os.rename(beside.home, paths.home)  # noqa: PTH104 - over an empty directory too
        _to_disk(paths.home.parent)
    except OSError as error:
        raise FileUnusable(str(paths.home), error_phrase(error)) from None


@contextlib.contextmanager
def _held(beside: Path) -> Iterator[None]:
    """The directory, made if it is missing, held against another run; the kernel lets go of it with the process.

    It becomes the practice's own: one that somebody laid there before is taken only if it is ours, and made private.
    """
    try:
        beside.mkdir(mode=PRIVATE_DIRECTORY, exist_ok=True)
        descriptor = os.open(beside, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise FileUnusable(str(beside), error_phrase(error)) from None
    try:
        if os.fstat(descriptor).st_uid != os.geteuid():
            raise FileUnusable(str(beside), "it belongs to another user")
        os.fchmod(descriptor, PRIVATE_DIRECTORY)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise FileUnusable(str(beside), "another therapymail restores a backup there") from None
    finally:
        os.close(descriptor)


def _empty(directory: Path) -> None:
    try:
        for left in directory.iterdir():
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            else:
                left.unlink()
    except OSError as error:
        raise FileUnusable(str(directory), error_phrase(error)) from None


def _to_disk(path: Path) -> None:
    if path.is_socket():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
