"""Opening a vault: only the right key opens it, only whole files are trusted, nothing lies in clear."""

import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from therapymail.domain.listing import ListFilter
from therapymail.errors import FileUnusable, TherapymailError, VaultDamaged, VaultLocked, explain
from therapymail.vault import cipher, clients, secrets
from therapymail.vault.connection import Vault
from therapymail.vault.filing import file_letters
from therapymail.vault.letters import list_letters

from .builders import NOW, filing, heron, reading
from .conftest import TEST_KEY
from .pages import deciphered

OTHER_KEY = bytes(reversed(range(32)))
CANARIES = (b"quetzalcoatlus", b"Zerbinetta", b"hanna@clients", b"plan.pdf", b"hunter2-imap", b"Hanna Example")


def filled(path: Path) -> None:
    with Vault.create(path, TEST_KEY, NOW) as vault:
        client = heron(vault)
        with vault.writing() as writer:
            words = reading(3, text="Zerbinetta saw a quetzalcoatlus. " * 40)
            file_letters(writer, [filing(3, client, reading=words), *(filing(n, client) for n in range(10, 40))], NOW)
            secrets.put_secret(writer, "imap:therapist@mail.example", "hunter2-imap")


def files_beside(path: Path) -> list[Path]:
    return sorted(path.parent.iterdir())


# --- only the right key, only a whole file -------------------------------------------------------------


def test_a_vault_opens_again_with_its_key(vault_path: Path) -> None:
    filled(vault_path)
    with Vault.open(vault_path, TEST_KEY) as vault, vault.reading() as reader:
        assert [client.code for client in clients.clients(reader)] == ["HERON"]
        assert len(list_letters(reader, ListFilter())) == 31


def test_another_key_does_not_open_it(vault_path: Path) -> None:
    filled(vault_path)
    before = vault_path.read_bytes()
    with pytest.raises(VaultDamaged) as caught:
        Vault.open(vault_path, OTHER_KEY)
    assert caught.value.what == "vault.db"
    assert vault_path.read_bytes() == before


def test_a_vault_swapped_for_another_practices_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with Vault.create(tmp_path / "other" / "vault.db", OTHER_KEY, NOW):
        pass
    with pytest.raises(VaultDamaged):
        Vault.open(tmp_path / "other" / "vault.db", TEST_KEY)


def test_an_empty_file_is_not_taken_for_a_new_vault(vault_path: Path) -> None:
    vault_path.touch()
    with pytest.raises(VaultDamaged) as caught:
        Vault.open(vault_path, TEST_KEY)
    assert caught.value.why == "it is empty"
    assert vault_path.stat().st_size == 0


def test_a_plain_database_is_refused(vault_path: Path) -> None:
    plain = sqlite3.connect(vault_path)
    plain.execute("CREATE TABLE letter (id INTEGER)")
    plain.close()
    with pytest.raises(VaultDamaged) as caught:
        Vault.open(vault_path, TEST_KEY)
    assert caught.value.why == "it is not encrypted"


@pytest.mark.parametrize("content", [b"x", b"x" * 16, b"x" * 4096, bytes(8192), b"\xff" * 100_000])
def test_a_file_that_never_was_a_vault_is_refused(vault_path: Path, content: bytes) -> None:
    vault_path.write_bytes(content)
    with pytest.raises(VaultDamaged):
        Vault.open(vault_path, TEST_KEY)


@pytest.mark.parametrize("kept", [1, 100, 4095, 4096, 4097, 40960, -4096, -1])
def test_a_truncated_vault_is_refused_at_opening(vault_path: Path, kept: int) -> None:
    filled(vault_path)
    whole = vault_path.read_bytes()
    vault_path.write_bytes(whole[:kept])
    with pytest.raises(VaultDamaged):
        Vault.open(vault_path, TEST_KEY)


def test_a_flipped_bit_anywhere_is_found_and_never_read_as_something_else(vault_path: Path) -> None:
    filled(vault_path)
    whole = vault_path.read_bytes()
    for place in range(2048, len(whole), 4096 * 7):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        vault_path.write_bytes(damaged)
        try:
            with Vault.open(vault_path, TEST_KEY) as vault:
                assert vault.damage(), place
        except VaultDamaged:
            pass
    vault_path.write_bytes(whole)
    with Vault.open(vault_path, TEST_KEY) as vault:
        assert vault.damage() == ()


