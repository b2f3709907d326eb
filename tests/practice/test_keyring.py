"""The clients' keyring, which holds names in clear: made whole, and gone once the practice is locked (HAZARDS S26)."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.support.practices import practice_in, short_directory
from therapymail.errors import FileUnusable, VaultLocked
from therapymail.pgp.agent import VAULT_CACHE_ID, AgentConnection
from therapymail.pgp.certificates import write_keyring
from therapymail.practice import keyring, session
from therapymail.practice.keyring import clients_keyring, write_clients_keyring
from therapymail.practice.practice import Practice
from therapymail.practice.unlock import lock, unlock


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    with short_directory() as directory, practice_in(directory) as made:
        yield made


def keyrings(practice: Practice) -> list[str]:
    return sorted(file.name for file in practice.run.shared.iterdir() if file.name.startswith("clients"))


def test_S26_a_lock_while_the_keyring_is_made_leaves_none(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    unlock(practice, None)

    def write_and_be_locked(certificates: Iterable[bytes], path: Path) -> None:
        write_keyring(certificates, path)
        lock(practice)

    monkeypatch.setattr(keyring, "write_keyring", write_and_be_locked)
    with pytest.raises(VaultLocked):
        write_clients_keyring(practice)
    assert keyrings(practice) == []


def test_S26_a_lock_removes_what_a_killed_process_had_half_made(practice: Practice) -> None:
    unlock(practice, None)
    for name in ("clients-0123.kbx", "clients-0123.kbx~", "clients-0123.kbx.lock"):
        (practice.run.shared / name).write_bytes(b"names")
    lock(practice)
    assert keyrings(practice) == []


def test_a_keyring_that_cannot_be_made_leaves_the_old_one_and_no_pieces(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(practice, None)

    def fail(certificates: Iterable[bytes], path: Path) -> None:
        path.write_bytes(b"half")
        raise FileUnusable(str(path), "the disk is full")

    monkeypatch.setattr(keyring, "write_keyring", fail)
    with pytest.raises(FileUnusable):
        write_clients_keyring(practice)
    assert keyrings(practice) == ["clients.kbx"]
    assert clients_keyring(practice).stat().st_size > 0


def test_S23_a_lock_empties_the_agent_and_takes_the_keyring_even_where_nothing_can_be_written(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(practice, None)

    def fail(path: Path, _content: bytes) -> None:
        raise FileUnusable(str(path), "the disk is full")

    monkeypatch.setattr(session, "write_private_file", fail)
    with pytest.raises(FileUnusable):
        lock(practice)
    with AgentConnection(practice.paths.gnupg) as agent:
        assert agent.get(VAULT_CACHE_ID) is None
    assert keyrings(practice) == []
    with pytest.raises(VaultLocked):
        practice.vault()
