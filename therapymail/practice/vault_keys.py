"""The vault's key on disk: opened, and exchanged for another one so that a kill leaves a vault that opens.

While the vault is being put under another key, that one lies sealed beside the first (`vault.key.next`): the next
unlocking finds out which of the two opens the vault, and brings the exchange to its end.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from therapymail.errors import FileUnusable, VaultDamaged
from therapymail.paths import error_phrase, write_private_file
from therapymail.pgp.vault_key import seal_vault_key, unseal_vault_key
from therapymail.practice.practice import Practice
from therapymail.vault.backup import remove_left_behind
from therapymail.vault.connection import Vault
from therapymail.vault.key import new_key
from therapymail.vault.own_keys import note_vault_rekeyed
from therapymail.vault.rekey import opens_with, rekey

if TYPE_CHECKING:
    from therapymail.pgp.runner import Gpg


def unsealed_key(practice: Practice, gpg: "Gpg", passphrase: str | None) -> bytes:
    """The key that the vault opens with; an exchange that was broken off is brought to its end, where that can be.

    Raises PassphraseNeeded, PassphraseWrong, VaultDamaged, FileUnusable, KeyUnknown, GnupgUnusable.
    """
    paths, own = practice.paths, practice.settings.own_key
    current = unseal_vault_key(gpg, own, _content(paths.vault_key), passphrase)
    if not paths.vault_key_next.exists():
        return current
    sealed = _content(paths.vault_key_next)
    try:
        following = unseal_vault_key(gpg, own, sealed, passphrase)
    except VaultDamaged:
        if opens_with(paths.vault, current):
            return current
        raise
    return _exchanged(practice, current, following, sealed)


def exchange_key(practice: Practice, gpg: "Gpg", current: bytes, passphrase: str | None) -> bytes:
    """Put the vault, which opens with `current`, under a new key; that one. Every session must have ended.

    Raises PassphraseNeeded, PassphraseWrong, GnupgUnusable, and FileUnusable where it could not be done: then the
    vault opens as before, and the next unlocking tries again.
    """
    following = new_key()
    sealed = seal_vault_key(gpg, practice.settings.own_key, following, passphrase)
    write_private_file(practice.paths.vault_key_next, sealed)
    if _exchanged(practice, current, following, sealed) != following:
        raise FileUnusable(str(practice.paths.vault), "the vault could not be put under its new key yet")
    return following


def _exchanged(practice: Practice, current: bytes, following: bytes, sealed: bytes) -> bytes:
    """The key that the vault opens with now: `following`, unless the disk or another process is in the way."""
    paths = practice.paths
    if not opens_with(paths.vault, following):
        try:
            rekey(paths.vault, current, following)
        except FileUnusable:
            if not opens_with(paths.vault, following):
                return current
    write_private_file(paths.vault_key, sealed)
    with Vault.open(paths.vault, following) as vault, vault.writing() as writer:
        note_vault_rekeyed(writer, practice.clock())
    remove_left_behind(paths.home)  # a killed backup's copy is under the key before
    paths.vault_key_next.unlink(missing_ok=True)
    return following


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise VaultDamaged(path.name, "it is missing") from None
    except OSError as error:
        raise FileUnusable(str(path), error_phrase(error)) from None
