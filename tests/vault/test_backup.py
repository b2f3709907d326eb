"""A store's part in a backup: one moment of it while others write, sound, and nothing left behind."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from therapymail.errors import FileUnusable, VaultDamaged, WorkStopped
from therapymail.vault import backup, clients, schema
from therapymail.vault.connection import Vault
from therapymail.vault.filing import file_letters

from .builders import NOW, add_heron, filing
from .conftest import TEST_KEY


def file_some(vault: Vault, first: int, last: int) -> None:
    """Letters with these numbers, of one client."""
    with vault.writing() as writer:
        client = next(iter(clients.clients(writer)), None) or add_heron(writer)
        file_letters(writer, [filing(number, client) for number in range(first, last)], NOW)


def beside(path: Path) -> set[str]:
    return {file.name for file in path.parent.iterdir()} - {path.name, f"{path.name}-wal", f"{path.name}-shm"}


def test_F37_a_copy_is_one_moment_although_another_writes(
    vault: Vault, vault_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "_PAGES", 20)
    file_some(vault, 1, 40)
    told: list[tuple[int, int]] = []

    def write_meanwhile(done: int, total: int) -> None:
        if not told:
            file_some(vault, 40, 60)
        told.append((done, total))

    with backup.copy_of_store(vault_path, TEST_KEY, write_meanwhile) as copy:
        state = backup.state_of_store(copy, TEST_KEY)
        backup.require_sound(copy, TEST_KEY)
        assert (state.letters, state.problems, state.schema) == (39, 0, schema.NEWEST)
        assert len(list(backup.sums_of_letters(copy, TEST_KEY))) == 39
    assert len(told) > 3
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
    assert backup.state_of_store(vault_path, TEST_KEY).letters == 59
    assert beside(vault_path) == set()


def test_the_sum_of_each_letter_is_of_its_bytes(vault: Vault, vault_path: Path) -> None:
    file_some(vault, 1, 4)
    with vault.reading() as reader:
        rows = reader.rows("SELECT digest, raw FROM letter_original ORDER BY rowid")
    lines = [f"{hashlib.sha256(raw).hexdigest()}  {digest.hex()}\n".encode() for digest, raw in rows]
    assert list(backup.sums_of_letters(vault_path, TEST_KEY)) == lines


def test_one_that_is_stopped_leaves_nothing(vault: Vault, vault_path: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise WorkStopped

    with pytest.raises(WorkStopped), backup.copy_of_store(vault_path, TEST_KEY, stop):
        pass
    assert beside(vault_path) == set()


def test_what_a_killed_one_left_goes_with_the_next_and_no_other_file_does(tmp_path: Path) -> None:
    left, under_way = (
        tmp_path / ".backup-4194305-ab.db",
        tmp_path / ".backup-1-ab.db",
    )  # no process has the first number
    for file in (left, under_way, tmp_path / "vault.db"):
        file.write_bytes(b"x")
    backup.remove_left_behind(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {under_way.name, "vault.db"}


def test_damage_is_found_in_any_page(vault: Vault, vault_path: Path) -> None:
    file_some(vault, 1, 30)
    with backup.copy_of_store(vault_path, TEST_KEY) as copy:
        content = bytearray(copy.read_bytes())
        content[len(content) // 2] ^= 1
        copy.write_bytes(bytes(content))
        with pytest.raises(VaultDamaged):
            backup.require_sound(copy, TEST_KEY)
        with pytest.raises(VaultDamaged):
            backup.state_of_store(copy, bytes(32))


def test_a_locked_store_is_read_as_it_lies_with_the_log_of_one_that_was_killed(
    vault_path: Path, tmp_path: Path
) -> None:
    writes_and_dies = (
        "import os, sys; from pathlib import Path; from therapymail.vault.connection import Vault\n"
        "vault = Vault.open(Path(sys.argv[1]), bytes(range(32)))\n"
        "with vault.writing() as writer: writer.run(\"INSERT INTO meta VALUES ('told', 'last')\")\n"
        "os._exit(0)"
    )
    Vault.create(vault_path, TEST_KEY, NOW).close()
    subprocess.run([sys.executable, "-c", writes_and_dies, str(vault_path)], check=True)
    files = backup.files_as_they_lie(vault_path)
    assert files.keys() == {"vault.db", "vault.db-wal"}
    put = tmp_path / "elsewhere"
    put.mkdir()
    for name, content in files.items():
        (put / name).write_bytes(content)
    with Vault.open(put / "vault.db", TEST_KEY) as vault, vault.reading() as reader:
        assert reader.row("SELECT value FROM meta WHERE name = 'told'") == ("last",)


def test_a_store_that_another_has_open_is_not_read_as_it_lies(vault_path: Path) -> None:
    holds_it = (
        "import sys; from pathlib import Path; from therapymail.vault.connection import Vault\n"
        "vault = Vault.open(Path(sys.argv[1]), bytes(range(32)))\n"
        "print('open', flush=True); sys.stdin.read()"
    )
    Vault.create(vault_path, TEST_KEY, NOW).close()
    with subprocess.Popen(
        [sys.executable, "-c", holds_it, str(vault_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(FileUnusable) as refused:
            backup.files_as_they_lie(vault_path)
        assert other.stdin
        other.stdin.close()
    assert "another therapymail" in refused.value.why
    assert backup.files_as_they_lie(vault_path).keys() == {"vault.db"}
