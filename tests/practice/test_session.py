"""Unlocking and locking: the time limit, the generation, and the agent that forgets by itself."""

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.practices import practice_in, short_directory
from therapymail.errors import VaultLocked
from therapymail.pgp.agent import VAULT_CACHE_ID, AgentConnection
from therapymail.pgp.agent_socket import agent_socket
from therapymail.practice.practice import Practice
from therapymail.practice.unlock import lock, unlock
from therapymail.vault.index import index_is_current

SECOND_IN_HOURS = 1 / 3600


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    with short_directory() as directory, practice_in(directory) as made:
        yield made


def kept_in_agent(practice: Practice) -> bytes | None:
    with AgentConnection(practice.paths.gnupg) as agent:
        return agent.get(VAULT_CACHE_ID)


def test_a_lock_empties_agent_and_run_directory_and_a_unit_of_work_under_way_ends(practice: Practice) -> None:
    unlock(practice, None)
    assert practice.run.clients_keyring.exists()
    with practice.vault() as vault:
        with vault.reading() as reader:
            reader.row("SELECT 1")
        lock(practice)
        with pytest.raises(VaultLocked), vault.reading() as reader:
            reader.row("SELECT 1")
    assert kept_in_agent(practice) is None
    assert not practice.run.clients_keyring.exists()
    assert not practice.run.session.exists()
    with pytest.raises(VaultLocked):
        practice.vault()


def test_a_run_directory_that_is_gone_ends_the_session_without_a_fault(practice: Practice) -> None:
    unlock(practice, None)
    shutil.rmtree(practice.run.shared)
    try:
        practice.session.end()
        assert kept_in_agent(practice) is None
        with pytest.raises(VaultLocked):
            practice.vault()
    finally:
        practice.run.shared.mkdir(mode=0o700)


def test_the_time_limit_ends_the_session_for_every_command(practice: Practice) -> None:
    unlock(practice, None, hours=SECOND_IN_HOURS)
    with practice.vault():
        pass
    time.sleep(1.2)
    with pytest.raises(VaultLocked):
        practice.vault()
    assert not practice.run.session.exists()


def test_the_agent_forgets_by_itself_when_no_command_follows(practice: Practice) -> None:
    unlock(practice, None, hours=SECOND_IN_HOURS)
    assert kept_in_agent(practice) is not None
    time.sleep(3)
    assert kept_in_agent(practice) is None


def test_setting_the_clock_back_does_not_lengthen_a_session(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(practice, None, hours=1)
    before = practice.session.seconds_left()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert practice.session.seconds_left() <= before
    back = replace(practice, clock=lambda: practice.clock().replace(year=2001))
    assert back.session.seconds_left() <= before


def test_a_session_file_of_another_generation_or_none_of_ours_is_no_session(practice: Practice) -> None:
    unlock(practice, None)
    for content in (b"", b"{}", b'{"ends": 1e300, "generation": -1}', b"\xff", b'{"ends": "x", "generation": 0}'):
        practice.run.session.write_bytes(content)
        assert practice.session.seconds_left() == 0


def test_an_index_made_by_another_version_is_filled_anew_at_unlocking(practice: Practice) -> None:
    unlock(practice, None)
    with practice.vault() as vault, vault.writing() as writer:
        writer.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('index_made_by', 'another version')")
    with practice.vault() as vault, vault.reading() as reader:
        assert not index_is_current(reader)
    unlock(practice, None)
    with practice.vault() as vault, vault.reading() as reader:
        assert index_is_current(reader)


def test_the_vaults_key_is_at_hand_without_a_process(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    unlock(practice, None)
    agent_socket.cache_clear()
    monkeypatch.setenv("PATH", "/nowhere")
    assert practice.session.is_open()
    monkeypatch.undo()
    record = json.loads(practice.run.session.read_bytes())
    del record["agent"]  # as an earlier version left it
    practice.run.session.write_text(json.dumps(record))
    assert practice.session.is_open()
    lock(practice)
