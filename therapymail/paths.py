"""The only module that knows where files live, and their modes."""

import contextlib
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from therapymail.errors import FileUnusable
from therapymail.staged_file import (
    PRIVATE_FILE,
    StagedFile,
    error_phrase,
    place_private_file,
    staged_file,
    write_private_file,
)

__all__ = [
    "PRIVATE_DIRECTORY",
    "PRIVATE_FILE",
    "PracticePaths",
    "RunDirectory",
    "StagedFile",
    "error_phrase",
    "make_private_directory",
    "place_private_file",
    "practice_paths",
    "run_directory",
    "run_root",
    "staged_file",
    "write_private_file",
]

PRIVATE_DIRECTORY = 0o700


@dataclass(frozen=True)
class PracticePaths:
    """The files of one practice below `home` (DESIGN, the vault)."""

    home: Path

    @property
    def gnupg(self) -> Path:
        """The GnuPG home that holds the own key and nothing else."""
        return self.home / "gnupg"

    @property
    def vault(self) -> Path:
        """The encrypted record."""
        return self.home / "vault.db"

    @property
    def vault_key(self) -> Path:
        """The vault's key, sealed to and signed by the own key."""
        return self.home / "vault.key"

    @property
    def vault_key_next(self) -> Path:
        """The key that the vault is being given, sealed in the same way: there until the vault opens with it."""
        return self.home / "vault.key.next"

    @property
    def change(self) -> Path:
        """Files that change together, while they do."""
        return self.home / "change.json"

    @property
    def sync_lock(self) -> Path:
        """The one lock for sync and send: beside the vault, since run directories differ with $XDG_RUNTIME_DIR."""
        return self.home / f"{self.vault.name}.lock"

    @property
    def config(self) -> Path:
        """Settings, without any secret."""
        return self.home / "config.toml"

    @property
    def notes(self) -> Path:
        """The process notes, encrypted apart from the record."""
        return self.home / "notes.db"

    @property
    def notes_key(self) -> Path:
        """The key of the process notes, sealed to and signed by the own key; perhaps under a passphrase of its own."""
        return self.home / "notes.key"

    @property
    def notes_key_begun(self) -> Path:
        """Their key while the store is being made: it becomes `notes_key` once there is a store."""
        return self.home / "notes.key.new"

    @property
    def note_templates(self) -> Path:
        """The therapist's own templates for notes, where there are any."""
        return self.home / "note-templates"

    @property
    def letter_templates(self) -> Path:
        """The therapist's own templates for letters, where there are any."""
        return self.home / "letter-templates"

    @property
    def feelings(self) -> Path:
        """The therapist's own list of feelings, where there is one."""
        return self.home / "feelings.txt"

    @property
    def mark(self) -> str:
        """A short name for this practice that says nothing about it: for the run directory."""
        return hashlib.sha256(str(self.home.resolve()).encode()).hexdigest()[:16]


def practice_paths(home: Path | None, environment: Mapping[str, str]) -> PracticePaths:
    """Where the practice lives: `home`, else THERAPYMAIL_HOME, else the platform's data directory."""
    if home is not None:
        return PracticePaths(home.expanduser().absolute())
    if named := environment.get("THERAPYMAIL_HOME"):
        return PracticePaths(Path(named).expanduser().absolute())
    import platformdirs

    return PracticePaths(Path(platformdirs.user_data_dir("therapymail", appauthor=False)))


def make_private_directory(directory: Path) -> Path:
    """`directory`, made with mode 0700 if missing. Raises FileUnusable if it cannot be, or is not ours alone."""
    try:
        directory.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        found = directory.stat()
    except OSError as error:
        raise FileUnusable(str(directory), error_phrase(error)) from None
    if found.st_uid != os.geteuid():
        raise FileUnusable(str(directory), "it belongs to another user")
    if stat.S_IMODE(found.st_mode) & 0o077:
        directory.chmod(PRIVATE_DIRECTORY)
    return directory


