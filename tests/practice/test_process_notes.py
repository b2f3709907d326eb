"""The store of process notes: apart, locked with the practice and, if wished, without it; real gpg, real SQLCipher."""

import multiprocessing
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.practices import practice_in, short_directory
from therapymail.domain.note import NoteKind, NoteLinks
from therapymail.errors import (
    FileUnusable,
    NotesPassphraseNeeded,
    NotesPassphraseWrong,
    ProcessNotesLocked,
    ProcessNotesMissing,
    UnusableInput,
    VaultDamaged,
    VaultLocked,
    explain,
)
from therapymail.pgp.agent import NOTES_CACHE_ID
from therapymail.pgp.passphrase import generate_passphrase
from therapymail.practice.practice import Practice
from therapymail.practice.process_notes import (
    begin_anew,
    exist,
    has_passphrase,
    lock_process_notes,
    open_store,
    set_passphrase,
    unlock_process_notes,
)
from therapymail.practice.unlock import lock, unlock
from therapymail.vault import note_drafts, notes

OWN, OTHER = generate_passphrase(), generate_passphrase()
SECOND_IN_HOURS = 1 / 3600
_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%fts5%'"
CANARY = "quillfeathered"


@pytest.fixture
def practice() -> Iterator[Practice]:
    with short_directory() as directory, practice_in(directory) as made:
        yield made


def write_one(practice: Practice, text: str = CANARY) -> None:
    with open_store(practice) as store, store.writing() as writer:
        begun = note_drafts.begin_new(
            writer, NoteKind.PROCESS, client="a" * 32, template="free", begun_with="", text=text, links=NoteLinks(),
            now=practice.clock(),
        )  # fmt: skip
        note_drafts.keep(writer, begun.name, None, practice.clock())


def lose_store(practice: Practice) -> None:
    for file in practice.paths.home.glob("notes.db*"):
        file.unlink()


def count(practice: Practice) -> int:
    with open_store(practice) as store, store.reading() as reader:
        return len(notes.notes(reader, NoteKind.PROCESS))


def test_F19_the_store_is_made_when_it_is_first_wanted_with_a_key_of_its_own(practice: Practice) -> None:
    assert not exist(practice)
    assert practice.session.kept(NOTES_CACHE_ID) is None
    write_one(practice)
    paths = practice.paths
    for file in (paths.notes, paths.notes_key):
        assert file.stat().st_mode & 0o777 == 0o600
    assert practice.session.kept(NOTES_CACHE_ID) not in {None, practice.session.vault_key()}
    assert count(practice) == 1
    assert not has_passphrase(practice)


def test_F19_a_lock_drops_the_process_notes_too(practice: Practice) -> None:
    write_one(practice)
    with open_store(practice) as store:
        lock(practice)
        with pytest.raises(VaultLocked), store.reading() as reader:
            reader.row("SELECT 1")
    assert practice.session.kept(NOTES_CACHE_ID) is None
    assert not practice.run.notes_session.exists()
    for opening in (open_store, has_passphrase, lambda practice: unlock_process_notes(practice, None)):
        with pytest.raises(VaultLocked):
            opening(practice)
    unlock(practice, None)
    assert count(practice) == 1


def test_F19_with_a_passphrase_of_their_own_they_are_unlocked_apart(practice: Practice) -> None:
    write_one(practice)
    set_passphrase(practice, OWN)
    assert has_passphrase(practice)
    assert count(practice) == 1  # whoever gave it may go on
    lock_process_notes(practice)
    assert practice.session.is_open()
    assert practice.session.kept(NOTES_CACHE_ID) is None
    with pytest.raises(ProcessNotesLocked):
        open_store(practice)
    with pytest.raises(NotesPassphraseNeeded):
        unlock_process_notes(practice, None)
    with pytest.raises(NotesPassphraseWrong):
        unlock_process_notes(practice, OTHER)
    unlock_process_notes(practice, OWN)
    assert count(practice) == 1
    lock(practice)
    unlock(practice, None)
    with pytest.raises(ProcessNotesLocked):
        open_store(practice)


