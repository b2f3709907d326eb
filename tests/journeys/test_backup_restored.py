"""The lost machine went on after the backup: what it sent then comes back from the mailbox, and leaves once only."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.posts import Post, embedded
from tests.support.sending import Sending, sending_over
from therapymail.config import Settings, read_settings
from therapymail.domain.outbox import OutboxState
from therapymail.domain.sealing import Hindrance
from therapymail.errors import NotSent
from therapymail.paths import PracticePaths, run_directory
from therapymail.practice import backup, outbox
from therapymail.practice.backup_restore import restore
from therapymail.practice.export_file import Target
from therapymail.practice.outbox import SendRequest
from therapymail.practice.receive import SyncRequest, sync
from therapymail.practice.setup_key import KeyChoice, KeySource
from therapymail.practice.unlock import unlock
from therapymail.vault import journal

__all__ = ["embedded"]

HELD = "Dear Maren,\n\nthe second letter, which was held.\n"
WRITTEN = "Dear Maren,\n\nthe third letter, only begun.\n"
NEVER_SENT = "Dear Maren,\n\nthe fourth, which never left.\n"


@pytest.fixture
def story(embedded: Post) -> Iterator[Sending]:
    with sending_over(embedded) as practice:
        yield practice


def on_another_machine(story: Sending, file: Path) -> Sending:
    """The practice put back elsewhere, as after a theft."""
    paths = PracticePaths(story.practice.paths.home.parent / "restored")
    blank = replace(
        story.practice, paths=paths, run=run_directory(paths, story.practice.environment), settings=Settings("", "", "")
    )
    key = KeyChoice(KeySource.HOME, None, story.practice.settings.own_key, home=story.practice.paths.gnupg)
    restore(blank, file, key)
    practice = replace(blank, settings=read_settings(paths.config))
    unlock(practice, None)
    return replace(story, practice=practice)


def test_C9_what_the_lost_machine_sent_after_the_backup_leaves_no_second_time(story: Sending, tmp_path: Path) -> None:
    released = story.released()
    held, written, never = (story.draft(text=text) for text in (HELD, WRITTEN, NEVER_SENT))
    outbox.send(story.practice, SendRequest(held, hold=timedelta(0)))
    backup.create(story.practice, Target(tmp_path / "file"))
    # the machine goes on: all but the last leave, and it is gone
    story.depart()
    outbox.release(story.practice, held, undo=False)
    outbox.send(story.practice, SendRequest(written, at_once=True))
    story.depart()
    assert len(story.arrived()) == 3
    again = on_another_machine(story, tmp_path / "file")
    try:
        with pytest.raises(NotSent) as refused:
            outbox.send(again.practice, SendRequest(written, at_once=True))
        assert refused.value.hindrances == (Hindrance.RESTORED,)
        assert sync(again.practice, SyncRequest()).sent == 0
        assert len(again.arrived()) == 3
        assert [entry.state for entry in map(again.entry, (released, held))] == [OutboxState.FAILED, OutboxState.HELD]
        # by hand neither: the mailbox has shown that these words left
        for attempt in (
            lambda: outbox.retry(again.practice, released),
            lambda: outbox.release(again.practice, held),
            lambda: outbox.send(again.practice, SendRequest(written, at_once=True)),
        ):
            with pytest.raises(NotSent) as refused:
                attempt()
            assert refused.value.hindrances == (Hindrance.LEFT_SINCE,)
        # and what never left may
        outbox.send(again.practice, SendRequest(never, at_once=True))
        assert sync(again.practice, SyncRequest()).sent == 1
        assert len(again.arrived()) == 4
        assert len(again.letters()) == 4
        with again.practice.vault() as vault, vault.reading() as reader:
            assert journal.verify(reader).problems == ()
    finally:
        shutil.rmtree(again.practice.run.shared, ignore_errors=True)
