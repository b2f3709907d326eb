"""The clients' certificates as a keyring in the run directory, for verifying, while the practice is unlocked."""

from pathlib import Path

from therapymail.pgp.certificates import write_keyring
from therapymail.practice.practice import Practice
from therapymail.vault import certificates


def write_clients_keyring(practice: Practice) -> Path:
    """Write every held certificate to the run directory's keyring anew; returns its path.

    A keybox holds names and addresses in clear: it lies on memory-backed storage only and goes with the lock.
    """
    with practice.vault().reading() as reader:
        held = certificates.held(reader)
    target = practice.run.clients_keyring
    fresh = target.with_name("clients.new.kbx")
    fresh.unlink(missing_ok=True)
    write_keyring((certificate.material for certificate in held), fresh)
    fresh.replace(target)
    return target


def clients_keyring(practice: Practice) -> Path:
    """The keyring, made if it is not there."""
    keyring = practice.run.clients_keyring
    return keyring if keyring.exists() else write_clients_keyring(practice)
