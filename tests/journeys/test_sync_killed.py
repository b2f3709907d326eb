"""M02: kill -9 at every step boundary of a sync loses and doubles nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import Correspondence
from therapymail.vault import journal, places

LETTERS = 4


def run_until_killed(home: Path, step: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.journeys.killed_sync", str(home), str(step)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "XDG_RUNTIME_DIR": ""},
    )


def test_M02_kills_one_after_another_lose_and_double_nothing(correspondence: Correspondence) -> None:
    """Each run goes on from what the killed one before left, a step further, until one lives."""
    deliver(correspondence)
    step, ended = 1, False
    while not ended:
        done = run_until_killed(correspondence.practice.paths.home, step)
        ended = done.returncode == 0
        assert ended or done.returncode == -9, done.stderr
        step += 3
    assert step > 20
    assert_whole(correspondence)


@pytest.mark.parametrize("post", ["dovecot"], indirect=True)
def test_M02_a_kill_at_any_boundary_of_a_first_sync_is_made_good_by_the_next(correspondence: Correspondence) -> None:
    """Every run starts from the same untouched vault and dies at another boundary; the next sync finishes the work."""
    story = correspondence
    deliver(story)
    vault = story.practice.paths.vault
    untouched = vault.read_bytes()
    for step in range(2, 200, 4):
        for leftover in vault.parent.glob("vault.db-*"):
            leftover.unlink()
        vault.write_bytes(untouched)
        done = run_until_killed(story.practice.paths.home, step)
        if done.returncode == 0:
            assert step > int(done.stdout)
            return
        assert done.returncode == -9, done.stderr
        story.sync()
        assert_whole(story)
    raise AssertionError("the sync never ran to its end")


def deliver(story: Correspondence) -> None:
    for number in range(LETTERS):
        story.write(story.heron, f"letter number {number}")
    story.deliver(story.writers.letter(story.linden, "filed in a folder"), "Archive")


def assert_whole(story: Correspondence) -> None:
    """Every letter once, each in its one place, the journal sound, nothing more to fetch."""
    wanted = [f"HERON-{number}" for number in range(1, LETTERS + 1)] + ["LINDEN-1"]
    assert sorted(str(letter.name) for letter in story.letters()) == wanted
    with story.practice.vault() as vault, vault.reading() as reader:
        assert journal.verify(reader).problems == ()
        assert all(len(places.places_of(reader, letter.digest)) == 1 for letter in story.letters())
    assert story.sync().fetched == 0
    story.practice.run.remove_left_behind()
    left = [path.name for path in story.practice.run.shared.glob("p-*")]
    assert not [name for name in left if f"-{os.getpid()}-" not in name]
