"""Unlocking and locking a practice."""

from dataclasses import dataclass

from therapymail.errors import FileUnusable, VaultDamaged
from therapymail.paths import error_phrase
from therapymail.pgp.own_key_care import keygrips
from therapymail.pgp.vault_key import unseal_vault_key
from therapymail.practice.keyring import write_clients_keyring
from therapymail.practice.practice import Practice


@dataclass(frozen=True)
class Unlocked:
    """How long the practice stays unlocked, in hours."""

    hours: float


def unlock(practice: Practice, passphrase: str | None, hours: float | None = None) -> Unlocked:
    """Unseal the vault's key once and keep it in our own agent for `hours` (else the setting).

    Raises PassphraseNeeded, PassphraseWrong, VaultDamaged, FileUnusable, GnupgMissing, GnupgUnusable.
    """
    lasting = hours if hours is not None else practice.settings.unlock_hours
    own = practice.settings.own_key
    sealed = _sealed_key(practice)
    with practice.gpg() as gpg:
        vault_key = unseal_vault_key(gpg, own, sealed, passphrase)
        grips = keygrips(gpg, own)
    practice.session.begin(vault_key, lasting, passphrase, grips)
    write_clients_keyring(practice)
    return Unlocked(lasting)


def lock(practice: Practice) -> None:
    """Forget the vault's key in the agent and end the session for every running process."""
    practice.session.end()


def _sealed_key(practice: Practice) -> bytes:
    try:
        return practice.paths.vault_key.read_bytes()
    except FileNotFoundError:
        raise VaultDamaged("vault.key", "it is missing") from None
    except OSError as error:
        raise FileUnusable(str(practice.paths.vault_key), error_phrase(error)) from None
