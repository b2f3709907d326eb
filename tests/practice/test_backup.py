"""Backups: one file of the whole practice at one moment, read again before it counts, and nothing else left."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.practices import practice_in, short_directory
from tests.support.shelf import Shelf, a_shelf
from therapymail.domain.backup import KEYRING, LETTERS, NEEDED, VAULT
from therapymail.errors import BackupNotMade, FileUnusable, SealedFileRefused, VaultDamaged, VaultLocked, WorkStopped
from therapymail.pgp.packets import sealed_to_key_ids
from therapymail.practice import backup, backup_parts
from therapymail.practice.backup_reading import ReadBackup, read_backup
from therapymail.practice.care import backup_items, care_items
from therapymail.practice.checks.backup import look_at_backup
from therapymail.practice.erase import Wish, carry_out
from therapymail.practice.export_file import Target
from therapymail.practice.unlock import lock


@pytest.fixture(scope="module")
def kept() -> Iterator[tuple[Shelf, Path]]:
    """A shelf with letters of a client, and the backup made of it."""
    with a_shelf() as shelf, short_directory() as directory:
        client = shelf.new_client()
        for day in range(12):
            shelf.file(client, day, f"the lighthouse, day {day}")
        file = directory / "first.backup"
        backup.create(shelf.practice, Target(file))
        yield shelf, file


def left_in(home: Path) -> set[str]:
    """What stands in a practice beside its own files."""
    own = {"gnupg", "config.toml", "vault.key"} | {f"vault.db{ending}" for ending in ("", "-wal", "-shm", ".lock")}
    return {file.name for file in home.iterdir()} - own


def test_F37_a_backup_is_sealed_to_the_own_key_alone_and_says_what_it_holds(kept: tuple[Shelf, Path]) -> None:
    shelf, file = kept
    made = backup.create(shelf.practice, Target(file.with_name("second.backup")))
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert made.sha256 == hashlib.sha256(made.path.read_bytes()).hexdigest()
    assert (made.size, made.manifest.record.letters) == (made.path.stat().st_size, 12)
    assert made.sealed_to == (shelf.practice.settings.own_key,)
    assert len(sealed_to_key_ids(made.path.read_bytes())) == 1
    assert made.manifest.files.keys() == set(NEEDED)
    assert made.notes_examined is None
    assert left_in(shelf.practice.paths.home) == set()


def test_F37_gpg_and_tar_alone_open_it(kept: tuple[Shelf, Path], tmp_path: Path) -> None:
    shelf, file = kept
    gnupg = shelf.practice.paths.gnupg
    opened = subprocess.run(["gpg", "--homedir", gnupg, "--batch", "-q", "-d", file], capture_output=True, check=True)
    subprocess.run(["tar", "x", "-C", tmp_path], input=opened.stdout, check=True)
    assert {each.name for each in tmp_path.iterdir()} == {"manifest.json", *NEEDED}
    assert len((tmp_path / LETTERS).read_text().splitlines()) == 12
    assert b"lighthouse" not in (tmp_path / VAULT).read_bytes()
    key = subprocess.run(
        ["gpg", "--homedir", gnupg, "--batch", "-q", "-d", tmp_path / "vault.key"], capture_output=True, check=True
    )
    assert key.stdout == shelf.practice.session.vault_key()
    # the secret keys in it are sealed once more, to the own key alone
    assert len(sealed_to_key_ids((tmp_path / KEYRING).read_bytes())) == 1


def test_F37_verify_reads_all_of_it_and_the_record_knows(kept: tuple[Shelf, Path]) -> None:
    shelf, file = kept
    told: list[tuple[int, int]] = []
    found = backup.verify(shelf.practice, file, lambda done, total: told.append((done, total)))
    assert found.manifest.record.letters == 12
    on_record = {each.sha256: each for each in backup.list_backups(shelf.practice)}
    assert on_record[found.sha256].checked is not None
    assert on_record[found.sha256].bytes == file.stat().st_size
    assert told == sorted(told)
    assert all(done <= total for done, total in told)


def test_H3_a_backup_that_was_touched_is_refused(kept: tuple[Shelf, Path], tmp_path: Path) -> None:
    shelf, file = kept
    whole, spoilt = file.read_bytes(), tmp_path / "spoilt"
    for content in (
        b"",
        b"x" * 5000,
        whole[:-1],
        whole[: len(whole) // 2],
        whole + b"x",
        _with_bit(whole, 700),
        _with_bit(whole, -4),
    ):
        spoilt.write_bytes(content)
        with pytest.raises(SealedFileRefused):
            backup.verify(shelf.practice, spoilt)
    with pytest.raises(FileUnusable):
        backup.verify(shelf.practice, tmp_path / "none")


def _with_bit(content: bytes, at: int) -> bytes:
    changed = bytearray(content)
    changed[at] ^= 4
    return bytes(changed)


def test_H3_another_practices_backup_is_refused(kept: tuple[Shelf, Path]) -> None:
    _, file = kept
    with short_directory() as directory, practice_in(directory) as other:
        with pytest.raises(SealedFileRefused) as refused:
            backup.verify(other, file)
        assert "another key" in refused.value.why


def test_nothing_is_written_over_a_file_unless_that_is_said(kept: tuple[Shelf, Path]) -> None:
    shelf, file = kept
    before = file.read_bytes()
    with pytest.raises(FileUnusable):
        backup.create(shelf.practice, Target(file))
    assert file.read_bytes() == before
    again = file.with_name("again.backup")
    again.write_bytes(b"older")
    backup.create(shelf.practice, Target(again, overwrite=True))
    backup.verify(shelf.practice, again)


def test_none_is_written_into_the_practice_itself(kept: tuple[Shelf, Path]) -> None:
    home = kept[0].practice.paths.home
    link = kept[1].with_name("link")
    link.symlink_to(home)
    for place in (home / "backup", home / "gnupg" / "backup", link / "backup"):
        with pytest.raises(BackupNotMade):
            backup.create(kept[0].practice, Target(place))
    assert left_in(home) == set()


def test_stopped_it_leaves_nothing_and_the_record_says_nothing(kept: tuple[Shelf, Path]) -> None:
    shelf, file = kept
    known = len(backup.list_backups(shelf.practice))
    target = file.with_name("stopped.backup")
    for after in (0, 3, 7):
        asked = iter([False] * after)
        with pytest.raises(WorkStopped):
            backup.create(shelf.practice, Target(target), stopped=partial(next, asked, True))
    assert not target.exists()
    assert left_in(shelf.practice.paths.home) == set()
    assert {each.name for each in file.parent.iterdir() if each.name.startswith(".")} == set()
    assert len(backup.list_backups(shelf.practice)) == known


def test_C33_what_does_not_open_again_gets_no_name(kept: tuple[Shelf, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """As a disk would that gives back other bytes than it was given."""
    shelf, file = kept
    target = file.with_name("unreadable.backup")

    def cut(*_: object) -> ReadBackup:
        raise SealedFileRefused("its end is missing")

    def other(*given: Any) -> ReadBackup:
        found = read_backup(*given)
        return found._replace(manifest=replace(found.manifest, by="another"))

    for misread in (cut, other):
        monkeypatch.setattr(backup, "read_backup", misread)
        with pytest.raises(BackupNotMade):
            backup.create(shelf.practice, Target(target))
        assert not target.exists()


def test_a_key_file_that_does_not_open_the_vault_makes_no_backup(
    kept: tuple[Shelf, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found when it can still be put right, and not when the backup is needed."""
    shelf, file = kept
    monkeypatch.setattr(backup_parts, "unseal_vault_key", lambda *_: bytes(32))
    with pytest.raises(VaultDamaged):
        backup.create(shelf.practice, Target(file.with_name("keyless.backup")))
    assert left_in(shelf.practice.paths.home) == set()


