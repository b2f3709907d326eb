"""`sync --watch`: mail is filed as it comes, a lock pauses it, an unlock resumes it, and it ends when told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.journeys.conftest import Correspondence
from therapymail.mail.watch import Rhythm
from therapymail.practice.unlock import lock, unlock
from therapymail.practice.watch import Synced, WaitingForUnlock, WatchEvent, watch_mailbox
from therapymail.vault import words


@contextmanager
def watching(story: Correspondence) -> Iterator[list[WatchEvent]]:
    events: list[WatchEvent] = []
    stop = threading.Event()
    rhythm = Rhythm(idle=5, poll=0.3, first_pause=0.2, longest_pause=1)
    thread = threading.Thread(target=watch_mailbox, args=(story.practice, stop, events.append, rhythm))
    thread.start()
    try:
        yield events
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def wait_until(happened: Callable[[], bool], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.05)


def test_mail_is_filed_as_it_comes(correspondence: Correspondence) -> None:
    story = correspondence
    with watching(story) as events:
        wait_until(lambda: any(isinstance(event, Synced) for event in events))
        story.write(story.heron, "while you watch")
        wait_until(lambda: len(story.letters()) == 1)


@pytest.mark.parametrize("post", ["dovecot"], indirect=True)
def test_a_locked_watch_sees_mail_and_files_nothing_until_unlocked(correspondence: Correspondence) -> None:
    story = correspondence
    with watching(story) as events:
        wait_until(lambda: any(isinstance(event, Synced) for event in events))
        words.fold("remembered")
        lock(story.practice)
        story.write(story.heron, "behind the door")
        wait_until(lambda: any(isinstance(event, WaitingForUnlock) and event.mail_came for event in events))
        unlock(story.practice, None)
        wait_until(lambda: len(story.letters()) == 1)