def test_F19_what_a_lock_left_behind_of_their_unlocking_counts_no_more(practice: Practice) -> None:
    write_one(practice)
    set_passphrase(practice, OWN)
    record, key = practice.run.notes_session.read_bytes(), practice.session.kept(NOTES_CACHE_ID)
    assert key is not None
    lock(practice)
    unlock(practice, None)
    practice.run.notes_session.write_bytes(record)  # as of a lock that was ended in its midst
    practice.session.keep(NOTES_CACHE_ID, key)
    with pytest.raises(ProcessNotesLocked):
        open_store(practice)
    assert practice.session.kept(NOTES_CACHE_ID) is None


def test_F19_their_own_limit_is_honoured(practice: Practice) -> None:
    write_one(practice)
    set_passphrase(practice, OWN)
    assert unlock_process_notes(practice, OWN, hours=SECOND_IN_HOURS).own
    with open_store(practice) as store:
        time.sleep(1.2)
        with pytest.raises(ProcessNotesLocked), store.reading() as reader:
            reader.row("SELECT 1")
    with pytest.raises(ProcessNotesLocked):
        open_store(practice)
    assert practice.session.kept(NOTES_CACHE_ID) is None
    assert practice.session.is_open()


def test_the_passphrase_is_changed_and_taken_away_again_and_each_is_in_the_journal(practice: Practice) -> None:
    write_one(practice)
    for own in (OWN, OTHER, None):
        set_passphrase(practice, own)
        lock_process_notes(practice)
        unlock_process_notes(practice, own)
        assert count(practice) == 1
    assert not has_passphrase(practice)
    with open_store(practice) as store, store.reading() as reader:
        assert reader.row("SELECT count(*) FROM journal WHERE what = 'notes.passphrase'") == (3,)


def test_a_weak_passphrase_is_refused_and_nothing_changed(practice: Practice) -> None:
    write_one(practice)
    before = practice.paths.notes_key.read_bytes()
    with pytest.raises(UnusableInput):
        set_passphrase(practice, "hello")
    assert practice.paths.notes_key.read_bytes() == before


def test_C33_a_passphrase_whose_file_cannot_be_written_leaves_the_old_one(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_one(practice)
    set_passphrase(practice, OWN)

    def full(*_: object) -> None:
        raise FileUnusable("notes.key", "the disk is full")

    monkeypatch.setattr("therapymail.practice.process_notes.write_private_file", full)
    with pytest.raises(FileUnusable):
        set_passphrase(practice, OTHER)
    monkeypatch.undo()
    lock_process_notes(practice)
    unlock_process_notes(practice, OWN)
    assert count(practice) == 1


def test_S26_nothing_of_them_is_in_clear_on_the_disk_or_in_the_run_directory(practice: Practice) -> None:
    write_one(practice)
    set_passphrase(practice, OWN)
    key = practice.session.kept(NOTES_CACHE_ID) or b""
    files = [file for root in (practice.paths.home, practice.run.shared) for file in root.rglob("*") if file.is_file()]
    for file in files:
        content = file.read_bytes()
        for secret in (CANARY.encode(), key, key.hex().encode(), OWN.encode()):
            assert secret not in content, file


# --- damage --------------------------------------------------------------------------------------------


def test_a_store_without_its_key_is_said_to_be_damaged_and_no_new_key_takes_its_place(practice: Practice) -> None:
    write_one(practice)
    lock_process_notes(practice)
    aside = practice.paths.notes_key.rename(practice.paths.home / "aside")
    with pytest.raises(VaultDamaged) as caught:
        open_store(practice)
    assert caught.value.what == "notes.key"
    assert not practice.paths.notes_key.exists()
    aside.rename(practice.paths.notes_key)
    assert count(practice) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"SQLite format 3\0" + bytes(5000), b"x", os.urandom(8192)],
    ids=["empty", "plain SQLite", "short", "random"],
)
def test_a_file_that_is_no_store_of_ours_is_refused_untouched(practice: Practice, content: bytes) -> None:
    write_one(practice)
    lose_store(practice)
    practice.paths.notes.write_bytes(content)
    with pytest.raises(VaultDamaged):
        open_store(practice)
    assert practice.paths.notes.read_bytes() == content


