"""The vault under a new key: one that was given away, or may be known, opens what is kept from now on no more."""

from therapymail.pgp.own_key_care import check_passphrase
from therapymail.pgp.own_key_passphrase import secret_keygrips
from therapymail.practice.keyring import write_clients_keyring
from therapymail.practice.practice import Practice
from therapymail.practice.session import HOUR
from therapymail.practice.single_run import only_run
from therapymail.practice.vault_keys import exchange_key, unsealed_key


def take_back_vault_key(practice: Practice, passphrase: str | None) -> None:
    """Put the vault under a new key. A copy of the vault that somebody took before still opens with the old one.

    The practice must be unlocked, and stays so. Takes as long as copying the vault. Raises PassphraseNeeded,
    PassphraseWrong, VaultLocked, AnotherRun, FileUnusable (a full disk: nothing is changed), GnupgUnusable.
    """
    session = practice.session
    with only_run(practice.paths), practice.gpg() as gpg:
        session.vault_key()
        check_passphrase(gpg, practice.settings.own_key, passphrase)  # the agent has it while unlocked
        current = unsealed_key(practice, gpg, passphrase)
        grips = [grip for held in secret_keygrips(gpg).values() for grip in held]
        hours = session.seconds_left() / HOUR
        session.end()
        try:
            current = exchange_key(practice, gpg, current, passphrase)
        finally:
            session.begin(current, hours, passphrase, grips)
        write_clients_keyring(practice)
