"""A backup of every released schema restores with this version: its letters the same, its journal whole."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.practices import practice_in, short_directory
from therapymail.config import Settings
from therapymail.paths import PracticePaths, run_directory
from therapymail.pgp.notes_key import seal_notes_key, unseal_notes_key
from therapymail.pgp.vault_key import seal_vault_key, unseal_vault_key
from therapymail.practice import backup, backup_restore
from therapymail.practice.backup_restore import restore
from therapymail.practice.export_file import Target
from therapymail.practice.practice import Practice
from therapymail.practice.setup_key import KeyChoice, KeySource
from therapymail.vault import backup as stores
from therapymail.vault import journal, schema
from therapymail.vault.connection import Vault
from therapymail.vault.notes_store import NotesStore
from therapymail.vault.rebuild import rebuild

RELEASED = Path(__file__).parents[1] / "vault" / "released"
KEY = bytes(range(32))
SCHEMAS = range(1, schema.NEWEST + 1)


@pytest.fixture(autouse=True)
def gnupg_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """That gpg itself can be relied on is tried once, in the journey: it takes as long as the rest of a restore."""
    monkeypatch.setattr(backup_restore, "probe", lambda _gpg: None)


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    """One whose record is of the older version that a test puts there."""
    with short_directory() as directory, practice_in(directory) as made:
        own = made.settings.own_key
        with made.gpg() as gpg:
            made.paths.vault_key.write_bytes(seal_vault_key(gpg, own, KEY, None))
            made.paths.notes_key.write_bytes(seal_notes_key(gpg, own, KEY, None))
        made.session.begin(KEY, 8, None, ())
        yield made


def put(practice: Practice, record: str, notes: str = "notes-1.db") -> None:
    for left in practice.paths.home.glob("*.db*"):
        left.unlink()
    shutil.copyfile(RELEASED / record, practice.paths.vault)
    shutil.copyfile(RELEASED / notes, practice.paths.notes)


@contextmanager
def restored(practice: Practice, file: Path) -> Iterator[PracticePaths]:
    with short_directory() as directory:
        paths = PracticePaths(directory / "restored")
        run = run_directory(paths, {})
        key = KeyChoice(KeySource.HOME, None, practice.settings.own_key, home=practice.paths.gnupg)
        try:
            restore(replace(practice, paths=paths, run=run, settings=Settings("", "", "")), file, key)
            yield paths
        finally:
            shutil.rmtree(run.shared)


@pytest.mark.parametrize("number", SCHEMAS)
def test_F37_a_backup_of_a_released_schema_restores(practice: Practice, tmp_path: Path, number: int) -> None:
    put(practice, f"schema-{number}.db")
    letters = list(stores.sums_of_letters(practice.paths.vault, KEY))
    made = backup.create(practice, Target(tmp_path / "file"))
    assert made.manifest.record.schema == number
    assert made.manifest.record.letters == len(letters) > 0
    with restored(practice, tmp_path / "file") as paths:
        with practice.gpg() as gpg:
            assert unseal_vault_key(gpg, practice.settings.own_key, paths.vault_key.read_bytes(), None) == KEY
        assert list(stores.sums_of_letters(paths.vault, KEY)) == letters
        assert stores.state_of_store(paths.vault, KEY).schema == schema.NEWEST
        with Vault.open(paths.vault, KEY) as vault:
            assert vault.damage() == ()
            with vault.writing() as writer:
                rebuild(writer)
                assert journal.verify(writer).problems == ()
        assert {file.name for file in paths.home.iterdir() if "before" in file.name} == set()


def test_F37_process_notes_of_every_released_schema_restore(practice: Practice, tmp_path: Path) -> None:
    for number in range(1, schema.NEWEST_OF_NOTES + 1):
        put(practice, f"schema-{schema.NEWEST}.db", f"notes-{number}.db")
        backup.create(practice, Target(tmp_path / f"file-{number}"))
        with restored(practice, tmp_path / f"file-{number}") as paths:
            with practice.gpg() as gpg:
                assert unseal_notes_key(gpg, practice.settings.own_key, paths.notes_key.read_bytes(), None) == KEY
            with NotesStore.open(paths.notes, KEY) as store, store.reading() as reader:
                assert journal.verify(reader).problems == ()
                assert reader.row("SELECT count(*) FROM note") != (0,)
