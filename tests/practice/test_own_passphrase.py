"""F41, C33: another passphrase opens all that the old one did, at one moment; a kill leaves the one or the other."""

from collections.abc import Iterator

import pytest

from tests.support.killed import killed_at
from tests.support.practices import practice_in, short_directory
from therapymail.bootstrap import open_practice
from therapymail.errors import NotesPassphraseNeeded, PassphraseNeeded, PassphraseWrong, UnusableInput, VaultLocked
from therapymail.pgp.own_key import make_key
from therapymail.pgp.own_key_passphrase import opens_with
from therapymail.practice import own_passphrase, process_notes, whole_change
from therapymail.practice.own_passphrase import change_passphrase
from therapymail.practice.practice import Practice
from therapymail.practice.session import Session
from therapymail.practice.unlock import lock, unlock
from therapymail.vault import recovery_kits

FIRST = "upright-conduct-shirt-wrist-tassel-each"
SECOND = "table-eject-carat-whew-bedroom-adrift"
THIRD = "elope-cunning-pattern-whirl-close-apology"


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    """One practice for all, in the order below: its own key has FIRST at the beginning of each test."""
    with short_directory() as directory, practice_in(directory) as made:
        change_passphrase(made, None, FIRST)
        yield made


def opens(practice: Practice, passphrase: str) -> bool:
    """Whether a start of the program unlocks with it, locked before as after a restart."""
    fresh = open_practice(practice.paths.home, environment=practice.environment)
    lock(fresh)
    with fresh.gpg() as gpg:
        if not opens_with(gpg, fresh.settings.own_key, passphrase):
            return False
    try:
        unlock(fresh, passphrase)
        with fresh.vault() as vault, vault.reading():
            return True
    except PassphraseWrong:
        return False


def test_C33_the_new_passphrase_opens_and_the_old_one_does_not(practice: Practice) -> None:
    before = practice.session.seconds_left()
    done = change_passphrase(practice, FIRST, SECOND)
    assert (done.earlier, done.apart, done.notes) == ((), (), False)
    assert practice.session.is_open(), "it stays unlocked"
    assert before - 60 < practice.session.seconds_left() <= before, "and no longer than before"
    assert opens(practice, SECOND)
    assert not opens(practice, FIRST)
    assert not practice.paths.change.exists()
    unlock(practice, SECOND)
    change_passphrase(practice, SECOND, FIRST)


@pytest.mark.parametrize("new", ["", "garden", "two\nlines " + FIRST])
def test_S28_a_passphrase_that_protects_nothing_is_refused(practice: Practice, new: str) -> None:
    with pytest.raises(UnusableInput):
        change_passphrase(practice, FIRST, new)
    assert opens(practice, FIRST)


def test_C33_the_old_passphrase_is_asked_for_although_all_is_unlocked(practice: Practice) -> None:
    with pytest.raises(PassphraseNeeded):
        change_passphrase(practice, None, SECOND)
    with pytest.raises(PassphraseWrong):
        change_passphrase(practice, THIRD, SECOND)
    assert opens(practice, FIRST)


def test_C33_locked_it_is_not_changed(practice: Practice) -> None:
    lock(practice)
    with pytest.raises(VaultLocked):
        change_passphrase(practice, FIRST, SECOND)
    assert opens(practice, FIRST)


def test_C33_killed_at_any_step_it_opens_with_the_old_or_the_new_one_and_works(practice: Practice) -> None:
    steps = (
        *((own_passphrase, "_note_change"), (Session, "end"), (whole_change, "write_private_file")),
        *((own_passphrase, "change_together"), (Session, "begin"), (own_passphrase, "write_clients_keyring")),
    )
    now, other = FIRST, SECOND
    seen = set()
    for number in range(0, 200, 2):
        fresh = open_practice(practice.paths.home, environment=practice.environment)
        unlock(fresh, now)
        killed = killed_at(number, steps, lambda: change_passphrase(fresh, now, other))  # noqa: B023 - at once
        outcome = (opens(practice, now), opens(practice, other))
        assert sorted(outcome) == [False, True], (number, outcome)
        seen.add((killed, outcome[1]))
        if outcome[1]:
            now, other = other, now
        if not killed:
            break
    assert seen == {(True, False), (True, True), (False, True)}, "both ends of it were met"
    unlock(practice, now)
    if now != FIRST:
        change_passphrase(practice, now, FIRST)


def test_C33_a_process_that_was_running_before_finishes_a_change_before_it_unlocks(practice: Practice) -> None:
    """Else the keys' files would change below it later, while its agent has the passphrase before."""
    running = open_practice(practice.paths.home, environment=practice.environment)
    unlock(running, FIRST)
    assert killed_at(0, ((whole_change, "finish_change"),), lambda: change_passphrase(practice, FIRST, SECOND))
    assert practice.paths.change.exists()
    with pytest.raises(PassphraseWrong):
        unlock(running, FIRST)
    assert not practice.paths.change.exists()
    unlock(running, SECOND)
    change_passphrase(practice, SECOND, FIRST)


def test_C33_earlier_keys_that_share_it_go_along_and_others_keep_theirs(practice: Practice) -> None:
    with practice.gpg() as gpg:
        sharing = make_key(gpg, "Orla before", "orla@before.example", FIRST)
        apart = make_key(gpg, "Orla elsewhere", "orla@elsewhere.example", THIRD)
    unlock(practice, FIRST)
    done = change_passphrase(practice, FIRST, SECOND)
    assert (done.earlier, done.apart) == ((sharing,), (apart,))
    with practice.gpg() as gpg:
        assert opens_with(gpg, sharing, SECOND)
        assert opens_with(gpg, apart, THIRD)
    change_passphrase(practice, SECOND, FIRST)


def test_C33_process_notes_that_share_it_go_along_and_others_keep_theirs(practice: Practice) -> None:
    process_notes.open_store(practice).close()
    assert not change_passphrase(practice, FIRST, SECOND).notes, "sealed to the own key alone, they open as before"
    process_notes.open_store(practice).close()
    process_notes.set_passphrase(practice, SECOND)
    assert change_passphrase(practice, SECOND, FIRST).notes
    with pytest.raises(NotesPassphraseNeeded):
        process_notes.unlock_process_notes(practice, None)
    assert process_notes.unlock_process_notes(practice, FIRST).own
    process_notes.set_passphrase(practice, THIRD)
    assert not change_passphrase(practice, FIRST, SECOND).notes
    assert process_notes.unlock_process_notes(practice, THIRD).own
    process_notes.set_passphrase(practice, None)
    change_passphrase(practice, SECOND, FIRST)


def test_C33_a_kit_with_the_old_passphrase_is_one_no_more(practice: Practice) -> None:
    own = practice.settings.own_key
    with practice.vault() as vault, vault.writing() as writer:
        recovery_kits.note_kit_made(writer, own, practice.clock())
    assert change_passphrase(practice, FIRST, SECOND).had_kit
    with practice.vault() as vault, vault.reading() as reader:
        assert recovery_kits.latest_kit(reader, own) is None
    assert not change_passphrase(practice, SECOND, FIRST).had_kit


def test_S28_the_passphrase_is_in_no_file(practice: Practice) -> None:
    change_passphrase(practice, FIRST, SECOND)
    for file in (*practice.paths.home.rglob("*"), *practice.run.shared.rglob("*")):
        if file.is_file():
            content = file.read_bytes()
            assert SECOND.encode() not in content
            assert SECOND.encode().hex().encode() not in content.lower()
    change_passphrase(practice, SECOND, FIRST)
