import os
import secrets
import sys
from pathlib import Path

import pytest

from tests.support.gnupg import throw_away_home
from therapymail.errors import GnupgUnusable, PassphraseWrong
from therapymail.pgp.agent import VAULT_CACHE_ID, AgentConnection, require_agent
from therapymail.pgp.agent_socket import SOCKET_PATH_BYTES, agent_socket, redirect_sockets
from therapymail.pgp.own_key import keygrips, make_key
from therapymail.pgp.runner import Gpg


def running(homedir: Path) -> bool:
    with AgentConnection(homedir) as agent:
        return agent.is_running()


def test_a_secret_is_kept_until_the_agent_is_cleared() -> None:
    with throw_away_home() as gpg:
        key = secrets.token_bytes(32)
        with AgentConnection(gpg.homedir) as agent:
            agent.preset(VAULT_CACHE_ID, key)
        with AgentConnection(gpg.homedir) as another:
            assert another.get(VAULT_CACHE_ID) == key
            assert another.get("therapymail:other") is None
            another.clear()
            assert another.get(VAULT_CACHE_ID) is None


@pytest.mark.parametrize("secret", [b"\0" * 32, b"\0a\r\n%25 " + bytes(range(256))[:25], b"x", bytes(32)])
def test_every_byte_survives(secret: bytes) -> None:
    with throw_away_home() as gpg, AgentConnection(gpg.homedir) as agent:
        agent.preset(VAULT_CACHE_ID, secret)
        assert agent.get(VAULT_CACHE_ID) == secret


def test_asking_starts_no_agent() -> None:
    with throw_away_home() as gpg:
        with AgentConnection(gpg.homedir) as agent:
            assert agent.get(VAULT_CACHE_ID) is None
            agent.clear()
            agent.kill()
        assert not running(gpg.homedir)


def test_killing_leaves_no_agent_behind() -> None:
    with throw_away_home() as gpg:
        require_agent(gpg)
        assert running(gpg.homedir)
        with AgentConnection(gpg.homedir) as agent:
            agent.kill()
        assert not running(gpg.homedir)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_S26_an_agent_leaves_no_core() -> None:
    """It holds the record's key and the own key's passphrase."""
    with throw_away_home() as gpg:
        require_agent(gpg)
        with AgentConnection(gpg.homedir) as agent:
            assert agent.is_running()
            told = agent._ask("GETINFO pid")
        limits = Path(f"/proc/{int(told)}/limits").read_text()
        soft, hard = next(line for line in limits.splitlines() if line.startswith("Max core file size")).split()[4:6]
        assert {soft, hard} <= {"0", "1"}


def test_a_passphrase_is_verified_whatever_is_cached() -> None:
    with throw_away_home() as gpg:
        (grip, *_) = keygrips(gpg, make_key(gpg, "A", "a@b.example", "right"))
        with AgentConnection(gpg.homedir) as agent:
            agent.preset_passphrase(grip, "right")
            info = agent.key_info(grip)
            assert info
            assert (info.protected, info.cached, info.on_card) == (True, True, False)
            agent.verify_passphrase(grip, "right")
            with pytest.raises(PassphraseWrong):
                agent.verify_passphrase(grip, "wrong")
            agent.clear()
            info = agent.key_info(grip)
            assert info
            assert not info.cached


def test_a_passphrase_with_odd_signs_goes_both_ways() -> None:
    odd = "50 % \u00fcber\u2028 'quoted'\r\\x"
    with throw_away_home() as gpg:
        (grip, *_) = keygrips(gpg, make_key(gpg, "A", "a@b.example", "right"))
        with AgentConnection(gpg.homedir) as agent:
            agent.change_passphrase(grip, "right", odd)
            agent.verify_passphrase(grip, odd)
            with pytest.raises(PassphraseWrong):
                agent.change_passphrase(grip, "right", "x")
            agent.change_passphrase(grip, odd, "")
            info = agent.key_info(grip)
            assert info
            assert not info.protected


def test_an_unknown_key_is_none() -> None:
    with throw_away_home() as gpg, AgentConnection(gpg.homedir) as agent:
        assert agent.key_info("A" * 40) is None


def test_a_home_whose_settings_forbid_keeping_secrets_is_told() -> None:
    with throw_away_home() as gpg:
        (gpg.homedir / "gpg-agent.conf").write_text("")
        with AgentConnection(gpg.homedir) as agent, pytest.raises(GnupgUnusable) as raised:
            agent.preset(VAULT_CACHE_ID, b"x")
        assert "allow-preset-passphrase" in raised.value.why


def test_an_agent_that_is_killed_meanwhile_is_told_and_not_a_crash() -> None:
    with throw_away_home() as gpg, AgentConnection(gpg.homedir) as agent:
        agent.preset(VAULT_CACHE_ID, b"x")
        with AgentConnection(gpg.homedir) as another:
            another.kill()
        with pytest.raises(GnupgUnusable):
            agent.get(VAULT_CACHE_ID)
        assert agent.get(VAULT_CACHE_ID) is None


def test_K1_a_home_with_a_long_path_listens_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 150)
    deep.mkdir(mode=0o700)
    with throw_away_home(deep) as gpg:
        assert len(os.fsencode(agent_socket(gpg.homedir))) > SOCKET_PATH_BYTES
        with AgentConnection(gpg.homedir) as agent:
            agent.preset(VAULT_CACHE_ID, b"far away")
            assert agent.get(VAULT_CACHE_ID) == b"far away"
        assert (gpg.run_directory / "S.gpg-agent").is_socket()
        redirect_sockets(gpg.homedir, Path("/dev/shm"))  # a second process must not move it
        with AgentConnection(gpg.homedir) as agent:
            assert agent.get(VAULT_CACHE_ID) == b"far away"


def test_K1_without_a_short_place_the_length_is_named(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 150)
    deep.mkdir(mode=0o700)
    with pytest.raises(GnupgUnusable) as raised:
        redirect_sockets(deep, deep)
    assert str(SOCKET_PATH_BYTES) in raised.value.why
    with pytest.raises(GnupgUnusable) as raised:
        require_agent(Gpg(deep, Path("/dev/shm")))
    assert str(SOCKET_PATH_BYTES) in raised.value.why


def test_a_short_path_is_left_alone() -> None:
    with throw_away_home() as gpg:
        redirect_sockets(gpg.homedir, gpg.run_directory)
        assert not (gpg.homedir / "S.gpg-agent").exists()
