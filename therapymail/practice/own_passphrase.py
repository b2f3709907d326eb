"""Another passphrase for the own key, wherever the old one opens something: all of it changes at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from therapymail.errors import UnusableInput
from therapymail.pgp.notes_key import shared_passphrase_changed
from therapymail.pgp.own_key_passphrase import (
    PRIVATE_KEYS,
    is_on_card,
    opens_with,
    protected_anew,
    prove_opens,
    secret_keygrips,
)
from therapymail.pgp.passphrase import is_strong_enough
from therapymail.practice.keyring import write_clients_keyring
from therapymail.practice.practice import Practice
from therapymail.practice.session import HOUR
from therapymail.practice.single_run import only_run
from therapymail.practice.whole_change import change_together
from therapymail.vault.own_keys import note_passphrase_changed
from therapymail.vault.recovery_kits import latest_kit

if TYPE_CHECKING:
    from therapymail.pgp.runner import Gpg


@dataclass(frozen=True)
class PassphraseChanged:
    """What opens with the new passphrase now: the own key, `earlier` ones (fingerprints), `notes` if it was theirs too.

    `apart` are earlier own keys that have a passphrase of their own, and keep it. `had_kit`: the kit that was made
    opens with the old passphrase.
    """

    earlier: tuple[str, ...]
    apart: tuple[str, ...]
    notes: bool
    had_kit: bool


def change_passphrase(practice: Practice, passphrase: str | None, new: str | None) -> PassphraseChanged:
    """Let the own key open with `new` instead of `passphrase` (None: with none), and what shares it: all or nothing.

    The practice must be unlocked, and stays so. What will lie on the disk is proven to open the vault's key before
    it does (HAZARDS C33). Raises UnusableInput for a weak one, PassphraseNeeded, PassphraseWrong, KeyOnCard,
    VaultLocked, AnotherRun, FileUnusable, GnupgUnusable.
    """
    refuse_weak(new)
    session, own = practice.session, practice.settings.own_key
    with only_run(practice.paths), practice.gpg() as gpg:
        held = secret_keygrips(gpg)
        keys = private_keys_anew(gpg, held, own, passphrase, new)
        prove_opens(gpg, own, keys[own], new, practice.paths.vault_key.read_bytes())
        notes = _notes_key(practice, gpg, passphrase, new)
        vault_key = session.vault_key()
        had_kit = _note_change(practice)
        hours = session.seconds_left() / HOUR
        session.end()  # the agent forgets the old one before it opens nothing any more
        change_together(practice.paths, {**files_of(keys), **notes})
        session.begin(vault_key, hours, new, [grip for grips in held.values() for grip in grips])
        write_clients_keyring(practice)
    earlier = tuple(sorted(keys.keys() - {own}))
    return PassphraseChanged(earlier, tuple(sorted(held.keys() - keys.keys())), bool(notes), had_kit)


def refuse_weak(new: str | None) -> None:
    """Raise UnusableInput for a passphrase that is easy to guess, or that gpg could not be given."""
    if new is not None and ("\n" in new or not is_strong_enough(new)):
        raise UnusableInput("passphrase", "it is too easy to guess; six words drawn at random are strong enough")


def private_keys_anew(
    gpg: "Gpg", held: Mapping[str, tuple[str, ...]], own: str, passphrase: str | None, new: str | None
) -> dict[str, dict[str, bytes]]:
    """The private keys' files under `new`, by fingerprint: of the own key, and of each other that `passphrase` opens.

    Raises as `protected_anew` for the own key.
    """
    found = {own: protected_anew(gpg, own, held[own], passphrase, new)}
    for fingerprint, grips in held.items():
        if fingerprint != own and not is_on_card(gpg, grips) and opens_with(gpg, fingerprint, passphrase):
            found[fingerprint] = protected_anew(gpg, fingerprint, grips, passphrase, new)
    return found


def files_of(keys: Mapping[str, Mapping[str, bytes]]) -> dict[str, bytes]:
    """Private keys' files by their names below the practice directory."""
    return {f"gnupg/{PRIVATE_KEYS}/{name}": content for files in keys.values() for name, content in files.items()}


def _notes_key(practice: Practice, gpg: "Gpg", passphrase: str | None, new: str | None) -> dict[str, bytes]:
    """The key of the process notes, where the passphrase of their own is the very one that changes."""
    path = practice.paths.notes_key
    if passphrase is None or not path.exists():
        return {}
    changed = shared_passphrase_changed(gpg, practice.settings.own_key, path.read_bytes(), passphrase, new)
    return {} if changed is None else {path.name: changed}


def _note_change(practice: Practice) -> bool:
    """Note it first: killed after this, a kit that still opens is asked for anew, which harms nobody."""
    own = practice.settings.own_key
    with practice.vault() as vault, vault.writing() as writer:
        had_kit = latest_kit(writer, own) is not None
        note_passphrase_changed(writer, own, practice.clock())
    return had_kit
