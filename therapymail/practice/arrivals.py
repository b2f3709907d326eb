"""Fetching the mails of a sync's candidates from the mail host, one folder's batch after another's."""

from collections.abc import Iterator
from datetime import UTC, datetime

from therapymail.mail.fetching import LARGEST_BYTES, FetchedMail, NotFetched, NotFetchedWhy
from therapymail.mail.folder import FolderRole
from therapymail.mail.mailbox import Mailbox
from therapymail.practice.arrival import Arrival, Incoming, PassedOver, TooLarge
from therapymail.practice.candidates import FolderWork, concerns_a_client

_FETCH_AT_ONCE = 100


def arrivals(mailbox: Mailbox, work: tuple[FolderWork, ...]) -> Iterator[Incoming]:
    """Fetch every candidate, the newest of each folder first, the folders in turn."""
    left = {item.folder.name: list(item.uids) for item in work if item.uids}
    by_name = {item.folder.name: item for item in work}
    while left:
        for name in list(left):
            uids, left[name] = left[name][-_FETCH_AT_ONCE:], left[name][:-_FETCH_AT_ONCE]
            if not left[name]:
                del left[name]
            yield from _fetched(mailbox, by_name[name], uids)


def _fetched(mailbox: Mailbox, item: FolderWork, uids: list[int]) -> Iterator[Incoming]:
    """The mails of `uids`; one that could not be had now is left out, and the bookmark stays where it is."""
    folder = item.folder
    state = mailbox.open(folder.name)
    if state.uidvalidity != item.bookmark.uidvalidity:
        return  # renumbered while we looked: the next sync starts over
    glimpsed = {glimpse.uid: glimpse for glimpse in mailbox.glimpses(item.unchecked.intersection(uids))}
    strangers = {uid for uid, glimpse in glimpsed.items() if not concerns_a_client(glimpse, item.searched)}
    for uid in strangers:
        yield PassedOver(item.place(uid))
    for mail in mailbox.fetch([uid for uid in uids if uid not in strangers], largest=LARGEST_BYTES):
        incoming = _incoming(mailbox, item, mail)
        if incoming is not None:
            yield incoming


def _incoming(mailbox: Mailbox, item: FolderWork, mail: FetchedMail | NotFetched) -> Incoming | None:
    place, in_sent = item.place(mail.uid), item.folder.role is FolderRole.SENT
    now = datetime.now(UTC)
    if isinstance(mail, FetchedMail):
        in_junk = item.folder.role is FolderRole.JUNK
        return Arrival(place, mail.internaldate or now, mail.raw, in_sent, in_junk, fetched=now)
    if mail.why is NotFetchedWhy.GONE:
        return PassedOver(place)
    if mail.why is NotFetchedWhy.TOO_LARGE:
        for glimpse in mailbox.glimpses([mail.uid]):
            told = glimpse.internaldate or now
            return TooLarge(place, told, mail.size, glimpse.header, in_sent, fetched=now)
    return None
