"""The steps of restoring: unpacked, opened with the key that was brought, compared, and begun anew."""

import contextlib
from typing import BinaryIO

from therapymail.domain.backup import (
    CONFIG,
    KEYRING,
    LETTERS,
    NOTES,
    NOTES_KEY,
    NOTES_LOG,
    TEXTS,
    VAULT,
    VAULT_KEY,
    Manifest,
    StoreState,
)
from therapymail.errors import NotesPassphraseNeeded, SealedFileRefused, VaultNewer
from therapymail.paths import PracticePaths, StagedFile, staged_file
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.home import make_home
from therapymail.pgp.keyring_files import MOST_BYTES, put_keyring
from therapymail.pgp.notes_key import unseal_notes_key
from therapymail.pgp.runner import Gpg
from therapymail.pgp.vault_key import unseal_from_own, unseal_vault_key
from therapymail.practice.backup_reading import Steps, read_backup
from therapymail.practice.backup_texts import put_texts
from therapymail.practice.practice import Clock
from therapymail.practice.restored_notes import remember_restoring
from therapymail.vault import backup as stores
from therapymail.vault import restored, schema
from therapymail.vault.connection import Vault
from therapymail.vault.notes_store import NotesStore

_TO_THE_DISK = (VAULT, VAULT_KEY, NOTES, NOTES_LOG, NOTES_KEY, CONFIG)
_MOST_IN_MEMORY = 32 << 20
_LINES_AT_ONCE = 200
_OTHERWISE = "what it held when it was made and what came out of it are not the same"


class Restoring:
    """One restoring, in a place beside the practice's. `gpg` is a home that holds the key that was brought."""

    def __init__(self, beside: PracticePaths, gpg: Gpg, own_key: str, steps: Steps, clock: Clock) -> None:
        self._beside, self._gpg, self._own_key, self._steps, self._clock = beside, gpg, own_key, steps, clock
        self._memory: dict[str, bytearray] = {}
        self._open_files = contextlib.ExitStack()
        self._staged: dict[str, StagedFile] = {}

    def close(self) -> None:
        """Let go of what was unpacked and not placed."""
        self._open_files.close()

    def unpack(self, file: BinaryIO, size: int) -> Manifest:
        """Open the backup; what it holds gets names once it is known to be whole and by whom.

        Raises SealedFileRefused, VaultNewer, FileUnusable.
        """
        for name in (LETTERS, *_TO_THE_DISK):
            self._staged[name] = self._open_files.enter_context(staged_file(self._beside.home / name))
        manifest, signer = read_backup(self._gpg, file, size, None, self._steps.begin(), self._keep)
        if signer != self._own_key:
            raise SealedFileRefused("it is not signed by the key that you gave")
        for found, newest in zip((manifest.record, manifest.notes), stores.newest_schemas(), strict=True):
            if found is not None and found.schema > newest:
                raise VaultNewer(found.schema, newest)
        for name in manifest.files:
            if name in _TO_THE_DISK and not self._staged[name].place():
                raise SealedFileRefused("what it holds is not in the order of a file of ours")
        return manifest

    def put_keyring(self) -> None:
        """Make the practice's own GnuPG home of what the backup holds and of the key that was brought."""
        keyring = unseal_from_own(self._gpg, self._own_key, self._small(KEYRING), None, KEYRING, MOST_BYTES)
        make_home(self._beside.gnupg)
        put_keyring(keyring, self._gpg.on(self._beside.gnupg), self._gpg)
        with AgentConnection(self._beside.gnupg) as agent:
            agent.kill()  # where it listens moves with the home, and it would look for keys where that was
        put_texts(self._small(TEXTS), self._beside)

    def keys(self, manifest: Manifest) -> tuple[bytes, bytes | None]:
        """The keys of the record and of the process notes; None where those have none, or a passphrase of their own.

        Raises VaultDamaged, PassphraseNeeded.
        """
        vault_key = unseal_vault_key(self._gpg, self._own_key, self._beside.vault_key.read_bytes(), None)
        if NOTES not in manifest.files:
            return vault_key, None
        try:
            sealed = self._beside.notes_key.read_bytes()
            return vault_key, unseal_notes_key(self._gpg, self._own_key, sealed, None)
        except NotesPassphraseNeeded:
            return vault_key, None

    def compare(self, manifest: Manifest, vault_key: bytes, notes_key: bytes | None) -> None:
        """Every page, every count, every journal's head, and every letter. Raises SealedFileRefused, VaultDamaged."""
        told = self._steps.begin()
        stores.require_sound(self._beside.vault, vault_key)
        _require_same(stores.state_of_store(self._beside.vault, vault_key), manifest.record)
        if notes_key is not None:
            stores.require_sound(self._beside.notes, notes_key)
            found = stores.state_of_store(self._beside.notes, notes_key)
            if manifest.notes is not None:
                _require_same(found, manifest.notes)
        told(self._beside.vault.stat().st_size, 0)
        self._compare_letters(manifest.record.letters, vault_key)

    def begin(self, manifest: Manifest, sha256: str, vault_key: bytes, notes_key: bytes | None) -> int:
        """Bring the stores to this version, each with a device id of its own; how many letters were stopped."""
        now = self._clock()
        with Vault.open(self._beside.vault, vault_key) as vault, vault.writing() as writer:
            restored.begin_as_restored(writer, sha256, manifest.made, now)
            stopped = restored.stop_what_was_to_leave(writer, manifest.made, now)
        schema.forget_backups(self._beside.vault)  # of a migration just made: the backup itself is one
        if notes_key is not None:
            with NotesStore.open(self._beside.notes, notes_key) as store, store.writing() as writer:
                restored.begin_as_restored(writer, sha256, manifest.made, now)
            schema.forget_backups(self._beside.notes)
        elif NOTES in manifest.files:
            remember_restoring(self._beside, sha256, manifest.made)
        return stopped

    def _compare_letters(self, letters: int, vault_key: bytes) -> None:
        tell, size, count = self._steps.begin(), self._beside.vault.stat().st_size, 0
        with self._staged[LETTERS].reading() as file, open(file.fileno(), "rb", closefd=False) as lines:
            for count, line in enumerate(stores.sums_of_letters(self._beside.vault, vault_key), start=1):
                if lines.readline() != line:
                    raise SealedFileRefused(_OTHERWISE)
                if not count % _LINES_AT_ONCE:
                    tell(size * count // max(letters, 1), size)
            if count != letters or lines.read(1):
                raise SealedFileRefused(_OTHERWISE)

    def _keep(self, name: str, part: bytes) -> None:
        if name in self._staged:
            self._staged[name].write(part)
            return
        kept = self._memory.setdefault(name, bytearray())
        if len(kept) + len(part) > _MOST_IN_MEMORY:
            raise SealedFileRefused("a part of it is larger than it can be")
        kept += part

    def _small(self, name: str) -> bytes:
        return bytes(self._memory.get(name, b""))


def _require_same(found: StoreState, said: StoreState) -> None:
    counted = {table: found.rows.get(table) for table in said.rows}
    if counted != said.rows or (found.entries, found.heads) != (said.entries, said.heads):
        raise SealedFileRefused(_OTHERWISE)
    if (found.schema, found.device) != (said.schema, said.device):
        raise SealedFileRefused(_OTHERWISE)
