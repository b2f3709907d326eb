"""The mail hosts: reachable over trustworthy TLS, login, folders; and the clock against what the host says."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from therapymail.errors import VaultLocked
from therapymail.mail.mailbox import Mailbox
from therapymail.mail.submission import check_login
from therapymail.practice.candidates import watched_folders
from therapymail.practice.checks.check import Check
from therapymail.practice.mailbox import SMTP_SECRET, account_secret, open_mailbox
from therapymail.practice.practice import Practice
from therapymail.vault import journal
from therapymail.vault.connection import Vault

_CLOCK_TOLERANCE = timedelta(minutes=10)
_LOOKED_AT = 20  # newest mails of the inbox
_LOCKED = Check("mail hosts", ok=True, says="Locked, so not tried.", next_step="Run `therapymail unlock`.")


def look_at_mailbox(practice: Practice) -> Iterator[Check]:
    """Whether reading works. Raises the errors of the mail host."""
    if practice.settings.imap is None:
        yield Check("mailbox", ok=True, says="This practice has none.")
        return
    vault = _vault(practice)
    if vault is None:
        yield _LOCKED
        return
    with vault, open_mailbox(practice, vault) as mailbox:
        watched = watched_folders(mailbox, practice.settings)
        host = practice.settings.imap
        says = f"{host.host} answers over trustworthy TLS and accepts the login; {len(watched)} folders are watched."
        yield Check("mailbox", ok=True, says=says)
        yield _clock_by_host(mailbox, practice.clock())


def look_at_submission(practice: Practice) -> Iterator[Check]:
    """Whether sending could work: a login, no mail. Raises the errors of the mail host."""
    host = practice.settings.smtp
    if host is None:
        return
    vault = _vault(practice)
    if vault is None:
        return
    with vault:
        check_login(host, account_secret(host, vault, SMTP_SECRET))
    yield Check("sending", ok=True, says=f"{host.host} answers over trustworthy TLS and accepts the login.")


def look_at_clock(practice: Practice) -> Iterator[Check]:
    """Whether this machine's clock has gone back behind what the journal has seen."""
    vault = _vault(practice)
    if vault is None:
        return
    with vault, vault.reading() as reader:
        latest = journal.latest_time(reader)
    now = practice.clock()
    if latest is not None and latest - now > _CLOCK_TOLERANCE:
        says = f"This machine says {now:%Y-%m-%d %H:%M} UTC, but the journal knows {latest:%Y-%m-%d %H:%M}."
        yield Check("clock", ok=False, says=says, next_step="Set the clock; dates in the record depend on it.")
    else:
        yield Check("clock", ok=True, says=f"{now:%Y-%m-%d %H:%M} UTC, not behind the journal.")


def _clock_by_host(mailbox: Mailbox, now: datetime) -> Check:
    """Mail that the host received in our future means that our clock is slow."""
    state = mailbox.open("INBOX")
    uids = mailbox.new_uids(max(0, state.uidnext - 1 - _LOOKED_AT))
    received = [glimpse.internaldate for glimpse in mailbox.glimpses(uids) if glimpse.internaldate is not None]
    newest = max(received, default=None)
    if newest is not None and newest - now > _CLOCK_TOLERANCE:
        says = f"The mail host received mail at {newest:%Y-%m-%d %H:%M} UTC, which is later than this machine's time."
        return Check("clock and mail host", ok=False, says=says, next_step="Set the machine's clock.")
    return Check("clock and mail host", ok=True, says="They agree.")


def _vault(practice: Practice) -> Vault | None:
    try:
        return practice.vault()
    except VaultLocked:
        return None
