"""A sync that ends early, and folders it never looks into: the next one finds exactly what is left (M02)."""

import pytest

from tests.journeys.conftest import Correspondence
from therapymail.domain.letter import Place
from therapymail.errors import VaultLocked
from therapymail.pgp.bulk import BulkOpener
from therapymail.practice import intake
from therapymail.practice.receive import SyncProgress, SyncRequest, sync
from therapymail.practice.unlock import lock, unlock
from therapymail.vault import places


@pytest.mark.parametrize("post", ["embedded"], indirect=True)
def test_M02_a_folder_counts_as_read_only_when_its_last_letter_is_filed(
    correspondence: Correspondence, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = correspondence
    monkeypatch.setattr(intake, "LETTERS_A_BATCH", 1)
    for round_of_mail in (1, 2):  # a first sync, and one that goes on from a bookmark
        for number in range(3):
            story.write(story.heron, f"letter {number} of round {round_of_mail}")
        before = len(story.letters())
        assert sync(story.practice, SyncRequest(), stopped=lambda: True).stopped
        assert len(story.letters()) == before + 1
        assert story.sync().fetched == 2
        assert story.sync().fetched == 0
    assert sorted(str(letter.name) for letter in story.letters()) == [f"HERON-{number}" for number in range(1, 7)]


@pytest.mark.parametrize("post", ["embedded"], indirect=True)
def test_S20_drafts_and_what_was_thrown_away_are_left_alone(correspondence: Correspondence) -> None:
    story = correspondence
    for folder in ("Drafts", "Trash"):
        story.deliver(story.writers.letter(story.heron, f"in {folder}"), folder)
    assert story.sync().fetched == 0
    assert story.letters() == []


@pytest.mark.parametrize("post", ["embedded"], indirect=True)
@pytest.mark.parametrize("unlocked_again", [False, True])
def test_S26_a_lock_in_the_middle_of_a_sync_ends_it_and_keeps_what_was_filed(
    correspondence: Correspondence, monkeypatch: pytest.MonkeyPatch, unlocked_again: bool
) -> None:
    story = correspondence
    monkeypatch.setattr(intake, "LETTERS_A_BATCH", 1)
    for number in range(3):
        story.write(story.heron, f"letter {number}")

    def lock_it(_: SyncProgress) -> None:
        lock(story.practice)
        if unlocked_again:
            unlock(story.practice, None)

    with pytest.raises(VaultLocked):
        sync(story.practice, SyncRequest(), progress=lock_it)
    unlock(story.practice, None)
    assert len(story.letters()) == 1
    assert story.sync().fetched == 2


@pytest.mark.parametrize("post", ["embedded"], indirect=True)
def test_S26_what_fails_because_of_a_lock_is_called_a_lock(
    correspondence: Correspondence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock takes the clients' keyring away just before gpg wants to read it."""
    story = correspondence
    story.write(story.heron, "a letter")
    start = BulkOpener._start

    def locked_first(opener: BulkOpener) -> None:
        lock(story.practice)
        start(opener)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(BulkOpener, "_start", locked_first)
        with pytest.raises(VaultLocked):
            story.sync()
    unlock(story.practice, None)
    assert story.sync().fetched == 1


@pytest.mark.parametrize("post", ["dovecot"], indirect=True)
def test_an_emptied_folder_proves_nothing_about_where_letters_lie(correspondence: Correspondence) -> None:
    story = correspondence
    for number in range(2):
        story.write(story.heron, f"letter {number}")
    story.sync()

    def where() -> list[list[Place]]:
        with story.practice.vault() as vault, vault.reading() as reader:
            return [places.places_of(reader, letter.digest) for letter in story.letters()]

    before = where()
    assert all(before)
    story.post.expunge(story.user, "INBOX", 1, 2)
    assert "emptied" in story.sync().notes
    assert where() == before
