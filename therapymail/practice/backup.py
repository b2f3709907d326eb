"""Making a backup: the whole practice at one moment, in one file sealed to the own key, read again before it counts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from therapymail import __version__
from therapymail.domain.archive import END, header, padding
from therapymail.domain.backup import MANIFEST, NOTES, FileInside, Manifest, StoreState
from therapymail.domain.sealing import Hindrance
from therapymail.domain.sealing_text import hindrance_phrase
from therapymail.errors import BackupNotMade, SealedFileRefused, SealingFailed
from therapymail.paths import StagedFile, staged_file
from therapymail.pgp.sealed_stream import Recipient, SealedStream, signed_stream
from therapymail.practice.backup_parts import PASSES, Part, gathered
from therapymail.practice.backup_reading import Steps, Stopped, Tell, opened_file, read_backup, sum_of
from therapymail.practice.export_file import Target
from therapymail.practice.practice import Practice
from therapymail.vault import backup as stores
from therapymail.vault.backups_made import SOUND, BackupOnRecord, backups, note_backup, note_check
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.erasures import erasures

_AGAIN = "Run the command again; `therapymail doctor` examines the practice."


@dataclass(frozen=True)
class BackupMade:
    """A backup that was written and read again: the file, its SHA-256 (hex) and size in bytes, and what it holds.

    `notes_examined` is False where the process notes were locked and lie in it as they are, None without any.
    """

    path: Path
    sha256: str
    size: int
    manifest: Manifest
    sealed_to: tuple[str, ...]
    notes_examined: bool | None


@dataclass(frozen=True)
class BackupVerified:
    """A backup that was read whole and found sound: the file's SHA-256 (hex), its size in bytes, and what it holds.

    `erased_since` is how many clients are in it whom this practice has erased: a restore would bring them back.
    """

    sha256: str
    size: int
    manifest: Manifest
    erased_since: int = 0


def create(
    practice: Practice,
    target: Target,
    others: Sequence[Recipient] = (),
    tell: Tell = lambda _done, _total: None,
    stopped: Stopped = lambda: False,
) -> BackupMade:
    """Write a backup to `target`, sealed to the own key and `others` and signed; another may sync meanwhile.

    It is read again and compared before it gets its name, and nothing of it is left otherwise. `tell` hears bytes.
    Raises BackupNotMade, FileUnusable, VaultDamaged, VaultLocked, ProcessNotesMissing, PassphraseNeeded, WorkStopped,
    GnupgMissing, GnupgUnusable.
    """
    target.require_free()
    if target.path.resolve().is_relative_to(practice.paths.home.resolve()):
        raise BackupNotMade("it would lie in the practice itself, and be lost with it", "Name another place.")
    stores.remove_left_behind(practice.paths.home)
    made = practice.clock().replace(microsecond=0)
    steps = Steps(tell, stopped, PASSES * practice.paths.vault.stat().st_size)
    with gathered(practice, steps) as found, staged_file(target.path) as staged:
        files = {name: FileInside(part.size, part.sha256) for name, part in found.parts.items()}
        manifest = Manifest(made, __version__, practice.settings.own_key, files, found.record, found.notes)
        sha256, size = _sealed(practice, staged, manifest, found.parts, others, steps)
        _require_readable(practice, staged, manifest, size, steps)
        fingerprints = tuple(dict.fromkeys((practice.settings.own_key, *(each.fingerprint for each in others))))
        with practice.vault() as vault, vault.writing() as writer:
            _require_nobody_erased(writer, found.record)
            _name(staged, target)
            _journal(writer, found.record, sha256, size, fingerprints, practice.clock())
    examined = None if NOTES not in files else found.notes is not None
    return BackupMade(target.path, sha256, size, manifest, fingerprints, examined)


def verify(
    practice: Practice, path: Path, tell: Tell = lambda _done, _total: None, stopped: Stopped = lambda: False
) -> BackupVerified:
    """Read the backup at `path` whole, and compare everything in it with what it says; noted where it is sound.

    Raises SealedFileRefused, FileUnusable, VaultLocked, PassphraseNeeded, WorkStopped, GnupgMissing, GnupgUnusable.
    """
    with opened_file(path) as (file, size):
        steps = Steps(tell, stopped, 2 * size)
        sha256 = sum_of(file, steps.begin())
        with practice.gpg() as gpg:
            found = read_backup(gpg, file, size, None, steps.begin())
    with practice.vault() as vault, vault.writing() as writer:
        note_check(writer, sha256, SOUND, practice.clock())
        erased_since = max(0, len(erasures(writer)) - _erased_before(found.manifest.record))
    return BackupVerified(sha256, size, found.manifest, erased_since)


def file_name(practice: Practice) -> str:
    """What a new backup is called where a directory was named: when it was made (UTC), and of nobody."""
    return f"therapymail-{practice.clock():%Y%m%d-%H%M%S}.backup"


def list_backups(practice: Practice) -> tuple[BackupOnRecord, ...]:
    """Every backup on the record, newest first. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return tuple(backups(reader))


