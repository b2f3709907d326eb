"""The copy of each sent letter in the mailbox's Sent folder: made once, or left to a mail host that makes it itself."""

from datetime import datetime, timedelta
from enum import StrEnum

from therapymail.config import SentCopy
from therapymail.domain.letter import Place
from therapymail.errors import (
    LoginRefused,
    SecretUnavailable,
    ServerSaidNo,
    ServerUnreachable,
    TlsRefused,
)
from therapymail.mail.folder import FolderRole
from therapymail.mail.mailbox import Mailbox
from therapymail.mail.providers import files_what_it_sends
from therapymail.practice.candidates import ACCOUNT
from therapymail.practice.mailbox import open_mailbox
from therapymail.practice.practice import Practice
from therapymail.vault import places, sent_copies, texts
from therapymail.vault.connection import Vault
from therapymail.vault.sent_copies import KeptBy, PendingCopy

USUAL_NAME = "Sent"  # of the folder that is made where there is none
GIVEN_TO_THE_HOST = timedelta(minutes=2)  # in which one that files by itself has done it
ON_ITS_WAY = timedelta(minutes=10)  # as long as one that got no answer may still arrive, over a link that had stalled
MOST_TRIES = 5  # one after another; then once a day
_A_DAY = timedelta(days=1)


class CopyStep(StrEnum):
    """What is to be done about one copy."""

    LEAVE = "leave"  # for now
    LOOK = "look"  # and make it if it is not there
    LOOK_ONLY = "look-only"
    MAKE = "make"
    THE_HOSTS = "the-hosts"  # it is none of our business


def next_step(copy: PendingCopy, mode: SentCopy, now: datetime, *, host_files: bool) -> CopyStep:
    """What to do about `copy`; `host_files`: the mail host is known, or was seen, to file what it sends. Pure.

    One that may have been made before is looked for first, and while it may still arrive not made again: a second
    copy is worse than a late one. A time of trying that is yet to come was noted by a clock that was wrong.
    """
    if mode is SentCopy.SERVER:
        return CopyStep.THE_HOSTS
    since_tried = now - copy.tried if copy.tried is not None and copy.tried <= now else None
    if copy.tries >= MOST_TRIES and since_tried is not None and since_tried < _A_DAY:
        return CopyStep.LEAVE
    if since_tried is not None and since_tried < ON_ITS_WAY:
        return CopyStep.LOOK_ONLY
    if mode is SentCopy.AUTO:
        return CopyStep.LEAVE if host_files and now - copy.since < GIVEN_TO_THE_HOST else CopyStep.LOOK
    return CopyStep.LOOK if copy.tries else CopyStep.MAKE


def copy_sent_letters(practice: Practice, vault: Vault) -> None:
    """Make the copies that are due, if the mailbox can be had now; else they are made at the next sync.

    Raises VaultLocked.
    """
    if practice.settings.imap is None or not _due(practice, vault):
        return
    try:
        with open_mailbox(practice, vault) as mailbox:
            make_copies(practice, vault, mailbox)
    except (ServerUnreachable, ServerSaidNo, TlsRefused, LoginRefused, SecretUnavailable):
        return  # the letters are sent; a sync says what is wrong with the mailbox


def make_copies(practice: Practice, vault: Vault, mailbox: Mailbox) -> None:
    """Make the copies that are due. One that the mail host refuses waits for the next sync, and so does its folder.

    Raises ServerUnreachable, VaultLocked.
    """
    due = _due(practice, vault)
    if not due:
        return
    try:
        folder = sent_folder(mailbox)
    except ServerSaidNo:  # no folder for sent mail, and none may be made
        return
    for copy, step in due:
        if step is CopyStep.THE_HOSTS:
            _done(vault, copy, KeptBy.SERVER)
            continue
        try:
            is_there = step is not CopyStep.MAKE and _is_there(practice, vault, mailbox, folder, copy)
            if not is_there and step is not CopyStep.LOOK_ONLY:
                _make(practice, vault, mailbox, folder, copy)
        except ServerSaidNo:
            continue


def learn_who_files(practice: Practice, vault: Vault, folder: str) -> None:
    """Remember it where a letter whose copy we made lies in `folder` twice: `auto` then leaves it to the host."""
    if practice.settings.sent_copy is not SentCopy.AUTO:
        return
    with vault.reading() as reader:
        if sent_copies.files_itself(reader) or not sent_copies.filed_twice(reader, ACCOUNT, folder):
            return
    with vault.writing() as writer:
        sent_copies.set_files_itself(writer, itself=True)


def sent_folder(mailbox: Mailbox) -> str:
    """The name of the folder for sent mail; made if the account has none."""
    for folder in mailbox.folders():
        if folder.role is FolderRole.SENT:
            return folder.name
    mailbox.make_folder(USUAL_NAME)
    return USUAL_NAME


def _due(practice: Practice, vault: Vault) -> list[tuple[PendingCopy, CopyStep]]:
    settings, now = practice.settings, practice.clock()
    with vault.reading() as reader:
        waiting = sent_copies.pending(reader)
        host_files = sent_copies.files_itself(reader) or (
            settings.smtp is not None and files_what_it_sends(settings.smtp.host)
        )
    steps = [(copy, next_step(copy, settings.sent_copy, now, host_files=host_files)) for copy in waiting]
    return [(copy, step) for copy, step in steps if step is not CopyStep.LEAVE]


def _is_there(practice: Practice, vault: Vault, mailbox: Mailbox, folder: str, copy: PendingCopy) -> bool:
    """Whether the copy lies in Sent already; one that we never tried to make was made by the host."""
    if not mailbox.find_message_id(folder, copy.message_id):
        return False
    _done(vault, copy, KeptBy.US if copy.tries else KeptBy.SERVER)
    if not copy.tries and practice.settings.sent_copy is SentCopy.AUTO:
        with vault.writing() as writer:
            sent_copies.set_files_itself(writer, itself=True)
    return True


def _make(practice: Practice, vault: Vault, mailbox: Mailbox, folder: str, copy: PendingCopy) -> None:
    """Put it there, noting before that it is tried: after a kill it is looked for, not made again."""
    with vault.writing() as writer:
        sent_copies.tried(writer, copy.digest, practice.clock())
        raw = texts.original(writer, copy.digest)
    if raw is None:  # erased meanwhile
        return
    lies = mailbox.append(folder, raw, copy.since)
    with vault.writing() as writer:
        sent_copies.done(writer, copy.digest, KeptBy.US)
        if lies is not None:
            places.add_places(writer, [(Place(ACCOUNT, folder, lies.uidvalidity, lies.uid), copy.digest)])


def _done(vault: Vault, copy: PendingCopy, kept_by: KeptBy) -> None:
    with vault.writing() as writer:
        sent_copies.done(writer, copy.digest, kept_by)
