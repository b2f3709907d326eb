"""Removing mails for good: by UID alone (RFC 4315), and looked at before and after; what else is there stays.

A host without UIDPLUS could only remove everything that is marked as deleted, whoever marked it: there nothing is.
"""

from collections.abc import Collection

from therapymail.errors import NotRemovedThere
from therapymail.mail.mailbox import Mailbox


def refuse_unless_possible(mailbox: Mailbox) -> None:
    """Raise NotRemovedThere where the host cannot remove single mails."""
    if not mailbox.removes_singly:
        raise NotRemovedThere("your mail host cannot remove single mails (it has no UIDPLUS)")


def remove(mailbox: Mailbox, folder: str, uidvalidity: int, uids: Collection[int]) -> int:
    """Remove the mails with these UIDs from `folder`; how many were there and are gone.

    None where the folder is gone or was renumbered since: its UIDs name other mails now. Raises ServerUnreachable,
    ServerSaidNo, also where some are still there.
    """
    if folder not in mailbox.states([folder]) or mailbox.open(folder).uidvalidity != uidvalidity:
        return 0
    there = set(uids).intersection(mailbox.uids())
    if not there or not mailbox.remove(folder, uidvalidity, there):
        return 0
    mailbox.open(folder)
    if there.intersection(mailbox.uids()):
        raise NotRemovedThere("it said that mails were removed, and they are still there")
    return len(there)
