"""What goes into a backup: each store at one moment, the keys that open them, the keyring, settings and own texts."""

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from therapymail.domain.backup import CONFIG, KEYRING, LETTERS, NOTES_KEY, TEXTS, VAULT, VAULT_KEY, StoreState
from therapymail.errors import FileUnusable, ProcessNotesLocked, VaultDamaged
from therapymail.paths import error_phrase, staged_file
from therapymail.pgp.keyring_files import keyring_archive
from therapymail.pgp.vault_key import seal_to_own, unseal_vault_key
from therapymail.practice import process_notes
from therapymail.practice.backup_reading import Steps, opened_file, sum_of
from therapymail.practice.backup_texts import texts_of
from therapymail.practice.practice import Practice
from therapymail.vault import backup as stores

if TYPE_CHECKING:
    from therapymail.pgp.runner import Gpg

PASSES = 5  # over the record: copied, its letters summed, summed itself, sealed, read again
_AT_ONCE = 1 << 20
_LINES_AT_ONCE = 200


class Part(NamedTuple):
    """A file that goes into the archive: its size in bytes, its SHA-256 (hex), and what gives its bytes once."""

    size: int
    sha256: str
    chunks: Callable[[], Iterator[bytes]]


class Gathered(NamedTuple):
    """All parts by name, in their order, and what the stores held; `notes` is None where they are locked or none."""

    parts: dict[str, Part]
    record: StoreState
    notes: StoreState | None


@contextlib.contextmanager
def gathered(practice: Practice, steps: Steps) -> Iterator[Gathered]:
    """The parts of a backup; copies of the stores lie beside them until the end, under their own keys.

    Raises VaultLocked, VaultDamaged, ProcessNotesMissing, FileUnusable, PassphraseNeeded, GnupgUnusable.
    """
    paths, key = practice.paths, practice.session.vault_key()
    with contextlib.ExitStack() as stack:
        copy = stack.enter_context(stores.copy_of_store(paths.vault, key, steps.begin()))
        record = stores.state_of_store(copy, key)
        notes_parts, notes = _process_notes(practice, stack)
        parts = {name: _of_bytes(content) for name, content in _small(practice, key).items()}
        parts[LETTERS] = _sums(practice, stack, copy, key, record.letters, steps)
        parts[VAULT] = _of_copy(stack, copy, steps)
        yield Gathered({**parts, **notes_parts}, record, notes)


def _small(practice: Practice, key: bytes) -> dict[str, bytes]:
    with practice.gpg() as gpg:
        sealed_key = _sealed_key(practice, gpg, key)
        # Once more to the own key alone: whoever else the file is sealed to gets no secret key with it.
        keyring = seal_to_own(gpg, practice.settings.own_key, keyring_archive(gpg), None)
    texts = texts_of(practice.paths)
    return {CONFIG: _content(practice.paths.config), VAULT_KEY: sealed_key, KEYRING: keyring, TEXTS: texts}


def _sealed_key(practice: Practice, gpg: "Gpg", key: bytes) -> bytes:
    """The sealed key that opens the vault now; while it is being given another there are two. Raises VaultDamaged."""
    for path in (practice.paths.vault_key, practice.paths.vault_key_next):
        if path.exists():
            sealed = _content(path)
            if unseal_vault_key(gpg, practice.settings.own_key, sealed, None) == key:
                return sealed
    raise VaultDamaged(practice.paths.vault_key.name, "it is not the key of this vault")


def _process_notes(practice: Practice, stack: contextlib.ExitStack) -> tuple[dict[str, Part], StoreState | None]:
    """Key and store of the process notes: a copy at one moment, or the files as they lie where they are locked."""
    paths = practice.paths
    if not process_notes.exist(practice):
        return {}, None
    process_notes.refuse_lost_store(practice)
    try:
        process_notes.open_store(practice).close()
        key = process_notes.notes_session(practice).key()
    except ProcessNotesLocked:
        files = stores.files_as_they_lie(paths.notes)
        return {NOTES_KEY: _of_bytes(_content(paths.notes_key)), **{n: _of_bytes(f) for n, f in files.items()}}, None
    copy = stack.enter_context(stores.copy_of_store(paths.notes, key))
    parts = {NOTES_KEY: _of_bytes(_content(paths.notes_key)), paths.notes.name: _of_copy(stack, copy, None)}
    return parts, stores.state_of_store(copy, key)


def _sums(practice: Practice, stack: contextlib.ExitStack, copy: Path, key: bytes, letters: int, steps: Steps) -> Part:
    """The sum of every letter, in a file that has no name."""
    sums = stack.enter_context(staged_file(practice.paths.home / LETTERS))
    tell, size = steps.begin(), copy.stat().st_size
    lines: list[bytes] = []
    for number, line in enumerate(stores.sums_of_letters(copy, key), start=1):
        lines.append(line)
        if not number % _LINES_AT_ONCE:
            sums.write(b"".join(lines))
            lines.clear()
            tell(size * number // letters, size)
    sums.write(b"".join(lines))
    tell(size, size)
    return _of_file(stack.enter_context(sums.reading()), None)


def _of_copy(stack: contextlib.ExitStack, copy: Path, steps: Steps | None) -> Part:
    file, _ = stack.enter_context(opened_file(copy))
    return _of_file(file, steps)


def _of_file(file: BinaryIO, steps: Steps | None) -> Part:
    summed = sum_of(file, steps.begin() if steps else lambda _done, _total: None)
    size = file.seek(0, 2)
    file.seek(0)
    return Part(size, summed, lambda: iter(lambda: file.read(_AT_ONCE), b""))


def _of_bytes(content: bytes) -> Part:
    return Part(len(content), hashlib.sha256(content).hexdigest(), lambda: iter((content,)))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileUnusable(str(path), error_phrase(error)) from None
