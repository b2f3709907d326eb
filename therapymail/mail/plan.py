"""What to do about a folder: its state at the server compared with where we left off. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from therapymail.domain.mailbox import Bookmark
from therapymail.mail.folder import FolderState


class PlanKind(StrEnum):
    """What a folder needs."""

    UNCHANGED = "unchanged"  # nothing to read
    NEW = "new"  # mails above the bookmark
    HISTORY = "history"  # everything in it: it was never read, or cannot be told from that
    RENUMBERED = "renumbered"  # everything, and the UIDs we know mean nothing any more
    EMPTIED = "emptied"  # every mail has gone at once: nothing is concluded from that


class PlanNote(StrEnum):
    """What else showed."""

    FEWER = "fewer"  # mails have gone: places may be void
    NUMBERS_WENT_BACK = "numbers-went-back"  # UIDNEXT fell: the folder was restored from a backup
    MORE_THAN_NUMBERED = "more-than-numbered"  # there are more mails although no number was given out
    UIDNEXT_UNKNOWN = "uidnext-unknown"


@dataclass(frozen=True)
class FolderPlan:
    """What to do about one folder: read the mails with a UID above `after_uid`, unless it is UNCHANGED or EMPTIED.

    `bookmark` is to be filed, in the same transaction as the last of the letters, once all of that is done.
    Following a plan again, or one that was followed in part, finds the same mails: filing must be idempotent.
    """

    folder: str
    kind: PlanKind
    after_uid: int
    bookmark: Bookmark
    notes: tuple[PlanNote, ...] = ()

    @property
    def reads(self) -> bool:
        """Whether there is anything to read."""
        return self.kind in {PlanKind.NEW, PlanKind.HISTORY, PlanKind.RENUMBERED}

    @property
    def places_void(self) -> bool:
        """Whether the places we know in this folder mean nothing any more (its UIDVALIDITY, or its count, is new)."""
        return self.kind is PlanKind.RENUMBERED


def plan_folders(states: Mapping[str, FolderState], bookmarks: Iterable[Bookmark]) -> tuple[FolderPlan, ...]:
    """A plan for each of `states`. A folder that is not among them any more gets none: nothing is concluded."""
    known = {bookmark.folder: bookmark for bookmark in bookmarks}
    return tuple(plan_folder(state, known.get(name)) for name, state in states.items())


def plan_folder(state: FolderState, bookmark: Bookmark | None) -> FolderPlan:
    """The plan for a folder that stands as `state` says and was left at `bookmark` (None: never read)."""
    now = Bookmark(
        folder=state.name,
        uidvalidity=state.uidvalidity,
        uidnext=state.uidnext,
        highestmodseq=state.highestmodseq,
        messages=state.messages,
    )
    if bookmark is None:
        return FolderPlan(state.name, PlanKind.HISTORY, 0, now)
    if bookmark.uidvalidity != state.uidvalidity:
        return FolderPlan(state.name, PlanKind.RENUMBERED, 0, now)
    if state.uidnext == 0:
        return FolderPlan(state.name, PlanKind.NEW, bookmark.uidnext - 1, now, (PlanNote.UIDNEXT_UNKNOWN,))
    if state.uidnext < bookmark.uidnext:
        return FolderPlan(state.name, PlanKind.RENUMBERED, 0, now, (PlanNote.NUMBERS_WENT_BACK,))
    if state.messages == 0 and bookmark.messages > 0:
        # A bookmark that stays: should the mails come back under their numbers, they are the ones we know.
        return FolderPlan(state.name, PlanKind.EMPTIED, bookmark.uidnext - 1, bookmark)
    return _plan_numbered_alike(state, bookmark, now)


def _plan_numbered_alike(state: FolderState, bookmark: Bookmark, now: Bookmark) -> FolderPlan:
    numbered = state.uidnext - bookmark.uidnext
    notes = (PlanNote.FEWER,) if state.messages < bookmark.messages + numbered else ()
    if state.messages > bookmark.messages + numbered:
        return FolderPlan(state.name, PlanKind.HISTORY, 0, now, (PlanNote.MORE_THAN_NUMBERED,))
    kind = PlanKind.NEW if numbered else PlanKind.UNCHANGED
    return FolderPlan(state.name, kind, bookmark.uidnext - 1, now, notes)


def read_up_to(plan: FolderPlan, uid: int) -> Bookmark:
    """The bookmark once everything up to `uid` is done in ascending order: for long plans, filed batch by batch.

    `messages` is left at what makes the rest show as new, and nothing as missing.
    """
    done = plan.bookmark
    if uid + 1 >= done.uidnext:
        return done
    return replace(done, uidnext=uid + 1, messages=max(0, done.messages - (done.uidnext - uid - 1)))
