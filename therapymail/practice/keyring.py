"""The clients' certificates as a keyring in the run directory, for verifying, while the practice is unlocked."""

import secrets
from pathlib import Path

from therapymail.errors import GnupgUnusable, VaultLocked
from therapymail.pgp.certificates import write_keyring
from therapymail.practice.practice import Practice
from therapymail.vault import certificates, key_changes


def write_clients_keyring(practice: Practice) -> Path:
    """Write every held certificate to the run directory's keyring anew; returns its path.

    One that a client's undecided key change is about stays out: in quarantine, it signs nothing (PGP.md K3).
    A keybox holds names and addresses in clear: it lies on memory-backed storage only and goes with the lock.
    Raises VaultLocked, also where the lock comes while it is made: then it is gone again.
    """
    generation = practice.session.generation()
    with practice.vault().reading() as reader:
        undecided = {change.fingerprint for change in key_changes.open_changes(reader)}
        held = [each for each in certificates.held(reader) if each.client or each.fingerprint not in undecided]
    target = practice.run.clients_keyring
    fresh = target.with_name(f"{target.stem}-{secrets.token_hex(8)}{target.suffix}")
    try:
        write_keyring((certificate.material for certificate in held), fresh)
        fresh.replace(target)
    except (FileNotFoundError, GnupgUnusable):  # a lock may have taken it away under our hands
        if practice.session.generation() == generation:
            raise
    finally:
        fresh.unlink(missing_ok=True)
    if practice.session.generation() != generation:  # `Session.end` raises it before it removes keyrings
        target.unlink(missing_ok=True)
        raise VaultLocked
    return target


def clients_keyring(practice: Practice) -> Path:
    """The keyring, made if it is not there."""
    keyring = practice.run.clients_keyring
    return keyring if keyring.exists() else write_clients_keyring(practice)