def test_a_locked_practice_makes_none(tmp_path: Path) -> None:
    with short_directory() as directory, practice_in(directory) as practice:
        lock(practice)
        with pytest.raises(VaultLocked):
            backup.create(practice, Target(tmp_path / "file"))


def test_F60_an_old_backup_is_told_of_today_and_by_doctor(kept: tuple[Shelf, Path]) -> None:
    shelf, _ = kept
    newest = backup.list_backups(shelf.practice)[0].made
    for days, is_told in ((6, False), (8, True)):
        practice = replace(
            shelf.practice,
            clock=partial(lambda moment: moment, newest + timedelta(days=days)),
            settings=replace(shelf.practice.settings, backup_days=7.0),
        )
        with practice.vault() as vault, vault.reading() as reader:
            items = care_items(practice, reader)
        [check] = look_at_backup(practice)
        assert bool(items) is check.is_warning is is_told
        assert check.ok
        assert f"{days} days ago" in check.says
        assert all("backup create" in item.step for item in items)
    demo = replace(practice, settings=replace(practice.settings, demo=True))
    with demo.vault() as vault, vault.reading() as reader:
        assert care_items(demo, reader) == ()
    assert list(look_at_backup(demo)) == []


def test_C33_a_backup_that_only_an_earlier_own_key_opens_is_told_of_at_once(kept: tuple[Shelf, Path]) -> None:
    """After `key replace` the paper of the earlier key may be destroyed, and each backup made until then with it."""
    shelf, _ = kept
    practice = replace(shelf.practice, settings=replace(shelf.practice.settings, backup_days=7.0))
    earlier = json.dumps(["B" * 40])
    with practice.vault() as vault:
        with vault.writing() as writer:
            sealed_to = writer.rows("SELECT moment, sealed_to FROM backup_made")
            writer.run("UPDATE backup_made SET sealed_to = ?", (earlier,))
        with vault.reading() as reader:
            [item] = backup_items(practice, reader)
        [check] = look_at_backup(practice)
        with vault.writing() as writer:
            for moment, before in sealed_to:
                writer.run("UPDATE backup_made SET sealed_to = ? WHERE moment = ?", (before, moment))
    assert check.is_warning
    assert "present key" in check.says
    assert "present key" in item.why
    assert "backup create" in item.step


def test_S27_a_backup_in_whose_making_a_client_was_erased_is_not_made(
    kept: tuple[Shelf, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its entry would come after the erasure, whose certificate would not name it, and the client would be in it."""
    shelf, file = kept
    shelf.file(shelf.client("WREN"), 3, "the garden")
    target = file.with_name("meanwhile.backup")

    def erased_before(*given: Any) -> ReadBackup:
        monkeypatch.undo()
        carry_out(shelf.practice, "WREN", Wish("asked for it"))
        return read_backup(*given)

    monkeypatch.setattr(backup, "read_backup", erased_before)
    with pytest.raises(BackupNotMade) as refused:
        backup.create(shelf.practice, Target(target))
    assert "erased" in refused.value.why
    assert not target.exists()
    assert left_in(shelf.practice.paths.home) == set()
    assert backup.create(shelf.practice, Target(target)).manifest.record.rows["erasure"] == 1
    # and of a backup in which somebody is who was erased, it is told
    assert backup.verify(shelf.practice, file).erased_since == 1
    assert backup.verify(shelf.practice, target).erased_since == 0
