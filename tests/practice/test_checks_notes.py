"""doctor and rebuild look after the process notes too, as far as they are unlocked."""

from collections.abc import Iterator

import pytest

from tests.practice.test_process_notes import OWN, write_one
from tests.support.practices import practice_in, short_directory
from therapymail.practice.checks.notes import look_at_process_notes
from therapymail.practice.doctor import Check, examine
from therapymail.practice.practice import Practice
from therapymail.practice.process_notes import lock_process_notes, open_store, set_passphrase, unlock_process_notes
from therapymail.practice.rebuild import rebuild_record
from therapymail.practice.unlock import lock, unlock


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    with short_directory() as directory, practice_in(directory) as made:
        yield made


def found(practice: Practice) -> tuple[Check, ...]:
    return tuple(check for check in examine(practice, online=False) if check.name == "process notes")


def test_F60_where_there_are_none_nothing_is_said(practice: Practice) -> None:
    assert found(practice) == ()
    assert rebuild_record(practice).process_notes is None
    assert not practice.paths.notes_key.exists()


def test_F60_they_are_examined_as_far_as_they_are_unlocked(practice: Practice) -> None:
    write_one(practice)
    (check,) = found(practice)
    assert check.ok
    assert "1 process note" in check.says
    assert rebuild_record(practice).process_notes is True
    set_passphrase(practice, OWN)
    lock_process_notes(practice)
    (check,) = found(practice)
    assert check.is_warning
    assert "note unlock" in check.next_step
    assert rebuild_record(practice).process_notes is False
    lock(practice)
    assert [check.says for check in look_at_process_notes(practice)] == ["Locked, so not examined."]
    unlock(practice, None)
    unlock_process_notes(practice, OWN)
    set_passphrase(practice, None)


def test_F60_what_is_wrong_with_them_is_a_fault_with_a_next_step(practice: Practice) -> None:
    practice.paths.notes_key.chmod(0o644)
    assert [check.is_warning for check in found(practice)] == [True, False]
    practice.paths.notes_key.chmod(0o600)
    with open_store(practice) as store, store.writing() as writer:
        writer.run("DROP TRIGGER payload_is_never_edited")
        writer.run("UPDATE journal_payload SET payload = CAST('{}' AS BLOB)")
    (check,) = found(practice)
    assert not check.ok
    assert "journal" in check.says
    aside = practice.paths.notes_key.rename(practice.paths.home / "aside")
    lock_process_notes(practice)
    (check,) = found(practice)
    assert not check.ok
    assert "notes.key" in check.says
    assert "mailbox" not in check.next_step
    aside.rename(practice.paths.notes_key)


def test_F60_F19_doctor_says_that_their_store_is_gone_locked_or_not(practice: Practice) -> None:
    store = practice.paths.notes.rename(practice.paths.home / "aside")
    for session in ("open", "locked"):
        (check,) = found(practice)
        assert not check.ok, session
        assert "missing" in check.says
        lock(practice)
    unlock(practice, None)
    store.rename(practice.paths.notes)
