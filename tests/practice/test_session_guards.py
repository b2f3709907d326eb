"""A lock or the end of a session reaches whoever still holds the vault, also when it was unlocked again meanwhile."""

import time
from collections.abc import Iterator

import pytest

from tests.support.practices import practice_in, short_directory
from therapymail.errors import VaultLocked
from therapymail.pgp.agent import VAULT_CACHE_ID, AgentConnection
from therapymail.practice.practice import Practice
from therapymail.practice.unlock import lock, unlock

SECOND_IN_HOURS = 1 / 3600


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    with short_directory() as directory, practice_in(directory) as made:
        yield made


def test_S26_a_vault_opened_before_a_lock_stays_shut_after_the_next_unlocking(practice: Practice) -> None:
    unlock(practice, None)
    with practice.vault() as vault:
        lock(practice)
        unlock(practice, None)
        with pytest.raises(VaultLocked), vault.reading():
            pass
        with pytest.raises(VaultLocked), vault.writing():
            pass
        with pytest.raises(VaultLocked):
            vault.scrub()
    with practice.vault() as vault, vault.reading() as reader:
        reader.row("SELECT 1")


def test_S26_the_end_of_a_session_reaches_a_vault_that_is_open(practice: Practice) -> None:
    unlock(practice, None, hours=SECOND_IN_HOURS)
    with practice.vault() as vault:
        time.sleep(1.2)
        with pytest.raises(VaultLocked), vault.reading():
            pass


def test_S26_the_agent_keeps_to_the_limit_of_the_last_unlocking(practice: Practice) -> None:
    unlock(practice, None, hours=5)
    unlock(practice, None, hours=SECOND_IN_HOURS)
    time.sleep(3)
    with AgentConnection(practice.paths.gnupg) as agent:
        assert agent.get(VAULT_CACHE_ID) is None
