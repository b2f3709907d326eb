"""Unlocking and locking a practice."""

from dataclasses import dataclass

from therapymail.errors import FileUnusable, VaultDamaged
from therapymail.paths import error_phrase
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.own_key_care import keygrips
from therapymail.pgp.vault_key import unseal_vault_key
from therapymail.practice.keyring import write_clients_keyring
from therapymail.practice.practice import Practice
from therapymail.vault import note_index
from therapymail.vault.index import index_is_current, reindex


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
    _bring_index_up_to_date(practice)
    return Unlocked(lasting)


def _bring_index_up_to_date(practice: Practice) -> None:
    """Fill the index anew if this version cuts or stems words otherwise than the one that filled it."""
    with practice.vault() as vault:
        with vault.reading() as reader:
            is_current = index_is_current(reader) and note_index.is_current(reader)
        if not is_current:
            with vault.writing() as writer:
                reindex(writer)
                note_index.reindex(writer)


def lock(practice: Practice) -> None:
    """Forget the vault's key in the agent and end the session for every running process."""
    practice.session.end()


def needs_passphrase(practice: Practice) -> bool:
    """Whether the own key is protected by a passphrase or a card. Raises GnupgMissing, GnupgUnusable, KeyUnknown."""
    with practice.gpg() as gpg:
        grips = keygrips(gpg, practice.settings.own_key)
    with AgentConnection(practice.paths.gnupg) as agent:
        found = [agent.key_info(grip) for grip in grips]
    return any(info is not None and (info.protected or info.on_card) for info in found)


def _sealed_key(practice: Practice) -> bytes:
    try:
        return practice.paths.vault_key.read_bytes()
    except FileNotFoundError:
        raise VaultDamaged("vault.key", "it is missing") from None
    except OSError as error:
        raise FileUnusable(str(practice.paths.vault_key), error_phrase(error)) from None
