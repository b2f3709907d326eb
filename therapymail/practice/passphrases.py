"""Passphrases for the own key: a new one from random words, one that a command prints, and whether one is strong."""

from therapymail.mail.secret_command import secret_from_command
from therapymail.pgp.passphrase import generate_passphrase, is_strong_enough

__all__ = ["is_strong_enough", "new_passphrase", "passphrase_from_command"]


def new_passphrase() -> str:
    """Six random words joined by hyphens."""
    return generate_passphrase()


def passphrase_from_command(command: str) -> str:
    """The passphrase that `command` prints on its first line. Raises SecretUnavailable."""
    return secret_from_command(command, what="passphrase")