def test_a_missing_vault_is_said_to_be_missing_and_not_made(vault_path: Path) -> None:
    with pytest.raises(FileUnusable) as caught:
        Vault.open(vault_path, TEST_KEY)
    assert caught.value.why == "it does not exist"
    assert files_beside(vault_path) == []


def test_a_directory_in_its_place_is_refused(vault_path: Path) -> None:
    vault_path.mkdir()
    with pytest.raises(FileUnusable):
        Vault.open(vault_path, TEST_KEY)


def test_create_never_overwrites(vault_path: Path) -> None:
    filled(vault_path)
    before = vault_path.read_bytes()
    with pytest.raises(FileUnusable):
        Vault.create(vault_path, TEST_KEY, NOW)
    assert vault_path.read_bytes() == before


def test_create_leaves_nothing_else_behind(vault_path: Path) -> None:
    Vault.create(vault_path, TEST_KEY, NOW).close()
    assert [path.name for path in files_beside(vault_path)] == ["vault.db"]


def test_create_where_there_is_no_directory(tmp_path: Path) -> None:
    with pytest.raises(FileUnusable):
        Vault.create(tmp_path / "absent" / "vault.db", TEST_KEY, NOW)


def test_a_library_that_does_not_encrypt_is_refused_before_anything_is_written(
    vault_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cipher, "sqlcipher", sqlite3)
    with pytest.raises(FileUnusable) as caught:
        Vault.create(vault_path, TEST_KEY, NOW)
    assert "does not encrypt" in caught.value.why
    assert files_beside(vault_path) == []


# --- nothing in clear ----------------------------------------------------------------------------------


def test_S26_no_word_lies_in_clear_in_file_log_or_shared_memory(vault_path: Path) -> None:
    with Vault.create(vault_path, TEST_KEY, NOW) as vault:
        client = heron(vault)
        with vault.writing() as writer:
            words = reading(3, text="Zerbinetta saw a quetzalcoatlus. " * 40)
            file_letters(writer, [filing(3, client, reading=words)], NOW)
            secrets.put_secret(writer, "imap", "hunter2-imap")
        open_files = {path.name: path.read_bytes() for path in files_beside(vault_path)}
    assert set(open_files) == {"vault.db", "vault.db-wal", "vault.db-shm"}
    assert open_files["vault.db-wal"], "the letters are in the log"
    closed_files = {f"closed {path.name}": path.read_bytes() for path in files_beside(vault_path)}
    for name, content in {**open_files, **closed_files}.items():
        assert not content.startswith(b"SQLite format 3"), name
        for canary in CANARIES:
            assert canary not in content, (name, canary)
            assert canary.decode().encode("utf-16-le") not in content, (name, canary)


def test_the_canaries_are_there_for_whoever_has_the_key(vault_path: Path) -> None:
    filled(vault_path)
    clear = deciphered(vault_path, TEST_KEY)
    assert [canary for canary in CANARIES if canary not in clear] == []


def test_vault_log_and_shared_memory_are_the_owners_alone(vault_path: Path) -> None:
    with Vault.create(vault_path, TEST_KEY, NOW) as vault:
        heron(vault)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in files_beside(vault_path)}
    assert modes == {"vault.db": 0o600, "vault.db-wal": 0o600, "vault.db-shm": 0o600}


def test_faults_say_nothing_on_standard_error(vault_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    filled(vault_path)
    with pytest.raises(VaultDamaged):
        Vault.open(vault_path, OTHER_KEY)
    assert capfd.readouterr() == ("", "")


def test_errors_name_the_file_and_nothing_that_was_in_it(vault_path: Path) -> None:
    filled(vault_path)
    vault_path.write_bytes(vault_path.read_bytes()[:-4096])
    with pytest.raises(TherapymailError) as caught:
        Vault.open(vault_path, TEST_KEY)
    said = explain(caught.value)
    assert said.sentence.startswith("vault.db cannot be trusted")
    assert TEST_KEY.hex() not in said.sentence + said.next_step + repr(caught.value)
    assert caught.value.__cause__ is None


def test_the_connection_is_set_up_as_the_design_says(vault: Vault) -> None:
    with vault.reading() as reader:
        settings = {
            name: reader.rows(f"PRAGMA {name}")[0][0]
            for name in ("journal_mode", "foreign_keys", "secure_delete", "temp_store", "mmap_size", "trusted_schema")
        }
    assert settings == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "secure_delete": 1,
        "temp_store": 2,
        "mmap_size": 0,
        "trusted_schema": 0,
    }