def run_root(environment: Mapping[str, str]) -> Path:
    """The memory-backed directory that run directories stand in: $XDG_RUNTIME_DIR, else /dev/shm.

    $XDG_RUNTIME_DIR counts only as its specification wants it: absolute, ours, writable for nobody else.
    Raises FileUnusable where there is neither.
    """
    runtime = Path(environment.get("XDG_RUNTIME_DIR", ""))
    if runtime.is_absolute() and _is_ours_alone(runtime):
        return _own_directory(runtime / "therapymail")
    shared_memory = Path("/dev/shm")  # noqa: S108 - memory-backed on Linux; our directory in it is 0700
    if shared_memory.is_dir():
        return _own_directory(shared_memory / f"therapymail-{os.geteuid()}")
    raise FileUnusable("$XDG_RUNTIME_DIR", "there is no memory-backed directory for opened work")


def _is_ours_alone(directory: Path) -> bool:
    try:
        found = directory.stat()
    except OSError:
        return False
    is_usable = stat.S_ISDIR(found.st_mode) and os.access(directory, os.W_OK | os.X_OK)
    return is_usable and found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & 0o022


def _own_directory(directory: Path) -> Path:
    """`directory`, made private; a link in its place could lead to a disk. Raises FileUnusable."""
    if not directory.is_symlink():  # nothing that a link leads to is touched
        make_private_directory(directory)
    # Looked at again: /dev/shm belongs to everybody, who could have been quicker. What is ours there stays so.
    if directory.is_symlink():
        raise FileUnusable(str(directory), "a link stands in its place")
    return directory


@dataclass(frozen=True)
class RunDirectory:
    """The practice's directory on memory-backed storage: what may exist only while it is unlocked.

    `shared` is common to all processes of this practice (session, generation, client certificates);
    `process_directory` is one process's own, for FIFOs.
    """

    shared: Path

    ENCLOSURES: ClassVar[str] = "enclosures"  # in a process's own directory

    @property
    def session(self) -> Path:
        """When the unlocking ends; no secret (the key is in the agent)."""
        return self.shared / "session.json"

    @property
    def generation(self) -> Path:
        """A counter that `lock` raises; every process drops its key when it changes."""
        return self.shared / "generation"

    @property
    def notes_session(self) -> Path:
        """When the unlocking of the process notes ends; no secret."""
        return self.shared / "notes-session.json"

    def opened_enclosures(self) -> list[Path]:
        """Directories of any process in which an enclosure lies while somebody looks at it: they go with the lock."""
        return list(self.shared.glob(f"p-*-*/{self.ENCLOSURES}"))

    @property
    def clients_keyring(self) -> Path:
        """The clients' certificates as a keyring for verifying, while unlocked."""
        return self.shared / "clients.kbx"

    @contextlib.contextmanager
    def process_directory(self) -> Iterator[Path]:
        """A private directory for this process and its children, removed at the end. Raises FileUnusable."""
        try:
            directory = Path(tempfile.mkdtemp(prefix=f"p-{os.getpid()}-", dir=self.shared))
        except OSError as error:
            raise FileUnusable(str(self.shared), error_phrase(error)) from None
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    def remove_left_behind(self) -> None:
        """Remove the directories of processes that ended without doing so (kill -9)."""
        for directory in self.shared.glob("p-*-*"):
            pid = directory.name.split("-")[1]
            if pid.isdigit() and not _is_alive(int(pid)):
                shutil.rmtree(directory, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)  # asks, and sends nothing
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # somebody else's, or a number that no process has
        return True
    return True


def run_directory(paths: PracticePaths, environment: Mapping[str, str]) -> RunDirectory:
    """The run directory of this practice, made if missing. Raises FileUnusable."""
    return RunDirectory(make_private_directory(run_root(environment) / paths.mark))
