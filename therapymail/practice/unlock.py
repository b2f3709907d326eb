"""Unlocking and locking a practice."""

import contextlib
from collections.abc import Collection
from dataclasses import dataclass

from therapymail.config import read_settings
from therapymail.errors import (
    AnotherRun,
    FileUnusable,
    LetterUnderWay,
    OwnKeyReplaced,
    ProcessNotesLocked,
    UnderLegalHold,
)
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.own_key_care import keygrips
from therapymail.pgp.own_key_passphrase import secret_keygrips
from therapymail.practice.keyring import write_clients_keyring
from therapymail.practice.practice import Practice
from therapymail.practice.vault_keys import unsealed_key
from therapymail.practice.whole_change import finish_change
from therapymail.vault import erasing, note_index, own_keys
from therapymail.vault.index import index_is_current, reindex


@dataclass(frozen=True)
class Unlocked:
    """How long the practice stays unlocked, in hours."""

    hours: float


def unlock(practice: Practice, passphrase: str | None, hours: float | None = None) -> Unlocked:
    """Unseal the vault's key once and keep it in our own agent for `hours` (else the setting).

    Raises OwnKeyReplaced, PassphraseNeeded, PassphraseWrong, VaultDamaged, FileUnusable, GnupgMissing, GnupgUnusable.
    """
    finish_change(practice.paths)  # a process that runs for long was started before it
    if read_settings(practice.paths.config).own_key != practice.settings.own_key:
        raise OwnKeyReplaced
    lasting = hours if hours is not None else practice.settings.unlock_hours
    with practice.gpg() as gpg:
        vault_key = unsealed_key(practice, gpg, passphrase)
        held = secret_keygrips(gpg)
    # Earlier own keys open old letters; one under another passphrase stays shut, as it would without.
    practice.session.begin(vault_key, lasting, passphrase, [grip for grips in held.values() for grip in grips])
    _note_earlier_keys(practice, held)
    write_clients_keyring(practice)
    _bring_index_up_to_date(practice)
    _go_on_erasing(practice)
    return Unlocked(lasting)


def _go_on_erasing(practice: Practice) -> None:
    """Finish an erasure that was interrupted; where something is in its way, `doctor` says so."""
    with practice.vault() as vault, vault.reading() as reader:
        if not erasing.is_unfinished(reader):
            return
    from therapymail.practice.erase import finish_erasing

    with contextlib.suppress(AnotherRun, ProcessNotesLocked, FileUnusable, UnderLegalHold, LetterUnderWay):
        finish_erasing(practice)


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


def _note_earlier_keys(practice: Practice, held: Collection[str]) -> None:
    """Note each secret key that is here beside the own one, so that what it signed is known as one's own."""
    with practice.vault() as vault:
        with vault.reading() as reader:
            known = {pin.fingerprint for pin in own_keys.own_pins(reader, practice.settings.own_key)}
        if not known.issuperset(held):
            with vault.writing() as writer:
                for fingerprint in sorted(set(held) - known):
                    own_keys.note_earlier(writer, fingerprint, practice.clock())
