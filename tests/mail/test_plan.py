"""The plan for a folder, against a model of a mailbox: nothing is missed, nothing filed twice, whatever happens."""

from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from therapymail.domain.mailbox import Bookmark
from therapymail.mail.folder import FolderState
from therapymail.mail.plan import FolderPlan, PlanKind, PlanNote, plan_folder, plan_folders, read_up_to


def state(uidnext: int, messages: int, validity: int = 1, modseq: int | None = None) -> FolderState:
    return FolderState("INBOX", validity, uidnext, messages, modseq)


def mark(uidnext: int, messages: int, validity: int = 1, modseq: int | None = None) -> Bookmark:
    return Bookmark("INBOX", validity, uidnext, modseq, messages)


@pytest.mark.parametrize(
    ("now", "left", "kind", "after", "notes"),
    [
        (state(1, 0), None, PlanKind.HISTORY, 0, ()),
        (state(9, 4), None, PlanKind.HISTORY, 0, ()),
        (state(9, 4), mark(9, 4), PlanKind.UNCHANGED, 8, ()),
        (state(9, 4, modseq=7), mark(9, 4, modseq=5), PlanKind.UNCHANGED, 8, ()),
        (state(9, 3), mark(9, 4), PlanKind.UNCHANGED, 8, (PlanNote.FEWER,)),
        (state(12, 7), mark(9, 4), PlanKind.NEW, 8, ()),
        (state(12, 5), mark(9, 4), PlanKind.NEW, 8, (PlanNote.FEWER,)),
        (state(9, 4, validity=2), mark(9, 4), PlanKind.RENUMBERED, 0, ()),
        (state(5, 4), mark(9, 4), PlanKind.RENUMBERED, 0, (PlanNote.NUMBERS_WENT_BACK,)),
        (state(9, 0), mark(9, 4), PlanKind.EMPTIED, 8, ()),
        (state(12, 0), mark(9, 4), PlanKind.EMPTIED, 8, ()),
        (state(9, 6), mark(9, 4), PlanKind.HISTORY, 0, (PlanNote.MORE_THAN_NUMBERED,)),
        (state(0, 6), mark(9, 4), PlanKind.NEW, 8, (PlanNote.UIDNEXT_UNKNOWN,)),
    ],
)
def test_each_way_a_folder_can_stand(
    now: FolderState, left: Bookmark | None, kind: PlanKind, after: int, notes: tuple[PlanNote, ...]
) -> None:
    plan = plan_folder(now, left)
    assert (plan.kind, plan.after_uid, plan.notes) == (kind, after, notes)


def test_an_emptied_folder_keeps_its_bookmark() -> None:
    left = mark(9, 4, modseq=3)
    assert plan_folder(state(9, 0, modseq=8), left).bookmark == left
    assert plan_folder(state(9, 4, modseq=9), left).kind is PlanKind.UNCHANGED


def test_a_folder_that_is_gone_gets_no_plan() -> None:
    assert plan_folders({}, [mark(9, 4)]) == ()


def test_part_of_a_plan_leaves_the_rest_new() -> None:
    plan = plan_folder(state(101, 100), None)
    part = read_up_to(plan, 40)
    again = plan_folder(state(101, 100), part)
    assert (again.kind, again.after_uid, again.notes) == (PlanKind.NEW, 40, ())
    assert read_up_to(plan, 100) == plan.bookmark


@dataclass
class ModelFolder:
    """A folder at a server: UID to content."""

    validity: int = 1
    uidnext: int = 1
    mails: dict[int, int] = field(default_factory=dict)

    def state(self) -> FolderState:
        return FolderState("INBOX", self.validity, self.uidnext, len(self.mails))


class Syncing(RuleBasedStateMachine):
    """A folder lives its life while we synchronise, crash, and synchronise again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = ModelFolder()
        self.contents = 0
        self.bookmark: Bookmark | None = None
        self.filed: list[int] = []  # contents in order of filing: one letter each (by digest)
        self.places: dict[tuple[int, int], int] = {}
        self.emptied_by_mistake: dict[int, int] = {}

    @rule(count=st.integers(1, 5))
    def append(self, count: int) -> None:
        for _ in range(count):
            self.contents += 1
            self.folder.mails[self.folder.uidnext] = self.contents
            self.folder.uidnext += 1

    @precondition(lambda self: self.folder.mails)
    @rule(data=st.data())
    def expunge(self, data: st.DataObject) -> None:
        del self.folder.mails[data.draw(st.sampled_from(sorted(self.folder.mails)))]

    @rule()
    def renumber(self) -> None:
        contents = list(self.folder.mails.values())
        self.folder = ModelFolder(self.folder.validity + 1)
        for content in contents:
            self.folder.mails[self.folder.uidnext] = content
            self.folder.uidnext += 1

    @precondition(lambda self: self.folder.mails)
    @rule()
    def empty(self) -> None:
        self.emptied_by_mistake = dict(self.folder.mails)
        self.folder.mails.clear()

    @precondition(lambda self: self.emptied_by_mistake and not self.folder.mails)
    @rule()
    def bring_back(self) -> None:
        if all(uid < self.folder.uidnext for uid in self.emptied_by_mistake):
            self.folder.mails.update(self.emptied_by_mistake)
        self.emptied_by_mistake = {}

    @rule(crash_after=st.integers(0, 4))
    def sync_and_crash(self, crash_after: int) -> None:
        self._sync(crash_after)

    @rule()
    def sync(self) -> None:
        before = plan_folder(self.folder.state(), self.bookmark)
        self._sync(None)
        self._all_there_is_filed(before)
        after = plan_folder(self.folder.state(), self.bookmark)
        assert after.kind is (PlanKind.EMPTIED if before.kind is PlanKind.EMPTIED else PlanKind.UNCHANGED)
        filed = list(self.filed)
        self._sync(None)
        assert self.filed == filed

    def _sync(self, crash_after: int | None) -> None:
        """What practice does: newest first, places known already are not fetched, the bookmark last of all."""
        plan = plan_folder(self.folder.state(), self.bookmark)
        if plan.places_void:
            self.places.clear()
        if plan.reads:
            wanted = [uid for uid in sorted(self.folder.mails, reverse=True) if uid > plan.after_uid]
            for number, uid in enumerate(wanted):
                if crash_after is not None and number >= crash_after:
                    return
                self._file(uid)
        if crash_after is None:
            self.bookmark = plan.bookmark

    def _file(self, uid: int) -> None:
        content = self.folder.mails[uid]
        self.places[self.folder.validity, uid] = content
        if content not in self.filed:
            self.filed.append(content)

    def _all_there_is_filed(self, plan: FolderPlan) -> None:
        if plan.kind is not PlanKind.EMPTIED:
            assert set(self.folder.mails.values()) <= set(self.filed)

    @invariant()
    def nothing_twice(self) -> None:
        assert len(self.filed) == len(set(self.filed))

    @invariant()
    def places_tell_the_truth(self) -> None:
        for (validity, uid), content in self.places.items():
            if validity == self.folder.validity and uid in self.folder.mails:
                assert self.folder.mails[uid] == content


TestSyncing = Syncing.TestCase
TestSyncing.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
