"""C33, S26: a vault under another key opens with that alone; killed at any moment, with exactly one of the two."""

import os
import resource
import signal
import time
from pathlib import Path

import pytest

from tests.vault.conftest import NOON, TEST_KEY
from therapymail.errors import FileUnusable, VaultDamaged
from therapymail.vault.connection import Vault
from therapymail.vault.rekey import opens_with, rekey

OTHER = bytes(range(32, 64))


@pytest.fixture
def filled(vault_path: Path) -> Path:
    """A vault of some megabytes."""
    with Vault.create(vault_path, TEST_KEY, NOON) as vault, vault.writing() as writer:
        for number in range(60):
            writer.run("INSERT INTO secret VALUES (?, ?)", (f"s{number}", os.urandom(100_000)))
    return vault_path


def test_S26_the_old_key_opens_it_no_more_and_nothing_is_lost(filled: Path) -> None:
    rekey(filled, TEST_KEY, OTHER)
    assert (opens_with(filled, TEST_KEY), opens_with(filled, OTHER)) == (False, True)
    with Vault.open(filled, OTHER) as vault, vault.reading() as reader:
        assert reader.row("SELECT count(*) FROM secret") == (60,)
        assert vault.damage() == ()


def test_C33_killed_in_the_middle_it_opens_with_exactly_one_key(filled: Path) -> None:
    keys = [TEST_KEY, OTHER]
    for delay in (0.0, 0.005, 0.02, 0.05):
        child = os.fork()
        if not child:
            try:
                rekey(filled, *keys)
            finally:
                os._exit(0)
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        opening = [key for key in keys if opens_with(filled, key)]
        assert len(opening) == 1, delay
        keys.sort(key=lambda key: key not in opening)
    with Vault.open(filled, keys[0]) as vault:
        assert vault.damage() == ()


def test_C33_a_wrong_key_changes_nothing(filled: Path) -> None:
    with pytest.raises(VaultDamaged):
        rekey(filled, OTHER, bytes(32))
    assert opens_with(filled, TEST_KEY)


def test_S23_while_somebody_writes_it_stays_as_it_is(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("therapymail.vault.cipher.BUSY_SECONDS", 0.1)
    with Vault.open(filled, TEST_KEY) as vault:
        with vault.writing() as writer:
            writer.run("INSERT INTO secret VALUES ('more', x'00')")
            with pytest.raises(FileUnusable):
                rekey(filled, TEST_KEY, OTHER)
        assert vault.damage() == ()
    assert (opens_with(filled, TEST_KEY), opens_with(filled, OTHER)) == (True, False)


def test_S23_on_a_full_disk_it_stays_as_it_is(filled: Path) -> None:
    child = os.fork()
    if not child:
        said = 1
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.RLIM_INFINITY))  # for its log
            rekey(filled, TEST_KEY, OTHER)
        except FileUnusable:
            said = 0
        finally:
            os._exit(said)
    assert os.waitpid(child, 0)[1] == 0, "it was said as what it is"
    assert (opens_with(filled, TEST_KEY), opens_with(filled, OTHER)) == (True, False)
    with Vault.open(filled, TEST_KEY) as vault:
        assert vault.damage() == ()


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + bytes(8192), bytes(100)])
def test_S26_what_is_no_vault_opens_with_no_key(vault_path: Path, content: bytes) -> None:
    vault_path.write_bytes(content)
    assert not opens_with(vault_path, TEST_KEY)