# --- writing it ----------------------------------------------------------------------------------------


def _sealed(
    practice: Practice,
    staged: StagedFile,
    manifest: Manifest,
    parts: dict[str, Part],
    others: Sequence[Recipient],
    steps: Steps,
) -> tuple[str, int]:
    """Write the sealed archive; its SHA-256 and size."""
    summed, size = hashlib.sha256(), 0

    def keep(chunk: bytes) -> None:
        nonlocal size
        staged.write(chunk)
        summed.update(chunk)
        size += len(chunk)

    try:
        with practice.gpg() as gpg, signed_stream(gpg, practice.settings.own_key, others, keep) as stream:
            _write_archive(stream, manifest, parts, steps)
            stream.finish()
    except SealingFailed as failed:
        why = f"nothing can be sealed to a key it is for ({hindrance_phrase(Hindrance(failed.hindrance))})"
        raise BackupNotMade(why, "See `therapymail key list` and `therapymail key show own`.") from None
    return summed.hexdigest(), size


def _write_archive(stream: SealedStream, manifest: Manifest, parts: dict[str, Part], steps: Steps) -> None:
    head = manifest.to_json()
    stream.write(header(MANIFEST, len(head)) + head + padding(len(head)))
    tell, done = steps.begin(), 0
    for name, part in parts.items():
        stream.write(header(name, part.size))
        for chunk in part.chunks():
            stream.write(chunk)
            done += len(chunk)
            tell(done, manifest.total)
        stream.write(padding(part.size))
    stream.write(END)


def _require_readable(practice: Practice, staged: StagedFile, manifest: Manifest, size: int, steps: Steps) -> None:
    """Open what was written as anybody would (HAZARDS C33), and compare. Raises BackupNotMade."""
    try:
        with practice.gpg() as gpg, staged.reading() as file:
            found = read_backup(gpg, file, size, None, steps.begin())
    except SealedFileRefused as refused:
        raise BackupNotMade(f"what was written does not open again ({refused.why})", _AGAIN) from None
    if found.manifest != manifest:
        raise BackupNotMade("what was written is not what was meant", _AGAIN)


def _name(staged: StagedFile, target: Target) -> None:
    target.require_free()
    if target.overwrite:
        staged.take_place()
    elif not staged.place():
        taken = "another file took that name meanwhile, and stays as it is"
        raise BackupNotMade(taken, "Run the command again with another file.")


# --- the journal ---------------------------------------------------------------------------------------


def _require_nobody_erased(reader: Reader, copied: StoreState) -> None:
    """Raise BackupNotMade where a client went after the record was copied: no certificate would name this backup."""
    if len(erasures(reader)) != _erased_before(copied):
        raise BackupNotMade("a client was erased while it was made, and would have been in it", _AGAIN)


def _erased_before(copied: StoreState) -> int:
    return copied.rows.get("erasure", 0)


def _journal(
    writer: Writer, copied: StoreState, sha256: str, size: int, fingerprints: Sequence[str], now: datetime
) -> None:
    letters, entries = copied.letters, copied.entries
    note_backup(writer, sha256=sha256, size=size, letters=letters, entries=entries, sealed_to=fingerprints, now=now)
