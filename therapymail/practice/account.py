"""The account's password or token: kept in the vault for exactly the hosts it was given for, and changed."""

from therapymail.config import HostSettings, Settings
from therapymail.errors import UnusableInput
from therapymail.mail.account import connect
from therapymail.mail.submission import check_login
from therapymail.practice.mailbox import IMAP_SECRET, SMTP_SECRET, kept_under
from therapymail.practice.practice import Practice
from therapymail.vault import secrets
from therapymail.vault.connection import Writer


def keep_secrets(writer: Writer, settings: Settings, imap_secret: str, smtp_secret: str) -> None:
    """Keep what the person gave for each host; an empty one is not kept."""
    for protocol, host, secret in (
        (IMAP_SECRET, settings.imap, imap_secret),
        (SMTP_SECRET, settings.smtp, smtp_secret),
    ):
        if host is not None and secret:
            secrets.put_secret(writer, kept_under(protocol, host), secret)


def asks_for_secret(host: HostSettings | None) -> bool:
    """Whether this host's password or token is one that the person gives, and no command prints."""
    return host is not None and not host.secret_command


def change_secret(practice: Practice, secret: str) -> None:
    """Keep a new password or token for the account, once both hosts have taken it.

    Raises UnusableInput where a command gives it, VaultLocked, and the errors of the mail hosts; then nothing is kept.
    """
    settings = practice.settings
    imap = settings.imap if asks_for_secret(settings.imap) else None
    smtp = settings.smtp if asks_for_secret(settings.smtp) else None
    if imap is None and smtp is None:
        raise UnusableInput("account", "this practice keeps no password; a command gives it, or there is no mailbox")
    with practice.vault() as vault:
        if imap is not None:
            connect(imap, secret).close()
        if smtp is not None:
            check_login(smtp, secret)
        with vault.writing() as writer:
            keep_secrets(writer, settings, secret if imap else "", secret if smtp else "")