# --- units of work -------------------------------------------------------------------------------------


def test_a_unit_of_work_that_raises_leaves_nothing(vault: Vault) -> None:
    client = heron(vault)

    def work_that_fails() -> None:
        with vault.writing() as writer:
            file_letters(writer, [filing(1, client)], NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work_that_fails()
    with vault.reading() as reader:
        assert list_letters(reader, ListFilter()) == []
        assert reader.row("SELECT count(*) FROM letter_original") == (0,)
        assert reader.row("SELECT count(*) FROM journal") == (1,)


def test_a_reading_unit_sees_one_moment_and_cannot_write(vault: Vault) -> None:
    client = heron(vault)
    with vault.reading() as reader:
        assert list_letters(reader, ListFilter()) == []
        with vault.writing() as writer:
            file_letters(writer, [filing(1, client)], NOW)
        assert list_letters(reader, ListFilter()) == []
        with pytest.raises(FileUnusable), vault.reading() as second:
            second.rows("DELETE FROM client")
    with vault.reading() as reader:
        assert len(list_letters(reader, ListFilter())) == 1


def test_a_second_writer_waits_and_then_gives_up_with_a_sentence(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cipher, "BUSY_SECONDS", 0.05)
    with vault.writing(), pytest.raises(FileUnusable) as caught, vault.writing():
        pass
    assert "another therapymail" in caught.value.why


def test_C45_many_threads_read_while_one_writes(vault: Vault) -> None:
    client = heron(vault)
    done = threading.Event()

    def counts_seen() -> set[int]:
        seen = set()
        while not done.is_set():
            with vault.reading() as reader:
                seen.add(len(list_letters(reader, ListFilter(limit=1000))))
        return seen

    with ThreadPoolExecutor() as pool:
        readers = [pool.submit(counts_seen) for _ in range(4)]
        try:
            for batch in range(10):
                with vault.writing(durable=False) as writer:
                    file_letters(writer, [filing(batch * 10 + n, client) for n in range(10)], NOW)
        finally:
            done.set()
        seen = set().union(*(each.result() for each in readers))
    assert all(count % 10 == 0 for count in seen), "only whole batches are ever seen"


def test_a_closed_vault_is_locked(vault: Vault) -> None:
    vault.close()
    with pytest.raises(VaultLocked), vault.reading():
        pass
    with pytest.raises(VaultLocked), vault.writing():
        pass
    with pytest.raises(VaultLocked):
        vault.scrub()
    vault.close()


def test_a_vault_can_be_closed_by_another_thread_while_work_is_under_way(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        locker = threading.Thread(target=vault.close)
        locker.start()
        locker.join()
        file_letters(writer, [filing(1, client)], NOW)
    with pytest.raises(VaultLocked), vault.reading():
        pass


def test_the_guard_is_asked_before_each_unit_of_work(vault_path: Path) -> None:
    filled(vault_path)
    locked = False

    def guard() -> None:
        if locked:
            raise VaultLocked

    with Vault.open(vault_path, TEST_KEY, guard) as vault:
        with vault.reading() as reader:
            assert clients.clients(reader)
        locked = True
        with pytest.raises(VaultLocked), vault.reading():
            pass


def test_the_owner_works_on_one_connection_and_a_lock_closes_it(tmp_path: Path) -> None:
    locked = False

    def guard() -> None:
        if locked:
            raise VaultLocked

    with Vault.create(tmp_path / "vault.db", TEST_KEY, NOW, guard=guard) as vault:
        with vault.reading() as first:
            pass
        with vault.writing() as second, vault.reading() as within:
            assert within._connection is not second._connection
        assert first._connection is second._connection
        locked = True
        with pytest.raises(VaultLocked), vault.reading():
            pass
        with pytest.raises(sqlcipher.ProgrammingError):
            first._connection.execute("SELECT 1")


def test_a_unit_that_only_reads_cannot_write_on_a_connection_that_wrote_before(tmp_path: Path) -> None:
    with Vault.create(tmp_path / "vault.db", TEST_KEY, NOW) as vault:
        with vault.writing() as writer:
            writer.run("INSERT INTO meta (name, value) VALUES ('a', 'b')")
        with pytest.raises(FileUnusable), vault.reading() as reader:
            reader.rows("DELETE FROM meta")
        with vault.reading() as reader:
            assert reader.row("SELECT value FROM meta WHERE name = 'a'") == ("b",)
