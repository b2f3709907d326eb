"""The one lock of sync and send: whatever sends, fetches or settles holds it, so that no letter leaves twice."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.posts import EmbeddedPost, embedded
from tests.support.sending import Sending, sending_over
from therapymail.domain.outbox import OutboxState
from therapymail.errors import AnotherRun, FileUnusable
from therapymail.paths import PracticePaths, RunDirectory
from therapymail.practice import notify, settle
from therapymail.practice.depart import depart, depart_due
from therapymail.practice.practice import Practice
from therapymail.practice.receive import SyncRequest, sync
from therapymail.practice.single_run import only_run

__all__ = ["embedded"]


@pytest.fixture(scope="module")
def story(embedded: EmbeddedPost) -> Iterator[Sending]:
    with sending_over(embedded) as practice:
        yield practice


DOING: dict[str, Callable[[Practice], object]] = {
    "depart": lambda practice: depart(practice, patience=0),
    "sync": lambda practice: sync(practice, SyncRequest()),
    "notice": lambda practice: notify.send_notice(practice, "HERON", notify.NoticeKind.PLEASE_RING),
    "invitation": lambda practice: notify.invite(practice, "HERON", notify.KitWanted(notify.MailProgram.OTHER)),
}


@pytest.mark.parametrize("doing", DOING)
def test_C13_while_another_process_sends_or_fetches_nothing_else_does(
    story: Sending, monkeypatch: pytest.MonkeyPatch, doing: str
) -> None:
    monkeypatch.setattr(notify, "_PATIENCE_SECONDS", 0.0)
    name = story.released()
    with only_run(story.practice.paths), pytest.raises(AnotherRun):
        DOING[doing](story.practice)
    assert story.entry(name).state is OutboxState.RELEASED
    assert story.arrived() == []


def test_C13_a_process_with_another_run_directory_finds_the_same_lock(story: Sending, tmp_path: Path) -> None:
    elsewhere = replace(story.practice, run=RunDirectory(tmp_path))
    with only_run(story.practice.paths), pytest.raises(AnotherRun):
        sync(elsewhere, SyncRequest())


def test_M02_the_child_of_a_killed_process_delays_the_next_run_but_does_not_stop_it(story: Sending) -> None:
    """A kill between a child's fork and its exec leaves the lock's descriptor in that child for a moment."""
    descriptor = os.open(story.practice.paths.sync_lock, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.4)"], pass_fds=[descriptor])
    os.close(descriptor)
    try:
        with pytest.raises(AnotherRun), only_run(story.practice.paths, patience=0):
            pytest.fail("nobody held the lock")
        sync(story.practice, SyncRequest())
    finally:
        child.wait()


def test_where_no_lock_can_be_had_nothing_is_sent(story: Sending, tmp_path: Path) -> None:
    with pytest.raises(FileUnusable), only_run(PracticePaths(tmp_path / "nowhere")):
        pytest.fail("it ran without the lock")


def test_C16_while_another_process_sends_nothing_is_settled(story: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "_PATIENCE_SECONDS", 0.0)
    name = story.released()
    for outcome in (None, settle.SENT, settle.NOT_SENT):
        with only_run(story.practice.paths), pytest.raises(AnotherRun):
            settle.settle(story.practice, name, outcome)


def test_C13_the_lock_is_held_from_the_first_letter_to_the_last(story: Sending) -> None:
    story.released(), story.released()
    steps = []

    def tell(step: str) -> None:
        with pytest.raises(AnotherRun), only_run(story.practice.paths, patience=0):
            pass
        steps.append(step)

    departed = depart(story.practice, tell=tell)
    assert len(departed.sent) >= 2
    assert steps[-1] == "copy to Sent"


def test_what_is_stopped_ends_between_two_letters_and_makes_no_copy_now(story: Sending) -> None:
    depart(story.practice)
    copies = len(story.in_sent())
    names = [story.released(), story.released()]
    began: list[str] = []
    departed = depart(story.practice, tell=began.append, stopped=lambda: bool(began))
    assert [entry.draft for entry in departed.sent] == names[:1]
    assert story.entry(names[1]).state is OutboxState.RELEASED
    assert len(story.in_sent()) == copies


def test_S20_what_left_lies_in_no_log_of_a_vault_that_stays_open(story: Sending) -> None:
    story.released()
    log = story.practice.paths.vault.with_name(story.practice.paths.vault.name + "-wal")
    with only_run(story.practice.paths), story.practice.vault(), story.practice.vault() as vault:
        assert depart_due(story.practice, vault).sent
        assert log.stat().st_size == 0
