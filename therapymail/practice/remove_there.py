"""Removing letters on the mail host: only those whose places are known, folder by folder, never anything else (F32)."""

from collections import defaultdict
from collections.abc import Iterable

from therapymail.domain.letter import Place
from therapymail.mail.removing import refuse_unless_possible, remove
from therapymail.practice.mailbox import open_mailbox
from therapymail.practice.practice import Practice


def folders_of(places: Iterable[Place]) -> dict[str, int]:
    """By folder, how many mails would be removed there."""
    found: dict[str, int] = defaultdict(int)
    for place in places:
        found[place.folder] += 1
    return dict(sorted(found.items()))


def remove_there(practice: Practice, places: Iterable[Place]) -> int:
    """Remove the mails at these places, for good; how many were. A folder that was renumbered since is left as it is.

    Raises NotRemovedThere where the host cannot remove single mails, and the errors of the mail host.
    """
    by_folder: dict[tuple[str, int], list[int]] = defaultdict(list)
    for place in places:
        by_folder[place.folder, place.uidvalidity].append(place.uid)
    if not by_folder:
        return 0
    with practice.vault() as vault, open_mailbox(practice, vault) as mailbox:
        refuse_unless_possible(mailbox)
        return sum(
            remove(mailbox, folder, uidvalidity, sorted(uids))
            for (folder, uidvalidity), uids in sorted(by_folder.items())
        )
