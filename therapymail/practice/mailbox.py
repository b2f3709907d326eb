"""The therapist's own mailbox: the account's secret, and a connection to its mail host."""

from therapymail.config import Auth, HostSettings
from therapymail.errors import SecretUnavailable, UnusableInput
from therapymail.mail.account import connect
from therapymail.mail.mailbox import Mailbox
from therapymail.mail.secret_command import secret_from_command
from therapymail.practice.practice import Practice
from therapymail.vault import secrets
from therapymail.vault.connection import Vault

IMAP_SECRET = "imap"  # noqa: S105 - the name a secret is for
SMTP_SECRET = "smtp"  # noqa: S105 - the name a secret is for


def open_mailbox(practice: Practice, vault: Vault) -> Mailbox:
    """A connection to the practice's mail host, logged in.

    Raises UnusableInput in a practice without one, SecretUnavailable, and the errors of mail.account.connect.
    """
    host = practice.settings.imap
    if host is None:
        raise UnusableInput("mailbox", "this practice has none; run `therapymail setup` for one with a mailbox")
    return connect(host, account_secret(host, vault, IMAP_SECRET))


def kept_under(protocol: str, host: HostSettings) -> str:
    """The name in the vault of the secret for `host`: it goes to no other host, whatever config.toml says later."""
    return f"{protocol} {host.username} {host.host}:{host.port} {host.ca_file}"


def account_secret(host: HostSettings, vault: Vault, protocol: str) -> str:
    """The password or token of an account: from its command, else from the vault. Raises SecretUnavailable."""
    if host.secret_command:
        return secret_from_command(host.secret_command)
    with vault.reading() as reader:
        kept = secrets.get_secret(reader, kept_under(protocol, host))
    if kept is None:
        what = "password" if host.auth is Auth.PASSWORD else "token"
        raise SecretUnavailable(f"{protocol.upper()} {what}", "none is kept for this host and no command is set")
    return kept
