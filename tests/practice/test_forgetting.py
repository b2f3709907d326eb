"""Words that the index remembers for speed go with the lock (HAZARDS S26)."""

import threading
import time
from collections.abc import Iterator

import pytest

from tests.support.practices import practice_in, short_directory
from therapymail.bootstrap import wire
from therapymail.errors import VaultLocked
from therapymail.practice.practice import Practice
from therapymail.practice.unlock import lock, unlock
from therapymail.practice.watch import _forget_on_lock
from therapymail.vault import terms


@pytest.fixture
def practice() -> Iterator[Practice]:
    with short_directory() as directory, practice_in(directory) as made:
        yield made


def remember() -> None:
    terms.word_terms(["marigold"], "en")
    assert "marigold" in repr(terms._cached)


def test_S26_a_unit_of_work_that_finds_the_practice_locked_forgets_words(practice: Practice) -> None:
    unlock(practice, None)
    with practice.vault() as vault:
        remember()
        lock(practice)
        with pytest.raises(VaultLocked), vault.reading():
            pass
    assert not terms._cached


def test_S26_a_watch_forgets_words_soon_after_a_lock_while_nothing_happens(practice: Practice) -> None:
    unlock(practice, None)
    stop = threading.Event()
    watching = threading.Thread(target=_forget_on_lock, args=(practice, stop))
    watching.start()
    try:
        remember()
        time.sleep(0.7)
        assert terms._cached  # not while it is open
        lock(practice)
        ends = time.monotonic() + 3
        while terms._cached and time.monotonic() < ends:
            time.sleep(0.1)
        assert not terms._cached
    finally:
        stop.set()
        watching.join()


def test_S20_opening_a_practice_clears_away_what_a_killed_process_left(practice: Practice) -> None:
    left = practice.run.shared / "p-999999999-killed"
    left.mkdir()
    (left / "fifo").touch()
    with practice.run.process_directory() as ours:
        wire(practice.paths, practice.settings, None, practice.environment)
        assert ours.exists()
    assert not left.exists()
