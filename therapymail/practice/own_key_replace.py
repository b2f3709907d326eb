"""Another own key: everything that the old one opened is sealed to the new one at one moment; the old secret stays.

Clients cannot be changed from here: each of them seals to the old key until they have taken the new one, so the old
key goes on opening what they send.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from therapymail.config import with_setting
from therapymail.domain.statuses import OVER
from therapymail.errors import KeyRefused, TherapymailError
from therapymail.pgp.notes_key import sealed_to_another
from therapymail.pgp.own_key_care import check_passphrase, remove_own_key
from therapymail.pgp.own_key_passphrase import is_on_card, opens_with, protected_anew, secret_keygrips
from therapymail.pgp.vault_key import seal_vault_key
from therapymail.practice.keyring import write_clients_keyring
from therapymail.practice.own_passphrase import files_of
from therapymail.practice.practice import Practice
from therapymail.practice.session import HOUR
from therapymail.practice.setup_key import KeyChoice, OwnKeyMade, make_own_key
from therapymail.practice.single_run import only_run
from therapymail.practice.vault_keys import unsealed_key
from therapymail.practice.whole_change import change_together
from therapymail.vault import clients
from therapymail.vault.key import new_key
from therapymail.vault.own_keys import note_replaced

if TYPE_CHECKING:
    from therapymail.pgp.runner import Gpg


@dataclass(frozen=True)
class KeyReplaced:
    """The own key before and now, and what is left to do.

    `apart` are earlier keys with a passphrase of their own; `rekeyed`: the vault is under a new key already (else the
    next unlocking sees to it); `to_tell` are the codes of clients who seal to the old key until they have the new one.
    """

    old: str
    made: OwnKeyMade
    apart: tuple[str, ...]
    rekeyed: bool
    to_tell: tuple[str, ...]


def replace_own_key(practice: Practice, choice: KeyChoice, passphrase: str | None) -> tuple[Practice, KeyReplaced]:
    """Let the key of `choice` be the own one from now on; `passphrase` opens the one before. The practice as it is now.

    Killed at any moment, the practice opens with the old key or with the new one. Raises KeyRefused also for the key
    that it is already, PassphraseNeeded, PassphraseWrong, VaultLocked, AnotherRun, FileUnusable, GnupgUnusable, and
    what `make_own_key` raises: then nothing is changed.
    """
    old, session = practice.settings.own_key, practice.session
    with only_run(practice.paths), practice.gpg() as gpg:
        vault_key = session.vault_key()
        check_passphrase(gpg, old, passphrase)  # the agent has it while unlocked, and would ask nobody
        before = secret_keygrips(gpg)
        made = make_own_key(gpg, practice.settings, choice)
        try:
            if made.fingerprint == old:
                raise KeyRefused(old, "it is your own key already")
            files, apart = _files(practice, gpg, before, made.fingerprint, passphrase, choice.passphrase, vault_key)
        except TherapymailError:
            if made.fingerprint not in before:
                remove_own_key(gpg, made.fingerprint)
            raise
        to_tell = _note(practice, made.fingerprint)
        hours = session.seconds_left() / HOUR
        session.end()
        change_together(practice.paths, files)
        now = replace(practice, settings=replace(practice.settings, own_key=made.fingerprint))
        opens = unsealed_key(now, gpg, choice.passphrase)
        now.session.begin(
            opens, hours, choice.passphrase, [grip for grips in secret_keygrips(gpg).values() for grip in grips]
        )
        write_clients_keyring(now)
    return now, KeyReplaced(old, made, apart, opens != vault_key, to_tell)


def _files(
    practice: Practice,
    gpg: "Gpg",
    held: Mapping[str, tuple[str, ...]],
    new: str,
    passphrase: str | None,
    new_passphrase: str | None,
    vault_key: bytes,
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """All that changes together, and which earlier keys keep a passphrase of their own."""
    paths, old = practice.paths, practice.settings.own_key
    files = {
        paths.config.name: with_setting(paths.config, "own_key", new),
        paths.vault_key.name: seal_vault_key(gpg, new, vault_key, new_passphrase),
        paths.vault_key_next.name: seal_vault_key(gpg, new, new_key(), new_passphrase),
    }
    for path in (paths.notes_key, paths.notes_key_begun):
        if path.exists():
            files[path.name] = sealed_to_another(gpg, old, new, path.read_bytes(), passphrase, new_passphrase)
    keys, apart = {}, []
    grips_of_new = secret_keygrips(gpg)[new]
    for fingerprint, grips in held.items():
        if fingerprint == new:
            continue
        stays = is_on_card(gpg, grips) or is_on_card(gpg, grips_of_new) or not opens_with(gpg, fingerprint, passphrase)
        if stays:
            apart.append(fingerprint)
        else:
            keys[fingerprint] = protected_anew(gpg, fingerprint, grips, passphrase, new_passphrase)
    return {**files, **files_of(keys)}, tuple(sorted(apart))


def _note(practice: Practice, new: str) -> tuple[str, ...]:
    """Note it first: killed after this, the own key is the old one still, and stays its own pin."""
    with practice.vault() as vault, vault.writing() as writer:
        note_replaced(writer, practice.settings.own_key, new, practice.clock())
        everybody = clients.clients(writer)
    return tuple(client.code for client in everybody if client.status not in OVER)