@pytest.mark.parametrize("was_made", [False, True], ids=["before the store", "after it"])
def test_a_run_killed_while_key_and_store_are_made_is_gone_on_with_under_that_key(
    practice: Practice, *, was_made: bool
) -> None:
    write_one(practice)
    key = practice.paths.notes_key.rename(practice.paths.notes_key_begun).read_bytes()
    if not was_made:
        lose_store(practice)
    lock_process_notes(practice)
    assert count(practice) == (1 if was_made else 0)
    assert practice.paths.notes_key.read_bytes() == key
    assert not practice.paths.notes_key_begun.exists()


@pytest.mark.parametrize("locked", [False, True])
def test_F19_a_store_that_is_gone_is_said_to_be_missing_and_no_new_one_takes_its_place(
    practice: Practice, *, locked: bool
) -> None:
    write_one(practice)
    if locked:
        lock_process_notes(practice)
    lose_store(practice)
    assert exist(practice)
    with pytest.raises(ProcessNotesMissing):
        write_one(practice, "into a new one")
    assert not practice.paths.notes.exists()
    assert "begin-anew" in explain(ProcessNotesMissing()).next_step


def test_F19_lost_process_notes_are_begun_anew_when_asked_and_what_is_left_stays(practice: Practice) -> None:
    with pytest.raises(UnusableInput):
        begin_anew(practice)  # there never were any
    write_one(practice)
    with pytest.raises(UnusableInput):
        begin_anew(practice)  # nothing is missing
    key = practice.paths.notes_key.read_bytes()
    lose_store(practice)
    assert begin_anew(practice).read_bytes() == key
    assert not exist(practice)
    write_one(practice)
    assert count(practice) == 1
    assert practice.paths.notes_key.read_bytes() != key
    practice.paths.notes_key.unlink()
    aside = begin_anew(practice)
    assert aside.name.startswith("notes.db.aside-")
    assert not exist(practice)


def _write_in_child(practice: Practice, text: str) -> None:
    write_one(practice, text)


def test_processes_that_begin_at_once_make_one_store(practice: Practice) -> None:
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=_write_in_child, args=(practice, f"text {number}")) for number in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0] * 4
    assert count(practice) == 4


def test_the_record_knows_nothing_of_them(practice: Practice, tmp_path: Path) -> None:
    write_one(practice)
    with practice.vault() as vault, vault.reading() as reader:
        tables = [name for (name,) in reader.rows(_TABLES)]
        everything = [row for table in tables for row in reader.rows(f"SELECT * FROM {table}")]
    assert CANARY not in repr(everything)


def _set_in_child(practice: Practice, new: str) -> None:
    set_passphrase(practice, new)


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.05, 0.1, 0.2, 0.4])
def test_C33_a_run_killed_while_the_passphrase_is_set_leaves_the_old_or_the_new_one(
    practice: Practice, delay: float
) -> None:
    write_one(practice)
    child = multiprocessing.get_context("fork").Process(target=_set_in_child, args=(practice, OWN))
    child.start()
    time.sleep(delay)
    child.kill()
    child.join(30)
    lock_process_notes(practice)
    unlock_process_notes(practice, OWN)  # taken by a store without a passphrase, too
    assert count(practice) == 1
    set_passphrase(practice, OTHER)
    lock_process_notes(practice)
    unlock_process_notes(practice, OTHER)
    assert count(practice) == 1
